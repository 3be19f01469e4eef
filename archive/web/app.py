"""The application: every page, the API, and what is said when something fails."""

import logging
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from archive.errors import (
    ArchiveError,
    BadMoment,
    BadQuery,
    ConfigError,
    DamagedRecord,
    KlipingError,
    NotFound,
    TakenDown,
)
from archive.web import (
    api,
    captured,
    copies_page,
    feed_pages,
    front,
    memento,
    nights_page,
    outlets_page,
    search_page,
    shelf_page,
    story_page,
)
from archive.web.figures import Desk
from archive.web.gate import Door, Gate
from archive.web.reader import Reader
from archive.web.room import Room, page
from archive.web.source import Source, is_over

__all__ = ["make_app"]

_SEE_LOG = "the log of `kliping serve` says why"
_log = logging.getLogger(__name__)

_ROOMS = (
    *(front, feed_pages, search_page, story_page, captured),
    *(outlets_page, nights_page, copies_page, shelf_page, memento),
)


def make_app(source: Source, door: Door, *, hosts: list[str]) -> FastAPI:
    """The reading room of an archive, for requests to these hosts (`*` for all)."""
    app = FastAPI(
        title="Kliping",
        description="What an archive of regional news holds, read-only.",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.openapi = lambda: _description(app)  # type: ignore[method-assign]
    app.state.room = Room(source, Desk(source.engine))
    app.include_router(api.routes)
    for one in _ROOMS:
        app.include_router(one.routes)
    app.mount("/berkas", StaticFiles(directory=Path(__file__).parent / "static"))
    app.add_exception_handler(KlipingError, _failed)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)
    app.add_middleware(Gate, door=door)
    return app


def _description(app: FastAPI) -> dict[str, Any]:
    """The API's description; what cannot be read is answered with 400, as the pages answer it."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version="1", description=app.description, routes=app.routes
        )
        for path in made["paths"].values():
            for operation in path.values():
                operation["responses"].pop("422", None)
        app.openapi_schema = made
    return app.openapi_schema


def _failed(request: Request, error: Exception) -> Response:
    status = _status(error)
    if status == 500:
        _log.error("%s: %s", request.url.path[:500], error)
    if status == 503:
        why = Reader(language=request.state.language).say("error-slow")
    else:
        is_told = status < 500 or isinstance(error, ConfigError | DamagedRecord)
        why = str(error) if is_told else _SEE_LOG
    return _told(request, status, why)


def _status(error: Exception) -> int:
    if isinstance(error, TakenDown):
        return 410
    if isinstance(error, BadQuery | BadMoment):
        return 400
    if isinstance(error, ConfigError):
        return 501
    if isinstance(error, NotFound):
        return 404
    return 503 if isinstance(error, ArchiveError) and is_over() else 500


def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _told(request, status, str(getattr(error, "detail", error)))


def _misread(request: Request, error: Exception) -> Response:
    found = error.errors()[0] if isinstance(error, RequestValidationError) else {}
    where = ".".join(map(str, found.get("loc", ())))
    return _told(request, 400, f"{where}: {found.get('msg', 'cannot be read')}")


def _told(request: Request, status: int, why: str) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": why}, status_code=status)
    heading = f"error-{status}" if status in {400, 404, 410, 500, 503} else "error-400"
    who = Reader(language=getattr(request.state, "language", "id"), path="/")
    return page(request, "missing", status=status, why=why, heading=heading, reader=who)
