"""Search against a naive oracle, on SQLite and on PostgreSQL; and what keeps its index true.

The rows of the archive are drawn at random, as no crawl would write them: versions first seen out
of order, several readings, decisions and memberships that change. The oracle reads them whole and
answers in plain Python, from each filter's documented meaning; it knows nothing of the index.
"""

import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from alembic.config import Config
from chosen_database import IS_POSTGRESQL, tamper
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgres_server import fresh_database, postgres_server  # noqa: F401
from sightings import Nights, article
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.engine import URL

from archive import database, ledger, schema, search_index
from archive.audit import audit
from archive.config import ArchiveConfig
from archive.query import And, Node, Or, Term, Without, parse
from archive.search import Hit, Search, search

FIRST = datetime(2024, 11, 1, tzinfo=UTC)
ZONES = {"barat": "Asia/Jakarta", "timur": "Asia/Jayapura", "lama": "tiada/zona"}
VOCABULARY = ("camat", "Lurah", "netral", "netralitas", "ASN", "Bupatí", "Ma'ruf", "08.30")
CLUSTERS = ("gugus-a", "gugus-b")
STORIES = 40


def _moment(chance: random.Random) -> datetime:
    return FIRST + timedelta(hours=chance.randint(0, 24 * 8), minutes=chance.choice([0, 30]))


def _words(chance: random.Random, most: int) -> str:
    return chance.choice([" ", " - ", ", "]).join(chance.choices(VOCABULARY, k=most))


def _fill(connection: Connection) -> None:
    """Invented rows; every foreign key leads somewhere."""
    chance = random.Random(20241127)
    connection.execute(insert(schema.run).values(run_id=1, started_at=FIRST))
    for number, (slug, zone) in enumerate(ZONES.items(), start=1):
        row = {"slug": slug, "url": f"https://{slug}.example", "zone": zone}
        region = "" if slug == "lama" else f"Provinsi {slug}"
        connection.execute(
            insert(schema.outlet).values(row | {"recorded_at": FIRST, "region": region})
        )
        row = {"crawl_id": number, "run_id": 1, "outlet": slug, "counts": {}, "token": 1}
        connection.execute(insert(schema.crawl).values(row | {"started_at": FIRST}))
    for one in CLUSTERS:
        connection.execute(insert(schema.cluster).values(cluster_id=one, recorded_at=FIRST))
    for number in range(STORIES):
        _story(connection, chance, number)


def _story(connection: Connection, chance: random.Random, number: int) -> None:
    crawl_id = chance.randint(1, len(ZONES))
    slug = list(ZONES)[crawl_id - 1]
    story_id = f"{number:016x}"
    row = {"story_id": story_id, "outlet": slug, "url": f"https://{slug}.example/{number}"}
    row |= {"crawl_id": crawl_id, "first_seen_at": FIRST, "recorded_at": FIRST}
    connection.execute(insert(schema.story).values(row))
    for version in range(1, chance.randint(2, 4)):
        _version(
            connection, chance, {"story_id": story_id, "number": version, "crawl_id": crawl_id}
        )
    for _ in range(chance.randint(0, 3)):
        kind = chance.choice(["gone", "back", "edited"])
        ledger.append(connection, kind, recorded_at=_moment(chance), outlet=slug, story_id=story_id)
    for _ in range(chance.choice([0, 0, 1, 2])):
        said = {"field": "topic", "value": chance.choice(["yes", "no"]), "made_by": "Uji"}
        said |= {"story_id": story_id, "reason": "uji", "recorded_at": _moment(chance)}
        connection.execute(insert(schema.label).values(said))
    for _ in range(chance.choice([0, 1, 2])):
        row = {"story_id": story_id, "cluster_id": chance.choice(CLUSTERS)}
        connection.execute(
            insert(schema.cluster_member).values(row | {"recorded_at": _moment(chance)})
        )


