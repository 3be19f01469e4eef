"""Every page we once read stays readable: one saved page, one test named after it."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from reading import as_json, outlet_and_rules, page_of, parts_of, reading_of

PAGES = Path(__file__).parent / "pages"
STORIES = sorted(
    path for path in PAGES.glob("*/*.html") if not re.search(r"\.\d\.html$", path.name)
)


def _address(html: str) -> str:
    canonical = re.search(r"rel=\"canonical\" href=\"([^\"]+)", html)
    assert canonical, "the page declares no canonical: write the .json with its url by hand"
    return canonical[1]


def _start(story: Path) -> dict[str, str]:
    """What must be known before reading: by whom it was read (nobody yet), its url and its day."""
    return {
        "read_by": "",
        "url": _address(story.read_text(encoding="utf-8")),
        "fetched_at": f"{story.name[:10]}T20:00:00+00:00",
    }


def _part(url: str, number: int) -> str:
    return f"{url}{number}/" if url.endswith("/") else f"{url}?page={number}"


@pytest.mark.parametrize("story", STORIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_saved_page_reads_as_its_editor_read_it(story: Path) -> None:
    known_file = story.with_suffix(".json")
    known = json.loads(known_file.read_text(encoding="utf-8")) if known_file.exists() else None
    start = known or _start(story)
    outlet, rules = outlet_and_rules(story.parent.name)
    fetched_at = datetime.fromisoformat(start["fetched_at"])
    urls = [start["url"], *(_part(start["url"], number) for number in range(2, 10))]
    pages = [
        page_of(part.read_bytes(), url, fetched_at=fetched_at)
        for part, url in zip(parts_of(story), urls, strict=False)
    ]
    reading = as_json(reading_of(*pages, outlet=outlet, rules=rules))
    if known is None:
        new = json.dumps(start | reading, ensure_ascii=False, indent=1)
        known_file.write_text(new + "\n", encoding="utf-8")
        pytest.fail(f"{known_file.name} is new: read it as an editor would, then set read_by")
    assert known["read_by"], f"{known_file.name}: read it as an editor would, then set read_by"
    assert start | reading == known


def test_outlets_have_saved_pages() -> None:
    outlets = [path.parent.name for path in STORIES]
    assert {slug for slug in outlets if outlets.count(slug) >= 2} >= {
        "kantamedia",
        "kolomrakyat",
        "lintastungkal",
    }
    assert {"tribun-makassar", "tribun-pontianak", "tribunnews"} <= set(outlets)
