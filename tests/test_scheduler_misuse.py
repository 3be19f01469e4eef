"""What a wrong call is told: one line, the way on, and JSON for programs."""

import json

import pytest

from scheduler.cli import _run


@pytest.mark.parametrize(
    "arguments",
    [
        ("show",),
        ("topic", "test", "/nowhere.jsonl"),
        ("label", "0f8123", "topic", "perhaps"),
        ("export", "--nothing-like-it"),
        ("no-such-command",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_misuse_is_one_line_that_says_where_to_read_on(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run([*arguments, "--json"]) == 2
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 1
    assert shown.err.startswith("kliping: ")
    assert " --help`" in shown.err
    assert json.loads(shown.out)["error"] == shown.err.removeprefix("kliping: ").strip()


def test_no_arguments_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run([]) == 2
    assert "Commands:" in capsys.readouterr().err
