"""Trap sites whose robots.txt is wrong, or changes its mind."""

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.reply import Asked, Reply, html_reply, redirect
from crawler.demo.traps.seeds_parts import link_page, robots_reply
from crawler.demo.traps.trap import Trap, trap

__all__ = ["TRAPS"]

_HOPS = 5
_PRIVATE = ("User-agent: *", "Disallow: /private/")
_LONG = robots_reply(*_PRIVATE, "#" * 5_000_000, "User-agent: *", "Disallow: /")
_PAGE = html_reply(
    "<!DOCTYPE html>\n<html><head><title>Beranda</title></head><body>\n"
    "<p>User-agent: *</p>\n<p>Disallow: /</p>\n</body></html>"
)
_GONE = Reply(status=410, headers=(("Content-Type", "text/plain"),), body=b"tiada lagi")


def _strange(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """5 MB, a page, nothing, five redirects: night by night."""
    del config
    head, _, turn = asked.path.removesuffix(".txt").partition("-")
    if head != "/robots":
        return _with_private_links(edition, asked)
    if edition.night < 4:
        return (_LONG, _PAGE, _GONE)[edition.night - 1]
    hop = int(turn or 0)
    return robots_reply(*_PRIVATE) if hop == _HOPS else redirect(f"/robots-{hop + 1}.txt", 302)


def _with_private_links(edition: Edition, asked: Asked) -> Reply | None:
    """A page behind a forbidden address; nobody asks for it when the rules are read."""
    return link_page(edition, [], title="Rahasia") if asked.path.startswith("/private/") else None


def _broken(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """500 on the first night, so that nothing may be asked for."""
    del config
    if asked.path != "/robots.txt" or edition.night > 1:
        return None
    return html_reply("<h1>500 Internal Server Error</h1>", 500)


def _fickle(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """Everything allowed; all of it forbidden; only the newest story; everything again."""
    del config
    if asked.path != "/robots.txt":
        return None
    forbidden = {2: "/", 3: edition.live[0].path}.get(edition.night, "")
    return robots_reply("User-agent: *", f"Disallow: {forbidden}")


def _own(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """A byte order mark, and a group for us after one that forbids everything."""
    del config
    if asked.path != "/robots.txt":
        return _with_private_links(edition, asked)
    lines = ("User-agent: *", "Disallow: /", "", "user-agent: KLIPING", "Crawl-delay: 0.1",
             "Disallow: /private/", "Disallow: /sitemap")  # fmt: skip
    return Reply(
        body=b"\xef\xbb\xbf" + robots_reply(*lines).body,
        headers=(("Content-Type", "text/plain; charset=utf-8"),),
    )


TRAPS: tuple[Trap, ...] = (
    trap("robots-aneh", _strange, status_kinds=("robots",)),
    trap("robots-galat", _broken, status_kinds=("robots-unread",)),
    trap("robots-plinplan", _fickle, status_kinds=("robots",)),
    trap("robots-sendiri", _own, status_kinds=("robots",)),
)
