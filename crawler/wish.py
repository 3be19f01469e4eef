"""Addresses that a person asks to have archived, and whose they are."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from archive.types import Outlet
from archive.urls import absolute_url, canonical_url, same_outlet

__all__ = ["Wish", "address_of", "listed", "wishes_of"]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Addresses of one outlet to save. An outlet without a platform is one that nobody set up."""

    outlet: Outlet
    urls: tuple[str, ...]

    def write(self, file: Path) -> None:
        """Put it into a file, for the process that fulfils it."""
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> Self:
        """The wish in a file."""
        told = json.loads(file.read_text(encoding="utf-8"))
        return cls(outlet=Outlet(**told["outlet"]), urls=tuple(told["urls"]))


def listed(text: str) -> list[str]:
    """The addresses in a list, one a line; blank lines and those that begin with # say nothing."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def address_of(line: str) -> str:
    """The address that a person means, with https:// where no scheme was written.

    Raises ValueError for what is no http(s) address.
    """
    text = line.strip()
    if "://" not in text and not re.match(r"[a-z][a-z0-9+.-]*:(?!\d)", text, re.IGNORECASE):
        text = f"https://{text}"
    url = absolute_url(text, base=text)
    canonical_url(url)
    return url


def wishes_of(urls: Iterable[str], outlets: Sequence[Outlet]) -> list[Wish]:
    """The addresses by outlet, each once, in the order of their first mention.

    An address of no outlet in `outlets` makes an outlet of its host, without a platform.
    """
    by_slug: dict[str, dict[str, str]] = {}
    owners: dict[str, Outlet] = {}
    for url in urls:
        owner = next((outlet for outlet in outlets if same_outlet(url, outlet.url)), None)
        owner = owner or _stranger(url, taken={outlet.slug: outlet for outlet in outlets})
        owners.setdefault(owner.slug, owner)
        by_slug.setdefault(owner.slug, {}).setdefault(canonical_url(url), url)
    return [
        Wish(outlet=owners[slug], urls=tuple(found.values())) for slug, found in by_slug.items()
    ]


def _stranger(url: str, *, taken: Mapping[str, Outlet]) -> Outlet:
    """The outlet that a host is, as far as its name tells."""
    given, filed = urlsplit(url), urlsplit(canonical_url(url))
    slug = re.sub(r"[^a-z0-9]+", "-", filed.netloc).strip("-")[:90]
    return Outlet(
        slug=f"situs-{slug}" if slug in taken else slug,
        name=filed.netloc,
        url=f"{given.scheme}://{given.netloc}",
    )
