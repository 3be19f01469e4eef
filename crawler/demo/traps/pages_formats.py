"""A trap site that sends other things as HTML, and HTML as other things."""

import json

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.pages import story_page
from crawler.demo.reply import Asked, Reply
from crawler.demo.traps.pages_parts import HTML, number_of, post_asked
from crawler.demo.traps.trap import Trap, trap

__all__ = ["TRAPS"]

_PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + bytes(range(256))
_JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x01\x00H\x00H\x00\x00" + bytes(range(256)) * 4
_JSON = json.dumps(
    {"code": "rest_forbidden", "message": "Maaf, Anda tidak diizinkan.", "data": {"status": 401}}
).encode()
_AS_HTML = (_PDF, _JSON, _JPEG)
_XHTML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 '
    'Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
)


def _reformed(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """PDF, JSON and a picture as HTML on the second night; HTML as other types on the third."""
    del config
    post = post_asked(edition, asked)
    if post is None or edition.night not in (2, 3):
        return None
    number = number_of(edition, post)
    if edition.night == 2:
        return Reply(body=_AS_HTML[number % len(_AS_HTML)], headers=HTML)
    html = story_page(edition, post, views=asked.views)
    if number == 0:
        xhtml = html.replace("<!DOCTYPE html>\n", _XHTML, 1).replace(
            '<html lang="id"', '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="id"', 1
        )
        return Reply(body=xhtml.encode(), headers=(("Content-Type", "application/xhtml+xml"),))
    kind = "text/plain; charset=UTF-8" if number == 1 else "application/octet-stream"
    return Reply(body=html.encode(), headers=(("Content-Type", kind),))


TRAPS: tuple[Trap, ...] = (trap("formulir", _reformed, status_kinds=("unread", "not-article")),)
