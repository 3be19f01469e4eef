"""What trap sites with lying pages share: which story is asked for, notices in full dress."""

from dataclasses import replace
from html import escape

from crawler.demo.chrome import links, page
from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.reply import Asked, Reply, html_reply
from crawler.demo.traps.trap import Trap

__all__ = ["HTML", "is_robots", "notice", "number_of", "post_asked", "refusal", "written_as"]

HTML = (("Content-Type", "text/html; charset=UTF-8"),)


def written_as(made: Trap, stories: str, **site: object) -> Trap:
    """The trap with the stories of `stories/<stories>.toml`, and other habits of its site."""
    return replace(made, site=replace(made.site, written_as=stories, **site))  # type: ignore[arg-type]


def post_asked(edition: Edition, asked: Asked) -> Post | None:
    """The story at the path that was asked for, removed or not."""
    return edition.by_path.get(asked.path.rstrip("/") + "/")


def number_of(edition: Edition, post: Post) -> int:
    """Which of the site's stories it is, in the order in which they were written down."""
    return (post.id - edition.site.first_id) // 7


def is_robots(asked: Asked) -> bool:
    """The request is for robots.txt."""
    return asked.path == "/robots.txt"


def notice(edition: Edition, words: str, *, title: str = "", heading: bool = True) -> str:
    """A page of the site that says `words`, with its menu, and a sidebar full of stories."""
    shown = f"<h1>{escape(words)}</h1>" if heading else f"<p>{escape(words)}</p>"
    main = (
        f'<section class="pemberitahuan">{shown}<p>Silakan gunakan kolom pencarian atau baca '
        "berita pilihan redaksi berikut ini.</p></section>"
        '<aside class="sidebar"><div class="widget"><h3>Berita Terkini</h3>'
        f"{links(edition, edition.live, kind='popular-post')}</div></aside>"
    )
    name = escape(edition.site.outlet.name)
    shown_title = f"{escape(title)} - {name}" if title else name
    return page(edition.site, title=shown_title, main=main, kind="halaman")


def refusal(title: str, body: str, status: int) -> Reply:
    """A bare page of what stands in front of a site: a firewall, a host."""
    head = f'<meta charset="utf-8"><title>{title}</title><meta name="robots" content="noindex">'
    html = f'<!DOCTYPE html><html lang="id"><head>{head}</head><body>{body}</body></html>'
    return html_reply(html, status)
