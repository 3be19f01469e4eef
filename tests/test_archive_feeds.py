"""The feeds: what a reader of Atom or JSON Feed finds in them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from archive_rows import Newsroom, article, three_nights
from lxml import etree

from archive.errors import ArchiveError
from scheduler.notify import write_feeds

_ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    found = three_nights(tmp_path_factory.mktemp("arsip"))
    yield found
    found.archive.close()


@pytest.fixture
def folder(made: Newsroom, tmp_path: Path) -> Path:
    write_feeds(made.archive.engine, tmp_path / "umpan")
    return tmp_path / "umpan"


def _items(folder: Path) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads((folder / "events.json").read_bytes())["items"]
    return items


def test_both_feeds_tell_the_same_newest_first(folder: Path) -> None:
    titles = [item["title"] for item in _items(folder)]
    assert titles == [
        "[gone] Kades Dilaporkan ke Bawaslu",
        "[edited] Camat Diminta Tetap Netral",
        "[new] Lurah Ikut Kampanye",
        "[new] Kades Dilaporkan ke Bawaslu",
        "[new] Camat Diminta Netral",
    ]
    feed = etree.parse(folder / "events.atom")
    assert feed.xpath("//a:entry/a:title/text()", namespaces=_ATOM) == titles
    ids = feed.xpath("//a:entry/a:id/text()", namespaces=_ATOM)
    assert ids == [item["id"] for item in _items(folder)]
    assert len(set(ids)) == 5


def test_edit_says_what_it_changed(folder: Path) -> None:
    edit = _items(folder)[1]
    assert "- headline: Camat Diminta Netral" in edit["content_text"]
    assert "+ headline: Camat Diminta Tetap Netral" in edit["content_text"]
    assert edit["_kliping"]["changed"] == ["headline", "byline", "text"]


def test_atom_has_what_rfc_4287_asks_for(folder: Path) -> None:
    feed = etree.parse(folder / "events.atom")
    for of in ("/a:feed", "//a:entry"):
        for element in feed.xpath(of, namespaces=_ATOM):
            for name in ("id", "title", "updated"):
                assert len(element.findall(f"a:{name}", _ATOM)) == 1
    assert len(feed.xpath("/a:feed/a:author/a:name", namespaces=_ATOM)) == 1


def test_feeds_are_the_same_when_nothing_happened(made: Newsroom, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_feeds(made.archive.engine, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_words_that_xml_has_no_place_for_spoil_no_feed(tmp_path: Path) -> None:
    found = three_nights(tmp_path / "arsip")
    found.begin(found.clock.now)
    found.see("camat-x", article("Camat \x0b<b>& \ufffe \x1b[31m"))
    found.close()
    write_feeds(found.archive.engine, tmp_path)
    found.archive.close()
    feed = etree.parse(tmp_path / "events.atom")
    assert "<b>&" in feed.xpath("//a:entry/a:title/text()", namespaces=_ATOM)[0]


def test_disk_that_refuses_is_named(made: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("bukan folder")
    with pytest.raises(ArchiveError, match="berkas"):
        write_feeds(made.archive.engine, tmp_path / "berkas")
