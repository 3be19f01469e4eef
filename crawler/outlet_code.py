"""An outlet as code: its module, the stub of a saved page, and the test that reads it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from textwrap import dedent

from lxml import etree
from lxml import html as markup

from archive.errors import ConfigError, Unreadable
from crawler.outlet_entry import Entry
from crawler.outlets import PLATFORMS
from crawler.site_facts import SiteFacts, TrialStory
from crawler.tree import Element, folded, parsed

__all__ = ["Code", "code_of", "stub_of"]

_HEADLINE = "Camat Diperiksa Bawaslu karena Hadir di Kampanye"
_SENTENCES = (
    "Bawaslu memeriksa seorang camat karena diduga melanggar netralitas aparatur sipil negara.",
    "Camat itu terlihat di barisan depan ketika pasangan calon berkampanye pada akhir pekan.",
    "Pemeriksaan berlangsung dua jam, dan lima orang saksi dimintai keterangan secara terpisah.",
    "Ia mengaku datang atas undangan warga dan tidak mengetahui acara itu sebuah kampanye.",
    "Hasil kajian akan diteruskan kepada lembaga yang berwenang paling lambat pekan depan.",
    "Penjabat bupati mengingatkan seluruh pegawai agar tidak berpihak sampai pemungutan suara.",
)
"""Of no real story: pages that others wrote are not published here."""
_DROPPED = ("script", "style", "svg", "iframe", "noscript", "form", "video", "audio")
_PROSE = 40
"""Characters: what is shorter is a label, a date or a name, and stays."""
_FEW = 20
"""Words of a text that is no whole story."""
_LINK = 3
"""Words of a link to another story."""
_TOLD_IN_META = re.compile(r"(?:^|:)(?:title|description)$")
_FIELDS = ("slug", "name", "url", "region", "zone", "network", "platform")
_JSON_LD = "application/ld+json"
_DATES = re.compile(r'"(datePublished|dateModified)"\s*:\s*"([0-9T:.Z+-]{10,40})"')
_ATTRIBUTES = ("alt", "title", "aria-label", "data-title", "data-caption")


@dataclass(frozen=True)
class Code:
    """Files by their place in a checkout."""

    files: dict[str, str]

    def write(self, checkout: Path) -> Iterator[str]:
        """Write them, and name each. Raises ConfigError: no checkout, or a file is there."""
        if not (checkout / "crawler" / "spiders").is_dir() or not (checkout / "tests").is_dir():
            raise ConfigError(
                f"{checkout} is no checkout of Kliping; run this where crawler/ and tests/ are, "
                "or leave out --code"
            )
        if there := [name for name in self.files if (checkout / name).exists()]:
            raise ConfigError(f"{there[0]} is there already; choose another slug with --slug")
        for name, text in self.files.items():
            place = checkout / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
            yield name


def code_of(facts: SiteFacts, entry: Entry) -> Code:
    """The files of an outlet: module, page stub (where a story was fetched) and test."""
    module = re.sub(r"\W", "_", entry.slug)
    module = f"outlet_{module}" if module[0].isdigit() else module
    files = {f"crawler/spiders/{module}.py": _module(facts, entry)}
    story = next((one for one in (*facts.read, *facts.trial) if one.html), None)
    if story is not None:
        day = story.page.fetched_at if story.page else datetime.now(UTC)
        page = f"{day:%Y-%m-%d}-camat-diperiksa-bawaslu"
        files[f"tests/pages/{entry.slug}/{page}.html"] = stub_of(story)
        files[f"tests/test_crawler_outlet_{module}.py"] = _test(
            facts, entry, page, published=str(story.published_at)
        )
    return Code(files)


def _module(facts: SiteFacts, entry: Entry) -> str:
    parent = PLATFORMS[entry.values["platform"]]
    name = _class(entry.slug)
    known = {**entry.values, "network": parent.network}
    fields = {key: known[key] for key in _FIELDS if known.get(key)}
    values = "\n".join(f"        {key}={_literal(value)}," for key, value in fields.items())
    theme = f'template "{_words(facts.template)}"' if facts.template else "of unknown template"
    return "\n".join(
        [
            f'"""{_platform(facts)}, {theme}: no rule has proved needed yet.',
            "",
            f"Zone: {facts.zone.why}.",
            '"""',
            "",
            "from archive.types import Outlet",
            f"from {parent.__module__} import {parent.__name__}",
            "",
            f'__all__ = ["{name}"]',
            "",
            "",
            f"class {name}({parent.__name__}):",
            "    outlet = Outlet(",
            values,
            "    )",
            "",
        ]
    )


