"""One reading tool, kept alive: a request per line comes in, what it read and its CPU goes out.

Runs in the tool's own environment, so it imports nothing of ours. A request is `{"pages": [[file,
url], …]}`, the parts of one story; the answer has `title`, `text`, `authors`, `published` (ISO 8601
or empty), `cpu` (seconds, of reading alone), `peak` (bytes the process ever held) and `error`.
"""

import gzip
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["Found", "bytes_of", "serve"]

Found = dict[str, Any]
Read = Callable[[bytes, str], Found]


def trafilatura() -> Read:
    """Called plainly: its defaults and its metadata, without comments."""
    from trafilatura import bare_extraction  # noqa: PLC0415

    def read(body: bytes, url: str) -> Found:
        found = bare_extraction(body, with_metadata=True, include_comments=False)
        if found is None:
            return {}
        authors = (found.author or "").split("; ")
        return {
            "title": found.title, "text": found.text, "authors": authors, "published": found.date,
        }  # fmt: skip

    return read


def newspaper4k() -> Read:
    """As its documentation calls it, with the page given instead of fetched."""
    import newspaper  # noqa: PLC0415

    def read(body: bytes, url: str) -> Found:
        article = newspaper.Article(url, fetch_images=False)
        article.download(input_html=body.decode("utf-8", "replace"))
        article.parse()
        return {
            "title": article.title,
            "text": article.text,
            "authors": list(article.authors),
            "published": article.publish_date.isoformat() if article.publish_date else "",
        }

    return read


def newsplease() -> Read:
    """Its library call for a page that was fetched before."""
    from newsplease import NewsPlease  # noqa: PLC0415

    def read(body: bytes, url: str) -> Found:
        article = NewsPlease.from_html(body.decode("utf-8", "replace"), url=url, fetch_images=False)
        return {
            "title": article.title,
            "text": article.maintext,
            "authors": list(article.authors or []),
            "published": article.date_publish.isoformat() if article.date_publish else "",
        }

    return read


def readability() -> Read:
    """Title and summary; it reads neither author nor date."""
    from lxml.html import fromstring  # noqa: PLC0415
    from readability import Document  # noqa: PLC0415

    def read(body: bytes, url: str) -> Found:
        document = Document(body.decode("utf-8", "replace"))
        lines = (
            line.strip() for line in fromstring(document.summary(html_partial=True)).itertext()
        )
        return {"title": document.short_title(), "text": "\n".join(filter(None, lines))}

    return read


def resiliparse() -> Read:
    """Main content and title; it reads neither author nor date."""
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415
    from resiliparse.parse.html import HTMLTree  # noqa: PLC0415

    options = {
        "main_content": True, "alt_texts": False, "comments": False, "list_bullets": False,
    }  # fmt: skip

    def read(body: bytes, url: str) -> Found:
        tree = HTMLTree.parse(body.decode("utf-8", "replace"))
        text = extract_plain_text(tree, **options)
        return {"title": tree.title, "text": text}

    return read


TOOLS = {
    "trafilatura": trafilatura,
    "newspaper4k": newspaper4k,
    "news-please": newsplease,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
}


def bytes_of(file: str) -> bytes:
    """A saved page, unpacked when it is kept with gzip."""
    body = Path(file).read_bytes()
    return gzip.decompress(body) if file.endswith(".gz") else body


def _one_by_one(read: Read) -> Callable[[Found], Found]:
    """A reader of one page, for stories of several: their texts one after the other."""

    def story(asked: Found) -> Found:
        bodies = [(bytes_of(file), url) for file, url in asked["pages"]]
        started = time.process_time()
        parts = [read(body, url) for body, url in bodies]
        cpu = time.process_time() - started
        return parts[0] | {"text": "\n".join(part.get("text") or "" for part in parts), "cpu": cpu}

    return story


def serve(story: Callable[[Found], Found], *, forgive: bool = True) -> None:
    """Answer requests until the input ends; a page that a tool fails on is an answer too.

    Unless `forgive` is false: in our own reader that is a bug, and ends the run.
    """
    answers, sys.stdout = sys.stdout, sys.stderr  # some tools print
    for line in sys.stdin:
        started = time.process_time()
        try:
            found = story(json.loads(line))
        except Exception as error:
            if not forgive:
                raise
            found = {"error": f"{type(error).__name__}: {error}"}
            found["cpu"] = time.process_time() - started
        found["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        answers.write(json.dumps(found) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve(_one_by_one(TOOLS[sys.argv[1]]()))
