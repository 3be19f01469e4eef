"""People are told of everything, once, also when nobody could be reached at first."""

import email
import email.policy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from archive_rows import NIGHT_1, Newsroom, article, three_nights
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from webhook import Webhook, free_port

from archive import database, lease
from archive.config import NotifyConfig
from archive.errors import ConfigError, LeaseHeld
from archive.lease import Holder
from scheduler.cli import kliping
from scheduler.notify import Notifier, Sent, is_digest_due, is_quiet
from scheduler.targets import targets

MORNING = NIGHT_1 + timedelta(days=2, hours=5, minutes=30)
"""07.00 WITA after the third night."""


class Mailbox:
    """A real SMTP server that keeps what it is sent, as long as it is up."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.port = free_port()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        del server, session
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.got.append(message)
        return "250 OK"

    @contextmanager
    def up(self) -> Iterator[None]:
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield
        finally:
            controller.stop()

    @property
    def address(self) -> str:
        return (
            f"mailto://127.0.0.1:{self.port}?from=kliping@example.org&to=redaksi@example.org"
            "&mode=insecure&format=text"
        )


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Newsroom]:
    found = three_nights(tmp_path / "arsip")
    yield found
    found.archive.close()


def _notifier(made: Newsroom, *to: str, now: datetime = MORNING, **settings: Any) -> Notifier:
    config = NotifyConfig(to=to, timezone="Asia/Makassar", **settings)
    return Notifier(engine=made.archive.engine, config=config, clock=lambda: now)


def _tell(notifier: Notifier, **options: Any) -> list[Sent]:
    return list(notifier.tell(**options))


def test_digest_tells_the_nights_since_the_last_one(made: Newsroom) -> None:
    message = _notifier(made).preview()
    assert message.title == "Kliping, Jumat, 8 November 2024: 1 dihapus"
    assert message.body.splitlines()[:3] == [
        "DIHAPUS (1)",
        "- Kades Dilaporkan ke Bawaslu (Media Uji, tidak ada lagi sejak 8 November 2024 02.30"
        " WITA)",
        "  https://media-uji.example/kades",
    ]


def test_outlet_in_trouble_is_told_with_its_finding(made: Newsroom) -> None:
    made.begin(MORNING - timedelta(hours=2))
    made.archive.close_crawl(made.crawl, reason="unreachable", counts={}, complete=False)
    body = _notifier(made, language="en").preview().body
    assert "OUTLETS IN TROUBLE (1)\n- media-uji: cannot be reached" in body


def test_edit_is_told_with_the_sentence_that_changed(made: Newsroom) -> None:
    hook = Webhook()
    with hook.up():
        _tell(_notifier(made, hook.address))
        made.begin(NIGHT_1 + timedelta(days=3))
        first = "Camat Diminta Tetap Netral. Panitia pengawas mencabut soal netralitas ASN."
        text = f"{first}\n\nIa diperiksa."
        made.see("camat", article("Camat Diminta Tetap Netral", byline="Redaksi", text=text),
                 is_split=True)  # fmt: skip
        made.close()
        _tell(_notifier(made, hook.address, now=MORNING + timedelta(days=1)))
    body = hook.got[1]["message"]
    assert "- “Panitia pengawas mengingatkan soal netralitas ASN.”" in body
    assert "+ “Panitia pengawas mencabut soal netralitas ASN.”" in body
    assert "Ia diperiksa" not in body


@pytest.mark.parametrize("language", ["id", "en"])
def test_mail_and_webhook_get_the_digest_once_also_when_they_were_down(
    made: Newsroom, language: str
) -> None:
    hook, box = Webhook(), Mailbox()
    notifier = _notifier(made, hook.address, box.address, language=language)
    down = _tell(notifier)
    assert [bool(one.error) for one in down] == [True, True]
    with hook.up(), box.up():
        up = _tell(notifier)
        assert [one.error for one in up] == ["", ""]
        assert _tell(notifier) == []
    [posted], [mail] = hook.got, box.got
    assert posted["title"] == mail["subject"] == up[0].title
    written = mail.get_body(("plain",))
    assert written is not None
    assert "https://media-uji.example/kades" in posted["message"]
    assert "https://media-uji.example/kades" in written.get_content()


def test_one_that_is_down_keeps_nothing_from_the_others(made: Newsroom) -> None:
    hook, other = Webhook(), Webhook()
    with other.up():
        sent = _tell(_notifier(made, hook.address, other.address))
    assert [bool(one.error) for one in sent] == [True, False]
    assert len(other.got) == 1


def test_server_that_refuses_is_told_again(made: Newsroom) -> None:
    hook = Webhook()
    with hook.up(status=500):
        [refused] = _tell(_notifier(made, hook.address))
    assert "500" in refused.error
    with hook.up():
        [taken] = _tell(_notifier(made, hook.address))
    assert (taken.error, len(hook.got)) == ("", 1)


def test_removal_and_headline_are_told_at_once_and_each_once(made: Newsroom) -> None:
    hook = Webhook()
    night = NIGHT_1 + timedelta(days=3)
    notifier = _notifier(made, hook.address, now=night, at="23:59", at_once=("gone", "headline"))
    with hook.up():
        _tell(notifier)
        made.begin(night)
        made.see("camat", article("Camat Dilaporkan", byline="Redaksi"), is_split=True)
        made.see("lurah", None)
        made.close()
        told = [one.title for one in _tell(notifier) if one.kind == "event"]
        assert _tell(notifier) == []
    assert told == ["Diubah: Camat Dilaporkan", "Dihapus: Lurah Ikut Kampanye"]


def test_quiet_hours_put_notices_off(made: Newsroom) -> None:
    hook = Webhook()
    settings: dict[str, Any] = {"at_once": ("gone",), "quiet": "22:00-06:00"}
    with hook.up():
        asleep = _tell(_notifier(made, hook.address, now=MORNING - timedelta(hours=3), **settings))
        assert [one.kind for one in asleep] == ["digest"]
        awake = _tell(_notifier(made, hook.address, now=MORNING, **settings))
    assert [one.kind for one in awake] == ["event", "digest"]


def test_edit_that_a_later_reading_undid_is_not_told(made: Newsroom) -> None:
    notifier = _notifier(made)
    assert "DIUBAH" not in notifier.preview().body
    with database.writing(made.archive.engine) as connection:
        connection.exec_driver_sql("UPDATE run SET started_at = '2024-11-01 00:00:00.000000'")
    assert "DIUBAH (1)" in notifier.preview().body
    with database.writing(made.archive.engine) as connection:
        connection.exec_driver_sql(
            "UPDATE reading SET repeats_previous = true WHERE reading_id ="
            " (SELECT max(reading_id) FROM reading)"
        )
    assert "Camat Diminta Tetap Netral" not in notifier.preview().body


def test_second_notifier_leaves_it_to_the_first(made: Newsroom) -> None:
    with database.writing(made.archive.engine) as connection:
        lease.acquire(connection, "notify", holder=Holder(host="lain", pid=1, pid_started="1"))
    with pytest.raises(LeaseHeld, match="notify"):
        _tell(_notifier(made, "json://127.0.0.1:9/"))


def test_address_that_is_none_is_told_without_its_secrets() -> None:
    with pytest.raises(ConfigError, match=r"address 2 \(surat://…\)") as told:
        targets(("json://127.0.0.1/", "surat://rahasia@example.org"))
    assert "rahasia" not in str(told.value)
    [target] = targets(("json://orang:rahasia@127.0.0.1/",))
    assert "rahasia" not in f"{target.name} {target.key}"


# -- when ---------------------------------------------------------------------------------------


@given(st.times(), st.times(), st.times())
def test_quiet_is_from_the_first_time_to_the_second(begin: time, end: time, now: time) -> None:
    begin, end = (one.replace(second=0, microsecond=0) for one in (begin, end))
    found = is_quiet(f"{begin:%H:%M}-{end:%H:%M}", now)
    minutes = [one.hour * 60 + one.minute for one in (begin, end, now)]
    length, since = (minutes[1] - minutes[0]) % 1440, (minutes[2] - minutes[0]) % 1440
    assert found == (since < length)


@given(st.integers(0, 1_000_000), st.integers(1, 5000))
def test_digest_is_due_once_a_day(begun: int, minutes: int) -> None:
    config = NotifyConfig(timezone="Asia/Jayapura", at=time(6, 30))
    last = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=begun)
    now = last + timedelta(minutes=minutes)
    zone = ZoneInfo("Asia/Jayapura")
    days = {(last + timedelta(minutes=n)).astimezone(zone).date() for n in range(minutes + 1)}
    passed = [datetime.combine(day, time(6, 30), zone) for day in days]
    assert is_digest_due(config, last=last, now=now) == any(last < at <= now for at in passed)


def test_first_digest_is_always_due() -> None:
    assert is_digest_due(NotifyConfig(), last=None, now=MORNING)


# -- the command --------------------------------------------------------------------------------


def _command(made: Newsroom, *arguments: str, **notify: Any) -> Result:
    folder = made.warc_directory.parent
    file = folder.parent / "kliping.toml"
    values = "".join(f"{name} = {json.dumps(value)}\n" for name, value in notify.items())
    file.write_text(
        f'[archive]\ndirectory = "{folder}"\ndatabase_url = "{made.config.database_url}"\n'
        f"[notify]\n{values}"
    )
    return CliRunner().invoke(kliping, ["--config", str(file), "notify", *arguments])


def test_command_sends_and_writes_feeds_and_then_has_nothing_to_do(made: Newsroom) -> None:
    hook = Webhook()
    settings: dict[str, Any] = {"to": [hook.address], "feeds": "umpan"}
    with hook.up():
        first = _command(made, **settings)
        again = _command(made, **settings)
        forced = _command(made, "--now", "--json", **settings)
    assert (first.exit_code, "Kliping, " in first.output) == (0, True)
    assert again.output == "nothing is due; --now sends the digest all the same\n"
    assert [one["kind"] for one in json.loads(forced.output)] == ["digest"]
    assert len(hook.got) == 2
    assert (made.warc_directory.parents[1] / "umpan" / "events.atom").is_file()


def test_command_says_who_was_not_reached(made: Newsroom) -> None:
    done = _command(made, to=[Webhook().address])
    assert done.exit_code == 1
    assert "digest was not sent" in done.stderr
    assert "Traceback" not in done.stderr


def test_greeting_is_noted_nowhere(made: Newsroom) -> None:
    hook = Webhook()
    with hook.up():
        assert _command(made, "--test", to=[hook.address]).exit_code == 0
        assert _command(made, to=[hook.address]).exit_code == 0
    assert [one["title"] for one in hook.got] == ["Kliping", hook.got[1]["title"]]
    assert hook.got[0]["message"] == "Pesan percobaan."


def test_dry_run_needs_nobody_to_tell(made: Newsroom) -> None:
    shown = _command(made, "--dry-run")
    assert (shown.exit_code, "DIHAPUS (1)" in shown.output) == (0, True)


def test_command_with_nobody_to_tell_is_misuse(made: Newsroom) -> None:
    assert isinstance(_command(made).exception, ConfigError)


def test_span_that_is_none_is_named(made: Newsroom) -> None:
    done = _command(made, quiet="10 malam")
    assert isinstance(done.exception, ConfigError)
    assert "22:00-06:00" in str(done.exception)
