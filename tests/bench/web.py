"""How fast the reading room answers: pages under wrk, memory over many requests, beside Datasette.

    python tests/bench/web.py [--sizes 100000 1000000] [--quick] [--readme]

An archive of a year is written straight into the tables, `kliping serve` is started over it as a
process of its own, and wrk asks each kind of page at 2 and 8 clients, every time for another story,
word or moment. Datasette serves the same file and is asked in the same run.
"""

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from web_rows import Year

_HERE = Path(__file__).parent
_README = _HERE.parents[1] / "archive" / "web" / "README.md"
_BEGIN, _END = "<!-- make bench-web -->\n", "<!-- end -->"
_BUDGET = {"a common word": 400.0}
_OTHERS = 150.0
_PATHS = 500
_WARM = 20
_JUDGED = 100_000
"""Versions up to which the budgets hold; more are measured and not judged."""


@dataclass(frozen=True)
class Timed:
    """What wrk saw of one kind of page."""

    name: str
    clients: int
    p50: float
    p95: float
    a_second: float
    failed: int

    @property
    def budget(self) -> float:
        """Milliseconds that 95 of 100 answers may take at 2 clients."""
        return _BUDGET.get(self.name, _OTHERS)


def main() -> int:
    """Measure, print, and write the table when asked; 1 when a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--datasette", default=shutil.which("datasette") or "")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--readme", action="store_true")
    asked = parser.parse_args()
    if not shutil.which("wrk"):
        _tell("NOT MEASURED: wrk is missing (apt-get install wrk)")
        return 0
    if asked.quick:
        asked.sizes, asked.seconds, asked.requests = [2_000], 1, 500
    told, missed = [], False
    for size in asked.sizes:
        with tempfile.TemporaryDirectory() as folder:
            lines, is_missed = _of_size(Path(folder), size, asked)
        told += lines
        missed = missed or is_missed
    text = "\n".join(told)
    _tell(text)
    if asked.readme:
        before, _, rest = _README.read_text(encoding="utf-8").partition(_BEGIN)
        after = rest.partition(_END)[2]
        _README.write_text(f"{before}{_BEGIN}{text}\n{_END}{after}", encoding="utf-8")
    return int(missed)


def _of_size(folder: Path, size: int, asked: argparse.Namespace) -> tuple[list[str], bool]:
    year = Year(folder / "arsip", size)
    begun = time.monotonic()
    year.write()
    _tell(f"{year.versions} versions written in {time.monotonic() - begun:.0f} s")
    lines = [
        f"{year.versions:,} versions of {year.stories:,} stories, SQLite",
        "",
        "| page | clients | p50 ms | p95 ms | a second | failed | budget (p95 at 2) |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    missed = False
    with _serving(folder, year) as (url, pid):
        pages = _pages(year)
        for name, paths in pages.items():
            for clients in (2, 8):
                one = _wrk(url, name, paths, clients=clients, seconds=asked.seconds, folder=folder)
                late = clients == 2 and one.p95 > one.budget and size <= _JUDGED
                missed = missed or late or (one.failed > 0 and size <= _JUDGED)
                lines.append(_row(one, is_late=late, is_judged=size <= _JUDGED))
                _tell(lines[-1])
        if size == min(asked.sizes):
            lines += ["", *_memory(url, pid, pages, asked.requests, folder)]
    if asked.datasette:
        lines += ["", *_beside_datasette(folder, year, asked)]
    return [*lines, ""], missed


def _pages(year: Year) -> Mapping[str, Sequence[str]]:
    """Kind of page -> addresses, each another one."""
    edited = [year.story_id(n * 5) for n in range(min(_PATHS, year.stories // 5))]
    step = max(year.stories // _PATHS, 1)
    stories = [year.story_id(n) for n in range(0, year.stories, step)][:_PATHS]
    then = [datetime.now(UTC) - timedelta(days=n % 300 + 1, hours=n % 24) for n in range(60)]
    moments = [quote(moment.isoformat(timespec="seconds")) for moment in then]
    return {
        "front page": ["/"],
        "a rare word": [f"/cari?q=kata{39_999 - n}" for n in range(_PATHS)],
        "a word of 1 in 20": [f"/cari?q=netralitas+kata{n}" for n in range(20, 20 + _PATHS)],
        "a common word": [f"/cari?q=pemilihan&hal={n % 5 + 1}" for n in range(_PATHS)],
        "story": [f"/berita/{key}" for key in stories],
        "difference": [f"/berita/{key}/beda/1/2" for key in edited],
        "story as of": [f"/berita/{key}?per={moments[-1]}" for key in stories[: _PATHS // 10]],
        "front page as of": [f"/?per={moment}" for moment in moments],
    }


def _row(one: Timed, *, is_late: bool, is_judged: bool) -> str:
    met = f"≤ {one.budget:.0f}: {'MISSED' if is_late else 'met'}"
    verdict = met if one.clients == 2 and is_judged else ""
    return (
        f"| {one.name} | {one.clients} | {one.p50:.0f} | {one.p95:.0f} | {one.a_second:.0f} | "
        f"{one.failed} | {verdict} |"
    )


@contextmanager
def _serving(folder: Path, year: Year) -> Iterator[tuple[str, int]]:
    """`kliping serve` as users start it."""
    settings = folder / "kliping.toml"
    settings.write_text(
        f'[archive]\ndirectory = "{year.config.directory}"\n[web]\nrequests = 100000000\n'
    )
    command = [str(Path(sys.executable).with_name("kliping")), "--config", str(settings)]
    process = subprocess.Popen(
        [*command, "serve", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        told = process.stdout.readline()
        while not told.rstrip().endswith("}"):
            told += process.stdout.readline()
        yield json.loads(told)["url"].rstrip("/"), process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wrk(
    url: str, name: str, paths: Sequence[str], *, clients: int, seconds: int, folder: Path
) -> Timed:
    """wrk over the addresses in turn; latencies in milliseconds."""
    script = folder / "paths.lua"
    listed = ",\n".join(json.dumps(path) for path in paths)
    script.write_text(
        f"local paths = {{{listed}}}\nlocal at = 0\n"
        "request = function() at = at % #paths + 1; return wrk.format('GET', paths[at]) end\n"
        "done = function(summary, latency, requests)\n"
        "  local e = summary.errors\n"
        "  io.write(string.format('told %f %f %f %d\\n', latency:percentile(50) / 1000,\n"
        "    latency:percentile(95) / 1000, summary.requests / summary.duration * 1e6,\n"
        "    e.status + e.connect + e.read + e.write + e.timeout))\nend\n"
    )
    for path in paths[:_WARM]:
        with urlopen(url + path) as answer:
            answer.read()
    done = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", "-s", script, url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = re.search(r"told (\S+) (\S+) (\S+) (\d+)", done.stdout)
    if not found:
        sys.exit(f"wrk said something else: {done.stdout}")
    p50, p95, a_second = (float(found[n]) for n in (1, 2, 3))
    return Timed(name, clients, p50, p95, a_second, int(found[4]))


def _resident(pid: int) -> float:
    """Megabytes that a process holds (proc(5), statm)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _memory(
    url: str, pid: int, pages: Mapping[str, Sequence[str]], requests: int, folder: Path
) -> list[str]:
    """What the process holds after each quarter of that many requests."""
    paths = [path for kind in ("story", "difference", "a rare word") for path in pages[kind]]
    held, asked = [_resident(pid)], 0
    while asked < requests:
        one = _wrk(
            url, "all", paths, clients=4, seconds=5 if requests > 1_000 else 1, folder=folder
        )
        asked += int(one.a_second * (5 if requests > 1_000 else 1))
        held.append(_resident(pid))
    quarter = [held[len(held) * n // 4 if n < 4 else -1] for n in range(5)]
    told = ", ".join(f"{one:.0f}" for one in quarter)
    return [f"Memory over {asked:,} requests (MB, at the start and after each quarter): {told}."]


def _beside_datasette(folder: Path, year: Year, asked: argparse.Namespace) -> list[str]:
    """The list and full-text pages of both over one file, in turns."""
    sql = (
        "select s.story_id, r.headline from reading_search f join reading r on r.reading_id ="
        " f.rowid join version v on v.version_id = r.version_id join story s on s.story_id ="
        " v.story_id where reading_search match :q order by r.published_at desc limit 20"
    )
    words = [f"/kliping?sql={quote(sql)}&q=kata{39_999 - n}" for n in range(_PATHS)]
    theirs = {"list": ["/kliping/story?_size=20&_sort_desc=first_seen_at"], "full text": words}
    ours = {"list": ["/"], "full text": _pages(year)["a rare word"]}
    lines = ["| beside Datasette, 2 clients | p50 ms | p95 ms | a second |",
             "| --- | ---: | ---: | ---: |"]  # fmt: skip
    with _serving(folder, year) as (url, _), _datasette(asked.datasette, year) as other:
        for name, own in ours.items():
            for who, base, paths in (("ours", url, own), ("Datasette", other, theirs[name])):
                one = _wrk(base, name, paths, clients=2, seconds=asked.seconds, folder=folder)
                lines.append(
                    f"| {name}, {who} | {one.p50:.0f} | {one.p95:.0f} | {one.a_second:.0f} |"
                    + (f" {one.failed} failed" if one.failed else "")
                )
    return lines


@contextmanager
def _datasette(program: str, year: Year) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [program, "serve", str(year.database), "--host", "127.0.0.1", "--port", str(port),
         "--setting", "sql_time_limit_ms", "10000"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                with urlopen(f"{url}/-/versions.json"):
                    break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
