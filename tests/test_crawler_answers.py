"""What an answer means by its status alone."""

from datetime import UTC, datetime

import pytest

from archive.types import Answer, Headers, Outlet, Page
from crawler.answers import answer_of

STORY = "https://media-uji.example/berita/asn/"
OUTLET = Outlet(slug="media-uji", name="Media Uji", url="https://media-uji.example")
AWAY = "https://lapak.example/berita/"


ETAG: Headers = ((b"If-None-Match", b'"a"'),)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def page(
    status: int = 200,
    *,
    url: str = STORY,
    body: bytes = b"x",
    truncated: str = "",
    asked: Headers = (),
) -> Page:
    return Page(
        url=url,
        status=status,
        body=body,
        fetched_at=NOW,
        truncated=truncated,
        request_headers=asked,
    )


@pytest.mark.parametrize(
    ("pages", "parts", "answer"),
    [
        pytest.param([page()], 1, Answer.ARTICLE, id="a page"),
        pytest.param([page(304, asked=ETAG)], 1, Answer.NOT_MODIFIED, id="not modified"),
        pytest.param([page(304)], 1, Answer.ERROR, id="not modified, though nobody asked"),
        pytest.param([page(404)], 1, Answer.MISSING, id="missing"),
        pytest.param([page(410)], 1, Answer.MISSING, id="gone"),
        pytest.param([page(), page(404, url=STORY + "2/")], 2, Answer.ERROR, id="missing part"),
        pytest.param([page(), page(410, url=STORY + "2/")], 2, Answer.ERROR, id="gone part"),
        pytest.param([page(403)], 1, Answer.CHALLENGE, id="refused"),
        pytest.param([page(503)], 1, Answer.ERROR, id="out of order"),
        pytest.param([page(body=b"")], 1, Answer.ERROR, id="empty"),
        pytest.param([page(truncated="disconnect")], 1, Answer.ERROR, id="cut"),
        pytest.param([page(truncated="length")], 1, Answer.UNREAD, id="over the limit"),
        pytest.param(
            [page(301), page(url="https://media-uji.example/")],
            1, Answer.MISSING, id="led to the front page",
        ),
        pytest.param([page(301), page(url=AWAY)], 1, Answer.ELSEWHERE, id="led away"),
        pytest.param([page(301), page(410, url=AWAY)], 1, Answer.ELSEWHERE, id="gone elsewhere"),
        pytest.param(
            [page(302), page(302, url=AWAY), page()], 1, Answer.ARTICLE, id="led away and back"
        ),
    ],
)  # fmt: skip
def test_answer(pages: list[Page], parts: int, answer: Answer) -> None:
    assert answer_of(pages, outlet=OUTLET, parts=parts) == answer
