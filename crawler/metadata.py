"""What a page declares about its story: JSON-LD, meta and link elements, WordPress's marks."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from crawler.headlines import plain
from crawler.images import image_key, largest
from crawler.jsonld import Declared, declared_in, headline_in, named, people_of, text_values
from crawler.page_head import PageHead, page_head
from crawler.page_identity import absolute, canonical_of, is_listing, platform_id_of
from crawler.shelving import breadcrumbs, section_of, tags_of
from crawler.tree import Element, text_of

__all__ = ["Metadata", "headlines", "read_metadata"]

_TITLES = ("og:title", "twitter:title", "parsely-title", "title")
_PUBLISHED = (
    "article:published_time",
    "parsely-pub-date",
    "datepublished",
    "publishdate",
    "pubdate",
    "content_publisheddate",
    "jpnncom_news_pubdate",
    "dc.date.issued",
    "date",
)
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "lastmod")
_AUTHORS = (
    "content_author",
    "dtk:author",
    "parsely-author",
    "author",
    "dc.creator",
    "article:author",
)
_EDITORS = ("content_editor", "dtk:editor", "editor", "article:editor")
_SECTIONS = ("article:section", "parsely-section", "content_category", "section")
_IMAGES = ("og:image", "og:image:url", "twitter:image", "twitter:image:src", "image")
_SMALLEST = 50  # pixels of a photo; what counts visits has one
# what a site shows where a story has no photo
_NO_PHOTO = re.compile(
    r"(?:^|[/_-])(?:placeholder|no[-_]?image|no[-_]?photo|no[-_]?thumb(?:nail)?|default[-_]?(?:image"
    r"|thumb\w*|og)|og[-_]default|blank|spacer|pixel|transparent|1x1|favicon|apple-touch-icon)"
    r"(?:[-_.\d][^/]*)?\.(?:jpe?g|png|gif|svg|webp|ico)(?:$|\?)"
    r"|/(?:(?:site|web)?[-_]?logo)(?:[-_.][^/]*)?\.(?:jpe?g|png|gif|svg|webp)(?:$|\?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """The declared values, best source first; none of them believed yet, entities undone."""

    headlines: tuple[str, ...] = ()
    """JSON-LD, og:title, title: in this order, without empty ones."""
    page_title: str = ""
    """The <title>, where it alone declares a headline."""
    h1: tuple[Element, ...] = field(default=(), compare=False)
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    site_names: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    section: str = ""
    tags: tuple[str, ...] = ()
    image_url: str = ""
    canonical: str = ""
    platform_id: str = ""
    is_article: bool = False
    """JSON-LD, WordPress's single-post or article:published_time say that this is one story."""
    is_declared: bool = False
    """JSON-LD or og:type say that this is one story, or a story in photos."""
    is_listing: bool = False
    """WordPress's archive classes or JSON-LD say that this page lists stories, or is none."""


def read_metadata(tree: Element, url: str) -> Metadata:
    """The metadata of the page at `url`, from one walk over its tree."""
    head = page_head(tree)
    titles = _plain([*head.all(_TITLES), head.title])
    h1_texts = [text_of(h1) for h1 in head.h1[:5]]
    declared = declared_in(head.scripts, headlines=[*titles, *h1_texts], url=url)
    node = declared.article
    is_single = bool({"single", "single-post"} & set(head.body_classes.split()))
    own_titles = _plain([headline_in(node), *titles])
    return Metadata(
        headlines=own_titles,
        page_title=plain(head.title) if own_titles == (plain(head.title),) else "",
        h1=tuple(head.h1),
        authors=_plain(["; ".join(people_of(node.get("author"))), *head.all(_AUTHORS)]),
        editors=_plain(people_of(node.get("editor")) + head.all(_EDITORS)),
        site_names=_plain(text_values(node.get("publisher")) + head.all(("og:site_name",))),
        published=tuple(
            text_values(node.get("datePublished")) + head.all(_PUBLISHED) + _stamp(head)
        ),
        modified=tuple(text_values(node.get("dateModified")) + head.all(_MODIFIED)),
        section=_section(declared, head, tree, titles=(*own_titles, *h1_texts)),
        tags=tags_of(head, list(_plain(text_values(node.get("keywords"))))),
        image_url=largest(_images(declared, head, url=url)),
        canonical=canonical_of(head, url=url),
        platform_id=platform_id_of(head),
        is_article=bool(node) or is_single or "article:published_time" in head.meta,
        is_declared=bool(node) or _is_declared(head, declared),
        is_listing=is_listing(head, declared.types, is_single=is_single or bool(node)),
    )


def _is_declared(head: PageHead, declared: Declared) -> bool:
    kinds = {kind.lower() for kind in head.meta.get("og:type", ())}
    return "article" in kinds or "ImageGallery" in declared.types


def headlines(tree: Element) -> Iterator[str]:
    """Everything on a page that its headline may be taken from, and some more."""
    head = page_head(tree)
    yield from map(plain, (head.title, *head.all(_TITLES)))
    yield from map(text_of, head.h1)
    yield from map(plain, named(head.scripts))


def _plain(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for one in said if (text := plain(one))))


def _stamp(head: PageHead) -> list[str]:
    """The one moment of publication that a page prints; a list of stories prints several."""
    stamps = list(dict.fromkeys(head.stamps))
    return stamps if len(stamps) == 1 else []


def _section(declared: Declared, head: PageHead, tree: Element, *, titles: tuple[str, ...]) -> str:
    said = _plain(text_values(declared.article.get("articleSection")) + head.all(_SECTIONS))
    return section_of(said, declared.crumbs, titles) or section_of((), breadcrumbs(tree), titles)


def _images(declared: Declared, head: PageHead, *, url: str) -> list[str]:
    """Every address of a lead image that a page names, best source first; none of its logo."""
    image = declared.article.get("image")
    own = text_values(image, key="url") or text_values(image, key="contentUrl")
    found = (absolute(url, address) for address in (*own, *_shared(head)))
    logo = _logo(declared, url)
    return [one for one in found if one and not _NO_PHOTO.search(one) and image_key(one) != logo]


def _shared(head: PageHead) -> list[str]:
    """The images that meta elements name, but for one that counts visits."""
    sizes = head.all(("og:image:width", "og:image:height"))
    is_tiny = any(size.isdecimal() and int(size[:6]) < _SMALLEST for size in sizes)
    return head.all(_IMAGES[2:] if is_tiny else _IMAGES)


def _logo(declared: Declared, url: str) -> str:
    publisher = declared.article.get("publisher")
    logo = publisher.get("logo") if isinstance(publisher, dict) else None
    address = absolute(url, next(iter(text_values(logo, key="url")), ""))
    return image_key(address) if address else ""
