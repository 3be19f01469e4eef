"""A trap site that takes stories away and says so with status 200, each night in other words."""

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.listings import missing_page
from crawler.demo.reply import Asked, Reply, html_reply
from crawler.demo.traps.pages_parts import notice, number_of, post_asked, written_as
from crawler.demo.traps.trap import Trap, trap

__all__ = ["TRAPS", "WORDINGS"]

WORDINGS = (
    "Halaman tidak ditemukan",
    "Maaf, artikel yang Anda cari telah dihapus",
    "Oops! That page can’t be found",
    "Konten tidak tersedia",
    "404 – Berita tidak ada",
)


def _taken(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """Two stories go with 200 and five wordings between them; a third, on the fourth night, by 410.

    The words stand in the title, in the heading, or in both.
    """
    del config
    post = post_asked(edition, asked)
    if post is None or not post.removed:
        return None
    number = number_of(edition, post)
    if number == 3:
        return html_reply(missing_page(edition.site), 410)
    # nights 2 and 3 prove them gone: four wordings; on night 4 the fifth must not bring one back
    words = WORDINGS[(2 * (edition.night - 2) + number - 1) % len(WORDINGS)]
    title = words if (edition.night + number) % 2 else ""
    return html_reply(notice(edition, words, title=title, heading=not title or number == 1))


TRAPS: tuple[Trap, ...] = (written_as(trap("hilang", _taken, status_kinds=("missing",)), "hilang"),)
