import re
from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.dates import metadata_date, read_date, read_dates_in

FETCHED = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ZONE = "Asia/Jakarta"


def local(text: str, zone: str = ZONE) -> tuple[str, str] | None:
    found = read_date(text, zone=zone, fetched_at=FETCHED)
    if not found:
        return None
    return found.at.astimezone(ZoneInfo(found.zone)).strftime("%Y-%m-%d %H:%M"), found.zone


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kamis, 26 September 2024 - 12:31 WIB", "2024-09-26 12:31"),
        ("Jumat, 24 Juli 2026 12:40 WIB", "2026-07-24 12:40"),
        ("24/07/2026, 12:40 WIB", "2026-07-24 12:40"),
        ("Kompas.com - 13/05/2024, 05:28 WIB", "2024-05-13 05:28"),
        ("SELASA, 27 SEPTEMBER 2022 | 17:20 WIB", "2022-09-27 17:20"),
        ("Senin, 14 Oktober 2024 | 15:19 WIB - Redaktur: X", "2024-10-14 15:19"),
        ("Minggu, 18 Juli 2021 – 18:52 WIB", "2021-07-18 18:52"),
        ("Kamis, 02 Nov 2023 20:59 WIB", "2023-11-02 20:59"),
        ("Jumat, 06 April 2018 09:39", "2018-04-06 09:39"),
        ("Jum'at, 11 Oktober 2024", "2024-10-11 00:00"),
        ("Jum’at, 11 Okt 2024 pukul 09.30 WIB", "2024-10-11 09:30"),
        ("Diterbitkan 10 Sep 2024", "2024-09-10 00:00"),
        ("12 September 2024 13.45", "2024-09-12 13:45"),
        ("15 Ags 2024", "2024-08-15 00:00"),
        ("5 Agt 2024 08.00 WIB", "2024-08-05 08:00"),
        ("5 Agu 2024", "2024-08-05 00:00"),
        ("5 Agustus 2024", "2024-08-05 00:00"),
        ("3 Mei 2024", "2024-05-03 00:00"),
        ("12 Desember 2024", "2024-12-12 00:00"),
        ("12 Des 2024, 7:05 WIB", "2024-12-12 07:05"),
        ("1 Nopember 2024", "2024-11-01 00:00"),
        ("29 Pebruari 2024", "2024-02-29 00:00"),
        ("9 Sept. 2024", "2024-09-09 00:00"),
        ("By On Sabtu, Maret 30, 2024", "2024-03-30 00:00"),
        ("13:55 November 6, 2024", "2024-11-06 13:55"),
        ("November 6, 2024 1:55 pm", "2024-11-06 13:55"),
        ("November 6, 2024 at 12:05 am", "2024-11-06 00:05"),
        ("Palangka Raya, Kamis (26/9/2024).", "2024-09-26 00:00"),
        ("12/09/2024", "2024-09-12 00:00"),
        ("12-09-2024 07:15", "2024-09-12 07:15"),
        ("26.9.2024", "2024-09-26 00:00"),
        ("26/9/24", "2024-09-26 00:00"),
        ("26 Sep '24", "2024-09-26 00:00"),
        ("26 Sep 24, 10:15 WIB", "2024-09-26 10:15"),
        ("1 Jan 98", "1998-01-01 00:00"),
        ("2024-09-12", "2024-09-12 00:00"),
        ("2024-09-12 10:11:12", "2024-09-12 10:11"),
        ("2024/09/12 10:11", "2024-09-12 10:11"),
        ("2024-09-12T10:11:12.123+07:00", "2024-09-12 10:11"),
        ("Rabu\n 17   Januari\u00a02024 \n | 08:00 WIB", "2024-01-17 08:00"),
        ("12.31 WIB, Kamis 26 September 2024", "2024-09-26 12:31"),
        ("Pukul 12:31 | 26 Sep 2024", "2024-09-26 12:31"),
        ("20240926T123100+0700", "2024-09-26 12:31"),
        ("26 September 2024 (12:31 WIB) dibaca 9 kali", "2024-09-26 12:31"),
    ],
)
def test_western_time_is_read(text: str, expected: str) -> None:
    assert local(text) == (expected, "Asia/Jakarta")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 Agustus 2024 08:00 WITA", ("2024-08-05 08:00", "Asia/Makassar")),
        ("5 Agustus 2024 08:00 WIT", ("2024-08-05 08:00", "Asia/Jayapura")),
        ("5 Agustus 2024 (08:00 Wita)", ("2024-08-05 08:00", "Asia/Makassar")),
        ("2024-09-12T10:11:12+08:00", ("2024-09-12 10:11", "Asia/Makassar")),
        ("2024-09-12T10:11:12+0900", ("2024-09-12 10:11", "Asia/Jayapura")),
        ("2023-11-02T20-59-53Z", ("2023-11-02 20:59", "UTC")),
        ("Thu, 26 Sep 2024 05:31:00 +0000", ("2024-09-26 05:31", "UTC")),
        ("Thu, 26 Sep 2024 05:31:00 GMT", ("2024-09-26 05:31", "UTC")),
        ("2024-09-12T10:00:00+05:30", ("2024-09-12 11:30", "Asia/Jakarta")),
    ],
)
def test_printed_zone_wins(text: str, expected: tuple[str, str]) -> None:
    assert local(text) == expected


