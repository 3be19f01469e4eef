"""Nights with lead images: what is asked for, in which order, what is kept, and what never is."""

import datetime
import gzip
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from loopback import Loopback, Route, raw, redirect, reply, serve
from playing import ENVIRONMENT, ROOT, Place
from pywb_server import wayback
from small_outlet import FRONT, feed, story_body, story_path
from sqlalchemy import RowMapping

from archive import schema
from archive.audit import audit
from archive.exchanges import read_exchanges
from archive.stories import stories
from archive.versions import versions
from archive.warc_reader import read_record
from crawler.demo import Newsroom, NewsroomConfig, Request
from crawler.demo.photos import photo

pytestmark = pytest.mark.timeout(300)

CDN = "https://foto.example.net"
PNG = {"Content-Type": "image/png"}
LATER = Path(__file__).parent / "bench" / "later.py"

# -- the newsroom --------------------------------------------------------------------------


@dataclass(frozen=True)
class Played:
    """Two nights of two outlets, and a third on which nothing is new."""

    place: Place
    requests: Sequence[Sequence[Request]]
    """Of each night."""
    reasons: set[str]
    recording: Path
    """Kantamedia's first night."""

    def images(self, night: int) -> list[str]:
        """The addresses of photos that were asked for, in order."""
        return [f"{r.host}{r.path}" for r in self.requests[night - 1] if "/uploads/" in r.path]

    def body(self, row: RowMapping) -> bytes:
        """The bytes of a kept image as they stand in its WARC file."""
        captures = {one["capture_id"]: one for one in self.place.rows(schema.capture)}
        records = {one["record_id"]: one for one in self.place.rows(schema.warc_record)}
        place = records[captures[row["capture_id"]]["record_id"]]
        return read_record(
            self.place.settings.archive.directory / "warc" / place["warc_file"],
            offset=place["warc_offset"],
            length=place["warc_length"],
            record_id=place["record_id"],
        ).payload


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("foto")
    today = datetime.datetime.now(datetime.UTC).date()
    requests, reasons = [], set()
    with Newsroom(NewsroomConfig(today=today)) as room:
        place = Place.make(folder / "langsung", room.connect_to)
        for night in (1, 2, 2):
            room.night = night
            room.reset_log()
            record = ["--record", folder / "malam.warc.gz"] if not requests else []
            reasons.add(place.crawl("kantamedia", *record)["reason"])
            reasons.add(place.crawl("kolomrakyat")["reason"])
            requests.append(room.requests)
    return Played(place, requests, reasons, folder / "malam.warc.gz")


def _rows(place: Place, outcome: str = "kept") -> list[RowMapping]:
    return [row for row in place.rows(schema.story_image) if row["outcome"] == outcome]


def test_each_story_has_its_own_photo(played: Played) -> None:
    kept = _rows(played.place)
    assert len(kept) == 13
    wanted = {
        f"https://{outlet}.com/wp-content/uploads/{number}.jpg": photo(f"{outlet}/{number}")
        for outlet, first in (("kantamedia", 41200), ("kolomrakyat", 7600))
        for number in range(first, first + 140, 7)
    }
    own = {row["url"]: played.body(row) for row in kept if "i0.wp.com" not in row["url"]}
    assert len(own) == 12
    assert {url: body == wanted[url] for url, body in own.items()} == dict.fromkeys(own, True)


def test_photo_on_another_host_is_kept_after_its_robots_txt(played: Played) -> None:
    (row,) = [row for row in _rows(played.place) if "i0.wp.com" in row["url"]]
    assert played.body(row)[:4] == b"\x89PNG"
    asked = [r.path for r in played.requests[0] if r.host == "i0.wp.com"]
    assert [path.partition("?")[0] for path in asked] == [
        "/robots.txt",
        "/kantamedia.com/wp-content/uploads/41221.jpg",
    ]


@pytest.mark.parametrize("outcome", ["missing", "too-large", "not-an-image"])
def test_what_is_not_kept_is_said_once(played: Played, outcome: str) -> None:
    (row,) = _rows(played.place, outcome)
    assert row["capture_id"] is None
    told = [one for one in played.place.problems() if one["kind"] == f"image-{outcome}"]
    assert [one["url"] for one in told] == [row["url"]]


