"""WARC files as other tools write them, of an invented outlet."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

__all__ = ["DAY_1", "FRONT", "HTML", "Foreign", "story_page", "wacz"]

FRONT = "https://media-uji.example"
DAY_1 = datetime(2024, 10, 1, 3, 0, tzinfo=UTC)
HTML = ("Content-Type", "text/html; charset=UTF-8")
_TEXT = (
    "Bawaslu memeriksa {who} karena diduga melanggar netralitas ASN dalam pilkada.",
    "{who} hadir di kampanye pasangan calon dan mengajak warga mendukung calon bupati.",
    "Pemeriksaan berlangsung dua jam di kantor Bawaslu, dan hasilnya diumumkan pekan depan.",
    "Penjabat bupati mengingatkan aparatur sipil negara agar tidak berpihak sampai pemungutan "
    "suara selesai.",
)
_MARKET = (
    "Harga cabai di pasar induk naik menjadi enam puluh ribu rupiah per kilogram sejak Senin.",
    "Pedagang menduga hujan di sentra cabai membuat pasokan berkurang hingga sepertiga.",
    "Dinas perdagangan berencana menggelar pasar murah di tiga kelurahan pada akhir pekan.",
)


def story_page(
    who: str = "Camat Rimba Jaya", *, extra: str = "", is_on_topic: bool = True, after: str = ""
) -> bytes:
    """The HTML of an invented story; `extra` is one more paragraph, `after` stands behind it."""
    title = f"{who} Diperiksa Bawaslu" if is_on_topic else f"{who} dan Harga Cabai"
    lines = [line.format(who=who) for line in (_TEXT if is_on_topic else _MARKET)]
    paragraphs = "".join(f"<p>{line}</p>" for line in [*lines, *filter(None, [extra])])
    return (
        f'<html><head><title>{title}</title><meta property="og:type" content="article">'
        f'</head><body><article><h1>{title}</h1><div class="entry-content">{paragraphs}</div>'
        f"{after}</article></body></html>"
    ).encode()


class Foreign:
    """A WARC file while warcio writes it."""

    def __init__(self, path: Path, *, gzip: bool = True, version: str = "WARC/1.1") -> None:
        self.path = path
        self._file = path.open("wb")
        self._writer = WARCWriter(self._file, gzip=gzip, warc_version=version)
        info = {"software": "Wget/1.21", "format": "WARC File Format 1.0"}
        self._writer.write_record(self._writer.create_warcinfo_record(path.name, info))

    def add(
        self,
        address: str,
        body: bytes = b"",
        *,
        at: datetime = DAY_1,
        status: str = "200 OK",
        headers: Iterable[tuple[str, str]] = (HTML,),
        fields: Mapping[str, str] | None = None,
        kind: str = "response",
    ) -> str:
        """Add one record; its id."""
        http = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1")
        record = self._writer.create_warc_record(
            f"{FRONT}{address}" if address.startswith("/") else address,
            kind,
            payload=io.BytesIO(body),
            http_headers=http,
            warc_headers_dict={
                "WARC-Date": at.isoformat().replace("+00:00", "Z"),
                **(fields or {}),
            },
        )
        self._writer.write_record(record)
        return str(record.rec_headers.get_header("WARC-Record-ID"))

    def close(self) -> Path:
        self._file.close()
        return self.path

    def __enter__(self) -> "Foreign":
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()


def wacz(path: Path, *warcs: Path, wrong_hash: bool = False, names: Iterable[str] = ()) -> Path:
    """A WACZ of WARC files, as other tools lay it out; `names` are given in their place."""
    entries = dict(zip(names or [f"archive/{one.name}" for one in warcs], warcs, strict=True))
    resources = []
    with zipfile.ZipFile(path, "w") as file:
        for name, one in entries.items():
            file.write(one, name)
            digest = hashlib.sha256(b"lain" if wrong_hash else one.read_bytes()).hexdigest()
            resources.append({"name": one.name, "path": name, "hash": f"sha256:{digest}"})
        package = json.dumps({"profile": "data-package", "resources": resources}).encode()
        file.writestr("datapackage.json", package)
        told = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}
        file.writestr("datapackage-digest.json", json.dumps(told))
    return path