def _platform(facts: SiteFacts) -> str:
    names = {"wordpress": "WordPress", "blogger": "Blogger", "tribun": "The Tribun Network"}
    return names.get(facts.platform, "On no known platform, read by feed or sitemap")


def _class(slug: str) -> str:
    name = "".join(part.capitalize() for part in slug.split("-"))
    return name if name[0].isalpha() else f"Outlet{name}"


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a Python string


def _words(text: str) -> str:
    """What a site calls itself, fit for a docstring: nothing in it can end one."""
    return " ".join(re.sub(r"[^\w .,&()-]", " ", text).split())


def _test(facts: SiteFacts, entry: Entry, page: str, *, published: str) -> str:
    url = _literal(entry.values["url"])
    return dedent(f'''\
        """{_words(facts.name)}: its saved page is read as an editor would read it."""

        from saved import PAGES, read_saved

        from archive.config import Settings
        from crawler.outlets import known_spiders

        STORY = PAGES / "{entry.slug}" / "{page}.html"


        def test_outlet_is_known():
            assert known_spiders(Settings())["{entry.slug}"].outlet.url == {url}


        def test_saved_page_is_read_whole():
            article = read_saved(STORY).article
            assert article.headline == "{_HEADLINE}"
            assert len(article.text.split()) > {_FEW}
            assert str(article.published_at) == "{published}"
        ''')


def stub_of(story: TrialStory) -> str:
    """A page in the structure of a story's page, with an invented story in it.

    Scripts, styles and others' words are left out; dates, names and labels stand as they stood.
    Raises ConfigError for a page that is no HTML.
    """
    try:
        tree = parsed(story.html)
    except Unreadable as error:
        raise ConfigError(f"{story.url}: {error}; no stub can be made of it") from None
    declared = _declared(tree)
    etree.strip_elements(tree, *_DROPPED, etree.Comment, with_tail=False)
    if declared and tree.head is not None:
        tree.head.append(markup.fragment_fromstring(declared))
    sentences = cycle(_SENTENCES)
    for element in tree.iter("*"):
        _without_words(element)
    for element in tree.iter("title", "h1", "h2", "h3"):
        if _is_headline(element, story.headline):
            _say(element, _HEADLINE)
    body = tree.find(".//body")
    for element in () if body is None else body.iter("*"):
        _retell(element, sentences)
    text = markup.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")
    return re.sub(r"\n\s*\n+", "\n", text) + "\n"


def _declared(tree: Element) -> str:
    """The JSON-LD of a page with its dates, and nothing else of what it told."""
    scripts = [one.text or "" for one in tree.iter("script") if one.get("type") == _JSON_LD]
    dates = dict(_DATES.findall(" ".join(scripts)))
    if not dates:
        return ""
    told = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": _HEADLINE}
    return f'<script type="{_JSON_LD}">{json.dumps(told | dates)}</script>'


def _without_words(element: Element) -> None:
    for name in _ATTRIBUTES:
        if len(element.get(name, "").split()) >= _LINK:  # fewer may be a date
            del element.attrib[name]
    told = element.get("property") or element.get("name") or ""
    if element.tag == "meta" and _TOLD_IN_META.search(told.lower()):
        element.set("content", _HEADLINE if told.lower().endswith("title") else _SENTENCES[0])


def _is_headline(element: Element, headline: str) -> bool:
    text = folded("".join(element.itertext()))
    return element.tag == "title" or not headline or headline[:20].lower() in text.lower()


def _say(element: Element, text: str) -> None:
    for child in list(element):
        element.remove(child)
    element.text = text


def _retell(element: Element, sentences: Iterator[str]) -> None:
    """Other words where an element tells something; labels, dates and names stay."""
    text = folded(element.text or "")
    if element.tag == "a" and len(text.split()) >= _LINK:
        element.text = "Judul Berita Lain"
    elif len(text) > _PROSE and text != _HEADLINE:
        element.text = next(sentences)
    if len(folded(element.tail or "")) > _PROSE:
        element.tail = f" {next(sentences)} "
