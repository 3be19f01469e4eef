"""`kliping outlets add` and `check`: what a look at a site finds, and what becomes of it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from loopback import Loopback, Route, redirect, reply, serve
from playing import ENVIRONMENT, Place

from archive import schema
from archive.config import Settings
from crawler.demo import Newsroom, NewsroomConfig
from crawler.outlets import known_spiders

CHILD = Path(__file__).parent / "look_child.py"
HTML = {"Content-Type": "text/html; charset=UTF-8"}
XML = {"Content-Type": "application/xml; charset=UTF-8"}
TODAY = datetime.now(UTC).date()
PARAGRAPHS = (
    "Bawaslu memanggil dua lurah yang diduga menghadiri rapat tim pemenangan pada hari kerja.",
    "Keduanya dimintai keterangan selama tiga jam di kantor Bawaslu, Senin, tanpa didampingi.",
    "Penjabat wali kota menyatakan aparatur sipil negara wajib netral sampai pemungutan suara.",
)


def html(body: str, *, title: str, head: str = "") -> Route:
    text = f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return reply(body=text.encode(), headers=HTML)


def story(number: int) -> Route:
    """A page with a story, of a system that nobody knows, dated on the clock of Makassar."""
    text = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
    head = (
        '<meta property="og:type" content="article"><meta property="article:published_time" '
        f'content="{TODAY}T00:{number:02}:00+08:00">'
    )
    article = f'<h1>Lurah Nomor {number} Dipanggil</h1><div class="article-content">{text}</div>'
    return html(article, title=f"Lurah Nomor {number} Dipanggil", head=head)


def sitemap(host: str) -> Route:
    urls = "".join(
        f"<url><loc>https://{host}/kabar/lurah-nomor-{number}</loc>"
        f"<lastmod>{TODAY}T00:{number:02}:00+08:00</lastmod></url>"
        for number in range(1, 5)
    )
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    return reply(body=body.encode(), headers=XML)


def plain_site(host: str) -> Mapping[str, Route]:
    """A news site of its own making, with a sitemap that its robots.txt names."""
    front = '<a href="/kabar/lurah-nomor-4">Lurah Nomor 4 Dipanggil</a>'
    robots = f"User-agent: *\nCrawl-delay: 0.01\nSitemap: https://{host}/peta.xml\n"
    return {
        "/": redirect("/beranda"),
        "/beranda": html(front, title="Suara Bantaeng"),
        "/robots.txt": reply(body=robots.encode()),
        "/peta.xml": sitemap(host),
        **{f"/kabar/lurah-nomor-{number}": story(number) for number in range(1, 5)},
    }


COMPANY = "perusahaan.example"
PLAIN = "suara-bantaeng.example"
MISNAMED = "salah-nama.example"
"""Known already, as what it is not."""
SITES: Mapping[str, Mapping[str, Route]] = {
    COMPANY: {
        "/": html(
            "<h1>PT Maju Jaya</h1><p>Kami melayani jasa angkutan barang.</p>"
            '<a href="/layanan-kami">Layanan</a> <a href="/harga-angkutan-barang">Harga</a>',
            title="PT Maju Jaya",
        ),
        "/layanan-kami": html("<h1>Layanan</h1><p>Truk dan kapal.</p>", title="Layanan"),
    },
    PLAIN: plain_site(PLAIN),
    MISNAMED: plain_site(MISNAMED),
    "besar.example": {"/": html("<p>Besar</p>" * 200_000, title="Besar")},
    "lingkaran.example": {
        "/": redirect("https://lingkaran.example/a"),
        "/a": redirect("https://lingkaran.example/"),
    },
    "manusia.example": {
        "/": reply(
            403,
            b"<html><head><title>Just a moment...</title></head><body>"
            b'<form id="challenge-form"></form></body></html>',
            HTML,
        )
    },
    "tertutup.example": {"/robots.txt": reply(body=b"User-agent: *\nDisallow: /\n")},
    "sakit.example": {"/robots.txt": reply(503)},
    "nanti.example": {"/": reply(503, b"nanti", {"Retry-After": "7200"})},
    "dijaga.example": {
        "/robots.txt": reply(body=b"Sitemap: https://dijaga.example/peta.xml\n"),
        "/": html("<p>Kabar</p>", title="Dijaga"),
        "/peta.xml": sitemap("dijaga.example"),
        **{f"/kabar/lurah-nomor-{number}": reply(403, b"Forbidden") for number in range(1, 5)},
    },
    "pindah.example": {"/": redirect(f"https://{PLAIN}/")},
    "jahat.example": {"/": redirect("http://169.254.169.254/latest/meta-data/")},
}
"""Sites by host, by path."""
CHECKED = ("kantamedia", "salah-nama")
UNREACHABLE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Looked:
    """The newsroom, the sites beside it, and what one process found at all of them."""

    room: Newsroom
    server: Loopback
    place: Place
    found: Mapping[str, Any]

    def at(self, host: str) -> Mapping[str, Any]:
        """What a look found at a host."""
        found: Mapping[str, Any] = self.found[f"https://{host}"]
        return found


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looked]:
    routes = {f"{host}{path}": one for host, site in SITES.items() for path, one in site.items()}
    config = NewsroomConfig(today=TODAY)
    misnamed = {"slug": "salah-nama", "url": f"https://{MISNAMED}", "platform": "blogger"}
    with Newsroom(config) as room, serve(routes) as server:
        connect_to = {**room.connect_to, **{f"https://{host}": server.url for host in SITES}}
        place = Place.make(
            tmp_path_factory.mktemp("lihat"),
            connect_to,
            outlets=[*room.outlet_entries, misnamed],
            page_limit=1_000_000,
            timeout="5s",
        )
        urls = [*(site.outlet.url for site in room.sites), UNREACHABLE]
        wanted = {
            "add": [*urls, *(f"https://{host}" for host in SITES if host != MISNAMED)],
            "check": CHECKED,
        }
        done = subprocess.run(
            (sys.executable, str(CHILD), str(place.file)),
            input=json.dumps(wanted),
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        yield Looked(room, server, place, json.loads(done.stdout))


# -- the newsroom ---------------------------------------------------------------------------

BUILT_IN = ("kantamedia", "lintastungkal", "kolomrakyat", "jurnaljawapes", "tribunnews",
            "tribun-pontianak", "tribun-makassar")  # fmt: skip


@pytest.mark.parametrize("slug", BUILT_IN)
def test_look_finds_the_settings_of_an_outlet(looked: Looked, slug: str) -> None:
    outlet = known_spiders(Settings())[slug].outlet
    entry = looked.found[outlet.url]["entry"]
    assert entry == {
        name: value
        for name in ("slug", "url", "platform", "name", "region", "zone")
        if (value := getattr(outlet, name))
    }


@pytest.mark.parametrize("slug", BUILT_IN)
def test_three_stories_are_read_on_trial(looked: Looked, slug: str) -> None:
    trial = looked.found[known_spiders(Settings())[slug].outlet.url]["trial"]
    assert len(trial) == 3
    assert [one["problem"] for one in trial] == ["", "", ""]
    assert all(one["headline"] and one["published_at"] and one["begins"] for one in trial)


def test_broken_outlet_is_added_by_the_stories_that_can_be_read(looked: Looked) -> None:
    found = looked.at("rusak.example")
    assert (found["entry"]["platform"], found["problem"]) == ("wordpress", None)
    assert [bool(one["problem"]) for one in found["trial"]] == [True, True, True, False]


def test_network_is_asked_one_request_at_a_time_and_politely(looked: Looked) -> None:
    asked = sorted(looked.room.requests, key=lambda one: one.started)
    assert [b.path for a, b in pairwise(asked) if b.started < a.ended] == []
    assert all("Kliping/" in one.user_agent for one in asked)
    assert max(sum(one.host == host for one in asked) for host in {a.host for a in asked}) <= 30


def test_lists_that_tribun_keeps_for_readers_are_never_asked(looked: Looked) -> None:
    asked = [one.path for one in looked.room.requests if "tribunnews" in one.host]
    assert [
        path for path in asked if path.startswith(("/tag/", "/topic/", "/search", "/rss"))
    ] == []


def test_check_of_a_sound_outlet_would_change_nothing(looked: Looked) -> None:
    assert looked.found["kantamedia"]["differences"] == []


def test_check_names_what_differs(looked: Looked) -> None:
    found = looked.found["salah-nama"]
    assert found["would_change"] is True
    assert [(one["kind"], one["advice"]) for one in found["differences"]] == [
        ("platform", 'platform = "wordpress"'),
        ("zone", 'zone = "Asia/Makassar"'),
    ]


# -- other sites ----------------------------------------------------------------------------


def test_site_on_no_platform_is_added_when_its_sitemap_suffices(looked: Looked) -> None:
    found = looked.at(PLAIN)
    assert found["platform"] == ""
    assert found["entry"] == {
        "slug": "suara-bantaeng",
        "url": f"https://{PLAIN}",
        "platform": "news",
        "name": "Suara Bantaeng",
        "zone": "Asia/Makassar",
    }
    assert found["zone"]["why"] == "its stories declare their date with +08:00"
    assert "Crawl-delay" in "".join(found["robots"]) or "0.01 s" in "".join(found["robots"])


@pytest.mark.parametrize(
    ("host", "kind", "words"),
    [
        (COMPANY, "no-seeds", "on no platform that Kliping knows"),
        ("besar.example", "too-large", "over the limit"),
        ("lingkaran.example", "redirect-loop", "max redirections"),
        ("manusia.example", "challenge", "asks for a human"),
        ("dijaga.example", "challenge", "answered 403"),
        ("nanti.example", "on-hold", "asks us to come back at"),
        ("tertutup.example", "robots", "robots.txt forbids it"),
        ("sakit.example", "robots-unread", "robots.txt answered 503"),
        ("pindah.example", "moved", f"leads to https://{PLAIN}/"),
        ("jahat.example", "hostile-address", "private address"),
    ],
)
def test_site_that_cannot_be_an_outlet_is_told_why(
    looked: Looked, host: str, kind: str, words: str
) -> None:
    found = looked.at(host)
    problem = found["problem"]
    assert (problem["kind"], found["entry"]) == (kind, None)
    assert words in problem["detail"]
    assert host in problem["detail"]
    assert problem["advice"]


def test_unreachable_site_is_told_as_such(looked: Looked) -> None:
    assert looked.found[UNREACHABLE]["problem"]["kind"] == "unreachable"


# -- the commands ---------------------------------------------------------------------------


def test_add_appends_an_entry_that_can_be_crawled_and_keeps_the_file(looked: Looked) -> None:
    before = looked.place.file.read_text(encoding="utf-8")
    try:
        done = looked.place.kliping(
            "outlets", "add", f"{PLAIN}/kabar/lurah-nomor-2", "--slug", "bantaeng", "--json"
        )
        after = looked.place.file.read_text(encoding="utf-8")
        told = json.loads(done.stdout)
        assert (done.returncode, told["written"]) == (0, [str(looked.place.file)])
        assert after == f"{before}\n{told['toml']}"
        assert known_spiders(looked.place.settings)["bantaeng"].outlet.zone == "Asia/Makassar"
        assert looked.place.rows(schema.crawl) == []
        assert looked.place.kliping("outlets", "check", "bantaeng").returncode == 0
        known = looked.place.kliping("outlets", "add", f"https://www.{PLAIN}/kabar/lurah-nomor-1")
        assert known.returncode == 2
        assert "is the outlet 'bantaeng' already" in known.stderr
    finally:
        looked.place.file.write_text(before, encoding="utf-8")


def test_dry_run_writes_nothing_and_shows_what_it_would(looked: Looked) -> None:
    before = looked.place.file.read_bytes()
    done = looked.place.kliping("outlets", "add", f"https://{PLAIN}", "--dry-run")
    assert done.returncode == 0
    assert looked.place.file.read_bytes() == before
    for words in ("Would write", 'zone = "Asia/Makassar"', "Lurah Nomor 4 Dipanggil", "no byline"):
        assert words in done.stdout


def test_refused_site_is_one_line_and_exit_code_1(looked: Looked) -> None:
    done = looked.place.kliping("outlets", "add", "https://manusia.example")
    assert done.returncode == 1
    assert "Not added: https://manusia.example/: a page that asks for a human" in done.stdout
