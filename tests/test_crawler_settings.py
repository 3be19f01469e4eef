"""Scrapy's settings as kliping.toml makes them."""

import subprocess
import sys
from pathlib import Path

import pytest

from archive.config import Settings
from archive.errors import ConfigError
from archive.types import Outlet
from crawler.settings import scrapy_settings, user_agent

ROOT = Path(__file__).parent.parent
OUTLET = Outlet(
    slug="uji",
    name="Uji",
    url="https://media-uji.example",
    network="jaringan",
    platform="wordpress",
)


def made(outlet: Outlet | None = OUTLET, **crawl: object):
    return scrapy_settings(Settings(crawl=crawl), outlet)


def test_user_agent_names_a_contact() -> None:
    assert user_agent("https://example.org/a").endswith(" (+https://example.org/a)")


def test_user_agent_without_a_contact_has_none() -> None:
    assert "(+" not in user_agent(" ")


def test_contact_cannot_forge_a_header() -> None:
    assert "\n" not in user_agent("a@example.org\r\nX-Evil: 1")


def test_settings_without_an_outlet_are_complete() -> None:
    assert set(made(None)) == set(made())


def test_lane_is_the_network() -> None:
    assert made()["KLIPING_LANE"] == "jaringan"


@pytest.mark.parametrize(("tls", "verified"), [("verified", True), ("unverified", False)])
def test_certificates_are_verified_unless_the_outlet_says_otherwise(
    tls: str, verified: bool
) -> None:
    outlet = Outlet(slug="uji", name="Uji", url="https://media-uji.example", tls=tls)
    assert made(outlet)["DOWNLOAD_VERIFY_CERTIFICATES"] is verified


def test_own_origin_routes_and_targets_may_be_private() -> None:
    settings = made(connect_to={"https://kantamedia.com/": "http://127.0.0.1:9002/"})
    assert settings["KLIPING_ALLOWED"] == [
        "http://127.0.0.1:9002",
        "https://kantamedia.com:443",
        "https://media-uji.example:443",
    ]


def test_a_host_that_nobody_configured_may_not_lead_into_a_private_network() -> None:
    stranger = Outlet(slug="uji", name="media-uji.example", url="https://media-uji.example")
    assert made(stranger)["KLIPING_ALLOWED"] == []


@pytest.mark.parametrize("target", ["127.0.0.1:9002", "ftp://127.0.0.1", "", "http://"])
def test_route_to_no_origin_is_a_config_error(target: str) -> None:
    with pytest.raises(ConfigError, match="connect_to"):
        made(connect_to={"https://kantamedia.com": target})


def test_throttle_starts_at_the_delay_and_reaches_the_longest_crawl_delay() -> None:
    settings = made(delay=3, max_crawl_delay="5m")
    assert (settings["AUTOTHROTTLE_ENABLED"], settings["AUTOTHROTTLE_START_DELAY"]) == (True, 3)
    assert settings["AUTOTHROTTLE_MAX_DELAY"] == 300


def test_no_delay_asks_for_no_throttle() -> None:
    assert made(delay=0)["AUTOTHROTTLE_ENABLED"] is False


def scrapy(*arguments: str, cwd: Path) -> str:
    environment = {"SCRAPY_SETTINGS_MODULE": "crawler.settings", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "scrapy", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_scrapy_reads_the_module_without_kliping_toml(tmp_path: Path) -> None:
    assert scrapy("settings", "--get", "BOT_NAME", cwd=tmp_path).strip() == "kliping"


def test_scrapy_reads_kliping_toml(tmp_path: Path) -> None:
    (tmp_path / "kliping.toml").write_text('[crawl]\ncontact = "redaksi@example.org"\n')
    assert "(+redaksi@example.org)" in scrapy("settings", "--get", "USER_AGENT", cwd=tmp_path)
