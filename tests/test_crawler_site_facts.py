"""What the answers of a site tell of it, and the entry or module made of that. Pure."""

import ast
import json
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from reading import outlet_and_rules, page_of, reading_of
from saved import PAGES, known_of

from archive.config import Settings
from archive.errors import ConfigError
from crawler.discover import Candidate
from crawler.outlet_check import differences
from crawler.outlet_code import code_of, stub_of
from crawler.outlet_entry import Entry, entry_of, unfit, write_entry
from crawler.outlets import known_spiders
from crawler.regions import province_of, province_of_datelines, zone_of_province
from crawler.site_facts import (
    Obstacle,
    SeedFound,
    SiteFacts,
    TrialStory,
    Zone,
    clock_of_posts,
    declared_zone,
    name_of,
    newest,
    read_front,
    region_of,
    slug_of,
    zone_of,
)

URL = "https://suara-uji.example"
READ = TrialStory(
    url=f"{URL}/camat/",
    headline="Camat Diperiksa",
    published_at=datetime(2026, 11, 1, tzinfo=UTC),
    zone="Asia/Makassar",
    begins="Camat diperiksa …",
    length=900,
)
OPEN = SeedFound(kind="feed", url=f"{URL}/feed/", stories=10)
SITE = SiteFacts(
    url=URL,
    platform="wordpress",
    platform_why="its generator is WordPress 6.6",
    name="Suara Uji",
    zone=Zone("Asia/Makassar", "its posts are dated by a clock at UTC+08:00"),
    seeds=(OPEN,),
    trial=(READ,),
)
REFUSED = replace(READ, problem="the outlet asks for a human", is_refused=True)
UNREAD = replace(READ, headline="", published_at=None, problem="it has no headline")


# -- front pages ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "url", "platform"),
    [
        ('<meta name="generator" content="WordPress 6.6.2">', URL, "wordpress"),
        ('<link rel="stylesheet" href="/wp-content/themes/bening/a.css">', URL, "wordpress"),
        ("<meta content='blogger' name='generator'>", URL, "blogger"),
        ("<p>Kabar</p>", "https://suara-uji.blogspot.com/", "blogger"),
        ("<p>Kabar</p>", "https://ambon.tribunnews.com/", "tribun"),
        ('<meta name="generator" content="Joomla! 4">', URL, ""),
        ("<p>WordPress dan Blogger dibandingkan</p>", URL, ""),
        ("<p>Kabar</p>", "https://bukan-tribunnews.com/", ""),
    ],
    ids=["generator", "wp-content", "blogger", "blogspot", "tribun", "joomla", "words", "alike"],
)
def test_platform_is_known_by_its_marks(html: str, url: str, platform: str) -> None:
    front = read_front(f"<html><head>{html}</head><body></body></html>", url=url)
    assert (front.platform, bool(front.why)) == (platform, True)


def test_front_page_declares_feed_api_theme_and_name() -> None:
    head = (
        '<title>Berita Terbaru - Suara Uji</title><link rel="alternate" title="Suara Uji &raquo; '
        'Umpan" type="application/rss+xml" href="/feed/"><link rel="alternate" '
        'type="application/rss+xml" title="Suara Uji &raquo; Umpan Komentar" '
        'href="/comments/feed/"><link rel="https://api.w.org/" href="/wp-json/">'
        '<link rel="stylesheet" href="/wp-content/themes/bening/style.css">'
    )
    front = read_front(f"<html><head>{head}</head></html>", url=f"{URL}/")
    assert front.feeds == (f"{URL}/feed/",)
    assert (front.api_root, front.template) == (f"{URL}/wp-json/", "bening")
    assert set(front.names) == {"Suara Uji"}


def test_name_is_what_the_site_tells_before_what_its_host_says() -> None:
    front = read_front("<title>Beranda</title>", url=URL)
    assert name_of(front, told="Suara &amp; Uji", host="suara-uji.example") == "Suara & Uji"
    assert name_of(front, host="suara-uji.example") == "suara-uji.example"


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://www.suara-uji.co.id", "suara-uji"),
        ("https://kabar.suara-uji.com", "kabar-suara-uji"),
        ("https://suara-uji.blogspot.com", "suara-uji"),
        ("https://ambon.tribunnews.com", "tribun-ambon"),
        ("https://www.tribunnews.com", "tribunnews"),
        ("https://suara-uji.com/bantaeng", "suara-uji-bantaeng"),
        ("http://127.0.0.1:8099", "suara-uji"),
    ],
)
def test_slug_is_made_of_the_address(url: str, slug: str) -> None:
    assert slug_of(url, name="Suara Uji") == slug


