"""What a seed shows of a story's text tells of edits that have no new date, at no request."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from loopback import Handler, Route, reply
from small_outlet import FRONT, SmallOutlet, small_outlet, story_path
from sqlalchemy import update

from archive import database, schema

pytestmark = pytest.mark.timeout(300)

WRITTEN = datetime.now(UTC) - timedelta(days=1)
LINES = (
    "Bawaslu memeriksa camat nomor {n} karena diduga melanggar netralitas ASN dalam pilkada.",
    "Camat itu hadir di kampanye pasangan calon dan mengajak warga mendukung calon bupati.",
    "Pemeriksaan berlangsung {hours} jam di kantor Bawaslu, dan hasilnya diumumkan pekan depan.",
    "Penjabat bupati mengingatkan aparatur sipil negara agar tidak berpihak sampai pemungutan "
    "suara selesai, dan meminta setiap kepala dinas mengawasi bawahannya selama masa tenang.",
    "Komisioner Bawaslu menyebut dua saksi sudah dimintai keterangan pada Senin siang.",
)


@dataclass
class Press:
    """A WordPress whose posts keep the date of their last change, whatever is done to them."""

    hours: dict[int, str] = field(default_factory=lambda: dict.fromkeys(range(1, 7), "dua"))
    """What each story says of its hours."""
    widget: str = ""
    """What the API shows with each text, and the pages do not."""
    is_listed: bool = True
    """Whether the posts are new enough for the list of new ones."""

    def get(self, path: str, otherwise: Route | None = None) -> Route | None:
        """The route of a path; what the API and the stories do not have is not there."""
        if path.startswith("/wp-json/wp/v2/posts"):
            return self._rest
        number = next((n for n in self.hours if path == story_path(n)), None)
        return otherwise if number is None else self._page(number)

    def _rest(self, handler: Handler) -> None:
        asked = parse_qs(urlsplit(handler.path).query)
        included = {int(n) for n in ",".join(asked.get("include", [])).split(",") if n}
        shown = included or (set(self.hours) if self.is_listed and "after" in asked else set())
        if asked["page"] != ["1"]:
            shown = set()
        has_text = "content" in asked["_fields"][0]
        body = json.dumps([self._post(n, has_text=has_text) for n in sorted(shown)]).encode()
        reply(200, body, {"Content-Type": "application/json", "X-WP-TotalPages": "1"})(handler)

    def _post(self, number: int, *, has_text: bool) -> dict[str, Any]:
        told = f"{WRITTEN:%Y-%m-%dT%H:%M:%S}"
        post: dict[str, Any] = {"id": number, "link": f"{FRONT}{story_path(number)}"}
        post |= {"date_gmt": told, "modified_gmt": told, "status": "publish"}
        if has_text:
            content = {"rendered": self._text(number) + self.widget, "protected": False}
            post |= {"title": {"rendered": f"Camat {number} Diperiksa"}, "content": content}
        return post

    def _text(self, number: int) -> str:
        hours = self.hours[number]
        return "".join(f"<p>{line.format(n=number, hours=hours)}</p>" for line in LINES)

    def _page(self, number: int) -> Route:
        title = f"Camat {number} Diperiksa"
        body = (
            f'<html><head><title>{title}</title><meta property="og:type" content="article"></head>'
            f'<body class="postid-{number}"><article><h1>{title}</h1>'
            f'<div class="entry-content">{self._text(number)}</div></article></body></html>'
        )
        return reply(200, body.encode(), {"Content-Type": "text/html; charset=UTF-8"})


@dataclass(frozen=True)
class Held:
    """The WordPress, and the outlet that is crawled."""

    press: Press
    outlet: SmallOutlet

    def due_again(self) -> None:
        """Days later: no list of new posts has the stories, and every one is due."""
        self.press.is_listed = False
        now = datetime.now(UTC)
        before = now - timedelta(days=3)
        values = {"last_fetched_at": before, "last_unconditional_at": before, "next_visit_at": now}
        with database.writing(self.outlet.place.engine) as connection:
            connection.execute(update(schema.story).values(values))

    def pages_asked(self) -> set[str]:
        """The pages of stories that the next crawl asks for."""
        before = len(self.outlet.server.hits)
        assert self.outlet.crawl() == "finished"
        return {hit.target for hit in self.outlet.server.hits[before:]} & set(
            map(story_path, self.press.hours)
        )

    @property
    def is_trusted(self) -> bool:
        (row,) = self.outlet.place.rows(schema.outlet)
        return bool(row["signals_trusted"])

    @property
    def versions(self) -> int:
        return len(self.outlet.place.rows(schema.version))


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    """Six stories of a WordPress, archived."""
    press = Press()
    with small_outlet(tmp_path, press) as outlet:  # type: ignore[arg-type]
        assert outlet.crawl() == "finished"
        made = Held(press, outlet)
        assert made.versions == 6
        yield made


def test_edit_under_the_old_date_is_found_the_same_night(held: Held) -> None:
    held.due_again()
    held.press.hours[3] = "tiga"
    assert held.pages_asked() == {story_path(3)}
    assert (held.versions, held.is_trusted) == (7, False)
    crawls = held.outlet.place.rows(schema.crawl)
    assert [row["counts"].get("lies", 0) for row in crawls] == [0, 1]


def test_stories_whose_text_is_shown_unchanged_cost_no_request(held: Held) -> None:
    held.due_again()
    assert held.pages_asked() == set()
    assert (held.versions, held.is_trusted) == (6, True)


def test_after_a_lie_the_text_is_what_spares_requests(held: Held) -> None:
    held.due_again()
    held.press.hours[3] = "tiga"
    held.pages_asked()
    held.due_again()
    held.press.hours[2] = "empat"
    assert held.pages_asked() == {story_path(2)}
    assert (held.versions, held.is_trusted) == (8, False)


def test_texts_that_change_in_the_seed_alone_cost_a_few_requests_a_night(held: Held) -> None:
    held.due_again()
    held.press.widget = "<p>Artikel ini sudah dibaca seratus dua puluh orang sejak pagi tadi.</p>"
    assert len(held.pages_asked()) == 3 + 1  # the last one is the night's check of a date
    assert (held.versions, held.is_trusted) == (6, True)
