"""What can be read of JSON that is none: cut short, loosely written, with bare quotes. Pure.

A value that is not closed as a value must be is left out: half a headline is a wrong one.
"""

import json
import re
from typing import Any

__all__ = ["salvaged"]

_DEEPEST = 40
_MOST_VALUES = 20_000
_NOTHING = object()
_BLANK = re.compile(
    r"(?:[\s\ufeff;]+|/\*.*?\*/|//[^\n]*(?:\n|$)|<!--|-->|<!\[CDATA\[|\]\]>)*+", re.S
)
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’"}
_NAME = r"[\w@$][\w@$.:-]{0,60}"
_KEY_BEHIND = rf"(?:\"{_NAME}\"|'{_NAME}'|[A-Za-z_@$]\w{{0,60}})\s*:"
_ENDS = {
    # a quotation mark ends a value only where the JSON goes on behind it
    "member": re.compile(
        rf"\s*[\]}}]|\s*,\s*(?:{_KEY_BEHIND}|[\]}}])|\s*\n\s*\"{_NAME}\"\s*:"
        rf"|\s+\"{_NAME}\"\s*:\s*[\"\[{{\d]"
    ),
    "item": re.compile(r"\s*\]|\s*,\s*[\"'{\[\]]|\s*,\s*(?:-?\d|true|false|null)"),
    "alone": re.compile(r"\s*$"),
}
_SWALLOWED = re.compile(r"[\"']\s*:\s*[\"'\[{\d]")  # a value that lost its own end
_BARE = re.compile(r"[^\s,:}\]\[{\"']{1,200}")
_KEY = re.compile(rf"(?:[\"'“](?P<name>{_NAME})[\"'”]|(?P<bare>[A-Za-z_@$]\w{{0,60}}))\s*:")


def salvaged(text: str) -> list[Any]:
    """Every value that stands in `text`, one behind the other, as far as each can be read.

    What follows a key that is there twice is left out: another object lost its brace. Never raises.
    """
    reader = _Reader(text)
    found: list[Any] = []
    while reader.goes_on():
        if reader.sees("{["):
            found.append(reader.value("alone", 0))
        else:
            reader.at += 1
    return [value for value in found if value is not _NOTHING]


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.values = text, 0, 0

    def goes_on(self) -> bool:
        """Past blanks and comments; false at the end."""
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        return self.at < len(self.text)

    def sees(self, signs: str) -> bool:
        return self.text[self.at] in signs

    def value(self, place: str, depth: int) -> Any:
        self.values += 1
        if depth > _DEEPEST or self.values > _MOST_VALUES:
            self.at = len(self.text)
            return _NOTHING
        if self.sees("{"):
            return self._object(depth + 1)
        if self.sees("["):
            return self._array(depth + 1)
        return self._string(place) if self.text[self.at] in _QUOTES else self._literal()

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        is_own = True
        self.at += 1
        while self.goes_on() and not self.sees("}"):
            key = self._key()
            if key and self.goes_on():
                is_own = is_own and key not in found
                value = self.value("member", depth)
                if is_own:
                    found[key] = value
        self.at += 1
        return {key: value for key, value in found.items() if value is not _NOTHING}

    def _key(self) -> str:
        """The next key with its colon; '' for anything else, which is passed over."""
        key = _KEY.match(self.text, self.at)
        if key:
            self.at = key.end()
            return key["name"] or key["bare"]
        mark = _QUOTES.get(self.text[self.at], "")
        self.at = 1 + max(self.text.find(mark, self.at + 1) if mark else -1, self.at)
        return ""

    def _array(self, depth: int) -> list[Any]:
        found: list[Any] = []
        self.at += 1
        while self.goes_on() and not self.sees("]"):
            start = self.at
            if not self.sees(",:}"):
                value = self.value("item", depth)
                found += [] if value is _NOTHING else [value]
            self.at += self.at == start
        self.at += 1
        return found

    def _string(self, place: str) -> Any:
        """What stands between quotation marks, those inside it included."""
        end = self._end_of_string(place)
        if end < 0:
            self.at = len(self.text)
            return _NOTHING
        inner, self.at = self.text[self.at + 1 : end], end + 1
        return _NOTHING if _SWALLOWED.search(inner) else _decoded(inner)

    def _end_of_string(self, place: str) -> int:
        mark = _QUOTES[self.text[self.at]]
        end = self.text.find(mark, self.at + 1)
        while end >= 0:
            if not self._is_escaped(end) and _ENDS[place].match(self.text, end + 1):
                return end
            end = self.text.find(mark, end + 1)
        return -1

    def _is_escaped(self, at: int) -> bool:
        slashes = 0
        while self.text[at - 1 - slashes] == "\\":
            slashes += 1
        return slashes % 2 == 1

    def _literal(self) -> Any:
        bare = _BARE.match(self.text, self.at)
        if not bare:
            self.at += 1
            return _NOTHING
        self.at = bare.end()
        try:
            return json.loads(bare[0])
        except ValueError:
            return _NOTHING


def _decoded(inner: str) -> str:
    quoted = re.sub(r'(?<!\\)((?:\\\\)*)"', r'\1\\"', inner)
    for text in (quoted, quoted.replace("\\'", "'")):
        try:
            return str(json.loads(f'"{text}"', strict=False))
        except ValueError:
            continue
    return inner