def test_outlets_zone_holds_when_none_is_printed() -> None:
    assert local("Rabu, 17 Januari 2024 08:00", "Asia/Makassar") == (
        "2024-01-17 08:00",
        "Asia/Makassar",
    )


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        (
            "Redaksi - Kamis, 26 September 2024 -  12:31 WIB | dibaca 9 kali",
            "Kamis, 26 September 2024 - 12:31 WIB",
        ),
        ("Palangka Raya, Kamis (26/9/2024). 12.500 orang", "Kamis (26/9/2024)"),
        ("Minggu, 18 Juli 2021 – 18:52 WIB", "Minggu, 18 Juli 2021 – 18:52 WIB"),
        ("Rabu, 17 Januari 2024 | ", "Rabu, 17 Januari 2024"),
        ("17 Januari 2024, 12.500 ASN hadir", "17 Januari 2024"),
    ],
)
def test_words_of_the_date_are_kept(text: str, matched: str) -> None:
    found = read_date(text, zone=ZONE, fetched_at=FETCHED)
    assert found
    assert found.text == matched


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("2 jam lalu", timedelta(hours=2)),
        ("Baru diperbarui 15 menit yang lalu", timedelta(minutes=15)),
        ("sejam lalu", timedelta(hours=1)),
        ("dua jam lalu", timedelta(hours=2)),
        ("2 hours ago", timedelta(hours=2)),
        ("Baru saja", timedelta(0)),
        ("Hari ini, 14:30 WIB", timedelta(minutes=30)),
        ("Kemarin pukul 20.11", timedelta(hours=18, minutes=49)),
    ],
)
def test_relative_date_counts_back_from_the_fetch(text: str, ago: timedelta) -> None:
    found = read_date(text, zone=ZONE, fetched_at=FETCHED)
    assert found
    assert found.relative
    assert found.at == FETCHED - ago


@pytest.mark.parametrize(("text", "days"), [("3 Hari yang Lalu", 3), ("a day ago", 1)])
def test_days_are_counted_back_whole(text: str, days: int) -> None:
    found = read_date(text, zone=ZONE, fetched_at=FETCHED)
    assert found
    local = found.at.astimezone(ZoneInfo(ZONE))
    assert (found.relative, found.clock, local.time()) == (True, False, time())
    assert local.date() == FETCHED.astimezone(ZoneInfo(ZONE)).date() - timedelta(days=days)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31 Agu 2024 24.00 WIB", "2024-08-31T17:00:00+00:00"),
        ("31 Desember 2024, 24:00 WITA", "2024-12-31T16:00:00+00:00"),
        ("18 September 2024 14:20 Waktu Indonesia Tengah", "2024-09-18T06:20:00+00:00"),
        ("18/09/2024 14.20 (Waktu Indonesia Timur)", "2024-09-18T05:20:00+00:00"),
    ],
)
def test_end_of_the_day_and_zones_in_full_are_read(text: str, expected: str) -> None:
    found = read_date(text, zone=ZONE, fetched_at=FETCHED)
    assert found
    assert found.at.isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "seminggu yang lalu",
        "2 bulan lalu",
        "Selasa (20/1)",
        "31 Februari 2024",
        "26/13/2024",
        "1 Januari 1900",
        "12 Desember 2031",
        "24 November 2026",
        "0 September 2024",
        "Pasal 9 ayat 2 UU 5 Tahun 2014",
        "nomor 800/1234/2024/55",
        "192.168.10.24",
        "900 tahun lalu",
        "jam 12.30",
    ],
)
def test_no_date_is_made_up(text: str) -> None:
    assert read_date(text, zone=ZONE, fetched_at=FETCHED) is None


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("Diperbarui: 26 September 2024, 12:31 WIB", True),
        ("Diperbaharui pada 26 September 2024", True),
        ("Last updated on Sep 26, 2024", True),
        ("Terakhir diubah 26/09/2024", True),
        ("Update 26 September 2024", True),
        ("Terbit: 26 September 2024", False),
        ("Perubahan APBD 2024, Kamis 26 September 2024", False),
        ("26 September 2024, 12:31 WIB (diperbarui)", False),
    ],
)
def test_words_before_a_date_say_that_it_is_of_a_change(text: str, changed: bool) -> None:
    found = read_date(text, zone=ZONE, fetched_at=FETCHED)
    assert found
    assert found.changed == changed