def test_newest_stories_come_first_and_undated_ones_last() -> None:
    days = (1, 3, 2)
    dated = [Candidate(f"{URL}/{d}", published_at=datetime(2026, 11, d, tzinfo=UTC)) for d in days]
    found = newest([Candidate(f"{URL}/x"), *dated, dated[0]], count=9)
    assert [one.url[-1] for one in found] == ["3", "2", "1", "x"]


# -- zone and region --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("root", "zone"),
    [
        ({"timezone_string": "Asia/Jayapura", "gmt_offset": 9}, "Asia/Jayapura"),
        ({"timezone_string": "", "gmt_offset": "8"}, "Asia/Makassar"),
        ({"timezone_string": "Europe/London", "gmt_offset": 0}, ""),
        ({"gmt_offset": [7]}, ""),
        ({}, ""),
    ],
)
def test_zone_is_what_the_rest_api_declares(root: dict[str, object], zone: str) -> None:
    found = declared_zone(root)
    assert (found.name if found else "") == zone


@pytest.mark.parametrize(
    ("posts", "zone"),
    [
        ([{"date": "2026-11-01T17:00:00", "date_gmt": "2026-11-01T09:00:00"}], "Asia/Makassar"),
        ([{"date": "2026-11-01T09:00:00", "date_gmt": "2026-11-01T09:00:00"}], ""),
        ([{"date": "besok"}, 7, {}], ""),
        ({"code": "rest_no_route"}, ""),
    ],
    ids=["+08", "+00", "junk", "error"],
)
def test_zone_is_by_how_much_posts_are_ahead_of_utc(posts: object, zone: str) -> None:
    found = clock_of_posts(json.dumps(posts).encode())
    assert (found.name if found else "") == zone


PAGE = '<meta property="article:published_time" content="2026-11-01T09:00:00+09:00">'


@pytest.mark.parametrize(
    ("printed", "pages", "region", "zone", "is_guess"),
    [
        (["Asia/Makassar", ""], [PAGE], "Jambi", "Asia/Makassar", False),
        ([""], [PAGE], "Jambi", "Asia/Jayapura", False),
        ([""], [""], "Bali", "Asia/Makassar", True),
        ([], [], "", "Asia/Jakarta", True),
    ],
    ids=["printed", "declared", "region", "nothing"],
)
def test_zone_says_whether_it_is_a_guess(
    printed: list[str], pages: list[str], region: str, zone: str, is_guess: bool
) -> None:
    found = zone_of(told=None, printed=printed, pages=pages, region=region)
    assert (found.name, found.is_guess) == (zone, is_guess)


def test_what_the_site_tells_goes_before_all_else() -> None:
    told = Zone("Asia/Jayapura", "the site's own setting")
    assert zone_of(told=told, printed=["Asia/Jakarta"], pages=[], region="") == told


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("Suara Kalteng", "Kalimantan Tengah"),
        ("kabarpapuabaratdaya.com", "Papua Barat Daya"),
        ("Kepulauan Riau Pos", "Kepulauan Riau"),
        ("Warta Nusa", ""),
        ("Berita NTT", "Nusa Tenggara Timur"),
    ],
)
def test_province_is_told_by_name(text: str, province: str) -> None:
    assert province_of(text) == province


@pytest.mark.parametrize(
    ("datelines", "province"),
    [
        (["PASURUAN", "Kabupaten Probolinggo", ""], "Jawa Timur"),
        (["Pasuruan", "Kendari"], ""),
        (["Pasuruan"], ""),
    ],
    ids=["agree", "differ", "one"],
)
def test_province_is_where_all_datelines_are(datelines: list[str], province: str) -> None:
    assert province_of_datelines(datelines) == province


def test_host_tells_a_region_but_its_ending_does_not() -> None:
    assert region_of(name="Suara", url="https://sumbarpos.co.id", motto="", datelines=()) == (
        "Sumatera Barat"
    )
    assert region_of(name="Suara", url="https://suara.bali.example", motto="", datelines=()) == (
        "Bali"
    )


