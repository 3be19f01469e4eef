"""What `kliping health` says after crawls of an outlet at which one thing after another breaks."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from certificates import Authority
from loopback import Loopback, Route, redirect, reply, serve
from playing import Place

from archive import schema

pytestmark = pytest.mark.timeout(300)

FRONT = "https://kecil.example"
NEW_HOME = "https://baru.example"
STORIES = range(1, 9)
_API = "/wp-json/wp/v2/posts"
_JSON = {"Content-Type": "application/json", "X-WP-TotalPages": "1"}
_HTML = {"Content-Type": "text/html; charset=UTF-8"}
_NAMES = ("Rahmat Hidayat", "Siti Aminah", "Yusuf Lamato", "Dewi Larasati")
_TEXT = (
    "Bawaslu memeriksa camat nomor {n} karena diduga melanggar netralitas ASN dalam pilkada.",
    "Camat nomor {n} itu hadir di kampanye pasangan calon dan mengajak warga mendukungnya.",
    "Pemeriksaan nomor {n} berlangsung dua jam, dan hasilnya akan diumumkan pekan depan.",
)
_CHALLENGE = reply(
    body=b"<html><head><title>Just a moment...</title></head><body>"
    b'<form id="challenge-form" action="/x"></form></body></html>',
    headers=_HTML,
)


@dataclass
class _Outlet(dict[str, Route]):
    """A WordPress whose API lists its stories, until something breaks."""

    broken: str = ""
    links: dict[str, str] = field(default_factory=dict)

    def get(self, target: str, default: Any = None) -> Any:
        """The answer to a request: routes are looked up as `host/path?query`, then without host."""
        host, _, rest = target.partition("/")
        path = f"/{rest}".partition("?")[0]
        if host == "baru.example" and path == "/":
            return reply(body=b"<html><title>Rumah baru</title></html>", headers=_HTML)
        if host:
            return None
        if self.broken == "moved-domain":
            return redirect(f"{NEW_HOME}/") if path != "/robots.txt" else None
        if self.broken == "challenge-wall" and path != "/robots.txt":
            return _CHALLENGE
        if self.broken == "closed-rest" and path == _API:
            return reply(401, b'{"code":"rest_forbidden"}', _JSON)
        return self._answer(path)

    def _answer(self, path: str) -> Route | None:
        if path == _API:
            return reply(body=json.dumps([_post(n) for n in STORIES]).encode(), headers=_JSON)
        if path == "/feed/":
            return reply(body=_feed(), headers={"Content-Type": "application/rss+xml"})
        number = path.strip("/").removeprefix("camat-nomor-")
        if not number.isdigit():
            return None
        is_new = self.broken == "template-change"
        return reply(body=_story(int(number), is_new=is_new), headers=_HTML)


def _post(number: int) -> dict[str, object]:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    link, title = f"{FRONT}/camat-nomor-{number}/", f"Camat Nomor {number} Diperiksa Bawaslu"
    dates = {"date_gmt": now, "modified_gmt": now}
    return {"id": number, "link": link, "title": {"rendered": title}, **dates}


def _feed() -> bytes:
    links = "".join(f"<item><link>{FRONT}/camat-nomor-{n}/</link></item>" for n in STORIES)
    return f'<rss version="2.0"><channel>{links}</channel></rss>'.encode()


def _story(number: int, *, is_new: bool) -> bytes:
    title = f"Camat Nomor {number} Diperiksa Bawaslu"
    byline = f'<p class="penulis">Penulis: {_NAMES[number % 4]}</p>'
    lines = [f"<p>{line.format(n=number)}</p>" for line in _TEXT]
    if is_new:  # the byline is drawn by a script, and a box stands among the paragraphs
        byline = ""
        lines.insert(1, "<p>Ikuti saluran resmi kami untuk kabar pilkada yang paling cepat.</p>")
    body = f'<article><h1>{title}</h1>{byline}<div class="entry-content">{"".join(lines)}</div>'
    head = f'<title>{title}</title><meta property="og:type" content="article">'
    return f"<html><head>{head}</head><body>{body}</article></body></html>".encode()


@dataclass
class _Told:
    """What one night's command said, for people and for programs."""

    exit_code: int
    reason: str
    outlet: dict[str, Any]

    @property
    def kinds(self) -> list[str]:
        return [finding["kind"] for finding in self.outlet["findings"]]


NIGHTS = ("good", "closed-rest", "challenge-wall", "moved-domain", "good again", "usual", "usual 2",
          "usual 3", "template-change")  # fmt: skip


@dataclass
class _Played:
    place: Place
    told: dict[str, _Told]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Played]:
    """One crawl for each night, and one of an outlet whose certificate nobody signed."""
    folder = tmp_path_factory.mktemp("sehat")
    (folder / "kunci").mkdir()
    context = Authority(folder / "kunci").server("sertifikat.example", self_signed=True)
    routes = _Outlet()
    with ExitStack() as stack:
        server = stack.enter_context(serve(routes))
        broken = stack.enter_context(serve({}, tls=context))
        place = _place(folder, server, broken)
        told = {}
        for night in NIGHTS:
            routes.broken = night
            told[night] = _night(place, "kecil")
        told["certificate"] = _night(place, "sertifikat")
        yield _Played(place, told)


