"""Every page we once read stays readable: one saved page, one test named after it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from reading import as_json, parts_of
from saved import KINDS, PAGES, STORIES, addresses, known_of, read_saved, start

from archive.text import changed_fields
from crawler.paging import part_urls

TRIBUN = "tribun*"  # the national site and its editions are one template
TEMPLATES = ("jurnaljawapes", "kantamedia", "kolomrakyat", "lintastungkal", TRIBUN)
NOT_READ = frozenset({"read_by", "kind", "fetched_at", "url", "edits", "changed"})

KNOWN = {story: known for story in STORIES if (known := known_of(story))}
EDITS = [story for story, known in KNOWN.items() if "edits" in known]
SPLIT = [story for story in STORIES if len(parts_of(story)) > 1]


def name_of(story: Path) -> str:
    return f"{story.parent.name}/{story.stem}"


def check(story: Path) -> None:
    """The page reads as its editor read it. What nobody has read yet is written down, and fails."""
    known, reading = known_of(story), as_json(read_saved(story))
    file = story.with_suffix(".json")
    if known is None:
        new = json.dumps(start(story) | reading, ensure_ascii=False, indent=1)
        file.write_text(new + "\n", encoding="utf-8")
        pytest.fail(f"{file.name} is new: read it as an editor would, then set read_by and kind")
    assert known["read_by"], f"{file.name}: read it as an editor would, then set read_by"
    assert known["kind"] in KINDS, f"{file.name}: say what the page shows: {sorted(KINDS)}"
    assert {key: value for key, value in known.items() if key not in NOT_READ} == reading


@pytest.mark.parametrize("story", STORIES, ids=name_of)
def test_saved_page_reads_as_its_editor_read_it(story: Path) -> None:
    check(story)


@pytest.fixture
def unread(tmp_path: Path) -> Path:
    """A page without its .json."""
    known = min(PAGES.glob("kantamedia/*.html"))
    (tmp_path / known.parent.name).mkdir()
    return Path(shutil.copy(known, tmp_path / known.parent.name / known.name))


def test_page_without_json_fails_until_the_json_names_its_reader(unread: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="is new: read it as an editor would"):
        check(unread)
    with pytest.raises(AssertionError, match="then set read_by"):
        check(unread)
    sign(unread, read_by="editor")
    with pytest.raises(AssertionError, match="say what the page shows"):
        check(unread)
    sign(unread, kind="ordinary")
    check(unread)


def test_wrong_word_in_a_json_fails(unread: Path) -> None:
    with pytest.raises(pytest.fail.Exception):
        check(unread)
    sign(unread, read_by="editor", kind="ordinary", headline="Judul Lain")
    with pytest.raises(AssertionError, match="Judul Lain"):
        check(unread)


def sign(story: Path, **values: Any) -> None:
    file = story.with_suffix(".json")
    known = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(known | values, ensure_ascii=False), encoding="utf-8")


@pytest.mark.parametrize("template", TEMPLATES)
def test_template_has_a_saved_page_of_each_kind(template: str) -> None:
    kinds = {known["kind"] for story, known in KNOWN.items() if story.parent.match(template)}
    assert kinds == KINDS


def test_outlets_without_code_have_pages_of_six_other_themes() -> None:
    unknown = {story.parent for story in STORIES if (story.parent / "outlet.json").exists()}
    assert len(unknown) >= 6
    assert {KNOWN[story]["kind"] for story in STORIES if story.parent in unknown} == {"widgets"}


@pytest.mark.parametrize("template", TEMPLATES)
def test_template_has_a_story_before_and_after_an_edit(template: str) -> None:
    assert [story for story in EDITS if story.parent.match(template)]


@pytest.mark.parametrize("story", EDITS, ids=name_of)
def test_edit_changes_the_fields_that_it_touched_and_no_others(story: Path) -> None:
    known = KNOWN[story]
    before = story.with_name(known["edits"] + ".html")
    assert known["url"] == KNOWN[before]["url"]
    assert known["fetched_at"] > KNOWN[before]["fetched_at"]
    changed = changed_fields(read_saved(before).article, read_saved(story).article)
    assert list(changed) == known["changed"] != []


@pytest.mark.parametrize("story", EDITS, ids=name_of)
def test_edited_page_also_differs_in_what_is_not_the_story(story: Path) -> None:
    """Counters, related stories and advertisements are others at each fetch; so are they here."""
    before = story.with_name(KNOWN[story]["edits"] + ".html").read_text(encoding="utf-8")
    after = story.read_text(encoding="utf-8")
    told = {line for html in (before, after) for line in html.split("\n")}
    assert len(told) - len(set(before.split("\n"))) >= 5


@pytest.mark.parametrize("story", SPLIT, ids=name_of)
def test_parts_of_a_saved_story_are_found_in_its_own_paging(story: Path) -> None:
    url = KNOWN[story]["url"]
    html = story.read_text(encoding="utf-8")
    assert list(part_urls(html, url)) == addresses(story, url)[1:]