def _version(connection: Connection, chance: random.Random, row: dict[str, Any]) -> None:
    first = _moment(chance)
    made = insert(schema.version).values(
        row | {"first_seen_at": _moment(chance), "recorded_at": first, "changed": []}
    )
    version_id = connection.execute(made.returning(schema.version.c.version_id)).scalar_one()
    for later in range(chance.choice([1, 1, 2])):
        published = _moment(chance) if chance.random() < 0.6 else None
        values = {
            "version_id": version_id,
            "extractor": "uji/1",
            "content_hash": "0" * 64,
            "repeats_previous": row["number"] > 1 and chance.random() < 0.2,
            "headline": _words(chance, chance.randint(1, 3)),
            "published_at": published,
            "tags": [],
            "topic_evidence": [],
            "on_topic": chance.random() < 0.5,
            "recorded_at": first + timedelta(hours=30 * later),
        }
        added = insert(schema.reading).values(values).returning(schema.reading.c.reading_id)
        reading_id = connection.execute(added).scalar_one()
        body = _words(chance, chance.randint(2, 7))
        connection.execute(insert(schema.reading_text).values(reading_id=reading_id, text=body))
        search_index.add(connection, reading_id)


# -- the oracle ------------------------------------------------------------------------------------


@dataclass
class Oracle:
    """Every row there is."""

    rows: dict[str, list[dict[str, Any]]]

    def known(self, table: str, asked: Search, **values: object) -> list[dict[str, Any]]:
        """The rows of a table with these values that were known at the moment asked about."""
        return [
            row
            for row in self.rows[table]
            if all(row[name] == value for name, value in values.items())
            and (asked.as_of is None or row["recorded_at"] <= asked.as_of)
        ]

    def search(self, query: str, asked: Search) -> list[tuple[str, int]]:
        """Story and version of each hit, newest first."""
        wanted = parse(query)
        found = []
        for story in self.rows["story"]:
            told = self._versions(story["story_id"], asked)
            chosen = told if asked.every_version else told[-1:]
            found += [
                (shown, story["story_id"], version["number"])
                for version, read in chosen
                if self._meets(wanted, read)
                and self._is_in(asked, story, len(told), read)
                and self._is_between(
                    asked, story, shown := read["published_at"] or version["first_seen_at"]
                )
            ]
        found.sort(key=lambda hit: (-hit[0].timestamp(), hit[1], -hit[2]))
        return [(story_id, number) for _, story_id, number in found]

    def _versions(
        self, story_id: str, asked: Search
    ) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        versions = self.known("version", asked, story_id=story_id)
        told = []
        for version in sorted(versions, key=lambda row: (row["first_seen_at"], row["number"])):
            read = self.known("reading", asked, version_id=version["version_id"])[-1]
            if not read["repeats_previous"]:
                told.append((version, read))
        return told

    def _meets(self, node: Node, read: dict[str, Any]) -> bool:
        if isinstance(node, And):
            return all(self._meets(part, read) for part in node.parts)
        if isinstance(node, Or):
            return any(self._meets(part, read) for part in node.parts)
        if isinstance(node, Without):
            return self._meets(node.kept, read) and not any(
                self._meets(one, read) for one in node.barred
            )
        [body] = self.known("reading_text", Search(), reading_id=read["reading_id"])
        return any(_stands(node, written) for written in (read["headline"], body["text"]))

    def _is_in(
        self, asked: Search, story: dict[str, Any], versions: int, read: dict[str, Any]
    ) -> bool:
        key = {"story_id": story["story_id"]}
        [outlet] = self.known("outlet", Search(), slug=story["outlet"])
        labels = [row["value"] == "yes" for row in self.known("label", asked, **key)]
        presence = [
            row["kind"] for row in self.known("event", asked, **key) if row["kind"] != "edited"
        ]
        status = "gone" if presence[-1:] == ["gone"] else "live"
        clusters = [row["cluster_id"] for row in self.known("cluster_member", asked, **key)]
        return (
            asked.outlet in {"", story["outlet"]}
            and asked.region.lower() in {"", outlet["region"].lower()}
            and asked.is_on_topic in {None, [read["on_topic"], *labels][-1]}
            and asked.status in {"", status}
            and (versions > 1 or not asked.is_edited)
            and (not asked.cluster_id or [asked.cluster_id] == clusters[-1:])
            and (not asked.is_copied or bool(clusters))
        )

    def _is_between(self, asked: Search, story: dict[str, Any], shown: datetime) -> bool:
        zone = ZONES[story["outlet"]]
        day = shown.astimezone(UTC if zone.startswith("tiada") else ZoneInfo(zone)).date()
        return (asked.since or day) <= day <= (asked.until or day)


