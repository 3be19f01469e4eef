"""What surrounds everything on a Tribun page: menu, sidebars that change at each visit, footer."""

from html import escape

from crawler.demo.chrome import scripts, styles, template
from crawler.demo.editions import Edition
from crawler.demo.nights import Post

__all__ = ["linked_list", "sections", "tribun_page"]


def sections(edition: Edition) -> tuple[str, ...]:
    """The sections that have a story, in order of name."""
    return tuple(sorted({post.section for post in edition.live}))


def tribun_page(edition: Edition, *, title: str, main: str, head: str = "", views: int = 0) -> str:
    """A whole page around `main`; `views` tells how often it was asked for before."""
    outlet = edition.site.outlet
    menu = "".join(
        f'<li><a href="{outlet.url}/{name}" title="{_named(name)}">{_named(name)}</a></li>'
        for name in sections(edition)
    )
    return template("tribun").substitute(
        title=title,
        head=head,
        main=main,
        url=outlet.url,
        host=edition.site.host,
        name=escape(outlet.name),
        menu=menu,
        latest=_latest(edition, views),
        popular=linked_list(edition, edition.base[:5]),
        styles=styles("tribun"),
        scripts=scripts("tribun"),
    )


def linked_list(edition: Edition, posts: tuple[Post, ...]) -> str:
    """Other stories by their headlines."""
    rows = "".join(
        f'<li class="p1520"><h3><a href="{edition.site.outlet.url}{post.path}" '
        f'title="{escape(post.headline)}" class="fbo2 f15">{escape(post.headline)}</a></h3></li>'
        for post in posts
    )
    return f'<ul class="lsi-side">{rows}</ul>'


def _latest(edition: Edition, views: int) -> str:
    """The newest stories with their age, which is another one at each visit."""
    rows = "".join(
        f'<li><div class="f15"><a href="{edition.site.outlet.url}{post.path}">'
        f'{escape(post.headline)}</a></div><time class="grey foot timeago" '
        f'title="{post.published_at:%Y-%m-%d %H:%M:%S}">{5 * place + views + 1} menit lalu</time>'
        "</li>"
        for place, post in enumerate(edition.live[:6])
    )
    return f'<ul id="latestul">{rows}</ul>'


def _named(section: str) -> str:
    return escape(section.replace("-", " ").title())
