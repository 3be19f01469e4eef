"""The captured page as it was: shown in a sandbox, its record told, its bytes to be had."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection, Row, select
from starlette.responses import Response

from archive import database, images
from archive.errors import NotFound, TakenDown
from archive.rereading import stored_page
from archive.schema import capture, story, version, version_capture, warc_record
from archive.takedowns import line_of, taken_down
from archive.versions import known
from archive.warc_reader import read_member
from archive.web.bodies import LARGEST, encoding_of, entity
from archive.web.cleaned import cleaned, is_showable
from archive.web.gate import CAPTURED_POLICY
from archive.web.room import Number, Room, page, reader, room

__all__ = ["captured_row", "replayed", "routes"]

routes = APIRouter(include_in_schema=False)


@routes.get("/tangkapan/{capture_id}")
def captured(request: Request, capture_id: Number) -> Response:
    """A captured page under a banner that tells what it is."""
    who, here = reader(request), room(request)
    row = captured_row(here, capture_id, as_of=who.as_of)
    return page(request, "captured", reader=who, row=row)


@routes.get("/tangkapan/{capture_id}/isi")
def content(request: Request, capture_id: Number) -> Response:
    """The page itself, without anything that acts or asks."""
    here = room(request)
    return replayed(here, captured_row(here, capture_id, as_of=reader(request).as_of))


@routes.get("/tangkapan/{capture_id}/rekaman.warc.gz")
def member(request: Request, capture_id: Number) -> Response:
    """The WARC record as it is stored: one gzip member."""
    here = room(request)
    row = captured_row(here, capture_id, as_of=reader(request).as_of)
    data = read_member(
        here.source.warc_directory / row.warc_file,
        offset=row.warc_offset,
        length=row.warc_length,
        record_id=row.record_id,
    )
    name = f"kliping-{capture_id}.warc.gz"
    return Response(
        data,
        media_type="application/gzip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def captured_row(here: Room, capture_id: int, *, as_of: datetime | None = None) -> Row[Any]:
    """A capture with its record and story. Raises NotFound, and TakenDown for what was."""
    of_version = (
        select(version.c.story_id)
        .join(version_capture, version_capture.c.version_id == version.c.version_id)
        .where(version_capture.c.capture_id == capture.c.capture_id)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(capture, warc_record.c.warc_file, warc_record.c.warc_offset)
        .add_columns(warc_record.c.warc_length, warc_record.c.digest)
        .add_columns(of_version.label("version_story_id"), story.c.outlet)
        .join(warc_record, warc_record.c.record_id == capture.c.record_id)
        .outerjoin(story, story.c.story_id == capture.c.story_id)
        .where(capture.c.capture_id == capture_id, known(capture.c.recorded_at, as_of))
    )
    with database.reading(here.source.engine) as connection:
        row = connection.execute(query).first()
        if row is None:
            raise NotFound(f"no capture {capture_id}")
        story_id = row.story_id or row.version_story_id
        gone = taken_down(connection, story_id) if story_id else None
        if gone:
            raise TakenDown(line_of(gone))
    return row


def replayed(here: Room, row: Row[Any]) -> Response:
    """The entity of a capture in its sandbox; HTML is cleaned, an image is as it is."""
    with database.reading(here.source.engine) as connection:
        found = stored_page(connection, here.source.warc_directory, capture_id=row.capture_id)
        story_id = row.story_id or row.version_story_id
        kept = _kept(connection, story_id) if story_id else {}
    kind, body = entity(found)
    headers = {"Content-Security-Policy": CAPTURED_POLICY}
    if kind in {"image/jpeg", "image/png", "image/gif", "image/webp"}:
        # an archived page in its sandbox has no origin: its picture is another site's to it
        open_to_it = {"Cross-Origin-Resource-Policy": "cross-origin"}
        return Response(body, media_type=kind, headers=headers | open_to_it)
    html = body.decode(encoding_of(found, body), "replace")
    is_page = kind in {"text/html", "application/xhtml+xml"} and len(body) < LARGEST
    if not is_page or not is_showable(html):
        return Response(html, media_type="text/plain; charset=utf-8", headers=headers)
    shown = cleaned(html, url=row.url, kept=kept)
    return Response(shown, media_type="text/html; charset=utf-8", headers=headers)


def _kept(connection: Connection, story_id: str) -> dict[str, int]:
    """Address of a picture that the story led with -> its capture."""
    found = images.of_story(connection, story_id)
    return {one.url: one.capture.capture_id for one in found if one.capture}
