"""Pages of a site on Blogger: stories with their `?m=1` twins, lists, the page for nothing."""

import json
from html import escape
from zoneinfo import ZoneInfo

from crawler.demo.chrome import scripts, styles, template
from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.printed import long_date

__all__ = [
    "BLOG",
    "before_jump",
    "image",
    "list_page",
    "missing_page",
    "post_content",
    "snippet",
    "standing_page",
    "story_page",
]

BLOG = "8841207365512094377"
"""The number of the blog, in tag: addresses."""

_JUMP = "<a name='more'></a>"
_SIDE = 5


def image(post: Post, size: str) -> str:
    """The address of a post's photo; Blogger names sizes like `s320` or `w1200-h630-p-k-no-nu`."""
    host = "https://blogger.googleusercontent.com"
    return f"{host}/img/b/R29vZ2xl/AVvXsE{post.id:x}/{size}/{post.slug}.jpg"


def post_content(edition: Edition, post: Post) -> str:
    """The HTML of a post as its author wrote it: photo, paragraphs, name, with its jump break."""
    blocks = [f"{escape(text, quote=False)}" for text in post.paragraphs]
    blocks[0] = f"<b>{escape(post.dateline)}</b> - {blocks[0]}"
    if post.byline:
        blocks[-1] += f" <b>({escape(post.byline)})</b>"
    rows = [f'<div style="text-align: justify;">{block}</div>' for block in blocks]
    gap = '<div style="text-align: justify;"><br /></div>'
    rows[2:2] = [_JUMP]
    rows[4:4] = [_pointer(edition, post)]
    return _photo(post) + gap.join(rows)


def before_jump(content: str) -> str:
    """What a feed shows of a post when its owner chose "until jump break"."""
    return content.partition(_JUMP)[0]


def snippet(post: Post) -> str:
    """The first words without markup, as a summary feed shows them."""
    return f"{post.dateline} - {' '.join(post.paragraphs)}"[:400]


def story_page(edition: Edition, post: Post, *, views: int, is_mobile: bool) -> str:
    """The page of a story; its mobile twin names the plain one as canonical."""
    site = edition.site
    local = post.published_at.astimezone(ZoneInfo(site.outlet.zone))
    main = template(site.theme).substitute(
        id=str(post.id),
        blog=BLOG,
        url=site.outlet.url,
        name=escape(site.outlet.name),
        link=f"{site.outlet.url}{post.path}",
        headline=escape(post.headline, quote=False),
        day=long_date(local),
        published=local.isoformat(),
        clock=f"{local:%H.%M}",
        content=post_content(edition, post),
        views=str(views),
        labels=_labels(edition, post),
        related=_links(edition, edition.related(post, _SIDE)),
    )
    head = _head(edition, post)
    return _framed(edition, main, title=post.headline, head=head, is_mobile=is_mobile)


def list_page(edition: Edition, posts: tuple[Post, ...], *, title: str, older: str) -> str:
    """A page that lists stories; `older` is where its last link leads."""
    rows = "\n".join(_entry(edition, post) for post in posts)
    link = "<a class='blog-pager-older-link' href='{}' id='Blog1_blog-pager-older-link'>{}</a>"
    pager = link.format(escape(older), "Postingan Lama") if older else ""
    main = f"{rows}\n<div class='blog-pager' id='blog-pager'>{pager}</div>"
    return _framed(edition, main, title=title)


def missing_page(edition: Edition) -> str:
    """What a reader sees where nothing is."""
    main = (
        "<div class='status-msg-wrap'><div class='status-msg-body'>Maaf, laman yang Anda cari "
        "di blog ini tidak ada.</div></div>"
    )
    return _framed(edition, main, title="Laman tidak ditemukan")


def standing_page(edition: Edition) -> str:
    """The page about the newsroom: one of Blogger's "pages", below /p/."""
    main = (
        "<div class='post hentry'><h3 class='post-title entry-title'>Redaksi</h3>"
        "<div class='post-body entry-content'>Jurnal Jawapes diterbitkan oleh perusahaan yang "
        "tidak ada, oleh orang-orang yang tidak ada.</div></div>"
    )
    return _framed(edition, main, title="Redaksi")


