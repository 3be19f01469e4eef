"""Berita: one story, its versions and their differences, with the proof of where they come from."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from archive import database
from archive import text as texts
from archive.errors import NotFound
from archive.events import events
from archive.labels import verdict
from archive.schema import outlet
from archive.types import Story, Version
from archive.versions import versions
from archive.web import marked
from archive.web.reader import Reader
from archive.web.room import AskedNumber, Number, Room, page, reader, room

__all__ = ["routes"]

routes = APIRouter(include_in_schema=False)


@routes.get("/berita/{key:path}/beda/{a}/{b}")
def difference(request: Request, key: str, a: Number, b: Number) -> Response:
    """Two versions of a story, compared by word."""
    who, here = reader(request), room(request)
    story, known = _story(here, who, key)
    before, after = _numbered(known, a), _numbered(known, b)
    names = texts.changed_fields(before.article, after.article)
    found = {
        name: texts.diff(getattr(before.article, name), getattr(after.article, name))
        for name in names
    }
    return page(
        request,
        "difference",
        reader=who,
        story=story,
        versions=known,
        before=before,
        after=after,
        fields={name: marked.changes(one) for name, one in found.items()},
        sides={
            name: (marked.changes(one, side="before"), marked.changes(one, side="after"))
            for name, one in found.items()
        },
        outlet=_outlet(here, story),
    )


@routes.get("/berita/{key:path}/beda")
def chosen_difference(request: Request, key: str, a: AskedNumber, b: AskedNumber) -> Response:
    """From the form that asks for two versions to their difference."""
    return RedirectResponse(reader(request).link(f"/berita/{key}/beda/{a}/{b}"), status_code=302)


@routes.get("/berita/{key:path}/versi/{number}")
def version_page(request: Request, key: str, number: Number) -> Response:
    """One version of a story."""
    who, here = reader(request), room(request)
    story, known = _story(here, who, key)
    return _shown(request, who, story=story, known=known, chosen=_numbered(known, number))


@routes.get("/berita/{key:path}")
def story_page(request: Request, key: str) -> Response:
    """A story with its newest version; any address it ever had leads to it."""
    who, here = reader(request), room(request)
    story, known = _story(here, who, key)
    if key != story.story_id:
        return RedirectResponse(who.link(f"/berita/{story.story_id}"), status_code=302)
    if not known:
        raise NotFound(who.say("no-version"))
    return _shown(request, who, story=story, known=known, chosen=known[-1])


def _shown(
    request: Request, who: Reader, *, story: Story, known: Sequence[Version], chosen: Version
) -> Response:
    here = room(request)
    decided = here.source.labels(story.story_id, as_of=who.as_of)
    evidence = chosen.topic.evidence if chosen.topic else ()
    place = known.index(chosen)
    return page(
        request,
        "story",
        reader=who,
        story=story,
        versions=known,
        chosen=chosen,
        before=known[place - 1] if place else None,
        text=marked.paragraphs(chosen.article.text, [span.text for span in evidence]),
        evidence=evidence,
        base=str(request.base_url).rstrip("/"),
        pictures=[
            one.capture.capture_id
            for one in here.source.lead_images(story.story_id, as_of=who.as_of)
            if one.capture and one.url == chosen.article.image_url
        ],
        names=lambda fields: ", ".join(who.say(f"field-{name}").lower() for name in fields),
        verdict=verdict(decided, chosen.topic),
        labels=decided,
        cluster=here.source.copies(story.story_id, as_of=who.as_of),
        events=events(here.source.engine, story_id=story.story_id, as_of=who.as_of, limit=200),
        outlet=_outlet(here, story),
    )


def _story(here: Room, who: Reader, key: str) -> tuple[Story, list[Version]]:
    """The story that a key means and its versions. Raises NotFound and TakenDown."""
    story = here.source.story(key, as_of=who.as_of)
    return story, versions(here.source.engine, story.story_id, as_of=who.as_of)


def _numbered(known: Sequence[Version], number: int) -> Version:
    found = next((one for one in known if one.number == number), None)
    if found is None:
        numbers = ", ".join(str(one.number) for one in known) or "-"
        raise NotFound(f"no version {number}; there are: {numbers}")
    return found


def _outlet(here: Room, story: Story) -> Any:
    with database.reading(here.source.engine) as connection:
        return connection.execute(select(outlet).where(outlet.c.slug == story.outlet)).one()
