"""Unduh and Per tanggal: the snapshots with their chain, and the archive as of a moment."""

import hashlib
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from archive import database
from archive.errors import NotFound
from archive.schema import snapshot
from archive.web.reader import ZONES
from archive.web.room import Number, page, reader, room

__all__ = ["routes"]

routes = APIRouter(include_in_schema=False)
_LARGEST = 10_000_000


@routes.get("/unduh")
def downloads(request: Request) -> Response:
    """Every snapshot that was made, with what ties it to the one before."""
    who, here = reader(request), room(request)
    with database.reading(here.source.engine) as connection:
        rows = connection.execute(select(snapshot).order_by(snapshot.c.snapshot_id.desc())).all()
    return page(request, "downloads", reader=who, rows=rows)


@routes.get("/unduh/{snapshot_id}/{name}.json")
def manifest(request: Request, snapshot_id: Number, name: Literal["manifest", "chain"]) -> Response:
    """A snapshot's manifest or chain, while its folder is where it was made, as it was made."""
    with database.reading(room(request).source.engine) as connection:
        row = connection.execute(
            select(snapshot).where(snapshot.c.snapshot_id == snapshot_id)
        ).first()
    for place in row.place.split("\n") if row else ():
        told = _file(Path(place), f"{name}.json")
        is_ours = hashlib.sha256(_file(Path(place), "manifest.json")).hexdigest()
        if told and row and is_ours == row.manifest_sha256:
            return Response(told, media_type="application/json")
    raise NotFound(f"no {name} of snapshot {snapshot_id} here: its folder is elsewhere")


def _file(place: Path, name: str) -> bytes:
    try:
        with (place / name).open("rb") as file:
            return file.read(_LARGEST)
    except OSError:
        return b""


@routes.get("/per-tanggal")
def as_of(request: Request) -> Response:
    """The form that asks for a moment."""
    return page(request, "as_of", reader=reader(request))


@routes.get("/zona/{zone}")
def choose_zone(request: Request, zone: str) -> Response:
    """Remember the reader's clock, and go back to where the reader was (a path of ours)."""
    back = request.query_params.get("ke", "/")
    is_ours = back.startswith("/") and not back.startswith(("//", "/\\"))
    answer = RedirectResponse(back if is_ours else "/", status_code=303)
    if zone in ZONES:
        answer.set_cookie("zona", zone, max_age=31_536_000, httponly=True, samesite="lax")
    return answer
