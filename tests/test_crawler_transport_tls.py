"""Certificates that cannot be trusted: named with what to do, never fetched silently."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import playing
import pytest
from certificates import Authority
from loopback import Loopback, serve
from playing import Place
from small_outlet import feed, story, story_path
from sqlalchemy import RowMapping

from archive import database, rereading, schema, stories

pytestmark = pytest.mark.timeout(180)

BROKEN = {
    "expired": ("kedaluwarsa", "expired"),
    "wrong host": ("salah-nama", "another name"),
    "self-signed": ("sendiri", "signed by nobody known"),
    "unknown authority": ("asing", "nobody known"),
}


@dataclass
class Outlets:
    """Outlets with good and bad certificates after one crawl of each."""

    place: Place
    servers: dict[str, Loopback]
    reasons: dict[str, str]

    def told(self, slug: str) -> list[RowMapping]:
        """What went wrong with an outlet's certificate."""
        return [row for row in self.place.problems()
                if row["outlet"] == slug and row["kind"] == "certificate"]  # fmt: skip

    def stored(self, slug: str) -> int:
        """How many stories of an outlet are kept."""
        return sum(s.outlet == slug for s in stories.stories(self.place.engine))


def _contexts(folder: Path) -> tuple[Path, dict[str, ssl.SSLContext]]:
    ours, theirs = Authority(folder), Authority(_made(folder / "lain"))
    return ours.bundle, {
        "baik": ours.server("baik.example"),
        "kedaluwarsa": ours.server("kedaluwarsa.example", expired=True),
        "salah-nama": ours.server("hosting.example"),
        "sendiri": ours.server("sendiri.example", self_signed=True),
        "asing": theirs.server("asing.example"),
        "boleh": ours.server("boleh.example", self_signed=True),
    }


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def outlets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outlets]:
    folder = tmp_path_factory.mktemp("tls")
    bundle, contexts = _contexts(folder)
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setitem(playing.ENVIRONMENT, "SSL_CERT_FILE", str(bundle))
        servers = {}
        for slug, context in contexts.items():
            routes = {story_path(1): story(1), "/feed/": feed(1, front=f"https://{slug}.example")}
            servers[slug] = stack.enter_context(serve(routes, tls=context))
        place = Place.make(
            folder / "place",
            {f"https://{slug}.example": server.url for slug, server in servers.items()},
            outlets=[_entry(slug) for slug in servers],
            timeout="5s",
        )
        reasons = {slug: place.crawl(slug)["reason"] for slug in servers}
        yield Outlets(place, servers, reasons)


def _entry(slug: str) -> dict[str, str]:
    entry = {"slug": slug, "url": f"https://{slug}.example", "platform": "wordpress"}
    return entry | ({"tls": "unverified"} if slug == "boleh" else {})


def test_good_certificate_is_no_problem(outlets: Outlets) -> None:
    assert (outlets.stored("baik"), outlets.told("baik")) == (1, [])


@pytest.mark.parametrize(("slug", "words"), BROKEN.values(), ids=BROKEN)
def test_bad_certificate_is_named_once_with_what_to_do(
    outlets: Outlets, slug: str, words: str
) -> None:
    (problem,) = outlets.told(slug)
    assert problem["url"].startswith(f"https://{slug}.example")
    assert words in problem["detail"]
    assert 'tls = "unverified"' in problem["advice"]


@pytest.mark.parametrize("slug", [slug for slug, _ in BROKEN.values()])
def test_nothing_is_asked_for_behind_a_bad_certificate(outlets: Outlets, slug: str) -> None:
    assert (outlets.reasons[slug], outlets.stored(slug)) == ("unreachable", 0)
    assert outlets.servers[slug].hits == []


def test_outlet_known_for_its_certificate_is_fetched_and_captures_say_so(outlets: Outlets) -> None:
    assert (outlets.stored("boleh"), outlets.told("boleh")) == (1, [])
    assert {page.tls for page in _pages(outlets, "boleh")} == {"unverified"}
    assert {page.tls for page in _pages(outlets, "baik")} == {"verified"}


def _pages(outlets: Outlets, slug: str) -> list:
    warcs = outlets.place.settings.archive.directory / "warc"
    rows = [row for row in outlets.place.rows(schema.capture) if f"//{slug}." in row["url"]]
    with database.reading(outlets.place.engine) as connection:
        return [
            rereading.stored_page(connection, warcs, capture_id=row["capture_id"]) for row in rows
        ]
