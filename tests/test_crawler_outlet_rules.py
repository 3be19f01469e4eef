"""Rules of an outlet without code: what `--suggest-rules` proposes goes into its `[[outlet]]`."""

import re
from pathlib import Path

import pytest
from reading import page_of, reading_of

from archive.config import OutletConfig, Settings
from archive.errors import ConfigError
from crawler.outlets import known_spiders
from crawler.tribun_rules import TRIBUN_RULES

STORY = (
    "Muara Tenang – Bawaslu memeriksa camat yang menghadiri deklarasi pasangan calon bupati.",
    "“Kami sudah memanggil tiga saksi,” kata ketua pengawas di kantornya, Senin pagi.",
)
PAGE = (
    "<html><head><title>Camat Diperiksa Bawaslu</title>"
    '<meta property="article:published_time" content="2024-10-02T10:00:00+07:00"></head>'
    "<body><h1>Camat Diperiksa Bawaslu</h1><section class='isi'>"
    f"<p>{STORY[0]}</p><div class='kabar-box'>Sedang ramai</div><p>Tersimpan 12 kali</p>"
    f"<p>{STORY[1]}</p></section></body></html>"
)
TOML = r"""
[[outlet]]
slug = "warta-pesisir"
url = "https://warta-pesisir.example"
body = "section.isi"
drop = ["div.kabar-box"]
lines = ['Tersimpan \\d+ kali']
""".replace("\\\\", "\\")


def settings(**rules: object) -> Settings:
    entry = {"slug": "uji", "url": "https://media-uji.example", **rules}
    return Settings(outlet=[OutletConfig.model_validate(entry)])


def test_rules_in_the_settings_read_the_outlets_pages(tmp_path: Path) -> None:
    file = tmp_path / "kliping.toml"
    file.write_text(TOML, encoding="utf-8")
    spider = known_spiders(Settings.load(file))["warta-pesisir"]
    page = page_of(PAGE, "https://warta-pesisir.example/camat/")
    text = reading_of(page, outlet=spider.outlet, rules=spider.rules).article.text
    assert text.split("\n\n") == list(STORY)


def test_rules_of_an_entry_add_to_its_platforms() -> None:
    rules = known_spiders(settings(platform="tribun", drop=["div.kotak"]))["uji"].rules
    assert rules.drop == (*TRIBUN_RULES.drop, "div.kotak")
    assert rules.body == TRIBUN_RULES.body


def test_entry_without_rules_is_read_by_its_platforms() -> None:
    assert known_spiders(settings(platform="tribun"))["uji"].rules == TRIBUN_RULES


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"drop": ["div["]}, "'div[' is no CSS selector"),
        ({"body": "p:nope"}, "'p:nope' is no CSS selector"),
        ({"lines": ["Tersimpan ("]}, "'Tersimpan (' is no regular expression"),
    ],
)
def test_rule_that_cannot_be_applied_is_refused(rules: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        known_spiders(settings(**rules))
