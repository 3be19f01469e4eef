"""The command `kliping`: its help, its commands, what it prints, how it ends."""

import importlib
import io
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from archive_rows import FRONT, three_nights

from archive.config import Settings
from archive.console import clean, print_json
from archive.settings_file import settings_file
from scheduler.cli import COMMANDS, main

KLIPING = [sys.executable, "-c", "from scheduler.cli import main; main()"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with settings and the archive of three nights."""
    folder = tmp_path_factory.mktemp("proyek")
    (folder / "kliping.toml").write_text(settings_file(), encoding="utf-8")
    three_nights(folder / "kliping-data").archive.close()
    return folder


@pytest.fixture
def ask(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command in the project: its exit code, what it printed, what it complained of."""
    monkeypatch.chdir(project)

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kliping", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


def _good(answer: tuple[int, str, str]) -> str:
    assert (answer[0], answer[2]) == (0, "")
    return answer[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_command_begins_as_the_overview_says(name: str) -> None:
    module, _, attribute = COMMANDS[name][0].partition(":")
    command = getattr(importlib.import_module(module), attribute)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert re.split(r"(?<=\.)\s", command.help or "")[0] == COMMANDS[name][1]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_json(name: str) -> None:
    module, _, attribute = COMMANDS[name][0].partition(":")
    command = getattr(importlib.import_module(module), attribute)
    commands = command.commands.values() if isinstance(command, click.Group) else [command]
    for one in commands:
        assert "--json" in {option for parameter in one.params for option in parameter.opts}


def test_overview_loads_no_heavy_module() -> None:
    script = (
        "import sys\nfrom scheduler.cli import main\nsys.argv = ['kliping', '--help']\n"
        "try:\n    main()\nfinally:\n    print('LOADED', sorted(HEAVY & set(sys.modules)))\n"
    ).replace("HEAVY", "{'scrapy', 'trafilatura', 'sqlalchemy', 'pydantic', 'rich', 'lxml'}")
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "LOADED []" in found.stdout
    assert all(name in found.stdout for name in COMMANDS)


def test_version_is_that_of_the_package(ask: Any) -> None:
    assert re.fullmatch(r"kliping \d+\.\d+\.\d+\n", _good(ask("--version")))


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["cari"], 2, "No such command"),
        (["show"], 2, "Missing argument"),
        (["show", "zzzzzzzz"], 2, "kliping: no story 'zzzzzzzz'"),
        (["show", f"{FRONT}/kades", "--version", "7"], 2, "kliping: no version 7; there are: 1"),
        (["diff", f"{FRONT}/camat", "1", "9"], 2, "kliping: no version 9; there are: 1, 2"),
        (["search", " "], 2, "kliping: nothing to search for"),
        (["search", '"camat'], 2, 'kliping: a phrase is not closed: a " is missing'),
        (["search", "camat", "--region", "Antah"], 2, "kliping: no outlet in a region 'Antah'"),
        (["search", "camat", "--from", "kemarin"], 2, "does not match the format"),
        (["search", "camat", "--as-of", "2999-01-01"], 2, "nobody knows yet"),
        (["search", "camat", "--from", "2024-12-02", "--to", "2024-12-01"], 2, "is after --to"),
        (["export", "-"], 2, "cannot go to a pipe"),
        (["verify", ".", "--key", "abc"], 2, "neither 64 hex digits nor a file"),
        (["events", "--since", "kemarin"], 2, "is no date"),
        (["export", "."], 2, "kliping: . is there already"),
        (["--config", "tiada.toml", "status"], 2, "kliping: tiada.toml: no such settings file"),
        (["init"], 2, "are there already"),
    ],
)
def test_misuse_is_one_line_and_exit_code_2(
    ask: Any, arguments: list[str], code: int, complaint: str
) -> None:
    found, printed, complained = ask(*arguments)
    assert (found, printed) == (code, "")
    assert complaint in complained
    assert "Traceback" not in complained


