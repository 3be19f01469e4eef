"""The pages that the reading benchmark reads, and what is known to be true of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

__all__ = ["SAVED", "Item", "benchmark_items", "genuine_items", "saved_items", "thinned"]

SAVED = Path(__file__).parent.parent / "pages"
_GENUINE = Path(__file__).parent.parent / "genuine"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A story to read: its parts, and what an editor would read there (None: not known)."""

    name: str
    pages: tuple[tuple[str, str], ...]
    """File and address of each part."""
    outlet: str = ""
    fetched_at: str = ""
    zone: str = "UTC"
    text: str | None = None
    headline: str | None = None
    byline: str | None = None
    published_at: datetime | None = None
    digests: tuple[str, ...] = ()
    """Of the text's lines, where the text itself must not be kept here."""

    @property
    def request(self) -> dict[str, Any]:
        """What a reading child is asked."""
        return {"pages": self.pages, "outlet": self.outlet, "fetched_at": self.fetched_at}


def benchmark_items(folder: Path) -> list[Item]:
    """The article-extraction-benchmark's pages; of them only the text is known."""
    place = folder / "article-extraction-benchmark"
    truth = json.loads((place / "ground-truth.json").read_text(encoding="utf-8"))
    return [
        Item(
            name=f"benchmark/{name[:12]}",
            pages=((str(place / "html" / f"{name}.html.gz"), known["url"]),),
            text=known["articleBody"],
        )
        for name, known in sorted(truth.items())
    ]


def saved_items(folder: Path = SAVED) -> list[Item]:
    """Our saved pages that an editor has read; stories of several parts are one item."""
    return [_saved(file) for file in sorted(folder.glob("*/*.json")) if _is_read(file)]


def _is_read(file: Path) -> bool:
    """Not so what nobody has read yet, and the facts about an outlet beside its pages."""
    return bool(json.loads(file.read_text(encoding="utf-8")).get("read_by"))


def _saved(file: Path) -> Item:
    known = json.loads(file.read_text(encoding="utf-8"))
    parts = [file.with_suffix(".html"), *sorted(file.parent.glob(f"{file.stem}.[0-9].html"))]
    return Item(
        name=f"{file.parent.name}/{file.stem}",
        pages=tuple((str(part), _address(known["url"], n)) for n, part in enumerate(parts, 1)),
        outlet=file.parent.name,
        fetched_at=known["fetched_at"],
        zone=known["published_zone"] or "UTC",
        text="\n\n".join(known["text"]),
        headline=known["headline"],
        byline=known["byline"],
        published_at=_moment(known["published_at"]),
    )


def _address(url: str, number: int) -> str:
    if number == 1:
        return url
    return f"{url}{number}/" if url.endswith("/") else f"{url}?page={number}"


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def genuine_items(folder: Path) -> list[Item]:
    """The genuine pages of `folder`; of their text only the digests of its lines are known."""
    known = [(file, folder / f"{file.stem}.html") for file in sorted(_GENUINE.glob("*.json"))]
    return [_genuine(file, page) for file, page in known if page.is_file() and _is_read(file)]


def _genuine(file: Path, page: Path) -> Item:
    known = json.loads(file.read_text(encoding="utf-8"))
    return Item(
        name=f"genuine/{file.stem}",
        pages=((str(page), known["url"]),),
        fetched_at=known["fetched_at"],
        digests=tuple(known["digests"]),
    )


def thinned(items: Sequence[Item], count: int) -> list[Item]:
    """At most `count` of them, spread evenly."""
    step = max(1, len(items) // count)
    return list(items[::step][:count])
