"""Saved pages read as a crawl would: `kliping replay --html`."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from redesigned import Here

from archive.config import CrawlConfig, Settings
from archive.errors import ConfigError
from crawler.replay_saved import replay_saved
from crawler.saved_pages import SavedAsked, saved_pages
from crawler.saved_printing import missing_parts

PAGES = Path(__file__).parent / "pages"
SAVED = sorted(PAGES.glob("*/*.html"))
KLIPING = [sys.executable, "-c", "from scheduler.cli import main; main()"]


def replay(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [*KLIPING, "replay", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def known(page: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def page() -> Path:
    return next(page for page in SAVED if page.with_suffix(".json").is_file())


def test_saved_page_is_read_by_its_outlets_rules(page: Path, tmp_path: Path) -> None:
    done = replay("--html", page, "--url", known(page)["url"], "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["outlet"] == page.parent.name
    assert told["headline"] == known(page)["headline"]
    assert told["text"]
    assert set(told["topic"]) >= {"on_topic", "score", "evidence"}


def test_people_are_shown_headline_date_and_text(page: Path, tmp_path: Path) -> None:
    done = replay("--html", page, "--url", known(page)["url"], cwd=tmp_path)
    assert known(page)["headline"] in done.stdout
    assert "published: " in done.stdout
    assert "topic, score " in done.stdout


def test_folder_is_read_page_by_page(page: Path, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page.read_bytes())
    (tmp_path / "b.html").write_bytes(b"")
    index = {"a.html": known(page)["url"], "b.html": {"url": "https://media-uji.example/b"}}
    (tmp_path / "urls.json").write_text(json.dumps(index), encoding="utf-8")
    done = replay("--html", tmp_path, "--json", cwd=tmp_path)
    answers = [told["answer"] for told in json.loads(done.stdout)]
    assert answers == ["article", "error"]
    assert done.returncode == 1, "a page that could not be read is a problem found"


@pytest.mark.parametrize(
    ("files", "arguments", "said"),
    [
        pytest.param({"a.html": "x"}, ["--html", "a.html"], "--url https://", id="no address"),
        pytest.param({"a.html": "x"}, ["--html", "."], "urls.json", id="no urls.json"),
        pytest.param({"urls.json": "{"}, ["--html", "."], "no JSON", id="broken urls.json"),
        pytest.param({"urls.json": "[]"}, ["--html", "."], "object", id="list for urls.json"),
        pytest.param(
            {"urls.json": '{"c.html": "https://a.example/c"}'},
            ["--html", "."], "c.html", id="file that is not there",
        ),
        pytest.param({}, ["--url", "https://media-uji.example/a"], "--html", id="nothing named"),
    ],
)  # fmt: skip
def test_misuse_is_one_line_that_says_what_to_do(
    files: dict[str, str], arguments: list[str], said: str, tmp_path: Path
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    done = replay(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


# -- limits ----------------------------------------------------------------------------------------

SLOW = """
[crawl]
read_time = "5s"
[[outlet]]
slug = "uji"
url = "https://media-uji.example"
lines = ['(a+)+b']
"""
"""A line rule that looks at the same letters again and again."""


def test_page_that_holds_the_reader_up_is_given_up_and_the_others_go_on(
    page: Path, tmp_path: Path
) -> None:
    (tmp_path / "kliping.toml").write_text(SLOW, encoding="utf-8")
    trap = f"<h1>Uji</h1><div class='entry-content'><p>{'a' * 60}</p></div>"
    (tmp_path / "a.html").write_text(trap, encoding="utf-8")
    (tmp_path / "b.html").write_bytes(page.read_bytes())
    index = {"a.html": "https://media-uji.example/a/", "b.html": known(page)["url"]}
    (tmp_path / "urls.json").write_text(json.dumps(index), encoding="utf-8")
    done = replay("--html", tmp_path, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        "kliping: a.html: https://media-uji.example/a/: unread: reading took longer than 5 s\n"
    )
    assert known(page)["headline"] in done.stdout


# -- stories in parts ------------------------------------------------------------------------------

SPLIT = PAGES / "kantamedia" / "2024-10-07-serba-salah-di-kantor-kecamatan.html"
PARTS = [SPLIT, SPLIT.with_suffix(".2.html"), SPLIT.with_suffix(".3.html")]


def addresses() -> list[str]:
    first = known(SPLIT)["url"]
    return [first, f"{first}2/", f"{first}3/"]


def in_folder(folder: Path, entries: dict[str, Any], **copied: Path) -> Path:
    """A folder with a urls.json and copies of pages; `a` becomes a.html."""
    for name, file in copied.items():
        (folder / f"{name}.html").write_bytes(file.read_bytes())
    (folder / "urls.json").write_text(json.dumps(entries), encoding="utf-8")
    return folder


def read_here(folder: Path, **asked: Any) -> list[dict[str, Any]]:
    wanted = SavedAsked(html=folder, **asked)
    return replay_saved(Settings(), wanted, readers=Here(CrawlConfig()))


def test_parts_of_a_story_are_joined(tmp_path: Path) -> None:
    entries = dict(zip(("c.html", "b.html", "a.html"), addresses(), strict=True))
    folder = in_folder(tmp_path, entries, c=PARTS[0], b=PARTS[1], a=PARTS[2])
    [told] = read_here(folder)
    assert told["text"].split("\n\n") == known(SPLIT)["text"]
    assert (told["files"], told["missing_parts"]) == (["c.html", "b.html", "a.html"], [])


@pytest.mark.parametrize(
    ("have", "missing"), [((0,), (1, 2)), ((1,), (0, 2)), ((0, 2), (1,))], ids=str
)
def test_missing_parts_are_named(
    tmp_path: Path, have: tuple[int, ...], missing: tuple[int, ...]
) -> None:
    entries = {f"p{part}.html": addresses()[part] for part in have}
    folder = in_folder(tmp_path, entries, **{f"p{part}": PARTS[part] for part in have})
    [told] = read_here(folder)
    assert told["missing_parts"] == [addresses()[part] for part in missing]
    assert told["parts"] == 3
    assert f"only {len(have)} of the story's 3 parts" in missing_parts(told)


def test_first_part_alone_says_so_and_is_a_problem(tmp_path: Path) -> None:
    done = replay("--html", SPLIT, "--url", addresses()[0], cwd=tmp_path)
    assert done.returncode == 1
    assert "only 1 of the story's 3 parts; missing: " + addresses()[1] in done.stderr
    assert "--html FOLDER" in done.stderr


def test_missing_parts_are_named_also_when_the_page_was_asked_for_by_another_address(
    tmp_path: Path,
) -> None:
    folder = in_folder(tmp_path, {"a.html": "https://kantamedia.com/?p=1234"}, a=SPLIT)
    [told] = read_here(folder)
    assert (told["parts"], told["missing_parts"]) == (3, addresses()[1:])


def test_two_fetches_of_a_story_in_parts_are_two_stories(tmp_path: Path) -> None:
    names = [f"{fetch}{part}" for fetch in "ab" for part in range(3)]
    entries = {
        f"{name}.html": {
            "url": addresses()[int(name[1])],
            "fetched_at": f"2024-10-{8 if name[0] == 'a' else 9:02}T0{name[1]}:00+07:00",
        }
        for name in names
    }
    folder = in_folder(tmp_path, entries, **{name: PARTS[int(name[1])] for name in names})
    assert [told["files"] for told in read_here(folder)] == [
        ["a0.html", "a1.html", "a2.html"], ["b0.html", "b1.html", "b2.html"]
    ]  # fmt: skip


# -- what is asked for -----------------------------------------------------------------------------


def test_moment_of_the_fetch_is_asked_for_named_or_the_files(tmp_path: Path) -> None:
    entries = {"a.html": {"url": addresses()[0], "fetched_at": "2024-10-08T01:00:00+07:00"},
               "b.html": "https://media-uji.example/b/"}  # fmt: skip
    folder = in_folder(tmp_path, entries, a=SPLIT, b=SAVED[0])
    asked = datetime(2024, 12, 1, tzinfo=UTC)
    named, given = read_here(folder, fetched_at=asked)
    assert (named["fetched_at"], named["fetched_from"]) == (
        datetime(2024, 10, 7, 18, tzinfo=UTC), "urls.json"
    )  # fmt: skip
    assert (given["fetched_at"], given["fetched_from"]) == (asked, "--fetched")
    assert read_here(folder)[1]["fetched_from"] == "the file's time"


def test_relative_date_counts_back_from_the_moment_given(tmp_path: Path) -> None:
    html = (
        "<html><head><meta property='og:type' content='article'></head><body><h1>Camat Diperiksa"
        " Bawaslu</h1><time>2 jam lalu</time><div class='entry-content'><p>"
        + "Bawaslu memeriksa camat yang hadir di kampanye pasangan calon bupati. " * 4
        + "</p></div></body></html>"
    )
    (tmp_path / "a.html").write_text(html, encoding="utf-8")
    asked = ("--html", "a.html", "--url", "https://media-uji.example/a/")
    done = replay(*asked, "--fetched", "2024-11-27T08:30+07:00", cwd=tmp_path)
    assert "fetched 2024-11-27 01:30 UTC (--fetched)" in done.stdout, done.stderr
    assert "published: 2024-11-27 06:30 WIB" in done.stdout


def test_page_of_another_outlet_than_the_one_asked_for_is_refused(tmp_path: Path) -> None:
    folder = in_folder(tmp_path, {"a.html": addresses()[0]}, a=SPLIT)
    with pytest.raises(ConfigError, match="is of kantamedia, not of kolomrakyat; leave OUTLET out"):
        read_here(folder, slug="kolomrakyat")
    assert read_here(folder, slug="kantamedia")[0]["outlet"] == "kantamedia"


ADDRESS = '"https://a.example/c"'


@pytest.mark.parametrize(
    ("index", "asked", "said"),
    [
        pytest.param("{}", {}, "names at least one file", id="nothing named"),
        pytest.param('{"a.html": 3}', {}, "a.html: 3 will not do; write ", id="number"),
        pytest.param('{"a.html": {}}', {}, "will not do; write ", id="no address"),
        pytest.param('{"a.html": "a"}', {}, "will not do; write ", id="word"),
        pytest.param(
            f'{{"a.html": {{"url": {ADDRESS}, "fetched": ""}}}}', {}, "unknown key 'fetched'",
            id="other key",
        ),
        pytest.param(
            f'{{"a.html": {{"url": {ADDRESS}, "fetched_at": "2024-11-27T08:30"}}}}', {},
            "names no zone; write it like", id="no zone",
        ),
        pytest.param(
            f'{{"a.html": {{"url": {ADDRESS}, "fetched_at": "kemarin"}}}}', {},
            "a.html: fetched_at: ", id="no time",
        ),
        pytest.param(
            f'{{"a.html": {ADDRESS}}}', {"url": "https://a.example/c"}, "--url is for one page",
            id="address of a folder",
        ),
    ],
)  # fmt: skip
def test_wrong_folder_is_refused_with_what_is_expected(
    index: str, asked: dict[str, str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "a.html").write_text("x", encoding="utf-8")
    (tmp_path / "urls.json").write_text(index, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        saved_pages(SavedAsked(html=tmp_path, **asked))  # type: ignore[arg-type]
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--html", "a.html", "--fetched", "2024-11-27T08:30"], "names no zone"),
        (["--fetched", "2024-11-27T08:30Z"], "name them with --html"),
    ],
    ids=["no zone", "no page"],
)
def test_wrong_moment_is_misuse(arguments: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("x", encoding="utf-8")
    done = replay(*arguments, cwd=tmp_path)
    assert (done.returncode, said in done.stderr) == (2, True)


def test_page_of_too_many_tags_is_given_up_and_the_others_go_on(tmp_path: Path) -> None:
    first = addresses()[0]
    trap = f'<a class="page-link" href="{first}2/">2</a>{"<b>" * 410_000}'
    entries = {"a.html": first, "b.html": "https://media-uji.example/b/"}
    folder = in_folder(tmp_path, entries, b=SAVED[0])
    (tmp_path / "a.html").write_text(trap, encoding="utf-8")
    assert [told["answer"] for told in read_here(folder)] == ["unread", "article"]
