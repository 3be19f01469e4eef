"""What a look means, decided on values alone: what is compared, what is held, what is gone."""

from datetime import datetime, timedelta

import pytest
from archive_rows import NIGHT_1
from hypothesis import given
from hypothesis import strategies as st
from sightings import TEXT, article

from archive.judge import Known, Sight, Suspect, gone_since, is_outlet_fault, judge
from archive.text import COMPARED, changed_fields, content_hash
from archive.types import Answer

SIX_HOURS = timedelta(hours=6)
SHORT = "Berita ini telah dihapus."


def _at(hours: float) -> datetime:
    return NIGHT_1 + timedelta(hours=hours)


# -- what is compared ------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMPARED)
def test_each_compared_field_changes_hash_and_is_named(name: str) -> None:
    before = article(editor="Ratna", dateline="Palangka Raya")
    after = article(**{"editor": "Ratna", "dateline": "Palangka Raya", name: "Lain sama sekali"})
    assert changed_fields(before, after) == (name,)
    assert content_hash(before) != content_hash(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("“Netral,” katanya", '"Netral," katanya', id="quotes"),
        pytest.param("Jum’at", "Jum'at", id="apostrophe"),
        pytest.param("2020–2024", "2020-2024", id="dash"),
        pytest.param("satu dua\n\ntiga", "satu\u00a0 dua tiga ", id="white space"),
        pytest.param("te\u00adtap", "tetap", id="soft hyphen"),
        pytest.param("menunggu…", "menunggu...", id="ellipsis"),
        pytest.param("caf\u00e9", "cafe\u0301", id="composed accent"),
    ],
)
@pytest.mark.parametrize("name", COMPARED)
def test_typography_is_never_compared(name: str, before: str, after: str) -> None:
    old, new = article(**{name: before}), article(**{name: after})
    assert changed_fields(old, new) == ()
    assert content_hash(old) == content_hash(new)


@pytest.mark.parametrize(
    "name", ["section", "tags", "image_url", "modified_at", "published_at", "language"]
)
def test_fields_around_the_story_are_not_compared(name: str) -> None:
    values = {"tags": ("lain",), "modified_at": NIGHT_1, "published_at": NIGHT_1}
    changed = article(**{name: values.get(name, "lain")})
    assert changed_fields(article(), changed) == ()


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "2 jam lalu",
        "3 hari yang lalu",
        "baru saja",
        "5 menit yang lalu",
        "an hour ago",
        "Kemarin, 20:11 WIB",
        "Hari ini 08.30 WIB",
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_date_that_is_missing_or_counted_back_is_not_compared(printed: str, is_first: bool) -> None:
    dated, undated = article(), article(published_text=printed)
    pair = (undated, dated) if is_first else (dated, undated)
    assert changed_fields(*pair) == ()


def test_dates_counted_back_have_one_hash() -> None:
    hashes = {content_hash(article(published_text=t)) for t in ("", "2 jam lalu", "1 hari lalu")}
    assert len(hashes) == 1


def test_corrected_printed_date_is_an_edit() -> None:
    after = article(published_text="Rabu, 6 November 2024 10:00 WITA")
    assert changed_fields(article(), after) == ("published_text",)


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=60))
def test_any_text_has_a_hash(text: str) -> None:
    assert len(content_hash(article(text))) == 64


# -- what is held ------------------------------------------------------------------------------


