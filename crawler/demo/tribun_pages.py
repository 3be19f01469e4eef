"""Story pages of the Tribun sites: as printed since 2026, as in 2020, and their AMP twins."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from html import escape
from zoneinfo import ZoneInfo

from crawler.demo.chrome import template
from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.photos import CDN_HOSTS
from crawler.demo.printed import long_date
from crawler.demo.tribun_bodies import body
from crawler.demo.tribun_chrome import linked_list, tribun_page
from crawler.demo.tribun_paging import paging

__all__ = ["amp_page", "in_wib", "printed_time", "story_page"]

_ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
_WIB = timezone(timedelta(hours=7))


def story_page(edition: Edition, post: Post, *, parts: Sequence[int], views: int = 0) -> str:
    """Some parts of a story, counted from 1: one page of it, or all."""
    fields = _fields(edition, post) | {
        "body": body(edition, post, parts=parts),
        "paging": paging(edition, post, parts),
        "related": linked_list(edition, edition.related(post, 6)),
        "views": str(1200 + 7 * views),
    }
    return tribun_page(
        edition,
        title=f"{fields['headline']} - {_title_tail(edition)}",
        head=_head(edition, post),
        main=template("tribun_story").substitute(fields),
        views=views,
    )


def amp_page(edition: Edition, post: Post) -> str:
    """The AMP twin: all parts at once, its canonical is the story."""
    parts = range(1, len(post.pages) + 1)
    fields = _fields(edition, post) | {"body": body(edition, post, parts=parts)}
    return template("tribun_amp").substitute(fields)


def in_wib(moment: datetime) -> str:
    """The moment as the network's CMS declares it: +07:00, whatever the edition's zone."""
    return moment.astimezone(_WIB).isoformat(timespec="seconds")


def printed_time(edition: Edition, moment: datetime) -> str:
    """`Jumat, 24 Juli 2026 12:40 WIB`, in the edition's zone."""
    zone = edition.site.outlet.zone
    local = moment.astimezone(ZoneInfo(zone))
    return f"{long_date(local)} {local:%H:%M} {_ZONES[zone]}"


def _photo(edition: Edition, post: Post) -> str:
    """The lead image, on the host that holds the whole network's photos."""
    name = edition.site.host.partition(".tribunnews")[0].removeprefix("www.")
    return f"https://{CDN_HOSTS[-1]}/{name}/foto/bank/images/{post.id}.jpg"


def _title_tail(edition: Edition) -> str:
    name = edition.site.outlet.name
    return escape(name if " " in name else f"{name}.com")


def _fields(edition: Edition, post: Post) -> dict[str, str]:
    outlet = edition.site.outlet
    return {
        "url": outlet.url,
        "name": escape(outlet.name),
        "link": f"{outlet.url}{post.path}",
        "headline": escape(post.headline),
        "summary": escape(" ".join(" ".join(post.paragraphs).split()[:30])),
        "caption": escape(post.caption or "Ilustrasi. Pegawai mengikuti apel pagi."),
        "credit": escape(f"{outlet.name}/Dok."),
        "image": _photo(edition, post),
        "section": post.section,
        "section_name": escape(post.section.replace("-", " ").title()),
        "published": in_wib(post.published_at),
        "times": _times(edition, post),
        "kicker": _kicker(edition, post),
        "tags": _tags(edition, post),
        "credits": "" if post.old else _credits(post),
    }


def _times(edition: Edition, post: Post) -> str:
    first = printed_time(edition, post.published_at)
    if post.old:
        return f'<time class="grey" style="display:inline-block;">{first}</time>'
    rows = f'Tayang: <time class="grey" datetime="{in_wib(post.published_at)}">{first}</time>'
    if post.modified_at <= post.published_at:
        return rows
    later = printed_time(edition, post.modified_at)
    return f'{rows}<br>Diperbarui: <time class="grey">{later}</time>'


def _kicker(edition: Edition, post: Post) -> str:
    if post.old or not post.tags:
        return ""
    words = escape(post.tags[0].replace("-", " ").title())
    if post.id % 2:
        return f'<h4 class="red">{words}</h4>'
    href = f"{edition.site.outlet.url}/topic/{post.tags[0]}"
    return f'<h2 class="f20"><a href="{href}" title="{words}">{words}</a></h2>'


def _tags(edition: Edition, post: Post) -> str:
    return "".join(
        f'<h5 class="tagcloud3"><a class="rd2" href="{edition.site.outlet.url}/tag/{tag}" '
        f'title="{tag}">{tag.replace("-", " ")}</a></h5>'
        for tag in post.tags
    )


def _credits(post: Post) -> str:
    writer = f'<div id="penulis">Penulis: {escape(post.byline)}\t\t</div>' if post.byline else ""
    editor = f'<div id="editor">\n\t\tEditor: {escape(post.editor)}\t\t</div>'
    return f'<div class="f12 grey mb15">{writer}{editor if post.editor else ""}</div>'


def _head(edition: Edition, post: Post) -> str:
    outlet = edition.site.outlet
    link, title = f"{outlet.url}{post.path}", escape(post.headline)
    amp_host = f"https://{edition.site.mobile}" if edition.site.mobile else outlet.url
    rows = [
        f'<link rel="canonical" href="{link}">',
        f'<link rel="amphtml" href="{amp_host}/amp{post.path}" '
        'data-component-name="amp:html:link">',
        f'<meta property="og:site_name" content="{_title_tail(edition)}">',
        '<meta property="og:type" content="article">',
        f'<meta property="og:title" content="{title} - {_title_tail(edition)}">',
        f'<meta property="og:image" content="{_photo(edition, post)}">',
        f'<meta property="og:url" content="{link}">',
        f'<script type="application/ld+json">{_json_ld(edition, post)}</script>',
    ]
    if edition.site.mobile:
        twin = f"https://{edition.site.mobile}{post.path}"
        media = "only screen and (max-width: 640px)"
        rows.insert(1, f'<link rel="alternate" media="{media}" href="{twin}">')
    return "\n".join(rows)


def _json_ld(edition: Edition, post: Post) -> str:
    outlet = edition.site.outlet
    link = f"{outlet.url}{post.path}"
    article: dict[str, object] = {
        "@type": "NewsArticle",
        "headline": post.headline[:110],
        "datePublished": in_wib(post.published_at),
        "dateModified": in_wib(post.modified_at),
        "mainEntityOfPage": {"@type": "WebPage", "@id": link},
        "image": {"@type": "ImageObject", "url": _photo(edition, post)},
        "author": {"@type": "Person", "name": post.byline or _title_tail(edition)},
        "publisher": {"@type": "Organization", "name": outlet.name},
        "articleSection": post.section.replace("-", " ").title(),
    }
    if post.old:
        return _script({"@context": "http://schema.org"} | article)
    page = {"@type": "WebPage", "headline": post.headline, "url": link}
    crumbs = {"@type": "BreadcrumbList", "itemListElement": []}
    return _script({"@context": "https://schema.org", "@graph": [crumbs, page, article]})


def _script(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")
