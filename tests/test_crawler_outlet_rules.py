"""Rules of an outlet without code: what `--suggest-rules` proposes goes into its `[[outlet]]`."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from reading import page_of, reading_of
from redesigned import Here

from archive.config import CrawlConfig, OutletConfig, Settings
from archive.errors import ConfigError
from crawler.outlets import known_spiders
from crawler.replay_saved import replay_saved
from crawler.rule_use import Probe, RuleUse, rules_met
from crawler.rules import Rules
from crawler.saved_pages import SavedAsked
from crawler.saved_printing import show_saved
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


# -- rules that do nothing -------------------------------------------------------------------------

WANTED = {
    "met": [("body", "section.isi"), ("drop", "div.kabar-box"), ("lines", "Tersimpan .*")],
    "not met": [("body", "main"), ("drop", "h1"), ("lines", "Tersimpan")],
}


def met(*wanted: tuple[str, str], body: str = "section.isi", html: str = PAGE) -> set[Any]:
    page = page_of(html, "https://warta-pesisir.example/camat/")
    probe = Probe(pages=(page,), rules=Rules(body=body), wanted=wanted, limit=1_000_000)
    return set(rules_met(probe))


@pytest.mark.parametrize("rule", WANTED["met"], ids=lambda rule: rule[0])
def test_rule_that_meets_something_is_known(rule: tuple[str, str]) -> None:
    assert met(rule) == {rule}


@pytest.mark.parametrize("rule", WANTED["not met"], ids=lambda rule: rule[0])
def test_rule_that_meets_nothing_in_the_text_is_known(rule: tuple[str, str]) -> None:
    assert met(rule) == set()


def test_line_is_met_where_no_container_is_known() -> None:
    story = "".join(f"<p>{line}</p>" for line in (*STORY, "Tersimpan 12 kali", *STORY))
    assert met(("lines", "Tersimpan .*"), body="", html=f"<h1>Camat</h1><main>{story}</main>")


def test_rule_is_idle_only_where_pages_were_read() -> None:
    use = RuleUse(Rules(body="main", drop=("div.a",), lines=("x",)))
    assert use.idle() == ()
    use.note({("drop", "div.a")})
    assert use.idle() == (("body", "main"), ("lines", "x"))


def test_saved_pages_tell_which_rules_meet_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = {"slug": "uji", "url": "https://media-uji.example", "body": "section.isi"}
    entry |= {"drop": ["div.kabar-box", "div.tiada"], "lines": ["Tersimpan .*", "Tiada"]}
    (tmp_path / "a.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "b.html").write_text(PAGE.replace("kabar-box", "tiada"), encoding="utf-8")
    index = {f"{name}.html": f"https://media-uji.example/{name}/" for name in "ab"}
    (tmp_path / "urls.json").write_text(json.dumps(index), encoding="utf-8")
    read = Settings(outlet=[OutletConfig.model_validate(entry)])
    told = replay_saved(read, SavedAsked(html=tmp_path), readers=Here(CrawlConfig()))
    assert [[rule["rule"] for rule in one["idle_rules"]] for one in told] == [
        ["div.tiada", "Tiada"], ["div.kabar-box", "Tiada"]
    ]  # fmt: skip
    show_saved(told)
    lines = [line for line in capsys.readouterr().out.splitlines() if "met nothing" in line]
    assert lines == ["uji: the rule lines 'Tiada' of the settings met nothing on any page read"]