def _suspect(text: str, hours: float, captures: tuple[int, ...] = (7,)) -> Suspect:
    return Suspect(
        content_hash=content_hash(article(text)),
        seen_at=_at(hours),
        crawl_id=1,
        capture_ids=captures,
    )


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        pytest.param(TEXT[: len(TEXT) // 2 + 1], "edited", id="half of it"),
        pytest.param(TEXT[: len(TEXT) // 2 - 2], "suspect", id="less than half"),
        pytest.param("", "suspect", id="nothing"),
        pytest.param(TEXT * 3, "edited", id="three times as long"),
    ],
)
def test_only_a_text_that_lost_more_than_half_is_suspect(after: str, kind: str) -> None:
    judged = judge(
        article(after), known=Known(current=article()), seen_at=_at(0), confirm_after=SIX_HOURS
    )
    assert judged.kind == kind


def test_suspect_is_confirmed_by_the_same_text_later() -> None:
    known = Known(current=article(), suspects=(_suspect(SHORT, 0), _suspect(SHORT, 3, (8, 9))))
    judged = judge(article(SHORT), known=known, seen_at=_at(6), confirm_after=SIX_HOURS)
    assert (judged.kind, judged.changed, judged.first_seen_at) == ("edited", ("text",), _at(0))
    assert judged.earlier_captures == ((7,), (8, 9))


def test_suspect_is_not_confirmed_too_early() -> None:
    known = Known(current=article(), suspects=(_suspect(SHORT, 0),))
    judged = judge(article(SHORT), known=known, seen_at=_at(5.9), confirm_after=SIX_HOURS)
    assert judged.kind == "suspect"


def test_another_short_text_confirms_nothing() -> None:
    # an error page with a number of its own in every answer
    known = Known(current=article(), suspects=(_suspect("Galat, nomor 1.", 0),))
    judged = judge(
        article("Galat, nomor 2."), known=known, seen_at=_at(24), confirm_after=SIX_HOURS
    )
    assert judged.kind == "suspect"


# -- what is gone ------------------------------------------------------------------------------


def _sights(*told: tuple[int, float, int]) -> list[Sight]:
    """(crawl, hours, status) of each look."""
    kinds = {
        404: Answer.MISSING,
        410: Answer.MISSING,
        200: Answer.ARTICLE,
        304: Answer.NOT_MODIFIED,
    }
    kinds |= {403: Answer.CHALLENGE, 500: Answer.ERROR, 206: Answer.UNREAD, 204: Answer.NOT_ARTICLE}
    return [
        Sight(crawl_id=crawl, seen_at=_at(hours), answer=kinds[status].value, status=status)
        for crawl, hours, status in told
    ]


@pytest.mark.parametrize(
    ("told", "since"),
    [
        pytest.param([(1, 0, 410)], 0, id="one 410"),
        pytest.param([(1, 0, 404)], None, id="one 404"),
        pytest.param([(1, 0, 404), (1, 7, 404)], None, id="twice in one crawl"),
        pytest.param([(1, 0, 404), (2, 5.9, 404)], None, id="two crawls, too close"),
        pytest.param([(1, 0, 404), (2, 6, 404)], 0, id="two crawls six hours apart"),
        pytest.param([(1, 0, 404), (2, 3, 404), (3, 7, 404)], 0, id="the first and the last count"),
        pytest.param([(1, 0, 404), (2, 24, 200), (3, 48, 404)], None, id="seen in between"),
        pytest.param([(1, 0, 404), (2, 24, 304), (3, 48, 404)], None, id="unchanged in between"),
        pytest.param([(1, 0, 404), (2, 24, 500), (3, 48, 404)], 0, id="error in between"),
        pytest.param([(1, 0, 404), (2, 24, 403), (3, 48, 404)], 0, id="challenge in between"),
        pytest.param([(1, 0, 404), (2, 24, 206), (3, 48, 404)], 0, id="unread in between"),
        pytest.param([(1, 0, 404), (2, 24, 204), (3, 48, 404)], 0, id="no article in between"),
        pytest.param([(1, 0, 500), (2, 24, 500)], None, id="errors only"),
        pytest.param([(1, 0, 403), (2, 24, 403)], None, id="challenges only"),
        pytest.param([(1, 0, 404), (2, 24, 410)], 0, id="410 after 404 is dated at the 404"),
        pytest.param([(1, 0, 410), (2, 24, 200)], None, id="410, then there again"),
        pytest.param([(1, 0, 200), (2, 24, 404), (3, 48, 404)], 24, id="dated at the first 404"),
        pytest.param([], None, id="never looked at"),
    ],
)
def test_gone_since(told: list[tuple[int, float, int]], since: float | None) -> None:
    expected = None if since is None else _at(since)
    assert gone_since(_sights(*told), confirm_after=SIX_HOURS) == expected


@pytest.mark.parametrize(
    ("missing", "live", "is_fault"),
    [(1, 1, False), (2, 2, False), (3, 6, True), (3, 7, False), (4, 20, False), (5, 25, True),
     (5, 26, False), (200, 1000, True), (199, 1000, False)],
)  # fmt: skip
def test_many_at_once_is_the_outlets_fault(missing: int, live: int, is_fault: bool) -> None:
    assert is_outlet_fault(missing=missing, live=live) is is_fault
