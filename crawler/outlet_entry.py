"""The `[[outlet]]` entry that a look at a site suggests, or why there is none. Pure but `write`."""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from archive.config import OutletConfig, Settings
from archive.errors import ConfigError
from crawler.outlets import known_spiders
from crawler.site_facts import ANY, Obstacle, SiteFacts, slug_of

__all__ = ["Entry", "entry_of", "unfit", "write_entry"]

_OPEN_IT = "open it in a browser; if it is a news site, "


@dataclass(frozen=True)
class Entry:
    """The values of an `[[outlet]]`, and what is said of some of them."""

    values: Mapping[str, str]
    remarks: Mapping[str, str]

    @property
    def slug(self) -> str:
        """The outlet's short name."""
        return self.values["slug"]

    def as_toml(self) -> str:
        """The entry as it stands in a settings file."""
        lines = ["[[outlet]]"]
        for name, value in self.values.items():
            remark = f"  # {self.remarks[name]}" if name in self.remarks else ""
            # a JSON string is a TOML string, but for DEL
            lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}{remark}")
        return "\n".join(lines).replace("\x7f", "") + "\n"


def unfit(facts: SiteFacts) -> Obstacle | None:
    """Why a site can be no outlet, or None when it can."""
    if facts.obstacle:
        return facts.obstacle
    if not facts.platform and not facts.has_seeds:
        return Obstacle("no-seeds", _no_seeds(facts), _OPEN_IT + _what_is_needed(facts))
    return facts.wall or _no_news(facts)


def _no_news(facts: SiteFacts) -> Obstacle | None:
    """Why what the site shows is no news, as far as it can be read."""
    if not facts.trial:
        detail = f"{facts.url}: neither feed, sitemap nor front page names a story"
        return Obstacle("no-news", detail, _OPEN_IT + "it is drawn by scripts, and not crawled")
    if not facts.read:
        first = facts.trial[0]
        detail = (
            f"{facts.url}: none of {len(facts.trial)} pages could be read as a story; "
            f"{first.url}: {first.problem}"
        )
        return Obstacle("no-news", detail, _OPEN_IT + "its template needs rules: use --code")
    if not any(story.published_at for story in facts.read):
        detail = f"{facts.url}: its pages can be read, but none has a date as news has"
        return Obstacle("no-news", detail, _OPEN_IT + "its template needs rules: use --code")
    return None


def _no_seeds(facts: SiteFacts) -> str:
    missing = "; ".join(
        f"{seed.kind} {seed.url}: {seed.detail}"
        for seed in facts.seeds
        if seed.kind != "index" and not seed.is_open
    )
    return f"{facts.url}: on no platform that Kliping knows, and no seed lists stories ({missing})"


def _what_is_needed(facts: SiteFacts) -> str:
    if facts.declared_feeds:
        return f"it needs a module of its own that reads {facts.declared_feeds[0]}"
    return "it needs /feed/, a sitemap that robots.txt names, or a module of its own"


def entry_of(facts: SiteFacts, *, slug: str = "") -> Entry:
    """The entry for a site that is fit to be an outlet, with `slug` or one made of its host.

    Raises ConfigError for a slug that cannot be one.
    """
    values = {
        "slug": slug or slug_of(facts.url, name=facts.name),
        "url": facts.url,
        "platform": facts.platform or ANY,
        "name": facts.name,
        "region": facts.region,
        "zone": facts.zone.name,
    }
    values = {name: value for name, value in values.items() if value}
    try:
        OutletConfig.model_validate(values)
    except ValidationError:
        advice = "a slug has a-z, 0-9 and single hyphens; choose one with --slug"
        raise ConfigError(f"{values['slug']!r} cannot be a slug: {advice}") from None
    remarks = {"zone": facts.zone.why}
    if facts.region:
        remarks["region"] = "a guess, by its name or its datelines"
    if not facts.platform:
        remarks["platform"] = "not really: read by feed or sitemap, as WordPress without REST"
    return Entry(values, remarks)


def write_entry(entry: Entry, file: Path) -> None:
    """Put the entry at the end of a settings file, all or nothing; all else in it stays as it is.

    Raises ConfigError when the file would not be read any more, and then leaves it alone.
    """
    target = file.resolve()
    text = target.read_text(encoding="utf-8")
    text += "" if text.endswith("\n") or not text else "\n"
    text += f"\n{entry.as_toml()}" if text else entry.as_toml()
    number, name = tempfile.mkstemp(prefix=f".{target.name}-", suffix=".toml", dir=target.parent)
    made = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        shutil.copymode(target, made)
        _require_readable(made, target)
        made.replace(target)
    finally:
        made.unlink(missing_ok=True)


def _require_readable(made: Path, target: Path) -> None:
    try:
        known_spiders(Settings.load(made))
    except ConfigError as error:
        reason = str(error).replace(str(made), str(target))
        raise ConfigError(f"{target} was left as it is; with the new entry: {reason}") from None
