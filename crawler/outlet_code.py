"""A new outlet as code: its module, a stub of a saved page, and a test. For a checkout."""

import html
import json
from collections.abc import Mapping
from pathlib import Path

from archive.errors import ConfigError
from crawler.survey_verdict import Verdict

__all__ = ["write_code"]

_PARENTS = {"wordpress": "WordPressSpider", "blogger": "BloggerSpider", "news": "NewsSpider",
            "tribun": "TribunSpider"}  # fmt: skip
_MODULE = '''"""{name}: found by `kliping outlets add`; no page of it was saved yet."""

from archive.types import Outlet
from crawler.platforms.{platform} import {parent}

__all__ = ["{title}"]


class {title}({parent}):
    outlet = Outlet(
        slug={slug},
        name={quoted},
        url={url},
        zone={zone},
        platform={named},
    )
'''
_PAGE = """<!DOCTYPE html>
<!-- Write an invented story here, in the structure of the outlet's pages: never one of them. -->
<html lang="id">
<head><title>Judul - {name}</title><meta property="og:type" content="article"></head>
<body><article><h1>Judul</h1><div class="entry-content"><p>Isi.</p></div></article></body>
</html>
"""
_TEST = '''"""{name} is read by its rules, and known by its slug."""

from reading import outlet_and_rules, page_of, reading_of
from saved import PAGES


def test_saved_page_is_read() -> None:
    outlet, rules = outlet_and_rules({slug})
    [page] = (PAGES / {slug}).glob("*.html")
    article = reading_of(page_of(page.read_bytes(), {url} + "/judul/"), outlet=outlet,
                         rules=rules).article  # fmt: skip
    assert article.headline == "Judul"
    assert article.text
'''


def write_code(entry: Mapping[str, str], found: Verdict) -> tuple[str, ...]:
    """Write the three files below the current folder, a checkout; their paths.

    Raises ConfigError where it is none, or where one of them is there already.
    """
    slug = entry["slug"]
    under = "media_" * slug[0].isdigit() + slug.replace("-", "_")
    words = {
        "name": found.name.replace('"', "'").replace("\\", ""),
        "platform": found.platform,
        "parent": _PARENTS[found.platform],
        "title": "Media" * slug[0].isdigit() + "".join(map(str.title, slug.split("-"))),
        "slug": json.dumps(slug),
        "quoted": json.dumps(found.name, ensure_ascii=False),
        "url": json.dumps(found.url),
        "zone": json.dumps(found.zone),
        "named": json.dumps(found.platform),
    }
    files = {
        Path("crawler/spiders") / f"{under}.py": _MODULE.format(**words),
        Path("tests/pages") / slug / "2024-01-01-judul.html": _PAGE.format(
            name=html.escape(found.name)
        ),
        Path(f"tests/test_outlet_{under}.py"): _TEST.format(**words),
    }
    if not Path("crawler/spiders").is_dir() or not Path("tests/pages").is_dir():
        raise ConfigError("--code writes into a checkout of Kliping: this folder is none")
    if there := next((file for file in files if file.exists()), None):
        raise ConfigError(f"{there} is there already; --slug chooses another name")
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tuple(map(str, files))
