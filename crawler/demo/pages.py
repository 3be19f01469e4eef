"""Story pages and their AMP twins."""

import json
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from crawler.demo.bodies import content
from crawler.demo.chrome import links, page, template
from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.photos import photo_url
from crawler.demo.printed import long_date, month_name, texturized

__all__ = ["amp_page", "story_page"]

_ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


def story_page(edition: Edition, post: Post, *, part: int = 1, views: int = 0) -> str:
    """One page of a story, as the outlet's theme prints it."""
    site = edition.site
    related = edition.related(post, 8)
    fields = _fields(edition, post) | {
        "content": content(edition, post, part=part),
        "paging": _paging(edition, post, part),
        "related": links(edition, related, kind="related-post"),
        "popular": links(edition, related[::-1][:5], kind="popular-post"),
        "views": str(views),
    }
    name = texturized(site.outlet.name)
    return page(
        site,
        title=f"{fields['headline']} - {name}",
        head=_head(edition, post, part),
        kind=f"post-template-default single single-post postid-{post.id} single-format-standard",
        main=template(site.theme).substitute(fields),
    )


def amp_page(edition: Edition, post: Post) -> str:
    """The AMP twin, whose canonical is the story."""
    fields = _fields(edition, post) | {"content": content(edition, post, part=1)}
    return template("amp").substitute(fields)


def _fields(edition: Edition, post: Post) -> dict[str, str]:
    site = edition.site
    local = post.published_at.astimezone(ZoneInfo(site.outlet.zone))
    tags = "".join(
        f'<a href="{site.outlet.url}/tag/{tag}/" rel="tag">{escape(tag.replace("-", " "))}</a> '
        for tag in post.tags
    )
    return {
        "id": str(post.id),
        "url": site.outlet.url,
        "name": escape(site.outlet.name),
        "link": f"{site.outlet.url}{post.path}",
        "headline": texturized(post.headline),
        "caption": texturized(post.caption or "Foto: dokumentasi redaksi"),
        "byline": escape(post.byline or "Redaksi"),
        "editor": escape(post.editor),
        "section": post.section,
        "section_name": escape(post.section.rpartition("/")[2].replace("-", " ").title()),
        "tags": tags,
        "date": f"{long_date(local)} -  {local:%H:%M} {_ZONES[site.outlet.zone]}",
        "day": f"{local.day} {month_name(local)} {local.year}",
        "published": _iso(edition, post.published_at),
        "modified": _iso(edition, post.modified_at),
    }


def _head(edition: Edition, post: Post, part: int) -> str:
    """What WordPress and its plugins put into <head>; each theme has other plugins."""
    url = edition.site.outlet.url
    here = f"{url}{post.path}" + (f"{part}/" if part > 1 else "")
    title = escape(post.headline)
    rows = [
        f'<link rel="canonical" href="{here}" />',
        f"<link rel='shortlink' href='{url}/?p={post.id}' />",
        f'<meta property="og:title" content="{title}" />',
        '<meta property="og:type" content="article" />',
        f'<meta property="og:url" content="{here}" />',
        f'<meta property="og:site_name" content="{escape(edition.site.outlet.name)}" />',
        f'<meta property="og:image" content="{photo_url(edition, post)}" />',
    ]
    return "\n".join(rows + _plugin_head(edition, post))


def _plugin_head(edition: Edition, post: Post) -> list[str]:
    theme = edition.site.theme
    if theme == "lintastungkal":
        return []  # its only date is the printed one
    published = _iso(edition, post.published_at)
    times = [f'<meta property="article:published_time" content="{published}" />']
    if post.modified_at > post.published_at:
        modified = _iso(edition, post.modified_at)
        times.append(f'<meta property="article:modified_time" content="{modified}" />')
    if theme == "kolomrakyat":
        return [*times, '<meta name="author" content="Redaksi" />']
    amp = f'<link rel="amphtml" href="{edition.site.outlet.url}{post.path}amp/" />'
    return [*times, amp, _graph(edition, post)]


def _graph(edition: Edition, post: Post) -> str:
    """Yoast's schema graph."""
    url = edition.site.outlet.url
    here = f"{url}{post.path}"
    article = {
        "@type": "NewsArticle",
        "@id": f"{here}#article",
        "isPartOf": {"@id": here},
        "author": {"name": "Redaksi Kantamedia", "@id": f"{url}/#/schema/person/2"},
        "headline": post.headline,
        "datePublished": post.published_at.isoformat(),
        "dateModified": post.modified_at.isoformat(),
        "wordCount": sum(len(text.split()) for text in post.paragraphs),
        "image": {"@id": f"{here}#primaryimage"},
        "keywords": [tag.replace("-", " ") for tag in post.tags],
        "articleSection": [post.section.rpartition("/")[2].replace("-", " ")],
        "inLanguage": "id",
    }
    name = edition.site.outlet.name
    site = {"@type": "WebSite", "@id": f"{url}/#website", "url": f"{url}/", "name": name}
    person = {"@type": "Person", "@id": f"{url}/#/schema/person/2", "name": "Redaksi Kantamedia"}
    graph = {"@context": "https://schema.org", "@graph": [article, site, person]}
    body = json.dumps(graph, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json" class="yoast-schema-graph">{body}</script>'


def _paging(edition: Edition, post: Post, part: int) -> str:
    """wp_link_pages() of the Nomina theme; nothing for a story on one page."""
    count = len(post.pages)
    if count == 1:
        return ""
    base = f"{edition.site.outlet.url}{post.path}"
    rows = [_number(base, number, is_here=number == part) for number in range(1, count + 1)]
    if part > 1:
        rows.insert(0, _step(base, part - 1, "Sebelumnya"))
    if part < count:
        rows.append(_step(base, part + 1, "Selanjutnya"))
    return f'<p class="page-link-wrap">Halaman : {" ".join(rows)}</p>'


def _number(base: str, number: int, *, is_here: bool) -> str:
    if is_here:
        return f'<span class="post-page-numbers current" aria-current="page">{number}</span>'
    return _step(base, number, str(number))


def _step(base: str, number: int, words: str) -> str:
    href = base if number == 1 else f"{base}{number}/"
    return f'<a href="{href}" class="post-page-numbers">{words}</a>'


def _iso(edition: Edition, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(edition.site.outlet.zone)).isoformat()