def _place(folder: Path, server: Loopback, broken: Loopback) -> Place:
    origins = {FRONT: server.url, NEW_HOME: server.url, "https://sertifikat.example": broken.url}
    outlets = [
        {"slug": slug, "url": f"https://{slug}.example", "platform": "wordpress"}
        for slug in ("kecil", "sertifikat")
    ]
    return Place.make(folder / "tempat", origins, outlets=outlets, images=False)


def _night(place: Place, slug: str) -> _Told:
    reason = place.crawl(slug, "--revisit", "all")["reason"]
    done = place.kliping("health", slug, "--json")
    (outlet,) = json.loads(done.stdout)
    return _Told(done.returncode, reason, outlet)


@pytest.mark.parametrize("night", [night for night in NIGHTS if night[:5] in {"good", "good ",
                                                                             "usual"}])  # fmt: skip
def test_good_night_is_healthy(played: _Played, night: str) -> None:
    told = played.told[night]
    assert (told.outlet["state"], told.kinds, told.exit_code) == ("healthy", [], 0)
    assert told.outlet["counts"]["candidates"] == len(STORIES)
    assert told.outlet["counts"]["has_byline"] == told.outlet["counts"]["read"] == len(STORIES)
    assert told.outlet["counts"]["bytes"] > 1_000


@pytest.mark.parametrize(
    ("night", "state", "example"),
    [
        ("closed-rest", "watch", f"{FRONT}{_API}"),
        ("challenge-wall", "watch", f"{FRONT}/camat-nomor-"),
        ("moved-domain", "failing", f"{FRONT}{_API}"),
        ("template-change", "failing", f"{FRONT}/camat-nomor-"),
        ("certificate", "failing", "https://sertifikat.example/robots.txt"),
    ],
)
def test_fault_is_named_on_its_night(played: _Played, night: str, state: str, example: str) -> None:
    told = played.told[night]
    assert (told.kinds, told.outlet["state"]) == ([night], state)
    assert told.exit_code == (1 if state == "failing" else 0)
    (finding,) = told.outlet["findings"]
    assert finding["examples"][0].startswith(example)
    assert finding["advice"]


def test_template_change_names_what_changed(played: _Played) -> None:
    (finding,) = played.told["template-change"].outlet["findings"]
    assert "a byline on 0 of 8 stories, usually on" in finding["detail"]
    assert "most of the texts share lines, as a widget's are (1)" in finding["detail"]
    assert "8 of 8 known stories changed at once" in finding["detail"]


def test_moved_domain_names_where_to(played: _Played) -> None:
    (finding,) = played.told["moved-domain"].outlet["findings"]
    assert NEW_HOME in finding["detail"]


def test_table_names_outlet_state_finding_and_advice(played: _Played) -> None:
    done = played.place.kliping("health")
    assert done.returncode == 1
    names, *rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert names == ["outlet", "state", "finding", "since", "example", "advice"]
    assert [row[:2] for row in rows] == [["kecil", "failing"], ["sertifikat", "failing"]]
    assert all(all(row) for row in rows)


def test_each_crawl_has_one_row_and_asking_again_adds_none(played: _Played) -> None:
    rows = played.place.rows(schema.health)
    assert [row["crawl_id"] for row in rows] == list(range(1, len(NIGHTS) + 2))
    assert all(row["recorded_at"].tzinfo for row in rows)


def test_list_of_outlets_tells_the_last_good_night(played: _Played) -> None:
    rows = [line.split("\t") for line in played.place.kliping("outlets", "list").stdout.split("\n")]
    told = {row[0]: row[-2:] for row in rows if len(row) > 1}
    assert told["sertifikat"] == ["own, never tried live", ""]
    assert told["kecil"][0] == "own, never tried live"  # its server is on loopback
    assert told["kecil"][1]
    assert told["kantamedia"] == ["inferred, never tried live", ""]


def test_list_of_outlets_needs_no_archive(tmp_path: Path) -> None:
    place = Place(tmp_path / "kliping.toml")
    place.file.write_text('[archive]\ndirectory = "belum"\n', encoding="utf-8")
    done = place.kliping("outlets", "list")
    assert (done.returncode, "kantamedia" in done.stdout) == (0, True)


def test_unknown_outlet_is_misuse(played: _Played) -> None:
    done = played.place.kliping("health", "tiada")
    assert (done.returncode, "tiada" in done.stderr) == (2, True)


def test_crawl_without_a_judgement_gets_it_from_the_command(tmp_path: Path) -> None:
    with serve(_Outlet()) as server:
        place = _place(tmp_path, server, server)
        place.crawl("kecil")
        with place.engine.begin() as connection:
            connection.execute(schema.health.delete())
        assert json.loads(place.kliping("health", "--json").stdout)[0]["state"] == "healthy"
        assert len(place.rows(schema.health)) == 1