def test_published_and_changed_on_one_line_are_two_dates() -> None:
    line = "Terbit 26 September 2024 10:00 WIB | Diperbarui: 27 September 2024 09.15 WIB"
    found = read_dates_in(line, zone=ZONE, fetched_at=FETCHED)
    assert [(date.text, date.changed) for date in found] == [
        ("26 September 2024 10:00 WIB", False),
        ("27 September 2024 09.15 WIB", True),
    ]


def at(text: str, *, fetched_at: str, zone: str = ZONE) -> tuple[str, str] | None:
    moment = datetime.fromisoformat(fetched_at)
    found = read_date(text, zone=zone, fetched_at=moment)
    return (found.at.isoformat()[:16], found.zone) if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # fetched at 10:00 UTC: 17:00 WIB, 18:00 WITA, 19:00 WIT
        ("26 September 2024 16:59", ("2024-09-26T09:59", "Asia/Jakarta")),
        ("26 September 2024 17:05", ("2024-09-26T10:00", "Asia/Jakarta")),  # a fast clock
        ("26 September 2024 17:40", ("2024-09-26T09:40", "Asia/Makassar")),
        ("26 September 2024 18:40", ("2024-09-26T09:40", "Asia/Jayapura")),
        ("26 September 2024 19:40", None),
        ("26 September 2024 17:40 WIB", None),
        ("2024-09-26T16:40:00Z", ("2024-09-26T09:40", "Asia/Jakarta")),
        ("2024-09-26T16:40:00+00:00", ("2024-09-26T09:40", "Asia/Jakarta")),
        ("2024-09-26T17:40:00+07:00", None),
        ("27 September 2024", None),
        ("26 September 2024", ("2024-09-25T17:00", "Asia/Jakarta")),
    ],
)
def test_no_date_is_after_its_fetch(text: str, expected: tuple[str, str] | None) -> None:
    assert at(text, fetched_at="2024-09-26T10:00:00+00:00") == expected


def test_future_date_is_passed_over_for_the_next() -> None:
    assert local("acara 12 Desember 2031, terbit 3 Mei 2024") == ("2024-05-03 00:00", ZONE)


MONTHS = (
    ("Januari", "Jan", "January"),
    ("Februari", "Pebruari", "Feb", "Peb"),
    ("Maret", "Mar", "Mrt"),
    ("April", "Apr"),
    ("Mei", "May"),
    ("Juni", "Jun"),
    ("Juli", "Jul"),
    ("Agustus", "Agt", "Agu", "Ags", "Aug"),
    ("September", "Sept", "Sep"),
    ("Oktober", "Okt", "Oct"),
    ("November", "Nopember", "Nov", "Nop"),
    ("Desember", "Des", "Dec"),
)
DAYS = (
    ("Senin",), ("Selasa",), ("Rabu",), ("Kamis",), ("Jumat", "Jum'at", "Jum’at", "JUMAT"),
    ("Sabtu",), ("Minggu", "Ahad"),
)  # fmt: skip
ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "Wit": "Asia/Jayapura"}
FORMS = (
    "{day}, {d} {month} {y} - {h}:{m} {zone}",  # Lintas Tungkal
    "{day}, {d} {month} {y} {h}:{m} {zone}",  # Tribun, Antara, detik
    "{d:02}/{n:02}/{y}, {h}:{m} {zone}",  # Kompas
    "{day}, {d:02} {month} {y} | {h}:{m} {zone}",  # rmol, Promedia, infopublik
    "{day}, {d} {month} {y} – {h}:{m} {zone}",  # JPNN
    "{day}, {d} {month} {y} | {h}.{m} {zone}",
    "{day}, {d} {month} {y} pukul {h}.{m} {zone}",
    "{d} {month} {y}, {h}:{m} {zone}",
    "{d} {month}. {y} jam {h}:{m} {zone}",
    "{d} {month} {yy}, {h}:{m} {zone}",
    "{d} {month} '{yy} {h}:{m} {zone}",
    "{d}-{month}-{y} {h}:{m} {zone}",
    "{d}/{n}/{yy} {h}.{m} {zone}",
    "{d}.{n}.{y} {h}:{m} {zone}",
    "{day}, {month} {d}, {y} {h}:{m} {zone}",
    "{h}:{m} {zone} {month} {d}, {y}",
    "{h}.{m} {zone}, {day} {d} {month} {y}",
    "{day} ({d}/{n}/{y}) pukul {h}.{m} {zone}",
    "{y}-{n:02}-{d:02} {h}:{m} {zone}",
    "{y}/{n:02}/{d:02} {h}:{m} {zone}",
)


