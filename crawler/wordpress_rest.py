"""WordPress's REST API: the addresses of post lists, and what they answer. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from archive.urls import absolute_url
from crawler.discover import (
    SEED_LIMIT,
    Candidate,
    Found,
    SeedUnreadable,
    found,
    plain_title,
    seed_date,
    story_link,
)

__all__ = ["PostList", "ids_url", "posts_url", "read_ids", "read_posts"]

_TEXT_FIELDS = "title.rendered,content.rendered,content.protected"
_POST_FIELDS = f"id,date_gmt,modified_gmt,link,slug,{_TEXT_FIELDS}"
_ID_FIELDS = "id,link,slug,modified_gmt,status"
_PAST_THE_END = "rest_post_invalid_page_number"
# a list of objects, wherever PHP's notices end, or an empty list that is the last thing said
_LIST = re.compile(r"\[\s*\{|\[\s*\]\s*\Z")
_MOST_STARTS = 5
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, kw_only=True)
class PostList:
    """Which posts a list holds; WordPress joins all of it by AND, so a night asks twice.

    The moments are exclusive.
    """

    after: datetime | None = None
    before: datetime | None = None
    modified_after: datetime | None = None
    search: str = ""
    """Words that each post holds all of."""

    @property
    def query(self) -> dict[str, str]:
        """As the API is asked for it: newest first."""
        moments = {
            "after": self.after,
            "before": self.before,
            "modified_after": self.modified_after,
        }
        order = {"orderby": "modified" if self.modified_after else "date", "order": "desc"}
        told = {name: _written(moment) for name, moment in moments.items() if moment}
        return order | told | ({"search": self.search} if self.search else {})


def posts_url(
    base: str, listed: PostList = PostList(), *, page: int = 1, per_page: int = 100
) -> str:
    """The address of one page of a list of posts; `base` is the outlet's front page.

    WordPress reads a time without zone as its own local time; ours carry Z
    (`WP_Date_Query::build_mysql_datetime`).
    """
    paging = {"per_page": str(per_page), "page": str(page)}
    return _endpoint(base, paging | listed.query | {"_fields": _POST_FIELDS})


def ids_url(base: str, ids: Iterable[int], *, with_text: bool = False) -> str:
    """The address that tells which of at most 100 posts are public, in the order of `ids`."""
    fields = f"{_ID_FIELDS},{_TEXT_FIELDS}" if with_text else _ID_FIELDS
    included = ",".join(map(str, ids))
    query = {"per_page": "100", "page": "1", "include": included, "orderby": "include"}
    return _endpoint(base, query | {"_fields": fields})


def read_posts(body: bytes, *, outlet_url: str) -> Found:
    """The posts of one page of a list, with their content; none past the last page.

    Raises SeedUnreadable when REST is closed: HTML, an error object, junk.
    """
    posts = _posts(body)
    return found(_candidate(post, outlet_url) for post in posts)


def read_ids(body: bytes, *, outlet_url: str) -> dict[str, Candidate]:
    """Platform id -> candidate, for the posts that are public; what was asked for and is not here
    was trashed or hidden.

    `url` is empty for a post that is public at an address of no use. Raises SeedUnreadable; an
    answer that is damaged in one place says nothing about what is missing.
    """
    posts = _posts(body)
    if any(_number(post) is None for post in posts):
        raise SeedUnreadable("REST left out the ids of posts")
    public = [post for post in posts if post.get("status", "publish") == "publish"]
    return {f"wp:{_number(post)}": _known(post, outlet_url) for post in public}


def _endpoint(base: str, query: Mapping[str, str]) -> str:
    return absolute_url(
        f"{base.rstrip('/')}/wp-json/wp/v2/posts?{urlencode(query, safe=',.:')}", base=base
    )


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _candidate(post: dict[str, Any], outlet_url: str) -> Candidate | str:
    known = _known(post, outlet_url)
    return known if known.url else _text(post, "link")


def _known(post: dict[str, Any], outlet_url: str) -> Candidate:
    modified, number = _text(post, "modified_gmt"), _number(post)
    content = post.get("content")
    is_shown = isinstance(content, dict) and not content.get("protected")
    return Candidate(
        story_link(_text(post, "link"), base=outlet_url, outlet_url=outlet_url),
        title=plain_title(_text(post.get("title"), "rendered")),
        published_at=seed_date(_text(post, "date_gmt")),
        modified_at=seed_date(modified),
        signal=modified if seed_date(modified) else "",
        content=_text(content, "rendered") if is_shown else "",
        platform_id="" if number is None else f"wp:{number}",
    )


def _text(value: Any, key: str) -> str:
    text = value.get(key) if isinstance(value, dict) else None
    # JSON can escape half a character; nothing can store it
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else ""


def _number(post: dict[str, Any]) -> int | None:
    number = post.get("id")
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _posts(body: bytes) -> list[dict[str, Any]]:
    if len(body) > SEED_LIMIT:
        raise SeedUnreadable(f"{len(body)} bytes, over the limit of {SEED_LIMIT} for a seed")
    characters = body.decode("utf-8-sig", "replace").strip()
    if characters[:300].lower().lstrip().startswith(("<!doctype", "<html", "<?xml")):
        raise SeedUnreadable("REST answered HTML instead of JSON")
    answer = _json(characters)
    if isinstance(answer, dict):
        return _refused(answer)
    if not isinstance(answer, list) or not all(isinstance(post, dict) for post in answer):
        raise SeedUnreadable("REST answered no list of posts")
    return answer


def _json(characters: str) -> Any:
    """The answer, also behind PHP's notices; raises SeedUnreadable."""
    starts = [0, *(match.start() for match in _LIST.finditer(characters[:1_000_000]))]
    for start in starts[:_MOST_STARTS]:
        try:
            return _DECODER.raw_decode(characters, start)[0]
        except (ValueError, RecursionError):  # ValueError also for numbers of 4,300 digits
            continue
    kind = "HTML" if "<" in characters[:100] else "junk"
    raise SeedUnreadable(f"REST answered {kind} instead of JSON")


def _refused(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """No posts, when the list just ended; any other error object is raised."""
    code = _text(answer, "code")
    if code == _PAST_THE_END:
        return []
    raise SeedUnreadable(f"REST answered the error {code[:100] or 'without a code'}")
