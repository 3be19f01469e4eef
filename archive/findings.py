"""What an audit found, and how it counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from archive.fixity_plan import Span

__all__ = ["AuditReport", "Finding", "Progress"]

Progress = Callable[[int, int], None]
"""Called with the bytes read so far and the bytes to read."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it was stored, where it is, and what to do about it."""

    what: str
    advice: str
    row: str = ""
    """The row concerned, e.g. `capture 12`."""
    file: str = ""
    offset: int | None = None
    record_id: str = ""

    @property
    def where(self) -> str:
        """File, offset, record and row, as far as they are known."""
        offset = "" if self.offset is None else f"offset {self.offset}"
        return ", ".join(part for part in (self.file, offset, self.record_id, self.row) if part)


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """Everything that was checked and everything that was found."""

    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()
    """No damage: what a crawl that has not closed may have left."""
    checked: Mapping[str, int] = field(default_factory=dict)
    """What -> how many of them were looked at."""
    spans: tuple[Span, ...] = ()
    """What was read, and whether it was intact."""
    head: str = ""
    """The hash of the newest event: the anchor to note outside. It vouches for all before it."""

    @property
    def is_clean(self) -> bool:
        """Nothing is damaged."""
        return not self.findings
