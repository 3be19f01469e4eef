"""What Kliping says to people, in Indonesian and in English. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

__all__ = ["LANGUAGES", "Phrases", "clock", "day", "phrases"]


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """The words of one language."""

    new: str
    edited: str
    gone: str
    back: str
    sick: str
    nothing: str
    more: str
    was: str
    missing_since: str
    headline: str
    looked: str
    sections: Mapping[str, str]
    fields: Mapping[str, str]
    reasons: Mapping[str, str]
    days: tuple[str, ...]
    months: tuple[str, ...]


_INDONESIAN = Phrases(
    new="{n} berita baru",
    edited="{n} diubah",
    gone="{n} dihapus",
    back="{n} muncul lagi",
    sick="{n} media bermasalah",
    nothing="tidak ada yang baru",
    more="… dan {n} lagi",
    was="semula",
    missing_since="tidak ada lagi sejak",
    headline="judul",
    looked="{n} media dilihat sejak kabar terakhir",
    sections={"new": "BERITA BARU", "edited": "DIUBAH", "gone": "DIHAPUS", "back": "MUNCUL LAGI",
              "sick": "MEDIA BERMASALAH"},
    fields={"headline": "judul", "byline": "penulis", "editor": "editor",
            "dateline": "tempat", "published_text": "tanggal tercetak", "text": "isi"},
    reasons={"unreachable": "tidak dapat dihubungi", "challenged": "meminta bukti kita manusia",
             "misconfigured": "pengaturannya salah", "killed": "pengambilan terhenti paksa",
             "archive-failed": "arsip gagal", "lease-held": "sedang dikerjakan proses lain",
             "network-held": "jaringannya sedang dikerjakan proses lain",
             "not-reached": "waktunya tidak cukup", "start_error": "galat tak terduga",
             "certificate": "sertifikatnya bermasalah", "moved-domain": "pindah domain",
             "robots-change": "robots.txt berubah", "challenge-wall": "terhalang tantangan",
             "closed-rest": "REST API ditutup", "silent-feed": "umpannya tidak memuat berita",
             "template-change": "templatnya berubah",
             "lying-signals": "tanggal ubahnya tidak dapat dipercaya",
             "on-hold": "minta dibiarkan sementara"},
    days=("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    months=("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
            "Oktober", "November", "Desember"),
)  # fmt: skip
_ENGLISH = Phrases(
    new="{n} new",
    edited="{n} edited",
    gone="{n} removed",
    back="{n} back",
    sick="{n} outlets in trouble",
    nothing="nothing new",
    more="… and {n} more",
    was="was",
    missing_since="gone since",
    headline="headline",
    looked="{n} outlets were looked at since the last word",
    sections={"new": "NEW STORIES", "edited": "EDITED", "gone": "REMOVED", "back": "BACK AGAIN",
              "sick": "OUTLETS IN TROUBLE"},
    fields={"headline": "headline", "byline": "byline", "editor": "editor",
            "dateline": "dateline", "published_text": "printed date", "text": "text"},
    reasons={"unreachable": "cannot be reached", "challenged": "asks for a human",
             "misconfigured": "its settings are wrong", "killed": "its crawl was killed",
             "archive-failed": "the archive failed", "lease-held": "another process works on it",
             "network-held": "another process works on its network",
             "not-reached": "its time did not suffice", "start_error": "an unforeseen error",
             "certificate": "its certificate cannot be verified",
             "moved-domain": "it moved to another domain", "robots-change": "robots.txt changed",
             "challenge-wall": "a wall of challenges", "closed-rest": "its REST API is closed",
             "silent-feed": "its feed lists nothing", "template-change": "its template changed",
             "lying-signals": "its dates of change cannot be trusted",
             "on-hold": "it asked to be left alone for a while"},
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=("January", "February", "March", "April", "May", "June", "July", "August", "September",
            "October", "November", "December"),
)  # fmt: skip
LANGUAGES: Mapping[str, Phrases] = {"id": _INDONESIAN, "en": _ENGLISH}


def phrases(language: str) -> Phrases:
    """The words of a language, `id` or `en`."""
    return LANGUAGES[language]


def day(moment: datetime, zone: str, words: Phrases) -> str:
    """A day as people write it: `Senin, 23 November 2026`."""
    local = moment.astimezone(ZoneInfo(zone))
    month = words.months[local.month - 1]
    return f"{words.days[local.weekday()]}, {local.day} {month} {local.year}"


def clock(moment: datetime, zone: str, words: Phrases) -> str:
    """A day and a time on the clock of a zone: `23 November 2026 20.15 WIB`."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {words.months[local.month - 1]} {local.year} {local:%H.%M %Z}"