@st.composite
def printed_dates(draw: st.DrawFn) -> tuple[str, datetime, str]:
    """A date as some newsroom prints it, its moment, and the zone it names."""
    wall = draw(st.datetimes(datetime(1996, 1, 1), datetime(2026, 11, 20)))  # noqa: DTZ001
    zone = draw(st.sampled_from(sorted(ZONES)))
    printed = draw(st.sampled_from(FORMS)).format(
        day=draw(st.sampled_from(DAYS[wall.weekday()])),
        month=draw(st.sampled_from(MONTHS[wall.month - 1])),
        d=wall.day,
        n=wall.month,
        y=wall.year,
        yy=f"{wall.year % 100:02}",
        h=f"{wall.hour:02}",
        m=f"{wall.minute:02}",
        zone=zone,
    )
    at = wall.replace(second=0, microsecond=0, tzinfo=ZoneInfo(ZONES[zone]))
    return printed, at, ZONES[zone]


@settings(max_examples=600)
@given(printed_dates())
def test_printed_date_reads_back(printed: tuple[str, datetime, str]) -> None:
    text, moment, zone = printed
    found = read_date(text, zone="UTC", fetched_at=FETCHED)
    assert found
    assert (found.zone, found.text, found.at) == (zone, text, moment)


@given(printed_dates(), st.sampled_from(sorted(ZONES.values())))
def test_printed_date_without_a_zone_is_the_outlets(
    printed: tuple[str, datetime, str], zone: str
) -> None:
    text, moment, _ = printed
    bare = re.sub(r" (?:WIB|WITA|Wit)\b", "", text)
    found = read_date(bare, zone=zone, fetched_at=FETCHED)
    assert found
    assert found.at == moment.replace(tzinfo=ZoneInfo(zone))


BEFORE = ("Redaksi - ", "Kompas.com - ", "By On ", "Diterbitkan ")
BEHIND = ("", " | dibaca 12 kali", " - Redaktur: X", ", 12.500 ASN hadir")


@given(printed_dates(), st.sampled_from(BEFORE), st.sampled_from(BEHIND))
def test_words_around_a_date_do_not_change_it(
    printed: tuple[str, datetime, str], before: str, behind: str
) -> None:
    text, moment, zone = printed
    found = read_date(f"{before}{text}{behind}", zone="UTC", fetched_at=FETCHED)
    assert found
    assert (found.at, found.zone) == (moment, zone)


ISO = st.sampled_from(["seconds", "milliseconds"])


@given(st.datetimes(datetime(1996, 1, 1), datetime(2026, 11, 20)), ISO,  # noqa: DTZ001
       st.integers(-12, 14))  # fmt: skip
def test_declared_moment_reads_back(wall: datetime, spec: str, hours: int) -> None:
    declared = wall.replace(tzinfo=timezone(timedelta(hours=hours)))
    found = metadata_date(declared.isoformat(timespec=spec), zone=ZONE, fetched_at=FETCHED)
    assert found == declared.replace(microsecond=0)


@given(st.text(max_size=200))
def test_any_text_gives_a_plausible_date_or_none(text: str) -> None:
    found = read_date(text, zone=ZONE, fetched_at=FETCHED)
    assert found is None or datetime(1995, 1, 1, tzinfo=UTC) <= found.at <= FETCHED


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2023-11-02T14:34:19+00:00", "2023-11-02T14:34:19"),
        ("2023-11-02 21:34:19", "2023-11-02T14:34:19"),
        ("2023-11-02T21:34:19+07:00", "2023-11-02T14:34:19"),
        ("2023-11-02T14:34:19.000Z", "2023-11-02T14:34:19"),
        ("Thu, 02 Nov 2023 14:34:19 +0000", "2023-11-02T14:34:19"),
        ("2023-11-02", "2023-11-01T17:00:00"),
    ],
)
def test_metadata_date_is_utc(value: str, expected: str) -> None:
    found = metadata_date(value, zone=ZONE, fetched_at=FETCHED)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "value", ["", "kemarin", "2 jam lalu", "0000-00-00T00:00:00Z", "-62169984000"]
)
def test_metadata_without_a_date_gives_none(value: str) -> None:
    assert metadata_date(value, zone=ZONE, fetched_at=FETCHED) is None
