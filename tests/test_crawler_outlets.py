"""Which outlets there are: the built-in ones and those of the settings."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy.utils.test import get_crawler

from archive.config import OutletConfig, Settings
from archive.errors import ConfigError
from crawler.extract import extractor_id
from crawler.outlets import known_spiders
from crawler.rules import is_noise
from crawler.spider import OutletSpider
from crawler.spiders.kantamedia import Kantamedia


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


# -- more rules for a built-in outlet --------------------------------------------------------------

NOW = datetime(2026, 9, 1, tzinfo=UTC)
WIDGET = "Jangan lewatkan kabar pilihan redaksi"


def extended(slug: str = "kantamedia", **rules: object) -> type[OutletSpider]:
    entry = OutletConfig.model_validate({"slug": slug, **rules})
    return known_spiders(Settings(outlet=[entry]))[slug]


def test_rules_of_the_settings_add_to_those_of_a_built_in_outlet() -> None:
    own = Kantamedia.rules
    rules = extended(drop=["div.kabar"], lines=["Jangan lewatkan .*"]).rules_at(NOW)
    assert rules.drop == (*own.drop, "div.kabar")
    assert (rules.body, rules.lines) == (own.body, (*own.lines, "Jangan lewatkan .*"))
    assert is_noise(WIDGET, rules=rules)
    assert not is_noise(WIDGET, rules=own)


def test_added_rules_are_named_in_what_read_a_text() -> None:
    """Texts of two readers are never compared: stored versions are read again first."""
    more = extended(lines=["Jangan lewatkan .*"])
    assert extractor_id(more.rules_at(NOW)) != extractor_id(Kantamedia.rules)
    assert more.outlet == Kantamedia.outlet
    assert Kantamedia.rules == known_spiders(Settings())["kantamedia"].rules


def test_added_rules_touch_no_other_outlet_and_no_earlier_template() -> None:
    entry = OutletConfig(slug="kantamedia", lines=("Jangan .*",))
    found, before = known_spiders(Settings(outlet=[entry])), known_spiders(Settings())
    changed = {slug for slug in found if found[slug].rules != before[slug].rules}
    assert changed == {"kantamedia"}
    assert found["kantamedia"].earlier == Kantamedia.earlier


def test_scrapy_crawls_with_the_added_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[[outlet]]\nslug = 'kantamedia'\nlines = ['Jangan .*']\n"
    (tmp_path / "kliping.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    spider = Kantamedia.from_crawler(get_crawler(Kantamedia))
    assert spider.rules_at(NOW).lines == (*Kantamedia.rules.lines, "Jangan .*")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"slug": "kantamedi", "lines": ["x"]}, "did you mean 'kantamedia'?"),
        ({"slug": "kantamedia", "lines": ["("]}, "is no regular expression"),
        ({"slug": "kantamedia", "drop": ["div["]}, "is no CSS selector"),
    ],
    ids=["no such outlet", "no expression", "no selector"],
)
def test_rules_that_add_to_nothing_are_refused(entry: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        known_spiders(Settings(outlet=[OutletConfig.model_validate(entry)]))
