"""Whose story it is: the outlet that a page names as the one it took the story from. Pure."""

import re

from crawler.names import Names

__all__ = ["is_said", "source_of"]

_LABELLED = re.compile(
    r"[(*\s]*(?:sumber|source)(?: berita| artikel)?\s*:\s*(?P<name>\S.{0,80}?)[)*.\s]*",
    re.IGNORECASE,
)
_REPRINTED = re.compile(
    r"[(*\s]*(?:artikel|berita) ini (?:telah |sudah |pernah )?(?:lebih dulu )?(?:tayang|terbit)"
    r" (?:sebelumnya )?di (?P<name>[^,]{2,60}?)(?:,? dengan judul\b.{0,300}|,\s.{0,300})?[)*.\s]*",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.(?:co\.id|or\.id|com|co|id|net|news|org|tv)$", re.IGNORECASE)
_WORD = r"[A-Z][\w'’-]*"
_OUTLET = re.compile(
    r"(?:[\w-]+\.)+(?:co\.id|or\.id|com|co|id|net|news|org|tv)(?:/[\w.-]+)?"
    rf"|(?i:tribun)[\w-]*(?:\s{_WORD}){{0,2}}"
    r"|(?i:(?:lkbn |kantor berita )?antara)(?:\s(?i:news))?"
    rf"|(?:{_WORD}\s){{1,3}}(?:Pos|Post|News|Online)"
)
_NAME = re.compile(rf"{_WORD}(?:\s{_WORD}){{0,3}}")


def source_of(line: str, names: Names) -> str:
    """The outlet, not this one itself, that the whole of `line` names as the story's own.

    >>> source_of("Sumber: TribunSolo.com", names)
    'TribunSolo.com'

    A line that names an office, a person or a document (`Sumber: BPS Kota Ambon`) gives ''.
    """
    name = _named(line)
    return name if _OUTLET.fullmatch(name) and not _is_own(name, names) else ""


def is_said(text: str, names: Names) -> str:
    """The same for a place where an outlet's template names nothing else: any name will do there.

    Newspapers of a network are called `Warta Kota` and `Serambi Indonesia`.
    """
    name = _named(text)
    is_name = _OUTLET.fullmatch(name) or _NAME.fullmatch(name)
    return name if is_name and not _is_own(name, names) else ""


def _named(text: str) -> str:
    match = _LABELLED.fullmatch(text) or _REPRINTED.fullmatch(text)
    return match["name"].strip() if match else ""


def _is_own(name: str, names: Names) -> bool:
    return names.is_outlet(name) or names.is_outlet(_ENDING.sub("", name))
