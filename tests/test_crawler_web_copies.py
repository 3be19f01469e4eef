"""Addresses of web archives are unwrapped wherever a saved page names one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import reading_of

from crawler.page_identity import absolute
from crawler.paging import part_urls
from crawler.web_copies import original_address

OWN = "https://media-uji.example/politik/berita/"
COPY = "https://web.archive.org/web/20220721150811"
TEXT = "Bawaslu memeriksa seorang camat yang menghadiri deklarasi pasangan calon bupati. " * 3
hosts = st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8}){1,2}", fullmatch=True)
paths = st.from_regex(r"(/[a-z0-9-]{1,9}){0,3}/?(\?[a-z]=[a-z0-9/:]{0,8})?", fullmatch=True)
moments = st.from_regex(r"[0-9]{4,14}", fullmatch=True)
marks = st.sampled_from(["", "im_", "if_", "js_", "*"])


@given(
    hosts, paths, moments, marks, st.sampled_from(["https://web.archive.org", "", "//a.example"])
)
def test_copy_of_any_address_is_that_address(
    host: str, path: str, moment: str, mark: str, archive: str
) -> None:
    address = f"https://{host}{path}"
    assert original_address(f"{archive}/web/{moment}{mark}/{address}") == address


@given(st.text(max_size=80))
def test_what_is_no_copy_stays(text: str) -> None:
    assert original_address(text) == text or "/web/" in text.lower()
    assert original_address(original_address(text)) == original_address(text)


@pytest.mark.parametrize(
    "address",
    [
        OWN,
        "/web/berita/https-kantor",
        "https://media-uji.example/web/2024/pilkada/",
        "https://media-uji.example/?u=/web/2024/https://lain.example/",
        "https://web.archive.org/web/2022/",
        "https://web.archive.org/details/media",
    ],
)
def test_address_that_only_looks_like_a_copy_stays(address: str) -> None:
    assert original_address(address) == address


def test_copy_of_a_copy_and_a_lost_slash_are_undone() -> None:
    assert original_address(f"{COPY}/{COPY}im_/https:/media-uji.example/a") == (
        "https://media-uji.example/a"
    )


def test_link_of_a_saved_page_without_its_archive_is_unwrapped() -> None:
    assert absolute(OWN, f"/web/2022/{OWN}2/") == f"{OWN}2/"


def saved(body: str = "") -> str:
    return (
        f"<html><head><title>Camat Diperiksa Bawaslu</title>"
        f"<link rel=canonical href='{COPY}/{OWN}'>"
        f"<meta property='og:image' content='{COPY}im_/https://media-uji.example/camat.jpg'>"
        f"</head><body class='single'><nav class='breadcrumb'><a href='{COPY}/https://media-uji."
        f"example/'>Media Uji Depan</a></nav><h1>Camat Diperiksa Bawaslu</h1>"
        f"<div class='entry-content'><p>{TEXT}</p>{body}</div></body></html>"
    )


def test_canonical_and_image_of_a_saved_page_are_the_outlets_own() -> None:
    reading = reading_of(saved())
    assert reading.canonical == OWN
    assert reading.article.image_url == "https://media-uji.example/camat.jpg"
    assert reading.article.section == ""


def test_parts_of_a_saved_page_are_the_outlets_own() -> None:
    links = f"<div class='page-links'><a href='{COPY}/{OWN}2/'>2</a></div>"
    assert part_urls(saved(links), OWN) == (f"{OWN}2/",)
