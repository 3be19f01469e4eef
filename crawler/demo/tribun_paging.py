"""How a split story's pages lead to each other: as since 2026, and as in 2020."""

from collections.abc import Sequence

from crawler.demo.editions import Edition
from crawler.demo.nights import Post

__all__ = ["paging"]


def paging(edition: Edition, post: Post, parts: Sequence[int]) -> str:
    """The links between the parts of a story; nothing for one in one piece or shown whole."""
    count = len(post.pages)
    if count == 1 or len(parts) == count:
        return ""
    link = f"{edition.site.outlet.url}{post.path}"
    return (_of_2020 if post.old else _of_2026)(link, parts[0], count)


def _of_2026(link: str, here: int, count: int) -> str:
    rows = [f'<span class="total-page">Halaman {here}/{count}</span>']
    if here > 1:
        rows.append(f'<a href="{_part(link, here - 1)}" rel="page-{here - 1}">Sebelumnya</a>')
    rows += [
        f'<a href="{_part(link, number)}" rel="page-{number}">{number}</a>'
        for number in range(1, count + 1)
    ]
    if here < count:
        rows.append(f'<a href="{_part(link, here + 1)}" rel="page-{here + 1}">Selanjutnya</a>')
    rows.append(f'<a href="{link}?page=all" rel="page-all">Tampilkan Semua</a>')
    return f'<div class="paging mb20"><div class="pt10 pb5 plr10 ovh">{"".join(rows)}</div></div>'


def _of_2020(link: str, here: int, count: int) -> str:
    rows = "".join(
        f'<a href="{link}" id="pagecurrent" class="white bgblue">{number}</a>'
        if number == here
        else f'<a href="{_part(link, number)}">{number}</a>'
        for number in range(1, count + 1)
    )
    onward = ""
    if here < count:
        onward = (
            '<div class="mb20"><a class="bgblue white ptb5 plr10 f18" '
            f'href="{_part(link, here + 1)}">Halaman selanjutnya <i class="fa"></i></a></div>'
        )
    return (
        f"{onward}<div class='paging mb20'><div class='pt10 pb5 plr10 ovh bggrey'>"
        f"<div class='pr5 pt7 fbo2 grey2 fl f14'>Halaman</div>{rows}</div></div>"
    )


def _part(link: str, number: int) -> str:
    return link if number == 1 else f"{link}?page={number}"