# -- pieces ----------------------------------------------------------------------------------


def _photo(post: Post) -> str:
    caption = escape(post.caption or "[Foto : Istimewa]")
    return (
        '<table align="center" cellpadding="0" cellspacing="0" class="tr-caption-container" '
        'style="margin-left: auto; margin-right: auto;"><tbody><tr><td style="text-align: '
        f'center;"><a href="{image(post, "s1600")}" style="margin-left: auto;"><img border="0" '
        f'height="213" src="{image(post, "s320")}" width="320" /></a></td></tr><tr>'
        f'<td class="tr-caption" style="text-align: center;">{caption}</td></tr></tbody></table>'
    )


def _pointer(edition: Edition, post: Post) -> str:
    """The "Baca Juga" that the desk sets between two paragraphs."""
    (other,) = edition.related(post, 1)
    link = f"{edition.site.outlet.url}{other.path}"
    title = escape(other.headline)
    return f'<div><b>Baca Juga : <a href="{link}" target="_blank">{title}</a></b></div>'


def _labels(edition: Edition, post: Post) -> str:
    url = edition.site.outlet.url
    return ", ".join(
        f"<a href='{url}/search/label/{escape(label.replace(' ', '%20'))}' rel='tag'>"
        f"{escape(label)}</a>"
        for label in (post.section, *post.tags)
    )


def _links(edition: Edition, posts: tuple[Post, ...]) -> str:
    url = edition.site.outlet.url
    rows = (f"<li><a href='{url}{p.path}'>{escape(p.headline)}</a></li>" for p in posts)
    return f"<ul>{''.join(rows)}</ul>"


def _entry(edition: Edition, post: Post) -> str:
    link = f"{edition.site.outlet.url}{post.path}"
    local = post.published_at.astimezone(ZoneInfo(edition.site.outlet.zone))
    return (
        f"<div class='date-outer'><h2 class='date-header'><span>{long_date(local)}</span></h2>"
        f"<div class='post-outer'><div class='post hentry'><h3 class='post-title entry-title'>"
        f"<a href='{link}'>{escape(post.headline)}</a></h3><div class='post-body entry-content'>"
        f"{escape(snippet(post)[:160])}</div><a href='{link}#more'>Read more &#187;</a>"
        "</div></div></div>"
    )


def _head(edition: Edition, post: Post) -> str:
    """What Blogger itself puts into <head> of a story."""
    link = f"{edition.site.outlet.url}{post.path}"
    title = escape(post.headline)
    comments = f"{edition.site.outlet.url}/feeds/{post.id}/comments/default"
    return (
        f"<link href='{link}' rel='canonical'/>\n"
        f"<link rel='alternate' type='application/atom+xml' title='- Atom' href='{comments}' />\n"
        f"<link href='{image(post, 's320')}' rel='image_src'/>\n"
        f"<meta content='{link}' property='og:url'/>\n"
        f"<meta content='{title}' property='og:title'/>\n"
        f"<meta content='' property='og:description'/>\n"
        f"<meta content='{image(post, 'w1200-h630-p-k-no-nu')}' property='og:image'/>"
    )


def _framed(
    edition: Edition, main: str, *, title: str, head: str = "", is_mobile: bool = False
) -> str:
    site = edition.site
    view = {"name": "view", "data": {"isMobileRequest": is_mobile, "mobileClass": "mobile"}}
    return template("blogger").substitute(
        name=escape(site.outlet.name),
        url=site.outlet.url,
        blog=BLOG,
        title=f"{escape(title)} | {escape(site.outlet.name)}" if title else site.outlet.name,
        head=head,
        main=main,
        kind="mobile" if is_mobile else "loading",
        styles=styles(site.theme),
        scripts=scripts(site.theme),
        view=json.dumps(view),
        front=_links(edition, edition.base[:_SIDE]),
    )