def test_every_province_has_a_zone_of_indonesia() -> None:
    assert zone_of_province("Kalimantan Barat") == "Asia/Jakarta"
    assert zone_of_province("Kalimantan Utara") == "Asia/Makassar"
    assert zone_of_province("Papua Pegunungan") == "Asia/Jayapura"
    assert zone_of_province("Atlantis") == ""


# -- entries ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (SITE, ""),
        (replace(SITE, platform=""), ""),
        (replace(SITE, platform="", seeds=(replace(OPEN, stories=0),)), "no-seeds"),
        (replace(SITE, trial=()), "no-news"),
        (replace(SITE, trial=(UNREAD,)), "no-news"),
        (replace(SITE, trial=(replace(READ, published_at=None),)), "no-news"),
        (replace(SITE, trial=(REFUSED, REFUSED)), "challenge"),
        (replace(SITE, obstacle=Obstacle("moved", "", "")), "moved"),
    ],
    ids=["good", "no-platform", "no-seeds", "no-stories", "unread", "undated", "wall", "obstacle"],
)
def test_site_is_fit_or_the_reason_is_named(facts: SiteFacts, kind: str) -> None:
    found = unfit(facts)
    assert (found.kind if found else "") == kind


def test_entry_is_toml_that_the_settings_read(tmp_path: Path) -> None:
    facts = replace(SITE, name='Suara "Uji" \\ Ünit\x7f', region="Bali")
    (found,) = tomllib.loads(entry_of(facts).as_toml())["outlet"]
    assert found == {
        "slug": "suara-uji",
        "url": URL,
        "platform": "wordpress",
        "name": 'Suara "Uji" \\ Ünit',
        "region": "Bali",
        "zone": "Asia/Makassar",
    }


@pytest.mark.parametrize("slug", ["Suara", "suara--uji", "-suara", "suara uji"])
def test_bad_slug_is_refused(slug: str) -> None:
    with pytest.raises(ConfigError, match="--slug"):
        entry_of(SITE, slug=slug)


def test_entry_is_put_at_the_end_and_the_file_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "kliping.toml"
    text = "# milik kami\n[crawl]\ndelay = 2.0   # sopan\n[[outlet]]\nslug='lain'\nurl='https://lain.example'"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    write_entry(entry_of(SITE), file)
    assert file.read_text(encoding="utf-8").startswith(f"{text}\n\n[[outlet]]")
    assert [one.slug for one in Settings.load(file).outlet] == ["lain", "suara-uji"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    "text",
    ["outlet = []\n", f"[[outlet]]\nslug = 'suara-uji'\nurl = '{URL}'\n", "[crawl\n"],
    ids=["inline", "taken", "broken"],
)
def test_file_that_would_not_be_read_any_more_is_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / "kliping.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="left as it is"):
        write_entry(entry_of(SITE), file)
    assert file.read_text(encoding="utf-8") == text
    assert list(tmp_path.iterdir()) == [file]


# -- checks -----------------------------------------------------------------------------------

KOLOM = known_spiders(Settings())["kolomrakyat"]
KNOWN = replace(SITE, url=KOLOM.outlet.url)
CLOSED = SeedFound(kind="REST API", url=f"{URL}/wp-json/", detail="the outlet answered 401")


@pytest.mark.parametrize(
    ("facts", "was_open", "kinds"),
    [
        (KNOWN, False, []),
        (replace(KNOWN, url="https://www.kolomrakyat.com"), False, ["moved"]),
        (replace(KNOWN, asked_as="blogger"), False, ["platform"]),
        (replace(KNOWN, zone=Zone("Asia/Jakarta", "told")), False, ["zone"]),
        (replace(KNOWN, zone=Zone("Asia/Jakarta", "", is_guess=True)), False, []),
        (replace(KNOWN, seeds=(OPEN, CLOSED)), False, []),
        (replace(KNOWN, seeds=(OPEN, CLOSED)), True, ["rest-closed"]),
        (replace(KNOWN, seeds=(CLOSED,)), False, ["rest-closed", "no-seeds"]),
        (replace(KNOWN, trial=(READ, UNREAD)), False, ["unread"]),
        (replace(KNOWN, trial=(REFUSED, REFUSED)), False, ["challenge"]),
        (replace(KNOWN, trial=()), False, ["no-stories"]),
        (replace(KNOWN, obstacle=Obstacle("challenge", "", "")), True, ["challenge"]),
    ],
    ids=["same", "moved", "platform", "zone", "guessed-zone", "rest-as-ever", "rest", "no-seeds",
         "unread", "wall", "no-stories", "challenge"],
)  # fmt: skip
def test_check_names_each_difference(facts: SiteFacts, was_open: bool, kinds: list[str]) -> None:
    found = differences(facts, KOLOM, was_rest_open=was_open)
    assert [one.kind for one in found] == kinds