def test_folder_without_an_archive_is_exit_code_3(
    ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, complained = ask("status")
    assert code == 3
    assert complained.startswith("kliping: no archive at ")
    assert "kliping init" in complained


def test_init_makes_settings_and_archive_once(
    ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "wrote kliping.toml" in _good(ask("init"))
    (tmp_path / "kliping.toml").write_text('[archive]\ndirectory = "lain"\n', encoding="utf-8")
    assert "kept kliping.toml" in _good(ask("init"))
    assert (tmp_path / "kliping-data" / "kliping.sqlite").is_file()
    assert (tmp_path / "lain" / "kliping.sqlite").is_file()
    assert ask("init")[0] == 2


def test_init_puts_settings_where_config_says(
    ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "situs").mkdir()
    found = json.loads(_good(ask("--config", "situs/atur.toml", "init", "--json")))
    assert found["written"] is True
    assert (tmp_path / "situs" / "kliping-data" / "kliping.sqlite").is_file()
    assert ask("--config", "tiada/atur.toml", "init")[0] == 2


def test_settings_file_says_nothing_but_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "kliping.toml"
    lines = settings_file().split("# An outlet without code")[0].splitlines()
    examples = ("# topic", "# feeds", "# backup")
    shown = [line.removeprefix("# ") for line in lines[1:] if not line.startswith(examples)]
    file.write_text("\n".join(shown), encoding="utf-8")
    (tmp_path / "kosong.toml").write_text("", encoding="utf-8")
    defaults = Settings.load(tmp_path / "kosong.toml")
    assert Settings.load(file).model_dump() == defaults.model_dump()


def test_settings_file_shows_every_setting() -> None:
    text = settings_file()
    sections = ("archive", "crawl", "schedule", "notify")
    for model in (Settings, *(type(getattr(Settings(), name)) for name in sections)):
        assert all(name in text for name in model.model_fields)


def test_status_tells_problems_with_address_and_advice(ask: Any) -> None:
    printed = _good(ask("status"))
    assert f"media-uji: {FRONT}/dinas: challenge (403); look at the site" in printed
    assert "3 stories (1 gone) in 4 versions from 1 outlets" in printed
    assert re.search(r"in WARC files, \S+ kB of database; .* free", printed)
    assert json.loads(_good(ask("status", "--json")))["disk"]["free_bytes"] > 0
    assert len(json.loads(_good(ask("status", "--runs", 2, "--json")))["runs"]) == 2


def test_show_prints_the_story_with_its_versions_and_captures(ask: Any) -> None:
    printed = _good(ask("show", f"{FRONT}/camat"))
    assert "Camat Diminta Tetap Netral\nversion: 2\n" in printed
    assert "Panitia pengawas mengingatkan" in printed
    assert ".warc.gz offset " in printed
    older = _good(ask("show", f"{FRONT}/camat", "--version", 1))
    assert "Camat Diminta Netral\nversion: 1\n" in older


def test_show_gives_programs_everything(ask: Any) -> None:
    found = json.loads(_good(ask("show", "wp:101", "--json")))
    assert found["status"] == "live"
    assert [version["number"] for version in found["versions"]] == [1, 2]
    assert found["versions"][0]["article"]["published_at"] == "2024-11-05T02:00:00Z"
    assert found["versions"][0]["captures"][0]["warc_record_id"].startswith("<urn:uuid:")


@pytest.mark.parametrize("numbers", [[], ["1"], ["1", "2"]], ids=["newest", "since", "both"])
def test_diff_names_the_changed_fields_and_words(ask: Any, numbers: list[str]) -> None:
    printed = _good(ask("diff", f"{FRONT}/camat", *numbers))
    assert "headline:\nCamat Diminta {+Tetap +}Netral\n" in printed
    assert "byline:\n[-Sari Wulandari-]{+Redaksi+}\n" in printed
    assert "editor:" not in printed


def test_diff_of_a_single_version_finds_nothing(ask: Any) -> None:
    assert "no other version to compare" in _good(ask("diff", f"{FRONT}/kades"))


def test_diff_gives_programs_the_changes(ask: Any) -> None:
    found = json.loads(_good(ask("diff", f"{FRONT}/camat", "--json")))
    assert (found["before"], found["after"]) == (1, 2)
    assert list(found["fields"]) == ["headline", "byline", "text"]
    assert {"kind": "added", "text": "Tetap "} in found["fields"]["headline"]


def test_events_are_lines_with_tabs_in_a_pipe(ask: Any) -> None:
    lines = _good(ask("events", "--kind", "gone")).splitlines()
    assert lines[0].split("\t")[:3] == ["event", "when", "kind"]
    assert lines[1].endswith(f"{FRONT}/kades")
    assert len(json.loads(_good(ask("events", "--limit", 3, "--json")))) == 3


def test_events_say_when_there_are_more(ask: Any) -> None:
    _, out, err = ask("events", "--limit", 3)
    assert len(out.splitlines()) == 4
    assert err == "only the newest 3 are shown; --limit shows more\n"


def test_export_as_of_the_future_is_misuse(ask: Any, tmp_path: Path) -> None:
    code, _, err = ask("export", tmp_path / "out", "--as-of", "2999-01-01")
    assert code == 2
    assert "nobody knows yet" in err


def test_day_counts_to_its_end(ask: Any, tmp_path: Path) -> None:
    found = json.loads(_good(ask("export", tmp_path / "out", "--as-of", "2024-11-05", "--json")))
    end = datetime(2024, 11, 6).astimezone(UTC) - timedelta(microseconds=1)
    assert datetime.fromisoformat(found["as_of"]) == end


def test_search_says_when_there_are_more(ask: Any) -> None:
    _, out, err = ask("search", "camat OR kades OR lurah", "--limit", 2)
    assert out.count(FRONT) == 2
    assert err == "more was found: --offset 2 goes on, --limit shows more\n"
    assert ask("search", "camat OR kades OR lurah", "--limit", 3)[2] == ""


def test_search_before_the_first_night_says_so(ask: Any) -> None:
    _, out, err = ask("search", "camat", "--as-of", "2024-11-01")
    assert (out, err.startswith("nothing was known then: ")) == ("nothing found\n", True)


def test_program_finds_the_error_as_json(ask: Any) -> None:
    code, out, err = ask("show", "tiada", "--json")
    assert code == 2
    assert err.startswith("kliping: ")
    assert json.loads(out) == {"error": err.strip().removeprefix("kliping: "), "kind": "NotFound"}


def test_search_prints_hits_and_says_when_there_is_none(ask: Any) -> None:
    printed = _good(ask("search", "kades", "bawaslu"))
    assert f"Kades Dilaporkan ke Bawaslu\n{FRONT}/kades\n" in printed
    assert _good(ask("search", "gubernur")) == "nothing found\n"
    assert json.loads(_good(ask("search", "lurah", "--json")))[0]["marks"] == [[0, 5]]


def test_search_can_be_narrowed(ask: Any) -> None:
    narrow = ["--status", "live", "--topic", "yes", "--edited", "--from", "2024-11-05"]
    narrow += ["--to", "2024-11-05", "--sort", "relevance", "--limit", "1", "--offset", "0"]
    [hit] = json.loads(_good(ask("search", "camat OR kades", *narrow, "--json")))
    assert (hit["headline"], hit["number"]) == ("Camat Diminta Tetap Netral", 2)
    then = ["--as-of", "2024-11-06", "--cluster", "tiada", "--versions"]
    assert _good(ask("search", "camat", *then)) == "nothing found\n"


def test_export_writes_a_snapshot(ask: Any, tmp_path: Path) -> None:
    printed = _good(ask("export", tmp_path / "out", "--format", "csv", "--no-warc"))
    assert "4 rows in stories.csv" in printed
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "chain.json",
        "coverage.csv",
        "datapackage.json",
        "images.csv",
        "manifest.json",
        "outlets.csv",
        "stories.csv",
    ]


def test_export_as_of_a_time_says_so(ask: Any, tmp_path: Path) -> None:
    options = ["--as-of", "2024-11-06T12:00:00+07:00", "--json"]
    found = json.loads(_good(ask("export", tmp_path / "out", *options)))
    assert found["as_of"] == "2024-11-06T05:00:00Z"
    assert found["rows"]["stories.jsonl"] == 3


def test_audit_of_a_sound_archive_is_exit_code_0(ask: Any) -> None:
    assert _good(ask("audit")).startswith("clean: 3 crawls, 3 stories, 4 versions")
    assert json.loads(_good(ask("audit", "--json")))["findings"] == []


def test_audit_that_finds_damage_is_exit_code_1(
    ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = three_nights(tmp_path / "kliping-data")
    made.archive.close()
    path = sorted(made.warc_directory.iterdir())[0]
    path.write_bytes(path.read_bytes()[:-9])
    code, printed, complained = ask("audit")
    assert (code, complained) == (1, "")
    assert re.search(rf"^{path.name}, offset \d+, <urn:uuid:.*: cut: .*good copy", printed)


def test_migrate_of_a_current_archive_changes_nothing(ask: Any) -> None:
    found = json.loads(_good(ask("migrate", "--json")))
    assert found["before"] == found["after"]


def test_migrate_makes_no_archive(
    ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ask("migrate")[0] == 3
    assert list(tmp_path.iterdir()) == []


def test_closed_pipe_is_quiet(project: Path) -> None:
    with subprocess.Popen(
        [*KLIPING, "show", f"{FRONT}/camat", "--json"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()  # long before the command prints
        complained = process.stderr.read()
    assert (process.returncode, complained) == (141, b"")


def test_interrupt_is_quiet(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(io.StringIO):
        def write(self, _: str) -> int:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdout", Interrupted())
    assert ask("status") == (130, "", "")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("\x1b[2J\x1b]0;judul\x07", "�[2J�]0;judul�"),
        ("a\u202eb\u2066c", "a�b�c"),
        ("\x9b31m", "�31m"),
        ("baris\n\tdua", "baris\n\tdua"),
    ],
    ids=["escape", "bidi", "c1", "white-space"],
)
def test_text_from_the_web_cannot_steer_the_terminal(text: str, printed: str) -> None:
    assert clean(text) == printed


def test_json_keeps_letters_and_moments(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"kata": "é", "jalan": Path("a/b"), "isi": (1, None)})
    assert json.loads(capsys.readouterr().out) == {"kata": "é", "jalan": "a/b", "isi": [1, None]}


def test_key_is_made_once_shown_and_signs(ask: Any, tmp_path: Path) -> None:
    made = json.loads(_good(ask("keys", "make", "pemantau", "--json")))
    assert _good(ask("keys", "show", "pemantau")).strip() == made["public"]
    assert [key["name"] for key in json.loads(_good(ask("keys", "list", "--json")))] == ["pemantau"]
    _good(ask("export", tmp_path / "out", "--sign", "pemantau"))
    chain = json.loads((tmp_path / "out" / "chain.json").read_text())
    assert chain["signature"]["public_key"] == made["public"]
    assert ask("keys", "make", "pemantau")[0] == 2
    assert ask("keys", "show", "tiada")[0] == 2


def test_verify_needs_no_archive_and_tells_damage(
    ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _good(ask("export", tmp_path / "out"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    report = json.loads(_good(ask("verify", tmp_path / "out", "--json")))
    assert (report["findings"], report["checked"]["rows of stories.jsonl"]) == ([], 4)
    (tmp_path / "out" / "images.csv").unlink()
    code, out, _ = ask("verify", tmp_path / "out", "--key", "0" * 64)
    assert code == 1
    assert "images.csv: is missing; put back a good copy of the file\n" in out
    assert f"it is not signed, not by {'0' * 64}" in out
    assert ask("verify", tmp_path)[0] == 2


def test_export_writes_what_is_new_and_leaves_out_what_it_is_told_to(
    ask: Any, tmp_path: Path
) -> None:
    left_out = ["--no-text", "--initials", "--json"]
    first = ["--as-of", "2024-11-06T12:00:00+07:00", *left_out]
    _good(ask("export", tmp_path / "first", *first))
    since = ["--since", tmp_path / "first", *left_out]
    found = json.loads(_good(ask("export", tmp_path / "second", *since)))
    assert (found["with_warc"], found["with_text"], found["with_names"]) == (False, False, False)
    assert found["rows"]["stories.jsonl"] == 3
    code, _, told = ask("export", tmp_path / "third", "--since", tmp_path / "first")
    assert (code, "must be the same in both" in told) == (2, True)


def test_import_brings_a_snapshot_into_another_archive(
    ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _good(ask("export", tmp_path / "out"))
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    _good(ask("init"))
    assert "new: 3 stories, 4 versions" in _good(ask("import", tmp_path / "out"))
    again = json.loads(_good(ask("import", tmp_path / "out", "--json")))
    assert (again["versions"], again["known_versions"]) == (0, 4)
    assert _good(ask("audit")).startswith("clean: ")
    printed = _good(ask("search", "kades", "bawaslu"))
    assert f"Kades Dilaporkan ke Bawaslu\n{FRONT}/kades\n" in printed
