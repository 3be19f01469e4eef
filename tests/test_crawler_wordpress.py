"""Four nights of a real WordPress, entered as one `[[outlet]]` (proof 2 of issue 2)."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from wordpress_site import Asked, Post, Unavailable, WordPress, posts

from archive import database
from archive.audit import audit
from archive.config import Settings
from archive.schema import story_url
from archive.stories import stories
from archive.text import normalise
from archive.types import Story, Version
from archive.versions import versions

pytestmark = [
    pytest.mark.slow,
    pytest.mark.wordpress,
    pytest.mark.timeout(900),  # the first time packages are downloaded
]

ROOT = Path(__file__).parent.parent
KLIPING = Path(sys.executable).with_name("kliping")
AGENT = re.compile(r"Kliping/\S+ \(\+https://example\.org/uji\)")
SLUG = "media-uji"
ZONE = ZoneInfo("Asia/Jakarta")
POSTS = posts()
WANTED = [post for post in POSTS if post.on_topic and not post.forbidden]

TITLED = "bawaslu-panggil-camat-usai-video-ajakan-beredar"
NEW_TITLE = "Bawaslu Panggil Camat Rimba Hilir Usai Video Ajakan Beredar"
REWORDED = "tiga-guru-pppk-diperiksa-karena-unggah-dukungan"
NEW_PARAGRAPH = (
    "Para guru itu dapat dikenai sanksi berupa pernyataan terbuka hingga pemutusan kontrak. "
    "Keputusan diambil setelah pemeriksaan silang dengan kepala sekolah dan komite."
)
TRASHED = "sekcam-mengaku-khilaf-pakai-kaus-calon"
MOVED = "mobil-dinas-terparkir-di-lokasi-kampanye"
NEW_SLUG = "kepala-dinas-dipanggil-soal-mobil-di-lokasi-kampanye"
SPLIT = "rapat-di-aula-lama-berujung-laporan"
SCHEDULED = "naik-panggung-deklarasi-direktur-rsud-disanksi"


@dataclass(frozen=True, kw_only=True)
class Found:
    """One story of the archive after a night."""

    story: Story
    versions: tuple[Version, ...]
    paths: frozenset[str]
    """The paths of all its addresses."""


@dataclass(frozen=True, kw_only=True)
class Night:
    """The archive after one crawl, by first slug, and what the crawl asked for."""

    found: dict[str, Found]
    asked: list[Asked]
    findings: tuple[object, ...]


@dataclass
class Outlet:
    """The real WordPress as one outlet of a settings file, crawled into one archive."""

    site: WordPress
    folder: Path
    nights: dict[str, Night] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.file = self.folder / "kliping.toml"
        self.file.write_text(
            '[crawl]\ncontact = "https://example.org/uji"\ndelay = 0.0\nconfirm_after = "0s"\n'
            f'[[outlet]]\nslug = "{SLUG}"\nurl = "{self.site.url}"\nplatform = "wordpress"\n',
            encoding="utf-8",
        )
        self._kliping("init")

    def crawl(self, name: str, *, revisit: str = "due") -> Night:
        """Crawl with the command that a user types, and look at the archive afterwards."""
        before = len(self.site.asked())
        self._kliping("crawl", SLUG, "--revisit", revisit)
        self.nights[name] = self._night(self.site.asked()[before:])
        return self.nights[name]

    def _kliping(self, *arguments: str) -> None:
        command = [str(KLIPING), "--config", str(self.file), *arguments]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"

    def _night(self, asked: list[Asked]) -> Night:
        config = Settings.load(self.file).archive
        engine = database.connect(config)
        found = {}
        for story in stories(engine):
            with database.reading(engine) as connection:
                query = select(story_url.c.address).where(story_url.c.story_id == story.story_id)
                addresses = [url for url in connection.scalars(query) if "://" in url]
            known = tuple(versions(engine, story.story_id))
            paths = frozenset(urlsplit(url).path for url in addresses)
            found[_slug(story.url)] = Found(story=story, versions=known, paths=paths)
        findings = audit(engine, config.directory / "warc").findings
        engine.dispose()
        return Night(found=found, asked=asked, findings=findings)


def _slug(url: str) -> str:
    return urlsplit(url).path.rstrip("/").rpartition("/")[2]


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[WordPress]:
    packages = pytestconfig.cache.mkdir("wordpress-packages")
    rig = WordPress(tmp_path_factory.mktemp("wordpress"), packages=packages)
    try:
        if os.geteuid() != 0:
            raise Unavailable("MariaDB's tables are set up as root, and this is another user")
        rig.install()
    except Unavailable as error:
        if os.environ.get("WORDPRESS_REQUIRED"):
            raise
        pytest.skip(f"NOT PROVED on a real WordPress: {error}")
    try:
        rig.start()
        yield rig
    finally:
        rig.stop()


@pytest.fixture(scope="module")
def played(site: WordPress, tmp_path_factory: pytest.TempPathFactory) -> Outlet:
    """Four nights; between them, what editors do."""
    outlet = Outlet(site, tmp_path_factory.mktemp("played"))
    today = datetime.now(ZONE).date()
    site.rig("plugin", "robots-internal", "on")
    site.rig("sidebar", "Sorotan pekan ini: harga cabai turun di tiga pasar.")
    site.publish([post for post in POSTS if post.arrives == 1], today=today)
    site.publish([post for post in POSTS if post.arrives == 3], today=today, as_scheduled=True)
    outlet.crawl("1")
    outlet.crawl("quiet")

    site.rig("edit", TITLED, "title", NEW_TITLE)
    site.rig("edit", "absen-46-hari-dua-asn-diberhentikan", "title", "Dua ASN Diberhentikan")
    site.rig("trash", TRASHED)
    site.publish([post for post in POSTS if post.arrives == 2], today=today)
    site.rig("sidebar", "Sorotan pekan ini: jembatan gantung dibuka kembali.")
    outlet.crawl("2")

    site.rig("edit", REWORDED, "para", "2", NEW_PARAGRAPH)
    site.rig("slug", MOVED, NEW_SLUG)
    site.rig("due", SCHEDULED)
    site.rig("comment", SPLIT, "Semoga netralitas ASN benar-benar ditegakkan, jangan tebang pilih.")
    outlet.crawl("3")

    site.rig("untrash", TRASHED)
    site.rig("sidebar", "Sorotan pekan ini: camat lepas jalan santai bersama paslon dan ASN.")
    outlet.crawl("4")
    outlet.crawl("all", revisit="all")
    return outlet


def _expected(*, until: int) -> set[str]:
    return {post.slug for post in WANTED if post.arrives <= until}


def _edited(night: Night) -> set[str]:
    return {slug for slug, found in night.found.items() if len(found.versions) != 1}


# -- what is kept --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("night", "arrived"), [("1", 1), ("quiet", 1), ("2", 2), ("3", 3), ("4", 3), ("all", 3)]
)
def test_exactly_the_stories_on_topic_are_kept(played: Outlet, night: str, arrived: int) -> None:
    assert set(played.nights[night].found) == _expected(until=arrived)


@pytest.mark.parametrize(
    ("night", "edited"),
    [
        ("1", set()),
        ("quiet", set()),
        ("2", {TITLED}),
        ("3", {TITLED, REWORDED}),
        ("4", {TITLED, REWORDED}),
        ("all", {TITLED, REWORDED}),
    ],
)
def test_exactly_the_edited_stories_have_a_second_version(
    played: Outlet, night: str, edited: set[str]
) -> None:
    assert _edited(played.nights[night]) == edited


@pytest.mark.parametrize(
    ("slug", "changed"), [(TITLED, ("headline",)), (REWORDED, ("text",))], ids=["title", "text"]
)
def test_version_says_what_the_editor_changed(
    played: Outlet, slug: str, changed: tuple[str, ...]
) -> None:
    known = played.nights["all"].found[slug].versions
    assert [version.changed for version in known] == [(), changed]


def test_edits_are_read_as_they_were_written(played: Outlet) -> None:
    found = played.nights["all"].found
    titled, reworded = found[TITLED].versions[-1], found[REWORDED].versions[-1]
    assert titled.article.headline == NEW_TITLE
    assert NEW_PARAGRAPH in reworded.article.text


@pytest.mark.parametrize("post", WANTED, ids=lambda post: post.slug)
def test_story_is_read_whole_and_without_the_theme(played: Outlet, post: Post) -> None:
    article = played.nights["all"].found[post.slug].versions[0].article
    assert article.headline == post.title
    assert normalise(article.text) in _readings(post)
    assert article.byline == post.author
    assert set(article.tags) == set(post.tags)


def _readings(post: Post) -> set[str]:
    """The whole text, with its dateline or with it in a field of its own."""
    whole = normalise(" ".join(post.paragraphs))
    return {whole, whole.partition(" - ")[2]}


@pytest.mark.parametrize("post", WANTED, ids=lambda post: post.slug)
def test_story_has_the_moment_it_was_published(played: Outlet, post: Post) -> None:
    article = played.nights["all"].found[post.slug].versions[0].article
    day = datetime.now(ZONE).replace(hour=9, minute=15, second=0, microsecond=0)
    possible = {day - timedelta(days=post.days + late) for late in (0, 1)}  # midnight may pass
    assert article.published_at in possible


def test_split_story_has_a_capture_of_each_part(played: Outlet) -> None:
    captures = played.nights["1"].found[SPLIT].versions[0].captures
    assert [urlsplit(capture.url).path for capture in captures] == [
        f"/daerah/{SPLIT}/",
        f"/daerah/{SPLIT}/2/",
    ]


@pytest.mark.parametrize(
    ("night", "status"), [("1", "live"), ("2", "live"), ("3", "gone"), ("4", "live")]
)
def test_trashed_story_is_gone_after_two_looks_and_comes_back(
    played: Outlet, night: str, status: str
) -> None:
    assert played.nights[night].found[TRASHED].story.status == status


@pytest.mark.parametrize("night", ["1", "quiet", "2", "3", "4", "all"])
def test_no_other_story_is_ever_gone(played: Outlet, night: str) -> None:
    found = played.nights[night].found.items()
    assert {slug for slug, kept in found if kept.story.gone_at} <= {TRASHED}


def test_moved_story_is_one_story_with_both_addresses(played: Outlet) -> None:
    found = played.nights["3"].found[MOVED]
    assert {_slug(path) for path in found.paths} == {MOVED, NEW_SLUG}


@pytest.mark.parametrize("night", ["1", "quiet", "2", "3", "4", "all"])
def test_audit_is_clean(played: Outlet, night: str) -> None:
    assert played.nights[night].findings == ()


# -- how it is asked -----------------------------------------------------------------------


@pytest.fixture(params=["1", "quiet", "2", "3", "4", "all", "rest-closed", "feeds-closed"])
def asked(request: pytest.FixtureRequest, played: Outlet) -> list[Asked]:
    name = request.param
    if name.endswith("closed"):
        closed: dict[str, Night] = request.getfixturevalue("closed")
        return closed[name].asked
    return played.nights[name].asked


def test_robots_txt_is_asked_first(asked: list[Asked]) -> None:
    assert asked[0].path == "/robots.txt"


def test_requests_follow_each_other(asked: list[Asked]) -> None:
    assert [b.path for a, b in pairwise(asked) if b.began < a.ended] == []


def test_every_request_says_who_asks(asked: list[Asked]) -> None:
    agents = {one.agent for one in asked}
    assert [
        a for a in agents if not re.search(r"Kliping/\S+ \(\+https://example.org/uji\)", a)
    ] == []


def test_closed_addresses_are_left_alone(asked: list[Asked]) -> None:
    closed = re.compile(r"/(wp-admin|internal|wp-login|xmlrpc)\b")
    assert [one.path for one in asked if closed.match(one.path)] == []


def test_unchanged_night_asks_little(played: Outlet) -> None:
    night = played.nights["quiet"]
    assert len(night.asked) <= 6 + 0.02 * len(night.found)


# -- entered by itself ---------------------------------------------------------------------


@dataclass(frozen=True)
class Entered:
    """What `kliping outlets add` and `check` said of the site, and the settings written."""

    added: tuple[int, dict[str, Any]]
    checked: tuple[int, dict[str, Any]]
    settings: Settings


@pytest.fixture(scope="module")
def entered(site: WordPress, played: Outlet, tmp_path_factory: pytest.TempPathFactory) -> Entered:
    """The site looked at while its REST API is open."""
    file = tmp_path_factory.mktemp("entered") / "kliping.toml"
    file.write_text('[crawl]\ncontact = "https://example.org/uji"\ndelay = 0.0\n', encoding="utf-8")
    added = _outlets(file, "add", site.url, "--slug", SLUG)
    return Entered(added, _outlets(played.file, "check", SLUG), Settings.load(file))


def _outlets(file: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code of a `kliping outlets … --json`, and what it printed."""
    command = [str(KLIPING), "--config", str(file), "outlets", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, json.loads(done.stdout)


def test_real_site_is_looked_at_and_entered(site: WordPress, entered: Entered) -> None:
    code, found = entered.added
    entry = found["entry"]
    assert (code, found["platform"]) == (0, "wordpress")
    assert (entry["url"], entry["zone"], entry["platform"]) == (site.url, ZONE.key, "wordpress")
    assert {one["kind"] for one in found["seeds"] if one["is_open"]} == {
        "REST API", "feed", "sitemap", "index",
    }  # fmt: skip
    assert found["zone"]["is_guess"] is False
    assert [one["problem"] for one in found["trial"]] == ["", "", ""]
    assert [one.slug for one in entered.settings.outlet] == [SLUG]


def test_check_of_the_real_site_finds_nothing_to_change(entered: Entered) -> None:
    code, found = entered.checked
    assert (found["differences"], code) == ([], 0)


def test_check_tells_of_a_rest_api_that_was_open(
    played: Outlet, entered: Entered, closed: dict[str, Night]
) -> None:
    code, found = _outlets(played.file, "check", SLUG)
    assert ([one["kind"] for one in found["differences"]], code) == (["rest-closed"], 1)


# -- closed doors --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def closed(
    site: WordPress, entered: Entered, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Night]:
    """A first night without the REST API, and one without feeds either."""
    nights = {}
    for name in ("rest-closed", "feeds-closed"):
        site.rig("plugin", name, "on")
        nights[name] = Outlet(site, tmp_path_factory.mktemp(name)).crawl(name)
    return nights


@pytest.mark.parametrize("name", ["rest-closed", "feeds-closed"])
def test_stories_are_found_behind_closed_doors(closed: dict[str, Night], name: str) -> None:
    now = {NEW_SLUG if slug == MOVED else slug for slug in _expected(until=3)}
    assert set(closed[name].found) == now


@pytest.mark.parametrize(
    ("name", "status"),
    [("rest-closed", {"/feed/": 200}), ("feeds-closed", {"/feed/": 403, "/wp-sitemap.xml": 200})],
)
def test_doors_were_closed(closed: dict[str, Night], name: str, status: dict[str, int]) -> None:
    asked = [one for one in closed[name].asked if not one.query]  # page 2 of a feed may be none
    answers = {one.path: one.status for one in asked if one.path in status}
    rest = {one.status for one in closed[name].asked if one.path.startswith("/wp-json/")}
    assert (answers, rest) == (status, {401})
