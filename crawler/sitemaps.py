"""Sitemaps and sitemap indexes, gzipped or not, however they are labelled. Pure."""

import re
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crawler.discover import (
    SEED_LIMIT,
    Candidate,
    SeedUnreadable,
    found,
    plain_title,
    seed_date,
    story_link,
)
from crawler.seed_xml import Element, children, is_cut, text_of, xml_root

__all__ = ["Sitemap", "next_sitemaps", "read_sitemap"]

_ROOTS = frozenset({"urlset", "sitemapindex"})
_GZIP = b"\x1f\x8b"
_MOST_MEMBERS = 64  # each further gzip member copies the rest
_OVERLAP = timedelta(days=3)
_OLDEST = datetime.min.replace(tzinfo=UTC)
# core: wp-sitemap-taxonomies-category-1.xml; Yoast and Rank Math: post_tag-sitemap2.xml
_NO_STORIES = re.compile(
    r"/wp-sitemap-(?:taxonomies|users)-[^/]*$|/(?:category|post_tag|post_format|author)-sitemap\d*\.xml"
)


@dataclass(frozen=True)
class Sitemap:
    """What a sitemap holds: stories, and further sitemaps when it is an index."""

    candidates: tuple[Candidate, ...] = ()
    children: tuple[Candidate, ...] = ()
    dropped: tuple[str, ...] = ()
    is_cut: bool = False
    """It ends in the middle: more stories may have stood there."""


def read_sitemap(
    body: bytes, *, url: str, outlet_url: str = "", limit: int = SEED_LIMIT
) -> Sitemap:
    """The addresses of a sitemap or index, in its order; of the outlet (else of `url`) only.

    `limit` is the most bytes that gunzip may give. Raises SeedUnreadable.
    """
    plain = _gunzipped(body, limit)
    root = xml_root(plain, names=_ROOTS)
    owner = outlet_url or url
    # two walks: a list of 50,000 elements would hold as much memory again
    pages = found(_candidate(e, url=url, owner=owner) for e in _named(root, "url"))
    indexes = found(_candidate(e, url=url, owner=owner) for e in _named(root, "sitemap"))
    dropped = pages.dropped + indexes.dropped
    return Sitemap(pages.candidates, indexes.candidates, dropped, is_cut(plain))


def next_sitemaps(
    children: Iterable[Candidate], seen: Collection[str], *, since: datetime, limit: int = 50
) -> tuple[str, ...]:
    """The addresses of an index to ask for next, last changed first, at most `limit`.

    Left out: those in `seen` (canonical URLs, the index's own among them), lists of tags and
    authors, and those last changed more than three days before `since`.
    """
    wanted = [
        child
        for child in children
        if child.address not in seen
        and not _NO_STORIES.search(child.url)
        and child.is_since(since - _OVERLAP)
    ]
    wanted.sort(key=lambda child: child.modified_at or _OLDEST, reverse=True)
    return tuple(child.url for child in wanted[:limit])


def _named(root: Element, wanted: str) -> Iterator[Element]:
    return (element for name, element in children(root) if name == wanted)


def _candidate(element: Element, *, url: str, owner: str) -> Candidate | str:
    fields = dict(children(element))
    link = story_link(_text(fields, "loc"), base=url, outlet_url=owner)
    if not link:
        return _text(fields, "loc")
    changed = _text(fields, "lastmod")
    news = dict(children(fields["news"])) if "news" in fields else {}
    return Candidate(
        link,
        title=plain_title(_text(news, "title")),
        published_at=seed_date(_text(news, "publication_date")),
        modified_at=seed_date(changed),
        signal=changed if seed_date(changed) else "",
    )


def _text(fields: dict[str, Element], name: str) -> str:
    return text_of(fields[name]) if name in fields else ""


def _gunzipped(body: bytes, limit: int) -> bytes:
    """The body without its gzip layers: .gz files are gzipped again by servers, or not at all."""
    for _ in range(2):
        if not body.startswith(_GZIP):
            break
        body = _inflated(body, limit)
    return body


def _inflated(body: bytes, limit: int) -> bytes:
    """What one gzip layer holds, of a cut stream what came; raises SeedUnreadable over `limit`."""
    out, rest = b"", body
    for _ in range(_MOST_MEMBERS):
        stream = zlib.decompressobj(wbits=31)
        try:
            out += stream.decompress(rest, limit + 1 - len(out))
        except zlib.error:
            if not out:
                raise SeedUnreadable("damaged gzip") from None
            break
        if len(out) > limit:
            raise SeedUnreadable(f"over {limit} bytes when unzipped")
        rest = stream.unused_data
        if not rest.startswith(_GZIP):
            break
    return out
