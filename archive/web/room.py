"""What every page is made with: the archive, the templates, and the reader that a request tells."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Path as PathParameter
from fastapi import Query as QueryParameter
from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from archive.errors import BadMoment, NotFound
from archive.web import charts
from archive.web.figures import Desk
from archive.web.reader import ZONES, Reader, reader_of
from archive.web.source import Source

__all__ = ["AskedNumber", "Number", "Room", "moment", "page", "reader", "room"]

_HERE = Path(__file__).parent
_BEFORE_ALL = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing was known then, nor at any moment before."""

Number = Annotated[int, PathParameter(ge=0, le=2**31 - 1)]
"""A number in an address that is the key of a row."""
AskedNumber = Annotated[int, QueryParameter(ge=0, le=2**31 - 1)]
"""The same behind the question mark."""


def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["bars"] = charts.bars
    made.globals["rows"] = charts.rows
    return made


@dataclass(frozen=True)
class Room:
    """The open archive and what shows it."""

    source: Source
    desk: Desk
    templates: Environment = field(default_factory=_templates)


def room(request: Request) -> Room:
    """The room of the application that a request came to."""
    found: Room = request.app.state.room
    return found


def reader(request: Request) -> Reader:
    """Who reads, as address and cookie tell. Raises BadMoment for a moment that cannot be read."""
    asked = request.query_params
    zone = request.cookies.get("zona", "WIB")
    return reader_of(
        language=request.state.language,
        zone=zone,
        as_of=moment(asked.get("per", ""), zone=zone),
        path=request.url.path,
        query=dict(asked),
    )


def moment(told: str | None, *, zone: str = "WIB") -> datetime | None:
    """A day (to its end) or a moment, without a zone on the reader's clock; None for nothing.

    Raises BadMoment for what is no date, NotFound for one that has not been.
    """
    told = (told or "").strip()
    if not told:
        return None
    told = told.replace(" ", "+")  # a plus sign that nobody encoded
    clock = ZoneInfo(ZONES.get(zone, ZONES["WIB"]))
    try:
        if len(told) <= len("2024-11-27"):
            last = datetime.combine(date.fromisoformat(told), time.max, clock)
            found = last.astimezone(UTC)
        else:
            found = datetime.fromisoformat(told)
            found = (found if found.tzinfo else found.replace(tzinfo=clock)).astimezone(UTC)
    except OverflowError:  # before the first day in UTC
        return _BEFORE_ALL
    except ValueError:
        raise BadMoment(
            f"{told[:60]!r} is no date; write it like 2024-11-27 or 2024-11-27T01:30+07:00"
        ) from None
    if found > datetime.now(UTC) + timedelta(days=1):
        raise NotFound(f"{told[:60]} has not been yet: nobody knows what will be known then")
    return max(found, _BEFORE_ALL)


def page(request: Request, name: str, *, status: int = 200, **values: Any) -> Response:
    """The page of a template for whoever asked."""
    here = room(request)
    values.setdefault("reader", None)
    who: Reader = values.pop("reader") or reader(request)
    template = here.templates.get_template(f"{name}.html")
    return HTMLResponse(
        template.render(reader=who, say=who.say, link=who.link, zones=list(ZONES), **values),
        status_code=status,
        headers={"Content-Language": who.language, "Vary": "Cookie"},
    )
