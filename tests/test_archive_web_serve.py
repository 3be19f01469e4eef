"""`kliping serve` as it is typed."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from archive_rows import three_nights

KLIPING = str(Path(sys.executable).with_name("kliping"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The environment in which the archive is found."""
    folder = tmp_path_factory.mktemp("arsip")
    made = three_nights(folder)
    values = {"KLIPING_ARCHIVE__DIRECTORY": str(folder)}
    if made.config.database_url:
        values["KLIPING_ARCHIVE__DATABASE_URL"] = made.config.database_url
    made.archive.close()
    return os.environ | values


def refused(place: Mapping[str, str], *arguments: str, **more: str) -> str:
    done = subprocess.run(
        [KLIPING, "serve", *arguments], env=dict(place) | more, capture_output=True, text=True,
        timeout=30, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, ""), done
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_room_opens_answers_and_closes(place: Mapping[str, str]) -> None:
    command = [KLIPING, "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, env=place, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        told = ""
        for line in lines:
            told += line
            if line.startswith("}"):
                break
        url = json.loads(told)["url"]
        assert url.startswith("http://127.0.0.1:")
        with urlopen(url, timeout=10) as answer:
            assert "Camat Diminta Tetap Netral" in answer.read().decode()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) in {0, -signal.SIGTERM}


def test_port_that_is_taken_is_said(place: Mapping[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "--port takes another" in refused(place, "--port", port)


def test_room_for_everybody_needs_a_password(place: Mapping[str, str]) -> None:
    assert "is open to others" in refused(place, "--host", "0.0.0.0", "--port", "0")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"KLIPING_WEB__PASSWORD": "rahasia", "KLIPING_WEB__USER": "sari"}, "are kept hashed"),
        ({"KLIPING_WEB__PASSWORD": "scrypt$00$00"}, "needs web.user"),
        ({"KLIPING_WEB__TOKENS": '["rahasia"]'}, "are kept hashed"),
    ],
    ids=["plain password", "no user", "plain token"],
)
def test_setting_that_protects_nobody_is_said(
    place: Mapping[str, str], values: dict[str, str], why: str
) -> None:
    assert why in refused(place, "--port", "0", **values)


def test_what_hash_prints_opens_the_room(place: Mapping[str, str]) -> None:
    done = subprocess.run(
        [KLIPING, "serve", "--hash", "--json"], input="rahasia\n", env=place, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    made = json.loads(done.stdout)
    more = {"KLIPING_WEB__TOKENS": json.dumps([made["token_hash"]])}
    more |= {"KLIPING_WEB__USER": "sari", "KLIPING_WEB__PASSWORD": made["password"]}
    command = [KLIPING, "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=dict(place) | more, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        url = process.stdout.readline().split(" at ")[1].split(" ")[0]
        asked = Request(url, headers={"Authorization": f"Bearer {made['token']}"})
        with urlopen(asked, timeout=10) as answer:
            assert answer.status == 200
        process.terminate()
        process.wait(10)


def test_archive_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = subprocess.run(
        [KLIPING, "serve", "--port", "0"], cwd=tmp_path, capture_output=True, text=True,
        timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "kliping init" in done.stderr