def test_pictures_leave_the_crawls_good(played: Played) -> None:
    assert played.reasons == {"finished"}
    failed = [row["counts"].get("failed", 0) for row in played.place.rows(schema.crawl)]
    assert failed == [0] * 6


def test_photos_come_after_every_story(played: Played) -> None:
    for host in ("kantamedia.com", "kolomrakyat.com"):
        paths = [r.path for r in played.requests[0] if r.host == host]
        are_photos = ["/uploads/" in path for path in paths]
        assert are_photos == sorted(are_photos)
        assert sum(are_photos) >= 6


def test_second_night_asks_only_for_the_photos_of_new_stories(played: Played) -> None:
    edited = [row for row in played.place.rows(schema.event) if row["kind"] == "edited"]
    assert len(edited) >= 3
    assert sorted(played.images(2)) == [
        "kantamedia.com/wp-content/uploads/41249.jpg",
        "kolomrakyat.com/wp-content/uploads/7649.jpg",
    ]


def test_night_without_news_asks_for_no_photo(played: Played) -> None:
    assert played.images(3) == []


def test_archive_with_photos_is_sound(played: Played) -> None:
    warcs = played.place.settings.archive.directory / "warc"
    assert audit(played.place.engine, warcs).findings == ()


def test_show_names_type_size_digest_and_place(played: Played) -> None:
    row = next(row for row in _rows(played.place))
    told = played.place.kliping("show", row["story_id"]).stdout
    (line,) = [line for line in told.splitlines() if line.startswith("image: ")]
    captures = {one["capture_id"]: one for one in played.place.rows(schema.capture)}
    digest = captures[row["capture_id"]]["payload_digest"]
    for words in (row["url"], "image/png", f"{row['bytes']} bytes", f"sha256 {digest}", "offset"):
        assert words in line


def test_show_says_why_there_is_no_photo(played: Played) -> None:
    (row,) = _rows(played.place, "too-large")
    assert "not kept: too-large (asked for once" in (
        played.place.kliping("show", row["story_id"]).stdout
    )
    shown = json.loads(played.place.kliping("show", row["story_id"], "--json").stdout)
    assert [(one["url"], one["outcome"]) for one in shown["images"]] == [(row["url"], "too-large")]


def test_status_counts_photos(played: Played) -> None:
    assert "with 13 lead images" in played.place.kliping("status").stdout


@pytest.mark.slow
@pytest.mark.pywb
def test_photos_replay_in_pywb(played: Played, tmp_path: Path) -> None:
    warcs = sorted((played.place.settings.archive.directory / "warc").glob("*.warc.gz"))
    with wayback(tmp_path, *warcs) as pywb:
        for row in _rows(played.place):
            replayed = pywb.replay(row["url"], at=row["fetched_at"])
            assert (replayed.status, replayed.body) == (200, played.body(row))


# -- recordings ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def replayed(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place.make(tmp_path_factory.mktemp("ulang"), {}, contact="")
    assert place.crawl("kantamedia", "--from-warc", played.recording)["reason"] == "finished"
    return place


def _kept(place: Place, *, crawl_id: int) -> set[tuple[str, str, int]]:
    return {
        (row["story_id"], row["url"], row["bytes"])
        for row in _rows(place)
        if row["crawl_id"] == crawl_id
    }


def test_recorded_night_brings_its_photos(played: Played, replayed: Place) -> None:
    assert _kept(replayed, crawl_id=1) == _kept(played.place, crawl_id=1)
    assert len(_kept(replayed, crawl_id=1)) == 7
    assert replayed.problems() == []


def test_recording_made_without_photos_replays_quietly(played: Played, tmp_path: Path) -> None:
    pages = [p for p in read_exchanges(played.recording) if "/uploads/" not in p.url]
    from archive.exchanges import Recorder  # noqa: PLC0415
    from archive.warc_records import warcinfo  # noqa: PLC0415

    file = tmp_path / "tanpa.warc.gz"
    with Recorder(file, info=warcinfo(filename="a", contact="", now=pages[0].fetched_at)) as new:
        for page in pages:
            new.write(page)
    place = Place.make(tmp_path / "ulang", {}, contact="")
    assert place.crawl("kantamedia", "--from-warc", file)["reason"] == "finished"
    assert (place.problems(), place.rows(schema.story_image)) == ([], [])
    assert len(list(stories(place.engine))) == 7


