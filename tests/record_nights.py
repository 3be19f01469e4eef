"""Record one night of every outlet of the sample newsroom into tests/nights: `make record-nights`.

What was read from a recording stands beside it as JSON; a test replays each and compares. A new
recording is made only when the newsroom itself changed: a change of the reader shows as a change
of the JSON, which a person reads.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playing import Place

from archive import schema
from archive.stories import stories
from archive.versions import versions
from crawler.demo import Newsroom, NewsroomConfig

__all__ = ["CRAWL", "FOLDER", "entries_of", "told", "write"]

FOLDER = Path(__file__).with_name("nights")
CRAWL = {"lookback": "9d", "timeout": "5s", "page_limit": 2_000_000, "read_time": "10s"}
"""[crawl] settings of a recorded night; not the whole month, so that the files stay small."""


def told(place: Place, slug: str) -> list[dict[str, Any]]:
    """What an archive holds of an outlet, as a person would check it; times are UTC."""
    rows = []
    for story in stories(place.engine, outlet=slug):
        for version in versions(place.engine, story.story_id):
            fields = vars(version.article) | {"tags": list(version.article.tags)}
            row = {"url": story.url, "status": story.status, "number": version.number} | fields
            rows.append(json.loads(json.dumps(row, default=datetime.isoformat)))
    return sorted(rows, key=lambda row: (row["url"], row["number"]))


def problems_of(place: Place) -> list[list[str]]:
    """Kind and address of everything that went wrong, without what changes at each run."""
    return sorted([row["kind"], row["url"]] for row in place.rows(schema.problem))


def write(path: Path, value: object) -> None:
    """A value as JSON that people can read."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(f"{text}\n", encoding="utf-8")


def entries_of(slugs: Sequence[str], room: Newsroom) -> list[Mapping[str, str]]:
    """The [[outlet]] entries among the named outlets."""
    return [entry for entry in room.outlet_entries if entry["slug"] in slugs]


def record(slug: str, room: Newsroom, folder: Path) -> str:
    """Record one night of one outlet; what was kept, in words."""
    place = Place.make(folder, room.connect_to, outlets=entries_of([slug], room), **CRAWL)
    file = FOLDER / f"{slug}.warc.gz"
    file.unlink(missing_ok=True)
    end = place.crawl(slug, "--record", file)
    found = told(place, slug)
    write(file.with_name(f"{slug}.json"), {"stories": found, "problems": problems_of(place)})
    return f"{slug}: {end['reason']}: {len(found)} versions, {file.stat().st_size} bytes"


def main() -> int:
    """Record the named outlets, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("outlets", nargs="*")
    asked = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    config = NewsroomConfig(today=datetime.now(UTC).date())
    with Newsroom(config) as room, tempfile.TemporaryDirectory() as folder:
        slugs = asked.outlets or [site.outlet.slug for site in room.sites]
        for slug in slugs:
            sys.stdout.write(f"{record(slug, room, Path(folder, slug))}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
