"""What trap sites share: the site's own answer, byte by byte, and a feed with more links."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from email.utils import format_datetime
from functools import partial
from html import escape

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.feeds import feed
from crawler.demo.nights import Post
from crawler.demo.reply import Asked, Reply
from crawler.demo.site import answer

__all__ = ["HTML", "feed_with", "head", "html_page", "own_answer", "spelt", "story_number"]

HTML = (("Content-Type", "text/html; charset=UTF-8"),)


def own_answer(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply:
    """What the site itself would answer."""
    return answer(edition, asked, replace(config, rest=False))


def story_number(edition: Edition, asked: Asked) -> int:
    """Which of the site's stories is asked for, from 1, newest first; 0 for none."""
    paths = [post.path for post in edition.posts]
    return paths.index(asked.path) + 1 if asked.path in paths else 0


def feed_with(edition: Edition, asked: Asked, paths: Iterable[str]) -> Reply | None:
    """The site's feed with these paths listed before its stories; None for no feed's path."""
    own = feed(edition, asked) if asked.path == "/feed/" else None
    if own is None:
        return None
    head, mark, rest = own.body.decode().partition("\t<item>")
    items = "".join(_item(edition, edition.posts[0], path) for path in paths)
    return replace(own, body=f"{head}{items}{mark}{rest}".encode())


def _item(edition: Edition, post: Post, path: str) -> str:
    url = escape(f"{edition.site.outlet.url}{path}")
    return (
        f"\t<item>\n\t\t<title>Kabar Kota</title>\n\t\t<link>{url}</link>\n"
        f"\t\t<pubDate>{format_datetime(post.published_at)}</pubDate>\n\t</item>\n"
    )


def html_page(main: str, *, title: str = "Kabar Kota", head: str = "") -> str:
    """A page without a story."""
    return (
        f"<!DOCTYPE html><html lang='id'><head><meta charset='utf-8'><title>{title}</title>"
        f"{head}</head><body>{main}</body></html>"
    )


def head(status: str, *headers: tuple[str, str]) -> bytes:
    """A status line as it is written, the headers and the empty line after them."""
    lines = [status, *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode()


def spelt(*pieces: bytes, status: int = 200) -> Reply:
    """A reply of exactly these bytes, each sent for itself; `status` is what the log says."""
    return Reply(status=status, wire=partial(_pieces, pieces))


def _pieces(pieces: tuple[bytes, ...]) -> Iterator[bytes]:
    yield from pieces