def _plain(written: str) -> str:
    marks = unicodedata.normalize("NFD", written.lower())
    letters = "".join(sign for sign in marks if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9]+", letters))


def _stands(term: Term, written: str) -> bool:
    pattern = " ".join(term.words) + ("" if term.is_prefix else r"\b")
    return re.search(rf"\b{pattern}", _plain(written)) is not None


# -- the archives ----------------------------------------------------------------------------------

TABLES = (
    "outlet",
    "story",
    "version",
    "reading",
    "reading_text",
    "event",
    "label",
    "cluster_member",
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def invented(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nights]:
    """The invented rows in one database and in the other."""
    directory: Path = tmp_path_factory.mktemp("archive")
    if request.param == "sqlite":
        yield from _filled(Nights(directory))
        return
    server: URL = request.getfixturevalue("postgres_server")
    with fresh_database(server) as url:
        yield from _filled(Nights(directory, database_url=url))


def _filled(nights: Nights) -> Iterator[Nights]:
    with database.writing(nights.archive.engine) as connection:
        _fill(connection)
    yield nights
    nights.archive.close()


@pytest.fixture(scope="module")
def oracle(invented: Nights) -> Oracle:
    rows = {}
    for name in TABLES:
        table = schema.metadata.tables[name]
        found = invented.rows(select(table).order_by(*table.primary_key))
        rows[name] = [dict(row._mapping) for row in found]
    return Oracle(rows)


def _numbers(hits: Sequence[Hit]) -> list[tuple[str, int]]:
    return [(hit.story_id, hit.number) for hit in hits]


# -- what is asked ---------------------------------------------------------------------------------

_WORD = st.sampled_from(
    (*VOCABULARY, "netral*", "bu*", "tiada", '"camat asn"', '"asn netral"*', '"08 30"')
)
_MORE = st.one_of(
    st.tuples(st.just(""), _WORD),
    st.tuples(st.just("AND "), _WORD),
    st.tuples(st.just("OR "), _WORD),
    st.tuples(st.just("-"), _WORD.map(lambda word: word.strip("*"))),
    st.tuples(st.just("NOT "), st.tuples(_WORD, _WORD).map(" OR ".join).map("({})".format)),
)
QUERIES = st.builds(
    lambda first, more: " ".join([first, *("".join(one) for one in more)]),
    _WORD,
    st.lists(_MORE.filter(lambda one: one[0] != "OR "), max_size=3),
) | st.lists(_WORD, min_size=2, max_size=3).map(" OR ".join)
DAYS = st.none() | st.dates(date(2024, 10, 31), date(2024, 11, 10))
SEARCHES = st.builds(
    Search,
    outlet=st.sampled_from(("", "", *ZONES)),
    region=st.sampled_from(("", "", "provinsi BARAT", "Provinsi timur")),
    since=DAYS,
    until=DAYS,
    is_on_topic=st.sampled_from((None, None, True, False)),
    status=st.sampled_from(("", "", "live", "gone")),
    is_edited=st.booleans(),
    is_copied=st.sampled_from((False, False, True)),
    cluster_id=st.sampled_from(("", "", "", *CLUSTERS)),
    as_of=st.none() | st.integers(-1, 24 * 11).map(lambda hours: FIRST + timedelta(hours=hours)),
    every_version=st.booleans(),
    limit=st.just(1_000),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=QUERIES, asked=SEARCHES)
def test_search_finds_what_a_naive_reader_finds(
    invented: Nights, oracle: Oracle, query: str, asked: Search
) -> None:
    engine = invented.archive.engine
    wanted = oracle.search(query, asked)
    assert _numbers(search(engine, query, asked)) == wanted
    assert sorted(_numbers(search(engine, query, replace(asked, sort="relevance")))) == sorted(
        wanted
    )
    assert _numbers(search(engine, query, replace(asked, limit=3, offset=2))) == wanted[2:5]


def test_oracle_is_asked_about_something(invented: Nights, oracle: Oracle) -> None:
    narrow = Search(region="provinsi barat", status="gone", since=date(2024, 11, 2), limit=1_000)
    assert len(oracle.search("camat OR lurah", Search())) > 10
    assert 0 < len(oracle.search("camat OR lurah", narrow)) < 10


def test_marks_are_the_words_asked_for(invented: Nights) -> None:
    for hit in search(invented.archive.engine, "netral* OR bupati", Search(limit=100)):
        marked = {hit.snippet[start:end] for start, end in hit.marks}
        assert marked <= {"netral", "netralitas", "Bupatí"}


@pytest.mark.parametrize(
    "query",
    ["camat' OR 'a", "x:*", "a & b", "headline:camat", "^camat", "camat\\", "NEAR(camat asn)"],
)
def test_operators_of_the_databases_are_only_signs(invented: Nights, query: str) -> None:
    assert isinstance(search(invented.archive.engine, query), list)


def test_index_is_that_of_the_texts(invented: Nights) -> None:
    with database.reading(invented.archive.engine) as connection:
        assert list(search_index.index_faults(connection)) == []


def test_index_made_anew_is_the_same(invented: Nights, oracle: Oracle) -> None:
    with database.writing(invented.archive.engine) as connection:
        search_index.rebuild(connection)
    asked = Search(limit=1_000, every_version=True)
    assert _numbers(search(invented.archive.engine, "netral*", asked)) == oracle.search(
        "netral*", asked
    )


# -- a small archive, as crawls write it -----------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def crawled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Nights]:
    """Two nights: a story of which a sentence was edited away."""
    if request.param == "sqlite":
        yield from _two_nights(Nights(tmp_path))
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield from _two_nights(Nights(tmp_path, database_url=url))


def _two_nights(nights: Nights) -> Iterator[Nights]:
    with nights.night() as night:
        night.show("/camat", article("Camat siap diperiksa Bawaslu. Ia membantah berpihak."))
    with nights.night(2) as night:
        night.show("/camat", article("Camat menolak berkomentar. Ia membantah berpihak."))
    yield nights
    nights.archive.close()


def test_sentence_that_was_edited_away_is_found_with_its_version(crawled: Nights) -> None:
    engine = crawled.archive.engine
    assert search(engine, '"siap diperiksa"') == []
    assert [
        hit.number for hit in search(engine, '"siap diperiksa"', Search(every_version=True))
    ] == [1]


def test_headline_and_text_are_no_phrase_together(crawled: Nights) -> None:
    assert search(crawled.archive.engine, "netral camat") != []
    assert search(crawled.archive.engine, '"netral camat"') == []


def test_reading_taken_out_is_found_no_more(crawled: Nights) -> None:
    with database.writing(crawled.archive.engine) as connection:
        search_index.remove(connection, [2])
    assert search(crawled.archive.engine, "camat") == []
    assert _faults(crawled) == [("reading 2", "is not in the search index")]


def test_index_of_other_words_is_found_and_mended(crawled: Nights) -> None:
    changed = update(schema.reading_text).where(schema.reading_text.c.reading_id == 1)
    crawled.change(changed.values(text="Lurah menolak berkomentar."))
    what = "stands in the search index with other words than its own"
    assert ("reading 1", what) in _faults(crawled)
    assert search_index.mend(crawled.archive.engine)
    assert not search_index.mend(crawled.archive.engine)
    assert [what for _, what in _faults(crawled) if "index" in what] == []
    [hit] = search(crawled.archive.engine, "lurah", Search(every_version=True))
    assert hit.number == 1


def _faults(nights: Nights) -> list[tuple[str, str]]:
    report = audit(nights.archive.engine, nights.archive.warc_directory)
    return [(finding.row, finding.what) for finding in report.findings]


def test_taken_out_word_is_nowhere_in_the_index(nights: Nights) -> None:
    with nights.night() as night:
        night.show("/camat", article("Saksi bernama Xanthippe."))
    with database.writing(nights.archive.engine) as connection:
        search_index.remove(connection, [1])
    held = "CAST(words AS text) FROM" if IS_POSTGRESQL else "block FROM reading_search_data --"
    blocks = nights.rows(text(f"SELECT {held} reading_search"))
    assert not any(b"xanthippe" in _bytes(block) for (block,) in blocks)


def _bytes(found: str | bytes) -> bytes:
    return found.encode() if isinstance(found, str) else bytes(found)


_LOST, _OF_NOTHING, _MORE_WORDS = (
    (
        "DELETE FROM reading_search WHERE reading_id = 1",
        "INSERT INTO reading_search VALUES (9, 'satu:1')",
        "UPDATE reading_search SET words = words || 'satu:99'",
    )
    if IS_POSTGRESQL
    else (
        "DELETE FROM reading_search_docsize WHERE id = 1",
        "INSERT INTO reading_search(rowid, headline, text) VALUES (9, 'satu', 'dua')",
        "INSERT INTO reading_search(rowid, headline, text) VALUES (1, 'satu', 'dua')",
    )
)


@pytest.mark.parametrize("damage", [
    pytest.param(_LOST, id="lost"),
    pytest.param(_OF_NOTHING, id="of-nothing"),
    pytest.param(_MORE_WORDS, id="more-words"),
])  # fmt: skip
def test_changed_index_is_found_and_made_anew(nights: Nights, damage: str) -> None:
    with nights.night() as night:
        night.show("/camat", article())
    assert _faults(nights) == []
    tamper(nights.config, damage)
    [(row, what)] = _faults(nights)
    assert re.fullmatch("reading [19]", row)
    assert "search index" in what
    assert search_index.mend(nights.archive.engine)
    assert _faults(nights) == []


@pytest.mark.sqlite
def test_index_that_cannot_be_read_is_told_and_mended(nights: Nights) -> None:
    with nights.night() as night:
        night.show("/camat", article())
    nights.change(text("UPDATE reading_search_data SET block = x'0000ffff' WHERE id > 10"))
    assert any("index" in what for _, what in _faults(nights))
    assert search_index.mend(nights.archive.engine)
    assert _faults(nights) == []


def test_search_walks_through_no_table(nights: Nights) -> None:
    for number in range(1, 4):
        with nights.night(number, outlet=nights.another_outlet()) as night:
            night.show("/camat", article(), outlet=night.crawl.outlet)
    everything = Search(
        outlet="uji-0", region="", since=date(2024, 1, 1), is_on_topic=True, status="live",
        is_edited=True, cluster_id="x", as_of=nights.clock.now, sort="relevance",
    )  # fmt: skip
    for asked in (Search(), everything, Search(every_version=True)):
        with nights.explained() as walked:
            search(nights.archive.engine, "camat", asked)
        assert [
            step
            for step in walked
            if not re.search("SCAN (reading_search|found|outlet)|Seq Scan on outlet", step)
        ] == []


@pytest.mark.parametrize("server", ["sqlite", "postgresql"])
def test_readings_of_an_older_archive_are_indexed(
    request: pytest.FixtureRequest, tmp_path: Path, server: str
) -> None:
    if server == "sqlite":
        _migrated(ArchiveConfig(directory=tmp_path))
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as url:
        _migrated(ArchiveConfig(directory=tmp_path, database_url=url))


def _migrated(config: ArchiveConfig) -> None:
    """Rows written under revision 0003 are found under this one."""
    engine = database.connect(config)
    alembic = Config()
    alembic.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    with database.writing(engine) as connection:
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, "0003")
        for statement in _OLDER:
            connection.exec_driver_sql(statement)
    database.migrate(engine)
    assert _numbers(search(engine, "pengawas")) == [("a1", 1)]
    engine.dispose()


