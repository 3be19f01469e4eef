"""A story that is taken down is nowhere any more, and everything else is as it was."""

import hashlib
import io
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from archive_rows import NIGHT_1, Newsroom, article, newsroom, three_nights
from click.testing import CliRunner, Result
from sqlalchemy import func, select, text

from archive import database
from archive.audit import audit
from archive.cdx import write_index
from archive.errors import ArchiveError, ConfigError, TakenDown
from archive.good_copy import bytes_at
from archive.member_walk import Met, walk_members
from archive.schema import metadata, run, tombstone, warc_record
from archive.snapshots import export
from archive.status import status
from archive.stories import find_story
from archive.takedowns import TAKEN_DOWN, takedowns
from archive.types import ImageSighting, Label, Page
from scheduler.cli import kliping

REASON = "Putusan Dewan Pers 12/2026: nama anak disebut."


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Newsroom]:
    found = three_nights(tmp_path / "arsip")
    yield found
    found.archive.close()


def _id(made: Newsroom, slug: str) -> str:
    return find_story(made.archive.engine, f"https://media-uji.example/{slug}").story_id


def _is_clean(made: Newsroom) -> list[str]:
    report = audit(made.archive.engine, made.warc_directory)
    return [f"{one.where}: {one.what}" for one in (*report.findings, *report.notes)]


def test_audit_passes_after_a_takedown(made: Newsroom) -> None:
    assert _is_clean(made) == []
    done = made.archive.take_down(_id(made, "camat"), reason=REASON, made_by="Redaksi")
    assert done.is_finished
    assert done.records == 10
    assert _is_clean(made) == []


MARKER = "Camat Diminta"
"""Begins both headlines and both texts of the story; no other story has these words."""


def _bytes_on_disk(made: Newsroom) -> bytes:
    """All that is in the archive's folder, members unpacked as well."""
    folder = made.warc_directory.parent
    found = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in made.warc_directory.glob("*"):
        with path.open("rb") as file:
            for met in walk_members(file, start=0, end=path.stat().st_size):
                assert isinstance(met, Met)
                found += [repr(met.record.fields).encode(), met.record.payload]
    return b"\n".join(found)


@pytest.mark.sqlite
def test_no_byte_of_the_story_is_left_on_disk(made: Newsroom) -> None:
    story_id = _id(made, "camat")
    made.archive.label(
        story_id, Label(field="topic", value="yes", made_by="Editor", reason=f"'{MARKER} Netral'")
    )
    for word in (MARKER.encode(), b"tetap"):  # as it was written; as the index folds it
        assert word in _bytes_on_disk(made)
    made.archive.take_down(story_id, reason=REASON)
    for word in (MARKER.encode(), MARKER.lower().encode(), b"tetap", b"Tetap"):
        assert word not in _bytes_on_disk(made)
    assert _is_clean(made) == []


def test_no_row_of_any_table_has_a_word_of_the_story(made: Newsroom) -> None:
    story_id = _id(made, "camat")
    made.archive.label(
        story_id, Label(field="topic", value="yes", made_by="Editor", reason=f"'{MARKER}'")
    )

    def rows() -> str:
        with database.reading(made.archive.engine) as connection:
            return repr([connection.execute(select(t)).all() for t in metadata.sorted_tables])

    assert MARKER in rows()
    made.archive.take_down(story_id, reason=REASON)
    assert MARKER not in rows()
    assert "Kades Dilaporkan" in rows()


def test_members_of_others_stay_where_and_as_they_are(made: Newsroom) -> None:
    before = {path.name: path.read_bytes() for path in made.warc_directory.glob("*")}
    with database.reading(made.archive.engine) as connection:
        rows = connection.execute(select(warc_record)).all()
    made.archive.take_down(_id(made, "camat"), reason=REASON)
    with database.reading(made.archive.engine) as connection:
        gone = set(connection.scalars(select(tombstone.c.record_id)))
    assert {name: len(data) for name, data in before.items()} == {
        path.name: path.stat().st_size for path in made.warc_directory.glob("*")
    }
    others = [row for row in rows if row.record_id not in gone]
    for row in others:
        path = made.warc_directory / row.warc_file
        data = bytes_at(path, row.warc_offset, length=row.warc_length)
        assert hashlib.sha256(data).hexdigest() == row.digest
    assert len(others) == len(rows) - 10


