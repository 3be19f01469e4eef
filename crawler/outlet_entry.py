"""The `[[outlet]]` entry of a site that was looked at, written behind what kliping.toml holds."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from archive.config import Settings
from archive.errors import ConfigError
from crawler.outlets import known_spiders
from crawler.survey_verdict import Verdict

__all__ = ["append_entry", "entry_of", "in_toml"]


def entry_of(slug: str, found: Verdict) -> Mapping[str, str]:
    """The keys of the entry and their values."""
    return {
        "slug": slug,
        "url": found.url,
        "platform": found.platform,
        "name": found.name,
        "zone": found.zone,
    }


def in_toml(entry: Mapping[str, str]) -> str:
    """The entry as it stands in the settings file."""
    # a JSON string is a TOML basic string (TOML 1.0); what is not ASCII stays readable
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()]
    return "\n".join(["[[outlet]]", *lines, ""])


def append_entry(file: Path, entry: Mapping[str, str]) -> None:
    """Write the entry behind everything else in the settings file; no line of it is touched.

    Raises ConfigError, and writes nothing, when the settings could not be read with it.
    """
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    whole = f"{before.rstrip()}\n\n{in_toml(entry)}".lstrip()
    fresh = file.with_suffix(".toml.new")
    try:
        tomllib.loads(whole)
        fresh.write_text(whole, encoding="utf-8")
        known_spiders(Settings.load(fresh))
        fresh.replace(file)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: the entry cannot be added behind it: {error}") from None
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}") from None
    finally:
        fresh.unlink(missing_ok=True)
