"""The saved pages of tests/pages: which there are, and how each is read.

`pages/<outlet>/<day>-<slug>.html` with `.2.html`, `.3.html` for its further parts and a `.json`
that says what an editor read there. `kind` is what the page shows; a page of the same story
fetched later has `edits` (the earlier one's name) and `changed` (the compared fields that differ).
An outlet that no code knows has its facts in `outlet.json` beside its pages.
"""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from reading import outlet_and_rules, page_of, parts_of, reading_of

from archive.types import Page
from crawler.extract import Reading

__all__ = ["KINDS", "PAGES", "STORIES", "addresses", "known_of", "pages_of", "read_saved", "start"]

PAGES = Path(__file__).parent / "pages"
STORIES = sorted(
    path for path in PAGES.glob("*/*.html") if not re.search(r"\.\d\.html$", path.name)
)
KINDS = frozenset({"ordinary", "multi-page", "widgets", "no-byline", "edited", "photo"})
"""What there is a page of in each template: issue 4, "Saved pages"."""


def start(story: Path) -> dict[str, str]:
    """What must be known before reading: by whom it was read (nobody yet), its url and its day."""
    return {
        "read_by": "",
        "kind": "",
        "url": _declared(story.read_text(encoding="utf-8")),
        "fetched_at": f"{story.name[:10]}T20:00:00+00:00",
    }


def known_of(story: Path) -> dict[str, Any] | None:
    """What an editor read on the page; None when nobody has yet."""
    file = story.with_suffix(".json")
    found: dict[str, Any] | None = (
        json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
    )
    return found


def addresses(story: Path, url: str) -> list[str]:
    """The address of each part."""
    further = range(2, 1 + len(parts_of(story)))
    return [url, *(f"{url}{n}/" if url.endswith("/") else f"{url}?page={n}" for n in further)]


def pages_of(story: Path) -> list[Page]:
    """The parts as they would have come from the outlet."""
    about = known_of(story) or start(story)
    fetched_at = datetime.fromisoformat(about["fetched_at"])
    return [
        page_of(part.read_bytes(), url, fetched_at=fetched_at)
        for part, url in zip(parts_of(story), addresses(story, about["url"]), strict=True)
    ]


def read_saved(story: Path) -> Reading:
    """The story as its outlet's rules read it."""
    outlet, rules = outlet_and_rules(story.parent.name)
    return reading_of(*pages_of(story), outlet=outlet, rules=rules)


def _declared(html: str) -> str:
    canonical = re.search(r"rel=[\"']canonical[\"'] href=[\"']([^\"']+)", html) or re.search(
        r"href=[\"']([^\"']+)[\"'] rel=[\"']canonical[\"']", html
    )
    assert canonical, "the page declares no canonical: write the .json with its url by hand"
    return canonical[1]
