"""`kliping outlets add` and `check`: what one look at a site says, and what is written of it."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from calendar_newsroom import CalendarNewsroom, evening
from loopback import Route, redirect, reply, serve
from playing import Place

from archive.config import Settings
from crawler.demo import Newsroom, NewsroomConfig
from crawler.demo.hostile import FIXED
from crawler.outlet_check import changes_of
from crawler.outlet_code import write_code
from crawler.outlet_entry import append_entry, in_toml
from crawler.outlets import known_spiders
from crawler.survey import Facts
from crawler.survey_verdict import Trial, outlet_at, verdict

pytestmark = pytest.mark.timeout(300)

_AT_ONCE = 3


@dataclass(frozen=True)
class Told:
    """What a command said."""

    exit_code: int
    out: str
    err: str

    @property
    def values(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


def _all(place: Place, *commands: tuple[str, ...]) -> list[Told]:
    """Several `kliping outlets …` at once."""

    def run(command: tuple[str, ...]) -> Told:
        done = place.kliping("outlets", *command)
        return Told(done.returncode, done.stdout, done.stderr)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(run, commands))


# -- sites that can be followed --------------------------------------------------------------------

SITES = {
    "media-0": ("wordpress", "Asia/Jakarta", True),
    "media-1": ("wordpress", "Asia/Makassar", True),
    "media-2": ("wordpress", "Asia/Jayapura", False),
    "media-3": ("blogger", "Asia/Jakarta", False),
}


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Told]]:
    with CalendarNewsroom(len(SITES), 4, [], lambda: evening(3)) as room:
        place = Place.make(tmp_path_factory.mktemp("tambah"), room.connect_to)
        commands = [("add", f"https://{name}.example", "--dry-run", "--json") for name in SITES]
        yield dict(zip(SITES, _all(place, *commands), strict=True))


@pytest.mark.parametrize("name", SITES)
def test_platform_zone_and_stories_are_found(added: Mapping[str, Told], name: str) -> None:
    told = added[name].values
    assert (told["platform"], told["zone"], told["is_rest_open"]) == SITES[name]
    assert told["entry"]["slug"] == name
    assert len([trial for trial in told["trials"] if not trial["problem"]]) == 3
    assert all(trial["headline"] and trial["published_at"] for trial in told["trials"])
    assert (added[name].exit_code, told["written"], told["zone_is_guess"]) == (0, [], False)


def test_what_is_under_way_is_told(added: Mapping[str, Told]) -> None:
    assert "front page: https://media-0.example" in added["media-0"].err
    assert "story 3 of 3: " in added["media-0"].err


# -- known outlets ---------------------------------------------------------------------------------

KNOWN = ("kantamedia", "lintastungkal", "kolomrakyat", "jurnaljawapes", "tribunnews",
         "tribun-pontianak")  # fmt: skip


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Told]]:
    with Newsroom(NewsroomConfig(today=datetime.now(UTC).date())) as room:
        place = Place.make(tmp_path_factory.mktemp("periksa"), room.connect_to)
        commands = [("check", name, "--json") for name in KNOWN]
        yield dict(zip(KNOWN, _all(place, *commands), strict=True))


@pytest.mark.parametrize("name", KNOWN)
def test_settings_of_the_newsrooms_sites_hold(checked: Mapping[str, Told], name: str) -> None:
    told, outlet = checked[name].values, known_spiders(Settings())[name].outlet
    assert (told["platform"], told["changes"]) == (outlet.platform, [])
    assert told["zone_is_guess"] or told["zone"] == outlet.zone
    assert checked[name].exit_code == 0


# -- sites that cannot be followed -----------------------------------------------------------------

_HTML = {"Content-Type": "text/html; charset=UTF-8"}
_SHOP = b"<html><title>Toko Sepatu</title><body><h1>Sepatu murah</h1><p>Beli.</p></body></html>"
_CHALLENGE = reply(body=FIXED["challenge"].body, headers=dict(FIXED["challenge"].headers))
ROUTES: dict[str, Route] = {
    "toko.example/": reply(body=_SHOP, headers=_HTML),
    "tembok.example/": _CHALLENGE,
    "putar.example/": redirect("https://putar.example/lagi"),
    "putar.example/lagi": redirect("https://putar.example/"),
}
ANSWERS = {
    "toko": "lists no stories",
    "tembok": "asks for a human",
    "putar": "could not be looked at",
    "mati": "could not be looked at",
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Told]]:
    with serve(ROUTES) as server:
        fronts = {f"https://{name}.example": server.url for name in ANSWERS}
        fronts["https://mati.example"] = "http://127.0.0.1:9"
        place = Place.make(tmp_path_factory.mktemp("gagal"), fronts, timeout="3s")
        commands = [("add", front, "--json") for front in fronts]
        yield dict(zip(ANSWERS, _all(place, *commands), strict=True))


@pytest.mark.parametrize("name", ANSWERS)
def test_site_that_cannot_be_followed_is_told_why(refused: Mapping[str, Told], name: str) -> None:
    told = refused[name].values
    assert ANSWERS[name] in told["trouble"]
    assert (refused[name].exit_code, told["written"]) == (1, [])


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place.make(tmp_path_factory.mktemp("tanpa"), {})


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://www.kantamedia.com", "is the outlet 'kantamedia' already"),
        ("media", "is no address of a site"),
        ("ftp://media.example", "is no address of a site"),
        ("https://_.example", "is no short name"),
    ],
)
def test_address_that_cannot_be_added_is_one_line(plain: Place, address: str, said: str) -> None:
    done = plain.kliping("outlets", "add", address)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


# -- pure ------------------------------------------------------------------------------------------


@dataclass
class _Silent:
    told: list[str] = field(default_factory=list)


def _facts(**values: Any) -> Facts:
    return Facts(_Silent().told.append, **values)


READ = Trial(url="https://m.example/a/", headline="Judul", characters=900, byline="Siti",
             published_text="Kamis, 26 September 2024 12:31 WITA",
             published_at=datetime(2024, 9, 26, 4, 31, tzinfo=UTC))  # fmt: skip


@pytest.mark.parametrize(
    ("address", "slug", "url"),
    [
        ("media-uji.co.id", "media-uji", "https://media-uji.co.id"),
        ("https://www.media-uji.com/", "media-uji", "https://www.media-uji.com"),
        ("https://kalteng.media-uji.id/berita", "kalteng-media-uji",
         "https://kalteng.media-uji.id/berita"),
        ("https://baru.tribunnews.com", "tribun-baru", "https://baru.tribunnews.com"),
    ],
)  # fmt: skip
def test_slug_is_made_of_the_address(address: str, slug: str, url: str) -> None:
    outlet = outlet_at(address)
    assert (outlet.slug, outlet.url) == (slug, url)


def test_own_word_on_its_zone_counts_more_than_what_stories_print() -> None:
    about = '{"name": "Media &amp; Uji", "timezone_string": "Asia/Jayapura"}'
    outlet = outlet_at("https://m.example")
    found = verdict(_facts(home="https://m.example/", rest=3, about=about), outlet, [READ])
    assert (found.zone, found.name, found.trouble) == ("Asia/Jayapura", "Media & Uji", "")
    found = verdict(_facts(home="https://m.example/", rest=3, about="["), outlet, [READ])
    assert (found.zone, found.zone_is_guess) == ("Asia/Makassar", False)


def test_name_of_a_hostile_site_is_one_plain_line() -> None:
    about = json.dumps({"name": "Media \ud800\x7f\u202e\nUji"})
    facts = _facts(home="https://m.example/", rest=3, about=about)
    assert verdict(facts, outlet_at("https://m.example"), [READ]).name == "Media Uji"


def test_moved_outlet_and_other_platform_are_told() -> None:
    outlet = known_spiders(Settings())["kantamedia"].outlet
    facts = _facts(home="https://baru.example/", blogger=3, front="<title>Kanta</title>")
    told = list(changes_of(outlet, verdict(facts, outlet, [READ])))
    assert told[0].startswith('url = "https://baru.example"')
    assert told[1].startswith('platform = "blogger"')
    assert told[2].startswith('zone = "Asia/Makassar"')


ENTRY = {"slug": "m", "url": "https://m.example", "platform": "wordpress",
         "name": 'Media "Uji" é', "zone": "Asia/Makassar"}  # fmt: skip


def test_entry_is_written_behind_what_is_there(tmp_path: Path) -> None:
    file = tmp_path / "kliping.toml"
    file.write_text("# milik kami\n[crawl]\ncontact = 'https://example.org'\n", encoding="utf-8")
    append_entry(file, ENTRY)
    written = file.read_text(encoding="utf-8")
    assert written.startswith(
        "# milik kami\n[crawl]\ncontact = 'https://example.org'\n\n[[outlet]]"
    )
    assert written.endswith(in_toml(ENTRY))
    [entry] = Settings.load(file).outlet
    assert (entry.name, entry.zone) == (ENTRY["name"], ENTRY["zone"])
    assert [file.name for file in tmp_path.iterdir()] == ["kliping.toml"]


@pytest.mark.parametrize("platform", ["wordpress", "blogger", "news", "tribun"])
def test_code_is_a_module_a_page_and_a_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crawler/spiders").mkdir(parents=True)
    (tmp_path / "tests/pages").mkdir(parents=True)
    facts = _facts(home="https://m.example/", rest=3)
    found = verdict(facts, outlet_at("https://m.example"), [READ])
    found = replace(found, platform=platform, name='"""\\\nraise SystemExit <b> {slug}')
    module, page, test = write_code(ENTRY, found)
    names: dict[str, Any] = {}
    exec(compile(Path(module).read_text(encoding="utf-8"), module, "exec"), names)
    assert names["M"].outlet.platform == platform
    assert names["M"].outlet.name == found.name
    assert "<h1>Judul</h1>" in Path(page).read_text(encoding="utf-8")
    assert "<b>" not in Path(page).read_text(encoding="utf-8")
    compile(Path(test).read_text(encoding="utf-8"), test, "exec")