@pytest.mark.parametrize("as_of", [None, NIGHT_1 + timedelta(hours=2)], ids=["now", "as of then"])
def test_story_shows_as_taken_down_whenever_it_is_asked_for(
    made: Newsroom, as_of: datetime | None
) -> None:
    archive, story_id = made.archive, _id(made, "camat")
    archive.take_down(story_id, reason=REASON)
    with pytest.raises(TakenDown, match=f"^story {story_id} was taken down on .*: {REASON}$"):
        archive.story(story_id, as_of=as_of)
    with pytest.raises(TakenDown):
        archive.diff("https://media-uji.example/camat", 1, 2, as_of=as_of)
    assert story_id not in [story.story_id for story in archive.stories(as_of=as_of)]
    assert archive.search("camat", as_of=as_of) == []
    assert [hit.story_id for hit in archive.search("netralitas OR netral", as_of=as_of)]


def test_index_for_replay_tools_names_no_tombstone(made: Newsroom, tmp_path: Path) -> None:
    made.archive.take_down(_id(made, "camat"), reason=REASON)
    out = io.StringIO()
    scratch = tmp_path / "scratch"
    write_index(
        made.archive.engine, made.warc_directory, out, scratch=scratch, progress=lambda *_: None
    )
    assert "/kades" in out.getvalue()
    assert "/camat" not in out.getvalue()


def test_later_look_at_the_story_is_not_kept(made: Newsroom) -> None:
    story_id = _id(made, "camat")
    made.archive.take_down(story_id, reason=REASON)
    made.begin(NIGHT_1 + timedelta(days=3))
    memory = made.archive.recall("media-uji")
    assert memory.seen["https://media-uji.example/camat"].decision == TAKEN_DOWN
    assert memory.story_at("https://media-uji.example/camat", "wp:101") is None
    assert made.see("camat", article("Camat Diminta Netral")).kind == TAKEN_DOWN
    made.close()
    assert b"Camat Diminta" not in _bytes_on_disk(made)
    assert _is_clean(made) == []


def test_story_that_comes_back_at_another_address_is_not_kept(made: Newsroom) -> None:
    made.archive.take_down(_id(made, "camat"), reason=REASON)
    made.begin(NIGHT_1 + timedelta(days=3))
    again = made.see("camat-lagi", article("Camat Diminta Netral"), is_split=True)
    other = made.see("camat-lain", article("Camat Lain Diminta Netral"))
    made.close()
    assert (again.kind, other.kind) == (TAKEN_DOWN, "new")
    seen = made.archive.recall("media-uji").seen
    assert seen["https://media-uji.example/camat-lagi"].decision == TAKEN_DOWN
    assert b"Camat Diminta Netral" not in _bytes_on_disk(made)
    assert _is_clean(made) == []


def test_takedown_is_a_run_that_has_ended(made: Newsroom) -> None:
    made.archive.take_down(_id(made, "camat"), reason="Putusan Dewan Pers")
    with database.reading(made.archive.engine) as connection:
        runs = connection.execute(select(run).order_by(run.c.run_id)).all()
    assert runs[-1].ended_at is not None


def test_story_is_taken_down_once(made: Newsroom) -> None:
    story_id = _id(made, "camat")
    first = made.archive.take_down(story_id, reason=REASON)
    with database.reading(made.archive.engine) as connection:
        runs = connection.scalar(select(func.max(run.c.run_id)))
    again = made.archive.take_down(story_id, reason="alasan lain")
    assert again == first
    with database.reading(made.archive.engine) as connection:
        assert connection.scalar(select(func.max(run.c.run_id))) == runs