# -- a small outlet ------------------------------------------------------------------------


def page(number: int, image: str) -> Route:
    """A story on topic that leads with an image."""
    head = f'<meta property="og:image" content="{image}"></head>'.encode()
    body = story_body(number).replace(b"</head>", head)
    return reply(body=body, headers={"Content-Type": "text/html; charset=UTF-8"})


def png(seed: str) -> Route:
    return reply(body=photo(seed), headers=PNG)


@dataclass(frozen=True)
class Small:
    """The outlet `kecil` and the hosts of its images, all of them one server."""

    routes: MutableMapping[str, Route]
    server: Loopback
    place: Place

    def show(self, images: Mapping[int, str]) -> None:
        """From now on these stories lead with these images, and the feed names them."""
        self.routes["/feed/"] = feed(*images)
        self.routes.update({story_path(n): page(n, url) for n, url in images.items()})

    def crawl(self, *arguments: object) -> str:
        reason: str = self.place.crawl("kecil", *arguments)["reason"]
        return reason

    def later(self, hours: int) -> None:
        """One more crawl, so many hours from now."""
        command = [sys.executable, str(LATER), "kecil", str(self.place.file), str(hours)]
        path = f"{ROOT}:{LATER.parent}"
        subprocess.run(command, check=True, env={**ENVIRONMENT, "PYTHONPATH": path}, timeout=100)

    def asked(self, path: str) -> int:
        return len(self.server.asked(path))

    def outcomes(self) -> dict[str, str]:
        """The last part of an image's address -> what became of it."""
        rows = self.place.rows(schema.story_image)
        return {row["url"].rpartition("/")[2]: row["outcome"] for row in rows}


@contextmanager
def small(folder: Path, leads: Mapping[int, str], **crawl: object) -> Iterator[Small]:
    routes: dict[str, Route] = {}
    with serve(routes) as server:
        entry = {"slug": "kecil", "url": FRONT, "platform": "wordpress"}
        hosts = (FRONT, CDN, *(CDN.replace("foto", f"foto-{name}") for name in "abcd"))
        place = Place.make(
            folder,
            dict.fromkeys(hosts, server.url),
            outlets=[entry],
            **({"timeout": "5s"} | crawl),
        )
        made = Small(routes, server, place)
        made.show(leads)
        yield made


# what a story leads with; the hosts foto-a to foto-d have their own troubles
IMAGES = {
    1: f"{CDN}/baik.png",
    2: f"{CDN.replace('foto', 'foto-a')}/dilarang.png",
    3: "http://127.0.0.1:{port}/rahasia.png",
    4: f"{CDN}/ke-rahasia.png",
    5: f"{CDN}/pindah.png",
    6: f"{CDN.replace('foto', 'foto-b')}/sibuk.png",
    7: f"{CDN.replace('foto', 'foto-b')}/sibuk-juga.png",
    8: f"{CDN}/baik.png",
    9: f"{CDN}/sama.png",
    10: f"{CDN}/salah-nama.html",
    11: f"{CDN}/gambar.svg",
    12: f"{CDN}/kosong.png",
    13: f"{CDN.replace('foto', 'foto-c')}/putus-1.png",
    14: f"{CDN.replace('foto', 'foto-c')}/putus-2.png",
    15: f"{CDN.replace('foto', 'foto-c')}/putus-3.png",
    16: f"{CDN.replace('foto', 'foto-c')}/putus-4.png",
    17: f"{CDN}/berputar.png",
    18: f"{CDN}/lebih.png",
    19: "https://foto.localhost/milik-kita.png",
}
SVG = gzip.compress(b'<svg xmlns="http://www.w3.org/2000/svg"></svg>')
ROBOTS = b"User-agent: *\nDisallow: /dilarang.png\n"
CUT = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + photo("putus"))
TROUBLES = {
    "/baik.png": png("baik"),
    "/ke-rahasia.png": redirect("http://10.0.0.1/rahasia.png"),
    "/pindah.png": redirect(f"{CDN}/tujuan.png", 301),
    "/tujuan.png": png("tujuan"),
    "foto-a.example.net/robots.txt": reply(body=ROBOTS, headers={"Content-Type": "text/plain"}),
    "/dilarang.png": png("dilarang"),
    "/sibuk.png": reply(429, b"", {"Retry-After": "316800"}),
    "/sibuk-juga.png": reply(429, b"", {"Retry-After": "316800"}),
    "/sama.png": png("baik"),
    "/salah-nama.html": reply(body=photo("html"), headers={"Content-Type": "text/html"}),
    "/gambar.svg": reply(
        body=SVG, headers={"Content-Type": "image/svg+xml", "Content-Encoding": "gzip"}
    ),
    "/kosong.png": reply(headers=PNG),
    **{f"/putus-{number}.png": CUT for number in range(1, 5)},
    "/berputar.png": redirect("/berputar.png"),
    "/lebih.png": reply(body=photo("lebih") + bytes(60_000), headers=PNG),
    "/rahasia.png": png("rahasia"),
}


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    folder = tmp_path_factory.mktemp("kecil")
    with serve(TROUBLES) as private, small(folder, {}, image_limit=50_000) as outlet:
        outlet.routes.update(TROUBLES)
        port = str(private.port)
        outlet.show({n: url.replace("{port}", port) for n, url in IMAGES.items()})
        assert outlet.crawl() == "finished"
        assert private.hits == []
        yield outlet


