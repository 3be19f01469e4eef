"""How the tests ask for a reading: a saved page as it would have come from its outlet."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.config import Settings
from archive.types import Outlet, Page
from crawler.extract import Reading, extract
from crawler.outlets import known_spiders
from crawler.rules import Rules

FETCHED_AT = datetime(2024, 12, 8, 1, 30, tzinfo=UTC)
MEDIA_UJI = Outlet(slug="media-uji", name="Media Uji", url="https://media-uji.example")
_PAGES = Path(__file__).parent / "pages"


def outlet_and_rules(slug: str) -> tuple[Outlet, Rules]:
    """The outlet and its rules; of one without code, what its folder says, and no rules."""
    facts = _PAGES / slug / "outlet.json"
    if facts.exists():
        return Outlet(**json.loads(facts.read_text(encoding="utf-8"))), Rules()
    spider = known_spiders(Settings())[slug]
    return spider.outlet, spider.rules


def page_of(
    body: bytes | str,
    url: str = "https://media-uji.example/politik/berita/",
    *,
    fetched_at: datetime = FETCHED_AT,
    **more: Any,
) -> Page:
    data = body.encode() if isinstance(body, str) else body
    return Page(url=url, status=200, body=data, fetched_at=fetched_at, **more)


def reading_of(
    *pages: bytes | str | Page, outlet: Outlet = MEDIA_UJI, rules: Rules | None = None
) -> Reading:
    whole: Sequence[Page] = [page if isinstance(page, Page) else page_of(page) for page in pages]
    return extract(whole, rules=rules or Rules(), outlet=outlet)


def parts_of(first: Path) -> list[Path]:
    """The files of a story: `x.html`, `x.2.html`, …"""
    return [first, *sorted(first.parent.glob(f"{first.stem}.[0-9].html"))]


def as_json(reading: Reading) -> dict[str, Any]:
    """All that was read, in plain JSON values."""
    fields = asdict(reading.article) | {
        "canonical": reading.canonical,
        "platform_id": reading.platform_id,
    }
    fields["text"] = reading.article.text.split("\n\n")
    plain: dict[str, Any] = json.loads(json.dumps(fields, default=lambda value: value.isoformat()))
    return plain