def test_status_counts_what_is_shown(made: Newsroom) -> None:
    before = status(made.archive.engine).totals
    made.archive.take_down(_id(made, "camat"), reason=REASON)
    after = status(made.archive.engine).totals
    assert (before.stories, before.versions, before.taken_down) == (3, 4, 0)
    assert (after.stories, after.versions, after.taken_down) == (2, 2, 1)
    assert after.gone == before.gone == 1


def test_every_copy_of_one_snapshot_is_listed(made: Newsroom, tmp_path: Path) -> None:
    for name in ("untuk-arsip", "untuk-pengacara"):
        export(made.archive.engine, made.warc_directory, tmp_path / name)
    made.clock.now = datetime.now(UTC)
    done = made.archive.take_down(_id(made, "camat"), reason=REASON)
    assert {Path(held.place).name for held in done.snapshots} == {"untuk-arsip", "untuk-pengacara"}


def test_increment_without_the_story_is_not_listed(made: Newsroom, tmp_path: Path) -> None:
    base = tmp_path / "awal"
    export(made.archive.engine, made.warc_directory, base)
    made.begin(NIGHT_1 + timedelta(days=5))
    made.see("wali", article("Wali Kota Ingatkan ASN"))
    made.close()
    export(made.archive.engine, made.warc_directory, tmp_path / "tambahan", since=base)
    made.clock.now = datetime.now(UTC)
    done = made.archive.take_down(_id(made, "camat"), reason=REASON)
    assert [(Path(held.place).name, held.is_there) for held in done.snapshots] == [("awal", True)]
    shutil.rmtree(base)
    with database.reading(made.archive.engine) as connection:
        [listed] = takedowns(connection)
    assert [held.is_there for held in listed.snapshots] == [False]


def test_nobody_can_quote_it_in_a_label_afterwards(made: Newsroom) -> None:
    story_id = _id(made, "camat")
    made.archive.take_down(story_id, reason=REASON)
    said = Label(field="topic", value="yes", made_by="Editor", reason="'netral'")
    with pytest.raises(TakenDown):
        made.archive.label(story_id, said)


def test_takedown_needs_a_reason(made: Newsroom) -> None:
    with database.reading(made.archive.engine) as connection:
        runs = connection.scalar(select(func.count()).select_from(run))
    with pytest.raises(ConfigError, match="--reason"):
        made.archive.take_down(_id(made, "camat"), reason=" ")
    assert "takedown" not in {one.kind for one in made.archive.events()}
    with database.reading(made.archive.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(run)) == runs
    assert made.archive.story("https://media-uji.example/camat").versions == 2


def test_two_stories_of_one_crawl_can_be_taken_down(made: Newsroom) -> None:
    for slug in ("camat", "kades", "lurah"):
        made.archive.take_down(_id(made, slug), reason=REASON)
        assert _is_clean(made) == []
    assert list(made.archive.stories()) == []


@pytest.mark.parametrize(
    "statement",
    ["update takedown set reason = 'lain'", "update takedown set story_id = :other",
     "delete from tombstone", "update tombstone set was_digest = 'x'",
     "update reading set headline = 'x' where headline = ''",
     "update label set reason = 'x'"],
    ids=["reason", "story", "tombstones", "digest", "words", "label"],
)  # fmt: skip
def test_takedown_that_was_changed_afterwards_is_found(made: Newsroom, statement: str) -> None:
    story_id, other = _id(made, "camat"), _id(made, "kades")
    made.archive.label(
        story_id, Label(field="topic", value="yes", made_by="Editor", reason="'netral'")
    )
    made.archive.take_down(story_id, reason=REASON)
    with database.writing(made.archive.engine) as connection:
        connection.execute(text(statement), {"other": other} if ":other" in statement else {})
    assert _is_clean(made) != []


