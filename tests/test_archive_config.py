"""Settings: file, environment, and errors that say what to do."""

from datetime import timedelta
from pathlib import Path

import pytest

from archive.config import Settings
from archive.errors import ConfigError


def load(folder: Path, text: str) -> Settings:
    file = folder / "kliping.toml"
    file.write_text(text, encoding="utf-8")
    return Settings.load(file)


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.load()
    assert settings.crawl.confirm_after == timedelta(hours=6)
    assert settings.archive.directory == tmp_path / "kliping-data"


def test_relative_paths_are_taken_from_the_files_folder(tmp_path: Path) -> None:
    settings = load(tmp_path, '[archive]\ndirectory = "a"\n[crawl]\ntopic = "t.toml"\n')
    assert settings.archive.directory == tmp_path / "a"
    assert settings.crawl.topic == tmp_path / "t.toml"


def test_environment_stands_above_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLIPING_CRAWL__PARALLEL", "4")
    settings = load(tmp_path, "[crawl]\nparallel = 1\ndelay = 2.5\n")
    assert (settings.crawl.parallel, settings.crawl.delay) == (4, 2.5)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("90s", timedelta(seconds=90), id="seconds"),
        pytest.param("1.5h", timedelta(minutes=90), id="part of an hour"),
        pytest.param("7 d", timedelta(days=7), id="days, with a space"),
        pytest.param("0s", timedelta(0), id="none"),
    ],
)
def test_durations(written: str, meant: timedelta, tmp_path: Path) -> None:
    assert load(tmp_path, f'[crawl]\nconfirm_after = "{written}"\n').crawl.confirm_after == meant


def test_contact_is_one_line_and_blank_is_none(tmp_path: Path) -> None:
    assert load(tmp_path, '[crawl]\ncontact = "   "\n').crawl.contact == ""
    written = '[crawl]\ncontact = "Tim Pantau\\n <pantau@example.org>"\n'
    assert load(tmp_path, written).crawl.contact == "Tim Pantau <pantau@example.org>"


OUTLET = '[[outlet]]\nslug = "media-uji"\nurl = "https://media-uji.example"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("[crawl]\nparalel = 2\n", "did you mean 'parallel'?", id="misspelt key"),
        pytest.param("[craw]\n", "did you mean 'crawl'?", id="misspelt section"),
        pytest.param('contact = "x"\n', "it belongs under [crawl]", id="key without its section"),
        pytest.param('[crawl]\ntime_limit = "2 hours"\n', "90s, 15m, 6h or 7d", id="duration"),
        pytest.param(
            f'[crawl]\ntimeout = "{"9" * 20}d"\n', "longer than any crawl", id="endless duration"
        ),
        pytest.param("[crawl]\nparallel = 0\n", "crawl.parallel: ", id="too small"),
        pytest.param('[crawl]\ntime_limit = "0s"\n', "crawl.time_limit: ", id="no time at all"),
        pytest.param('[crawl]\ncontact = "saya"\n', "nor an e-mail address", id="no contact"),
        pytest.param(
            OUTLET + 'zone = "Asia/Jayapur"\n', "did you mean 'Asia/Jayapura'?", id="zone"
        ),
        pytest.param(
            OUTLET.replace("media-uji", "Media Uji"), "outlet.slug (outlet number 1)", id="slug"
        ),
        pytest.param(OUTLET + OUTLET, "is used by two outlets", id="one slug twice"),
        pytest.param('[[outlet]]\nslug = "uji"\n', "'uji' needs its url", id="no url"),
        pytest.param(
            '[[outlet]]\nslug = "kantamedia"\nbody = "main"\n',
            "drop, lines and at alone",
            id="other rules for a built-in outlet",
        ),
        pytest.param("[crawl\n", "kliping.toml", id="no TOML"),
    ],
)
def test_errors_say_where_and_what_to_write(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert said in str(caught.value)
    assert "kliping.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_error_of_the_environment_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KLIPING_CRAWL__PARALEL", "4")
    with pytest.raises(ConfigError, match="environment variable KLIPING_CRAWL__PARALEL"):
        load(tmp_path, "")


def test_missing_file_that_was_named_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="kliping init"):
        Settings.load(tmp_path / "nowhere.toml")
