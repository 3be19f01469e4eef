"""Where a WordPress outlet is asked for what only a canonical URL names."""

import pytest

from crawler.wordpress_seeds import story_address


@pytest.mark.parametrize(
    ("canonical", "base", "asked"),
    [
        pytest.param(
            "https://kecil.example/a/b", "https://kecil.example", "https://kecil.example/a/b/",
            id="permalinks end with a slash",
        ),
        pytest.param(
            "https://kecil.example/a", "https://www.kecil.example",
            "https://www.kecil.example/a/", id="outlet answers under www only",
        ),
        pytest.param(
            "https://kecil.example/a", "http://kecil.example", "http://kecil.example/a/",
            id="outlet without https",
        ),
        pytest.param(
            "https://kota.kecil.example/a", "https://www.kecil.example",
            "https://kota.kecil.example/a/", id="another host of the outlet",
        ),
        pytest.param(
            "https://kecil.example/a.html", "https://kecil.example",
            "https://kecil.example/a.html", id="permalink with an ending",
        ),
        pytest.param(
            "https://kecil.example/?p=12", "https://kecil.example",
            "https://kecil.example/?p=12", id="plain permalink",
        ),
    ],
)  # fmt: skip
def test_story_is_asked_for_at_the_outlets_own_address(
    canonical: str, base: str, asked: str
) -> None:
    assert story_address(canonical, base=base) == asked
