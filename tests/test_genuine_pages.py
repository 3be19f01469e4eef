"""Five genuine pages, line by line against what an editor keeps of them.

The pages are other people's and stay outside the repository: `genuine/*.json` holds the digests of
their lines (sha256, first 16 hex digits), never a word of them.
"""

import hashlib
import json
import os
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from redesigned import Here

from archive.config import CrawlConfig, Settings
from crawler.replay_saved import replay_saved
from crawler.saved_pages import SavedAsked

HERE = Path(__file__).parent
PAGES = Path(os.environ.get("KLIPING_PAGES", HERE.parent.parent / "shared" / "pages"))
KNOWN = sorted((HERE / "genuine").glob("*.json"))

each_page = pytest.mark.parametrize("known", KNOWN, ids=lambda path: path.stem)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def truth(known: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(known.read_text(encoding="utf-8"))
    assert found["read_by"], f"{known.name}: read it as an editor would, then set read_by"
    return found


@cache
def read(known: Path) -> dict[str, Any]:
    page = PAGES / f"{known.stem}.html"
    if not page.is_file():
        pytest.skip(f"GENUINE PAGE NOT READ: no {page.name} in {PAGES}; set KLIPING_PAGES")
    asked = SavedAsked(html=page, url=truth(known)["url"])
    return replay_saved(Settings(), asked, readers=Here(CrawlConfig()))[0]


def leaked_and_lost(lines: list[str], digests: list[str]) -> tuple[list[str], list[int]]:
    """The lines that an editor would not keep, and the numbers of those that are missing."""
    matcher = SequenceMatcher(a=[digest(line) for line in lines], b=digests, autojunk=False)
    leaked: list[str] = []
    lost: list[int] = []
    for what, a, b, c, d in matcher.get_opcodes():
        if what != "equal":
            leaked += [f"{number + 1}: {lines[number]}" for number in range(a, b)]
            lost += [number + 1 for number in range(c, d)]
    return leaked, lost


def test_all_five_genuine_pages_are_known() -> None:
    assert len(KNOWN) == 5


@each_page
def test_no_widget_leaks_into_a_genuine_text_and_no_line_is_lost(known: Path) -> None:
    expected = truth(known)
    lines = read(known)["text"].split("\n\n")
    leaked, lost = leaked_and_lost(lines, expected["digests"])
    assert (leaked, lost) == ([], [])
    assert len(lines) == expected["lines"]
    assert sum(len(line.split()) for line in lines) == expected["words"]
    assert sum(map(len, lines)) == expected["characters"]


@each_page
@pytest.mark.parametrize("field", ["headline", "byline", "editor"])
def test_who_wrote_what_is_read_from_a_genuine_page(known: Path, field: str) -> None:
    assert digest(read(known)[field]) == truth(known)[field]


@each_page
def test_dateline_of_a_genuine_page_is_the_place_it_prints(known: Path) -> None:
    assert read(known)["dateline"] == truth(known)["dateline"]


@each_page
def test_date_of_a_genuine_page_is_the_one_it_prints(known: Path) -> None:
    expected, found = truth(known), read(known)
    assert found["published_text"] == expected["published_text"]
    assert found["published_zone"] == expected["published_zone"]
    # JSON-LD adds the seconds, at one outlet three minutes
    gap = found["published_at"] - datetime.fromisoformat(expected["published_at"])
    assert abs(gap) <= timedelta(minutes=4)


def test_lines_that_leaked_and_lines_that_are_lost_are_named() -> None:
    digests = [digest(line) for line in ("satu", "dua", "tiga")]
    assert leaked_and_lost(["satu", "Baca juga", "tiga"], digests) == (["2: Baca juga"], [2])
    assert leaked_and_lost(["satu", "dua"], digests) == ([], [3])
