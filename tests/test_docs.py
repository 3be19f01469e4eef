"""README names everything a user can set or call, and nothing that is not there."""

import re
from pathlib import Path

import pytest

from archive.config import (
    ArchiveConfig,
    CrawlConfig,
    NotifyConfig,
    OutletConfig,
    ScheduleConfig,
    WebConfig,
)
from scheduler.cli import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTIONS = {
    "archive": ArchiveConfig,
    "crawl": CrawlConfig,
    "notify": NotifyConfig,
    "schedule": ScheduleConfig,
    "web": WebConfig,
    "outlet": OutletConfig,
}
SETTINGS = {
    f"{section}.{name}": field
    for section, model in SECTIONS.items()
    for name, field in model.model_fields.items()
}


@pytest.mark.parametrize("name", SETTINGS)
def test_readme_explains_each_setting(name: str) -> None:
    row = re.search(rf"^\| `{re.escape(name)}` \|.*\| (.+) \|$", README, re.MULTILINE)
    assert row, f"README has no row for {name}"
    assert row[1] == SETTINGS[name].description


def test_readme_names_no_setting_that_is_gone() -> None:
    sections = "|".join(SECTIONS)
    named = re.findall(rf"^\| `((?:{sections})\.\w+)` \|", README, re.MULTILINE)
    assert sorted(named) == sorted(SETTINGS)


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_lists_each_command(command: str) -> None:
    assert re.search(rf"^\| `kliping {command}\b", README, re.MULTILINE)


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
def test_readme_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("target", re.findall(r"`make ([a-z-]+)`", README))
def test_readme_names_only_make_targets_that_exist(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