def _stop_at(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """A takedown dies when it comes to a step."""

    def die(*_: object, **__: object) -> None:
        raise ArchiveError(step)

    module, _, name = step.rpartition(".")
    monkeypatch.setattr(f"archive.{module}.{name}", die)


@pytest.mark.parametrize(
    "step", ["takedown.lay", "takedown._overwrite", "takedown._erase", "erasure.settle"]
)
def test_takedown_that_was_cut_short_is_ended_by_the_next_crawl(
    made: Newsroom, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    story_id = _id(made, "camat")
    with monkeypatch.context() as patch:
        _stop_at(patch, step)
        with pytest.raises(ArchiveError, match=step):
            made.archive.take_down(story_id, reason=REASON)
    with pytest.raises(TakenDown):
        made.archive.story(story_id)
    assert audit(made.archive.engine, made.warc_directory).is_clean
    made.begin(NIGHT_1 + timedelta(days=3))
    made.close()
    assert _is_clean(made) == []
    assert b"Camat Diminta" not in _bytes_on_disk(made)
    with database.reading(made.archive.engine) as connection:
        assert takedowns(connection)[0].is_finished


def test_image_that_another_story_leads_with_stays(tmp_path: Path) -> None:
    made = newsroom(tmp_path / "gambar")
    made.begin(NIGHT_1)
    shared, own = "https://media-uji.example/dua.jpg", "https://media-uji.example/satu.jpg"
    ids = {}
    for slug in ("bupati", "camat"):
        ids[slug] = made.see(slug, article(f"Berita {slug}", image_url=shared)).story_id
    crawl = made.crawl
    assert crawl
    for story_id, url in ((ids["bupati"], shared), (ids["bupati"], own)):
        page = Page(url=url, status=200, body=url.encode(), fetched_at=made.clock())
        sight = ImageSighting(
            story_id=story_id, url=url, outcome="kept", seen_at=made.clock(), pages=(page,),
            media_type="image/jpeg",
        )  # fmt: skip
        made.archive.images.put(crawl, sight)
    assert made.archive.images.link(crawl, ids["camat"], url=shared)
    made.close()
    planned = made.archive.plan_takedown(ids["bupati"])
    assert len(planned.kept) == 1
    made.archive.take_down(ids["bupati"], reason=REASON)
    assert _is_clean(made) == []
    [image] = made.archive.lead_images(ids["camat"])
    assert image.capture
    assert made.archive.page(image.capture).body == shared.encode()
    assert own.encode() not in b"".join(p.read_bytes() for p in made.warc_directory.glob("*"))
    # and when that story goes as well, the image goes with it
    made.archive.take_down(ids["camat"], reason=REASON)
    assert made.archive.plan_takedown(ids["camat"]).kept == ()
    assert _is_clean(made) == []
    with database.reading(made.archive.engine) as connection:
        types = set(connection.scalars(select(warc_record.c.type)))
    assert types == {"warcinfo", "metadata"}
    made.archive.close()


def test_command_takes_down_and_lists(made: Newsroom) -> None:
    folder, story_id = made.warc_directory.parent, _id(made, "camat")
    export(made.archive.engine, made.warc_directory, folder.parent / "potret")
    (folder.parent / "kliping.toml").write_text(
        f'[archive]\ndirectory = "{folder}"\ndatabase_url = "{made.config.database_url}"\n'
    )
    options = ["--config", str(folder.parent / "kliping.toml")]

    def run(*words: str) -> Result:
        return CliRunner().invoke(kliping, [*options, *words])

    planned = run("takedown", story_id, "--dry-run")
    assert "10 records of" in planned.output
    assert "2 versions: Camat Diminta Tetap Netral" in planned.output
    assert "https://media-uji.example/camat" in planned.output
    assert run("takedown").output == "no story was taken down\n"
    done = run("takedown", story_id[:8], "--reason", REASON, "--by", "Redaksi", "--json")
    told = json.loads(done.output)
    assert [told["story_id"], told["reason"], told["made_by"]] == [story_id, REASON, "Redaksi"]
    assert [held["place"] for held in told["snapshots"]] == [str(folder.parent / "potret")]
    listed = run("takedown")
    assert f"by Redaksi: {REASON}" in listed.output
    assert "potret" in listed.output
    for wish in (["--reason", "lain"], ["--dry-run"]):
        again = run("takedown", story_id, *wish)
        assert again.output.startswith("it is down already; nothing was done")
    shown = run("show", story_id)
    assert isinstance(shown.exception, TakenDown)
