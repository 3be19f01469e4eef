"""Who asked for what, when, and how many at once."""

import json
import threading
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

__all__ = ["Request", "RequestLog"]


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as the newsroom saw it."""

    host: str
    path: str
    """With its query, as it was on the wire."""
    method: str
    status: int
    started: float
    """Monotonic seconds."""
    ended: float
    """Monotonic seconds, just before the answer's first byte: a client that waits for its answer
    cannot have asked again before."""
    started_at: datetime
    ended_at: datetime
    if_none_match: str
    if_modified_since: str
    user_agent: str
    accept_encoding: str
    night: int
    retry_after: str = ""
    """What the answer asked for."""
    has_validators: bool = False
    """The answer had an ETag or Last-Modified, by which it can be asked for again."""


class RequestLog:
    """The requests so far; safe to use from several threads."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._requests: list[Request] = []

    def add(self, request: Request) -> None:
        """Keep one request, and append it to the file as a line of JSON."""
        with self._lock:
            self._requests.append(request)
            if self._file:
                line = json.dumps(asdict(request), default=datetime.isoformat)
                with self._file.open("a", encoding="utf-8") as lines:
                    lines.write(f"{line}\n")

    def all(self) -> list[Request]:
        """Every request, in the order in which they were answered."""
        with self._lock:
            return list(self._requests)

    def clear(self) -> None:
        """Forget them; the file stays."""
        with self._lock:
            self._requests.clear()

    def most_at_once(self, host: str = "") -> int:
        """The largest number of requests under way at one moment, at one host or at all of them."""
        spans = [r for r in self.all() if host in ("", r.host)]
        # at the same instant an end comes before a start: touching spans do not overlap
        edges = sorted([(r.started, 1) for r in spans] + [(r.ended, -1) for r in spans])
        level = most = 0
        for _, step in edges:
            level += step
            most = max(most, level)
        return most