def test_feed_that_moved_is_named() -> None:
    shut = SeedFound(kind="feed", url=f"{URL}/feed/", detail="the outlet answered 404")
    map_ = SeedFound(kind="sitemap", url=f"{URL}/sitemap.xml", stories=3)
    facts = replace(KNOWN, seeds=(shut, map_), declared_feeds=(f"{URL}/rss.xml",))
    (found,) = differences(facts, KOLOM)
    assert (found.kind, f"{URL}/rss.xml" in found.detail) == ("feed-moved", True)


# -- code -------------------------------------------------------------------------------------

SAVED = {
    "kolomrakyat": "2024-02-05-guru-honorer-dilaporkan.html",
    "unknown-jnews": "",
    "jurnaljawapes": "",
}


def _saved(outlet: str) -> TrialStory:
    path = PAGES / outlet / (SAVED[outlet] or sorted(PAGES.glob(f"{outlet}/*.html"))[0].name)
    about = known_of(path)
    assert about is not None
    owner, rules = outlet_and_rules(outlet)
    html = path.read_text(encoding="utf-8")
    article = reading_of(page_of(html, about["url"]), outlet=owner, rules=rules).article
    return TrialStory(
        url=about["url"], headline=article.headline, published_at=article.published_at, html=html,
        begins=article.text[:60], page=page_of(html, about["url"]),
    )  # fmt: skip


@pytest.mark.parametrize("outlet", SAVED)
def test_stub_tells_an_invented_story_in_the_structure_of_the_page(outlet: str) -> None:
    story = _saved(outlet)
    owner, rules = outlet_and_rules(outlet)
    stub = stub_of(story)
    article = reading_of(page_of(stub, story.url), outlet=owner, rules=rules).article
    assert article.headline == "Camat Diperiksa Bawaslu karena Hadir di Kampanye"
    assert "netralitas aparatur sipil negara" in article.text
    assert article.published_at == story.published_at
    assert story.headline not in stub
    assert story.begins not in stub


def test_code_is_a_module_a_stub_and_a_test(tmp_path: Path) -> None:
    facts = replace(SITE, template="bening", trial=(_saved("kolomrakyat"),))
    code = code_of(facts, entry_of(facts))
    for name in code.files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    assert list(code.write(tmp_path)) == [
        "crawler/spiders/suara_uji.py",
        "tests/pages/suara-uji/2024-12-08-camat-diperiksa-bawaslu.html",
        "tests/test_crawler_outlet_suara_uji.py",
    ]
    values: dict[str, object] = {}
    exec(compile(code.files["crawler/spiders/suara_uji.py"], "suara_uji.py", "exec"), values)
    outlet = values["SuaraUji"].outlet  # type: ignore[attr-defined]
    assert (outlet.slug, outlet.url, outlet.zone) == ("suara-uji", URL, "Asia/Makassar")
    with pytest.raises(ConfigError, match="is there already"):
        list(code.write(tmp_path))


def test_name_of_a_hostile_site_runs_no_code_in_what_is_written() -> None:
    evil = '""" + print("jahat") #\\'
    facts = replace(SITE, name=evil, template=evil, trial=(_saved("kolomrakyat"),))
    files = code_of(facts, entry_of(facts)).files
    trees = [ast.parse(text) for name, text in files.items() if name.endswith(".py")]
    calls = {ast.unparse(one.func) for tree in trees for one in ast.walk(tree)
             if isinstance(one, ast.Call)}  # fmt: skip
    assert "print" not in calls


def test_code_is_written_only_into_a_checkout(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no checkout"):
        list(code_of(SITE, Entry(entry_of(SITE).values, {})).write(tmp_path))
