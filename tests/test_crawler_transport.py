"""Redirects and refreshes as the web has them: followed, named, and never taken for an edit."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trapped import Trapped, trapped

from archive import schema, versions
from archive.types import Page
from archive.urls import is_within
from crawler.demo.traps import TRAPS
from crawler.demo.traps.transport_redirects import AWAY
from crawler.refresh import Refresh, refresh_of

pytestmark = pytest.mark.timeout(120)

NOW = datetime(2026, 9, 10, tzinfo=UTC)

CHAINED = "/camat-muara-lestari-ditegur-karena-hadir-di-kampanye/"
HIJACKED = "/bawaslu-kaji-laporan-guru-ajak-murid-dukung-calon/"
REFRESHED = "/sembilan-pppk-tandatangani-surat-pernyataan-usai-berpihak/"

NAMED = {
    "two that lead to each other": ("/lingkar-a/", "redirect-loop", "max redirections"),
    "one that leads to itself": ("/diri/", "redirect-loop", "max redirections"),
    "eleven in a row": ("/jauh/1/", "redirect-loop", "last at https://pindah.example/jauh/11/"),
    "no Location": ("/tanpa-lokasi/", "error", "redirect (301) to nowhere"),
    "javascript": ("/javascript/", "error", "redirect (302) to javascript:"),
    "mailto": ("/surel/", "error", "redirect (302) to mailto:"),
    "half an IPv6 address": ("/rusak-lokasi/", "error", "redirect (302) to http://[::1"),
    "a port in words": ("/rusak-port/", "error", "redirect (302) to https://pindah.example:del"),
    "an address of spaces": ("/acak/", "hostile-address", "no usable host"),
    "another host": ("/asing/", "elsewhere", f"it leads to {AWAY}"),
    "another host, busy for a day": ("/asing-sibuk/", "elsewhere", "which answered 503"),
    "refresh to another host": ("/segar-asing/", "not-article", f"leads on to {AWAY}"),
    "refresh after 30 s": ("/segar-lambat/", "not-article", "after 30 s it leads on to"),
    "refresh to a refresh": ("/segar-dua-kali/", "not-article", "leads on to https://pindah"),
    "refresh to itself": ("/segar-diri/", "not-article", "no story here"),
}


@pytest.fixture(scope="module")
def pindah(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trapped]:
    with trapped(tmp_path_factory.mktemp("pindah"), "pindah", nights=3) as played:
        yield played


def test_every_story_is_found_once_and_none_is_invented(pindah: Trapped) -> None:
    assert pindah.faults() == []
    assert len(pindah.rows(schema.story)) == 3


@pytest.mark.parametrize(("path", "kind", "words"), NAMED.values(), ids=NAMED)
def test_redirect_that_leads_nowhere_is_named(
    pindah: Trapped, path: str, kind: str, words: str
) -> None:
    ((told, detail),) = pindah.told(path)
    assert told == kind
    assert words in detail


def test_status_names_every_kind_the_trap_promises(pindah: Trapped) -> None:
    assert set(TRAPS["pindah"].status_kinds) <= {p.kind for p in pindah.problems[0]}


def test_strangers_who_are_busy_do_not_keep_us_from_the_outlet(pindah: Trapped) -> None:
    assert [end.reason for night in pindah.ends for end in night] == ["finished"] * 3


def test_crawls_stay_small(pindah: Trapped) -> None:
    assert max(end.peak for night in pindah.ends for end in night) < 300_000_000


def test_every_hop_of_a_chain_is_captured(pindah: Trapped) -> None:
    (crawl, *_) = pindah.rows(schema.crawl)
    hops = [row for row in pindah.rows(schema.capture)
            if CHAINED in row["url"] and row["crawl_id"] == crawl["crawl_id"]]  # fmt: skip
    assert [row["answer"] for row in hops] == ["redirect"] * 10 + ["article"]
    assert len({row["url"] for row in hops}) == 11


def test_redirect_to_strangers_makes_no_version_and_no_address(pindah: Trapped) -> None:
    ((kind, detail),) = pindah.told(HIJACKED, night=2)
    assert (kind, AWAY in detail) == ("elsewhere", True)
    hosts = {row["address"].partition("://")[2].partition("/")[0]
             for row in pindah.rows(schema.story_url) if "://" in row["address"]}  # fmt: skip
    assert hosts == {"pindah.example"}
    for story in pindah.rows(schema.story):
        assert len(versions.versions(pindah.nights.place.engine, story["story_id"])) == 1


def test_what_strangers_showed_is_kept_as_a_fact(pindah: Trapped) -> None:
    answers = {row["url"]: row["answer"] for row in pindah.rows(schema.capture)}
    assert answers[AWAY] == "elsewhere"


def test_story_behind_a_refresh_is_asked_for_once_more_only(pindah: Trapped) -> None:
    asked = [path for path in pindah.paths() if path.startswith(REFRESHED)]
    assert asked == [REFRESHED, f"{REFRESHED}?lihat=1"]
    # once for the page that leads there itself, never for those two refreshes or 30 s away
    assert pindah.paths().count("/segar-sampai/") == 1


@pytest.mark.parametrize(
    ("url", "outlet", "network", "within"),
    [
        pytest.param("http://www.media.id/a", "https://media.id", "", True, id="twin"),
        pytest.param("https://foto.media.id/a", "https://media.id", "", True, id="below"),
        pytest.param("https://media.id:8443/a", "https://media.id", "", True, id="port"),
        pytest.param("https://media.id/a", "https://www.media.id", "", True, id="without www"),
        pytest.param("https://lapak.id/a", "https://media.id", "", False, id="stranger"),
        pytest.param("https://media.id.lapak.id/", "https://media.id", "", False, id="lookalike"),
        pytest.param("https://xmedia.id/a", "https://media.id", "", False, id="ending"),
        pytest.param("https://b.tribun.com/", "https://a.tribun.com", "", False, id="sister"),
        pytest.param("https://b.tribun.com/", "https://a.tribun.com", "t", True, id="network"),
        pytest.param("https://tribun.com/", "https://a.tribun.com", "t", True, id="its top"),
        pytest.param("https://b.co.id/", "https://a.co.id", "t", False, id="registry"),
        pytest.param(
            "https://b.blogspot.com/", "https://a.blogspot.com", "t", False, id="shared host"
        ),
        pytest.param("javascript:alert(1)", "https://media.id", "", False, id="no address"),
    ],
)
def test_what_is_within_an_outlet(url: str, outlet: str, network: str, within: bool) -> None:
    assert is_within(url, outlet, network=network) == within


def refresh(html: str, *, header: str = "") -> tuple[str, float] | None:
    headers = ((b"Refresh", header.encode()),) if header else ()
    page = Page(url="https://media.id/a/", status=200, body=b"", fetched_at=NOW, headers=headers)
    found = refresh_of(page, html)
    return (found.url, found.seconds) if found else None


def meta(content: str) -> str:
    return f'<head><meta http-equiv="refresh" content="{content}"></head>'


@pytest.mark.parametrize(
    ("html", "found"),
    [
        pytest.param(meta("0; url=/b/"), ("https://media.id/b/", 0), id="relative"),
        pytest.param(meta("3;URL='https://x.id/c'"), ("https://x.id/c", 3), id="quoted"),
        pytest.param(meta("1.5, /b/"), ("https://media.id/b/", 1.5), id="no url="),
        pytest.param(meta("0;url=/b/?a=1&amp;b=2"), ("https://media.id/b/?a=1&b=2", 0), id="amp"),
        pytest.param(
            "<META content='0;url=/b/' HTTP-EQUIV=Refresh />", ("https://media.id/b/", 0), id="caps"
        ),
        pytest.param(meta("300"), None, id="loads itself again"),
        pytest.param(meta("0; url=/a/"), None, id="leads to itself"),
        pytest.param(meta("0; url=javascript:alert(1)"), None, id="script"),
        pytest.param(meta("besok; url=/b/"), None, id="no number"),
        pytest.param(f"<!-- {meta('0; url=/b/')} -->", None, id="comment"),
        pytest.param(f"<noscript>{meta('0; url=/b/')}</noscript>", None, id="noscript"),
        pytest.param("<p>refresh</p>", None, id="none"),
    ],
)
def test_refresh_is_read(html: str, found: tuple[str, float] | None) -> None:
    assert refresh(html) == found


@pytest.mark.parametrize(("seconds", "at_once"), [(0, True), (5, True), (5.1, False), (300, False)])
def test_refresh_within_five_seconds_is_a_redirect(seconds: float, at_once: bool) -> None:
    assert Refresh(url="https://media.id/b/", seconds=seconds).is_at_once == at_once


def test_page_that_shows_a_story_is_not_left_for_its_refresh(pindah: Trapped) -> None:
    assert "/segar-sampai/?dari=berita" not in pindah.paths()
    assert HIJACKED in pindah.paths()


def test_refresh_header_counts_as_well() -> None:
    assert refresh("", header="0; url=/b/") == ("https://media.id/b/", 0)


@given(st.text(max_size=60))
def test_any_refresh_is_read_or_passed_over(content: str) -> None:
    found = refresh(meta(content), header="")
    assert found is None or found[0].startswith("http")
