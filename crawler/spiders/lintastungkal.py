"""WordPress, theme "nomina": stories split with nextpage, credits in custom fields at the end.

The view counter, the share bars and "Berita Terkait" stand inside `#single-content`.
"""

from archive.types import Outlet
from crawler.platforms.wordpress import WordPressSpider
from crawler.rules import Rules

__all__ = ["LintasTungkal"]


class LintasTungkal(WordPressSpider):
    outlet = Outlet(
        slug="lintastungkal",
        name="Lintas Tungkal",
        url="https://lintastungkal.com",
        region="Jambi",
        zone="Asia/Jakarta",
        platform="wordpress",
    )
    rules = Rules(
        body="#single-article-text",
        headline="#single-content h1",
        byline="p.penulis-bawah",
        editor="p.editor-bawah",
        published="p.tanggal-single",
        section="p.single-kategori",
        tags="div.tagname a",
        caption="p.caption-photo",
    )
