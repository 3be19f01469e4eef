"""Requests of a second night, unchanged site, REST open: at most 6 + 0.02 for each known story."""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from served import KLIPING, OUTLETS, serve

from archive import database
from archive.config import Settings
from archive.stories import stories


def main() -> int:
    """Crawl a grown newsroom twice, print the requests of the second night; 1 when over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000, help="pages the newsroom grows by")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with serve(Path(folder, "newsroom"), "--grown", str(asked.pages)) as served:
            file = served.project("nights")
            subprocess.run(_crawl(file), check=True, stdout=subprocess.DEVNULL)
            first = len(served.answered())
            subprocess.run(_crawl(file), check=True, stdout=subprocess.DEVNULL)
            spent = Counter(answer.host for answer in served.answered(skip=first))
        return _show(spent, known=_known(file))


def _crawl(file: Path) -> list[str | Path]:
    return [KLIPING, "--config", file, "crawl", *OUTLETS]


def _known(file: Path) -> Counter[str]:
    engine = database.connect(Settings.load(file).archive)
    return Counter(story.outlet for story in stories(engine))


def _show(spent: Counter[str], *, known: Counter[str]) -> int:
    is_broken = False
    for outlet in OUTLETS:
        requests, budget = spent[f"{outlet}.com"], 6 + 0.02 * known[outlet]
        is_broken |= requests > budget
        verdict = "within" if requests <= budget else "BROKEN"
        sys.stdout.write(
            f"second night, {outlet}: {requests} requests for {known[outlet]} known stories; "
            f"budget {budget:.2f}: {verdict}\n"
        )
    return int(is_broken)


if __name__ == "__main__":
    sys.exit(main())