OUTCOMES = {
    "baik.png": "kept",
    "dilarang.png": "refused",
    "rahasia.png": "refused",
    "ke-rahasia.png": "refused",
    "milik-kita.png": "refused",
    "pindah.png": "kept",
    "sama.png": "kept",
    "salah-nama.html": "kept",
    "gambar.svg": "kept",
    "kosong.png": "not-an-image",
    "berputar.png": "error",
    "lebih.png": "too-large",
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_image_becomes_what_it_is(troubled: Small, name: str) -> None:
    assert troubled.outcomes()[name] == OUTCOMES[name]


def test_every_story_is_kept_whatever_its_image(troubled: Small) -> None:
    assert len(list(stories(troubled.place.engine))) == len(IMAGES)


@pytest.mark.parametrize("path", ["/rahasia.png", "/dilarang.png"])
def test_what_must_not_be_fetched_is_not(troubled: Small, path: str) -> None:
    assert troubled.asked(path) == 0


def test_one_image_of_two_stories_is_asked_for_once(troubled: Small) -> None:
    assert troubled.asked("/baik.png") == 1
    rows = [r for r in _rows(troubled.place) if r["url"].endswith("/baik.png")]
    assert len(rows) == 2
    assert len({row["capture_id"] for row in rows}) == 1


def test_same_bytes_at_another_address_are_a_revisit(troubled: Small) -> None:
    kinds = [
        row["kind"]
        for row in troubled.place.rows(schema.capture)
        if row["url"].endswith(("/baik.png", "/sama.png"))
    ]
    assert sorted(kinds) == ["identical-payload", "response"]


def test_type_is_read_from_the_bytes(troubled: Small) -> None:
    types = {r["url"].rpartition("/")[2]: r["media_type"] for r in _rows(troubled.place)}
    assert (types["salah-nama.html"], types["gambar.svg"]) == ("image/png", "image/svg+xml")


def test_redirect_on_the_way_is_kept_as_one(troubled: Small) -> None:
    rows = [
        (row["status"], row["answer"])
        for row in troubled.place.rows(schema.capture)
        if row["url"].endswith(("/pindah.png", "/tujuan.png"))
    ]
    assert rows == [(301, "redirect"), (200, "image")]


def test_host_that_wants_time_gets_it_and_the_outlet_goes_on(troubled: Small) -> None:
    asked = troubled.asked("/sibuk.png") + troubled.asked("/sibuk-juga.png")
    assert asked == 1
    (row,) = [r for r in troubled.place.rows(schema.story_image) if r["held_until"]]
    assert row["held_until"] - row["fetched_at"] > datetime.timedelta(hours=87)
    assert troubled.place.rows(schema.outlet)[0]["held_until"] is None


def test_host_that_always_fails_is_left_alone(troubled: Small) -> None:
    cut = [name for name in troubled.outcomes() if name.startswith("putus")]
    assert len(cut) == 3
    asked = [troubled.asked(f"/putus-{number}.png") for number in range(1, 5)]
    assert sorted(asked) == [0, 2, 2, 2]  # a cut answer is asked for once more


def test_part_of_an_image_is_not_kept(troubled: Small) -> None:
    urls = [row["url"] for row in troubled.place.rows(schema.capture)]
    assert not [url for url in urls if "putus" in url or url.endswith("/lebih.png")]


def test_every_trouble_is_named_with_what_to_do(troubled: Small) -> None:
    told = {row["url"].rpartition("/")[2]: row for row in troubled.place.problems()}
    failed = {name for name, outcome in troubled.outcomes().items() if outcome != "kept"}
    assert told.keys() == failed
    assert all(row["detail"] and row["advice"] for row in told.values())


def test_requests_for_images_wait_for_each_other(troubled: Small) -> None:
    assert max(hit.in_flight for hit in troubled.server.hits) == 1


def test_image_is_asked_for_as_one(troubled: Small) -> None:
    (hit,) = troubled.server.asked("/baik.png")
    assert hit.headers["accept"].startswith("image/jpeg,image/png")
    assert "Kliping/" in hit.headers["user-agent"]
    assert not {"referer", "cookie", "if-none-match"} & hit.headers.keys()


def test_troubled_archive_is_sound(troubled: Small) -> None:
    warcs = troubled.place.settings.archive.directory / "warc"
    assert audit(troubled.place.engine, warcs).findings == ()


# -- later nights --------------------------------------------------------------------------


HOURS = (0, 1, 24, 48, 72, 96)
"""When the crawls of the later nights begin, counted from the first one."""
LASTING = {
    1: f"{CDN}/rusak.png",
    2: f"{CDN}/hilang.png",
    3: f"{CDN.replace('foto', 'foto-a')}/sibuk.png",
    4: f"{CDN.replace('foto', 'foto-a')}/lain.png",
}


@dataclass(frozen=True)
class Lasting:
    """How often each image had been asked for after each crawl, and what became of it."""

    asked: Mapping[str, Sequence[int]]
    outcomes: Mapping[str, str]


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Lasting:
    """A host that forbids, a photo that is not there, a host that is busy for 88 hours."""
    asked: dict[str, list[int]] = {url.rpartition("/")[2]: [] for url in LASTING.values()}
    with small(tmp_path_factory.mktemp("malam"), LASTING) as outlet:
        busy = reply(503, b"", {"Retry-After": str(88 * 3600)})
        outlet.routes.update({"/rusak.png": reply(403), "/sibuk.png": busy, "/lain.png": busy})
        for hours in HOURS:
            if hours == HOURS[-1]:
                outlet.routes.update({f"/{name}": png(name) for name in asked})
            outlet.later(hours)
            for name, times in asked.items():
                times.append(outlet.asked(f"/{name}"))
        return Lasting(asked, outlet.outcomes())


def test_error_is_tried_on_two_later_nights_and_no_more(lasting: Lasting) -> None:
    assert lasting.asked["rusak.png"] == [1, 1, 2, 3, 3, 3]
    assert lasting.outcomes["rusak.png"] == "error"


def test_missing_image_is_not_asked_for_again(lasting: Lasting) -> None:
    assert lasting.asked["hilang.png"] == [1] * len(HOURS)
    assert lasting.outcomes["hilang.png"] == "missing"


def test_host_is_left_alone_until_the_moment_it_named(lasting: Lasting) -> None:
    pairs = zip(lasting.asked["sibuk.png"], lasting.asked["lain.png"], strict=True)
    assert [sum(pair) for pair in pairs] == [1, 1, 1, 1, 1, 3]
    assert (lasting.outcomes["sibuk.png"], lasting.outcomes["lain.png"]) == ("kept", "kept")


def test_larger_limit_brings_what_was_too_large(tmp_path: Path) -> None:
    with small(tmp_path, {1: f"{CDN}/besar.png"}, image_limit=100) as outlet:
        outlet.routes["/besar.png"] = png("besar")
        outlet.crawl()
        outlet.crawl()
        assert (outlet.outcomes(), outlet.asked("/besar.png")) == ({"besar.png": "too-large"}, 1)
        settings = outlet.place.file.read_text().replace('"image_limit" = 100', "image_limit = 999")
        outlet.place.file.write_text(settings)
        outlet.crawl()
        assert outlet.outcomes() == {"besar.png": "kept"}


def test_own_host_that_wants_time_is_held_as_ever(tmp_path: Path) -> None:
    with small(tmp_path, {1: f"{FRONT}/foto.png"}) as outlet:
        outlet.routes["/foto.png"] = reply(429, b"", {"Retry-After": str(88 * 3600)})
        assert outlet.crawl() == "held"
        assert outlet.place.rows(schema.outlet)[0]["visited_at"]  # its stories were all seen
        asked = len(outlet.server.hits)
        assert (outlet.crawl(), len(outlet.server.hits)) == ("held", asked)


def test_photo_exchanged_without_a_word_is_kept_and_makes_no_version(tmp_path: Path) -> None:
    with small(tmp_path, {1: f"{CDN}/panggung.png", 2: f"{CDN}/aula.png"}) as outlet:
        outlet.routes.update({f"/{n}.png": png(n) for n in ("panggung", "aula", "ganti")})
        outlet.crawl()
        outlet.show({1: f"{CDN}/ganti.png", 2: f"{CDN}/aula-300x200.png"})
        outlet.crawl("--revisit", "all")
        outlet.crawl("--revisit", "all")
        assert outlet.outcomes() == dict.fromkeys(("panggung.png", "ganti.png", "aula.png"), "kept")
        names = ("/panggung.png", "/ganti.png", "/aula.png", "/aula-300x200.png")
        assert [outlet.asked(name) for name in names] == [1, 1, 1, 0]
        held = [versions(outlet.place.engine, s.story_id) for s in stories(outlet.place.engine)]
        assert [len(one) for one in held] == [1, 1]


# -- wishes --------------------------------------------------------------------------------


def test_without_images_nothing_is_asked_for(tmp_path: Path) -> None:
    with small(tmp_path, {1: f"{CDN}/satu.png"}, images=False) as outlet:
        outlet.routes["/satu.png"] = png("satu")
        assert outlet.crawl() == "finished"
        hosts = Counter(hit.host for hit in outlet.server.hits)
        assert hosts.keys() == {"kecil.example"}
        assert outlet.place.rows(schema.story_image) == []


def test_images_switched_on_later_are_fetched_for_known_stories(tmp_path: Path) -> None:
    with small(tmp_path, {1: f"{CDN}/satu.png"}, images=False) as outlet:
        outlet.routes.update({"/satu.png": png("satu"), "/dua.png": png("dua")})
        outlet.crawl()
        outlet.place.file.write_text(
            outlet.place.file.read_text().replace('"images" = false', '"images" = true')
        )
        outlet.show({1: f"{CDN}/satu.png", 2: f"{CDN}/dua.png"})
        outlet.crawl("--revisit", "none")
        assert outlet.outcomes() == {"dua.png": "kept"}
        outlet.crawl()
        assert outlet.outcomes() == {"satu.png": "kept", "dua.png": "kept"}


@pytest.mark.slow
def test_what_time_leaves_over_is_fetched_by_the_next_crawl(tmp_path: Path) -> None:
    images = {1: f"{CDN}/satu.png", 2: f"{CDN}/dua.png"}
    with small(tmp_path, images, time_limit="15s", timeout="60s") as outlet:

        def slow(handler):  # type: ignore[no-untyped-def]
            time.sleep(16)
            png("lambat")(handler)

        outlet.routes.update({"/satu.png": slow, "/dua.png": slow})
        assert outlet.crawl() == "finished"
        assert list(outlet.outcomes().values()) == ["kept"]
        outlet.routes.update({"/satu.png": png("satu"), "/dua.png": png("dua")})
        assert outlet.crawl() == "finished"
        assert outlet.outcomes() == {"satu.png": "kept", "dua.png": "kept"}
