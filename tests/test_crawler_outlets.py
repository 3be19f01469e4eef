"""Which outlets there are: the built-in ones and those of the settings."""

import pytest

from archive.config import OutletConfig, Settings
from archive.errors import ConfigError
from crawler.outlets import known_spiders


def known(*entries: tuple[str, str]) -> dict[str, str]:
    outlets = [OutletConfig(slug=slug, url=url) for slug, url in entries]
    found = known_spiders(Settings(outlet=outlets))
    return {slug: spider.outlet.url for slug, spider in found.items()}


@pytest.mark.parametrize(
    "url",
    ["https://kantamedia.com", "http://www.kantamedia.com/", "https://m.kantamedia.com"],
)
def test_built_in_site_is_no_second_outlet(url: str) -> None:
    with pytest.raises(ConfigError, match="is the outlet 'kantamedia' already"):
        known(("kanta-lagi", url))


def test_one_site_is_not_two_outlets() -> None:
    with pytest.raises(ConfigError, match="is the outlet 'media-uji' already"):
        known(("media-uji", "https://media-uji.example"), ("uji-2", "https://media-uji.example/"))


def test_folders_of_one_site_are_outlets_of_their_own() -> None:
    found = known(
        ("uji-jateng", "https://media-uji.example/jateng"),
        ("uji-jatim", "https://media-uji.example/jatim"),
    )
    assert found["uji-jatim"] == "https://media-uji.example/jatim"


def test_built_in_slug_is_taken() -> None:
    with pytest.raises(ConfigError, match="built in"):
        known(("kantamedia", "https://media-uji.example"))
