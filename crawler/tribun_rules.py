"""How pages of the Tribun Network are read: one template for the national site and all editions.

Proved on a genuine page of May 2020 and on pages in the structure of 2026. The body is the one
`side-article` that is `txt-article`; its siblings are `mb5`: caption, paging, credits.
"""

from crawler.rules import Rules

__all__ = ["TRIBUN_RULES"]

_CALLED = r"(?:baca|cek|simak|ikuti|dapatkan|update|kunjungi|gabung|bergabung|follow)"

TRIBUN_RULES = Rules(
    body="div.side-article.txt-article:not(.mb5)",
    drop=(
        "p.baca",  # 2020 says "Baca: ", also where nothing is linked
        "blockquote.summary-article",
        "div.ads-placeholder",
        "div[id^=div-Inside-]",
    ),
    headline="h1#arttitle",
    byline="#penulis",
    editor="#editor",
    section="ul[itemtype$=BreadcrumbList] li:last-child [itemprop=name]",
    tags="h5.tagcloud3 a",
    caption="#artimg div.grey2",
    # <div id="editor">Editor: …</div><div>Sumber: <a …>TribunSolo.com</a></div>
    source="#penulis ~ div, #editor ~ div",
    lines=(
        rf"[-–*•]\s*{_CALLED}\b.{{0,200}}\b(?:google news|whatsapp|telegram|facebook)\b.{{0,80}}",
        r"ringkasan berita\s*:?",
        r"!+\s*membaca bagi disabilitas\s*!+",
    ),
)
"""For every edition: none has a template of its own."""
