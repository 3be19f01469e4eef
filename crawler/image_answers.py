"""What asking for an image brought: a whole image, none, or something else. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.errors import Unreadable
from archive.types import Page
from crawler import bodies
from crawler.challenges import is_challenge

__all__ = ["ImageAnswer", "image_type", "judge"]

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\0\0\x01\0", "image/x-icon"),
    (b"\xff\x0a", "image/jxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
)
_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    **dict.fromkeys((b"heic", b"heix", b"mif1", b"msf1"), "image/heic"),
}
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:(?:<\?xml[^>]*+>|<!--(?:(?!-->).)*+-->|<!DOCTYPE[^>\[]*+"
    rb"(?:\[[^\]]*+\]\s*+)?>)\s*+)*+<svg[\s>]",
    re.DOTALL | re.IGNORECASE,
)


def image_type(body: bytes) -> str:
    """The media type that the first bytes of an image tell, or '' for what is none.

    What the server calls it is not believed. An SVG is one; nothing here draws it.
    """
    for magic, name in _MAGIC:
        if body.startswith(magic):
            return name
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    if body[4:8] == b"ftyp":
        return _BRANDS.get(body[8:12], "")
    if body[:2] == b"BM" and body[6:10] == b"\0\0\0\0":
        return "image/bmp"
    return "image/svg+xml" if _SVG.match(body[:8192]) else ""


@dataclass(frozen=True, kw_only=True)
class ImageAnswer:
    """What asking for an image brought: `outcome` as LeadImage has it, and why in words."""

    outcome: str
    detail: str = ""
    media_type: str = ""
    bytes: int = 0
    """Of the entity as it was sent; of one that is too large, the least that it has."""


def judge(pages: Sequence[Page], *, limit: int) -> ImageAnswer:
    """What a chain of exchanges brought, of which the last should hold an image of `limit` bytes.

    It holds one only whole: a part of a photo proves nothing.
    """
    last = pages[-1]
    size = max(len(last.body), _announced(last) if last.truncated == "length" else 0)
    if last.status in {404, 410}:
        return ImageAnswer(outcome="missing", detail=f"it answered {last.status}")
    if last.status != 200:
        return ImageAnswer(outcome="error", detail=f"it answered {last.status}")
    if last.truncated == "length" or size > limit:
        least = max(size, limit + 1)
        detail = f"it has {least:,} bytes or more, the limit is {limit:,}"
        return ImageAnswer(outcome="too-large", detail=detail, bytes=least)
    if last.truncated:
        return ImageAnswer(outcome="error", detail=f"it was cut after {size} bytes")
    return _looked_into(last, limit=limit)


def _announced(page: Page) -> int:
    length = page.header("Content-Length")
    return int(length) if re.fullmatch(r"[0-9]{1,15}", length) else 0


def _looked_into(page: Page, *, limit: int) -> ImageAnswer:
    try:
        body = bodies.decoded(page, max(limit, len(page.body)))
    except Unreadable as error:
        return ImageAnswer(outcome="not-an-image", detail=str(error))
    media_type = image_type(body)
    if media_type:
        return ImageAnswer(outcome="kept", media_type=media_type, bytes=len(page.body))
    if is_challenge(page, bodies.characters(page, body)):
        return ImageAnswer(outcome="error", detail="the site asked for a human")
    called = page.header("Content-Type")[:100] or "nothing"
    what = f"{len(page.body)} bytes that are no image, called {called}" if body else "no bytes"
    return ImageAnswer(outcome="not-an-image", detail=f"it answered with {what}")