_AT = "'2024-11-05 18:30:00+00:00'"
_OLDER = (
    f"INSERT INTO run (run_id, started_at) VALUES (1, {_AT})",
    "INSERT INTO outlet (slug, name, url, network, platform, region, zone, language, tls,"
    f" recorded_at) VALUES ('uji', '', 'https://uji.example', '', '', '', '', '', '', {_AT})",
    "INSERT INTO crawl (crawl_id, run_id, outlet, started_at, counts, token)"
    f" VALUES (1, 1, 'uji', {_AT}, '{{}}', 1)",
    "INSERT INTO story (story_id, outlet, url, crawl_id, first_seen_at, recorded_at)"
    f" VALUES ('a1', 'uji', 'https://uji.example/1', 1, {_AT}, {_AT})",
    "INSERT INTO version (version_id, story_id, number, crawl_id, first_seen_at, recorded_at,"
    f" changed) VALUES (1, 'a1', 1, 1, {_AT}, {_AT}, '[]')",
    "INSERT INTO reading (reading_id, version_id, extractor, content_hash, tags, topic_evidence,"
    f" recorded_at) VALUES (1, 1, 'uji/1', '', '[]', '[]', {_AT})",
    "INSERT INTO reading_text (reading_id, text) VALUES (1, 'Panitia pengawas bersiap.')",
)
