"""Settings: kliping.toml first, the environment (`KLIPING_ARCHIVE__DIRECTORY=…`) above it."""

import difflib
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from archive.errors import ConfigError
from archive.types import Outlet

__all__ = ["ArchiveConfig", "CrawlConfig", "OutletConfig", "Settings", "duration"]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def duration(value: Any) -> Any:
    """A timedelta from `"90s"`, `"15m"`, `"6h"` or `"7d"`. Raises ValueError for other values."""
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{value!r} is no duration; write it like 90s, 15m, 6h or 7d")
    try:
        return timedelta(seconds=float(match[1]) * _UNITS[match[2]])
    except OverflowError:
        raise ValueError(f"{value!r} is longer than any crawl will be") from None


def zone(value: Any) -> Any:
    """The name of an IANA time zone. Raises ValueError that names the nearest known one."""
    if value in available_timezones():
        return value
    near = difflib.get_close_matches(str(value), available_timezones(), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"{value!r} is no IANA time zone{hint}")


def _tidy(value: Any) -> Any:
    """Text in one line: it goes into a header."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _reachable(value: str) -> str:
    """A contact by which an outlet can answer. Raises ValueError for any other word."""
    if not value or re.search(r"https?://[^\s/]+\.\S+|[^\s@]+@[^\s@]+\.\S+", value):
        return value
    raise ValueError(f"{value!r} holds neither an https:// address nor an e-mail address")


Duration = Annotated[timedelta, BeforeValidator(duration)]
Limit = Annotated[Duration, Field(gt=timedelta(0))]
Zone = Annotated[str, BeforeValidator(zone)]
OneLine = Annotated[str, BeforeValidator(_tidy)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ArchiveConfig(_Section):
    """Where what was found is kept."""

    directory: Path = Field(Path("kliping-data"), description="database and WARC files")
    database_url: str = Field(
        "", description="PostgreSQL, `postgresql+psycopg://USER@HOST/DATABASE`; empty: SQLite"
    )
    warc_size: int = Field(1_000_000_000, gt=0, description="bytes after which a new WARC begins")


class CrawlConfig(_Section):
    """How outlets are visited."""

    contact: Annotated[OneLine, AfterValidator(_reachable)] = Field(
        "", description="page or address by which an outlet can reach you"
    )
    confirm_after: Duration = Field(
        timedelta(hours=6), description="time between two sights before gone or suspect is believed"
    )
    parallel: int = Field(2, gt=0, description="crawls at once, each of another network")
    time_limit: Limit = Field(timedelta(hours=2), description="longest crawl of one outlet")
    network_time_limit: Duration = Field(
        timedelta(hours=8), description="longest time for all outlets of one network in a run"
    )
    delay: float = Field(1.0, ge=0, description="least seconds between two requests to a network")
    max_crawl_delay: Duration = Field(
        timedelta(minutes=2), description="a longer Crawl-delay is recorded and cut to this"
    )
    timeout: Limit = Field(timedelta(seconds=60), description="longest wait for one answer")
    page_limit: int = Field(20_000_000, gt=0, description="largest body in bytes, also decoded")
    tag_limit: int = Field(
        400_000, gt=0, description="most tags of a page that is read, 40 for each attribute of one"
    )
    images: bool = Field(True, description="keep the lead image of each story")
    image_limit: int = Field(5_000_000, gt=0, description="largest lead image in bytes")
    lookback: Duration = Field(timedelta(days=30), description="how far the first crawl looks back")
    connect_to: dict[str, str] = Field(
        default_factory=dict, description="origin to fetch -> origin that answers for it"
    )
    topic: Path | None = Field(None, description="topic file; empty: the built-in netralitas-asn")
    readers: int = Field(1, gt=0, description="reading worker processes per crawl")
    read_time: Limit = Field(timedelta(seconds=8), description="longest reading of one story")
    read_memory: int = Field(
        1_500_000_000, ge=500_000_000, description="bytes a reading worker may use"
    )
    thorough: bool = Field(
        False,
        description="read pages of outlets without a body rule with a second opinion: "
        "better, slower",
    )


class OutletConfig(_Section):
    """An outlet without code; without a url, more rules for one that is built in."""

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="short name, a-z 0-9 -")
    url: str = Field(
        "", pattern=r"^https?://", description="front page; none: adds drop and lines to a built-in"
    )
    platform: str = Field("wordpress", description="CMS, see `kliping outlets list`")
    name: str = Field("", description="masthead; empty: the slug")
    region: str = Field("", description="province or city")
    zone: Zone = Field("Asia/Jakarta", description="IANA zone of printed dates")
    network: str = Field("", description="group that shares politeness")
    tls: str = Field("verified", pattern="^(verified|unverified)$", description="certificate check")
    body: str = Field("", description="CSS selector of the running text, where none is found")
    drop: tuple[str, ...] = Field((), description="CSS selectors of widgets inside the text")
    lines: tuple[str, ...] = Field((), description="regular expressions for whole lines of widgets")

    @model_validator(mode="after")
    def _adds_rules_or_is_an_outlet(self) -> "OutletConfig":
        added = self.model_fields_set - {"slug"}
        if not self.url and not (added and added <= {"drop", "lines"}):
            raise ValueError(
                f"{self.slug!r} needs its url; without one an entry holds drop and lines alone, "
                "which add to a built-in outlet's rules"
            )
        return self

    def outlet(self) -> Outlet:
        """The Outlet these settings describe."""
        own = self.model_dump(exclude={"body", "drop", "lines"})
        values = own | {"name": self.name or self.slug, "url": self.url.rstrip("/")}
        return Outlet(**values)


class Settings(BaseSettings):
    """All settings of one project folder."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="KLIPING_", env_nested_delimiter="__"
    )

    archive: ArchiveConfig = ArchiveConfig()
    crawl: CrawlConfig = CrawlConfig()
    outlet: list[OutletConfig] = []

    @field_validator("outlet")
    @classmethod
    def _slugs_are_unique(cls, outlets: list[OutletConfig]) -> list[OutletConfig]:
        slugs = [outlet.slug for outlet in outlets]
        twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
        if twice:
            raise ValueError(f"the slug {twice[0]!r} is used by two outlets")
        return outlets

    @classmethod
    def load(cls, path: Path | None = None) -> "Settings":
        """Settings from `path` (or ./kliping.toml, if there) under the environment.

        Relative paths are taken from the folder of the file. Raises ConfigError.
        """
        file = path or Path("kliping.toml")
        if path and not file.is_file():
            raise ConfigError(f"{file}: no such settings file; `kliping init` writes one")
        try:
            settings = _with_file(file)()
        except ValidationError as error:
            raise ConfigError(_explain(error, file)) from None
        except ValueError as error:  # tomllib's parse error, pydantic-settings' bad JSON
            raise ConfigError(f"{file}: {error}") from None
        return settings._beside(file)

    def _beside(self, file: Path) -> "Settings":
        folder = file.resolve().parent
        archive = self.archive.model_copy(update={"directory": folder / self.archive.directory})
        topic = folder / self.crawl.topic if self.crawl.topic else None
        crawl = self.crawl.model_copy(update={"topic": topic})
        return self.model_copy(update={"archive": archive, "crawl": crawl})


def _with_file(file: Path) -> type[Settings]:
    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            # secrets files and .env are not ours: one file, one environment
            del dotenv_settings, file_secret_settings
            return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file)

    return FromFile


def _explain(error: ValidationError, file: Path) -> str:
    """The first problem in one line: where it was set, what is wrong, what it may be."""
    first = error.errors()[0]
    loc = first["loc"]
    source = _variable(loc) or str(file)
    if first["type"] == "extra_forbidden":
        return f"{source}: unknown setting {_place(loc)!r}{_hint(loc)}"
    if first["type"] == "string_pattern_mismatch":
        return f"{source}: {_place(loc)}: {first['input']!r} will not do: {_description(loc)}"
    return f"{source}: {_place(loc)}: {first['msg'].removeprefix('Value error, ')}"


def _variable(loc: tuple[int | str, ...]) -> str:
    """The environment variable that sets a key, if there is one."""
    name = "KLIPING_" + "__".join(str(part) for part in loc).upper()
    return f"environment variable {name}" if name in os.environ else ""


def _place(loc: tuple[int | str, ...]) -> str:
    """A key as a user finds it; the outlets are counted from 1."""
    if len(loc) > 1 and isinstance(loc[1], int):
        return ".".join(["outlet", *map(str, loc[2:])]) + f" (outlet number {loc[1] + 1})"
    return ".".join(map(str, loc))


def _hint(loc: tuple[int | str, ...]) -> str:
    name = str(loc[-1])
    homes = [section for section, model in _SECTIONS.items() if name in model.model_fields]
    if len(loc) == 1 and homes:
        return f"; it belongs under [{homes[0]}]"
    section = _SECTIONS.get(str(loc[0])) if len(loc) > 1 else Settings
    near = difflib.get_close_matches(name, list(section.model_fields) if section else [], n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _description(loc: tuple[int | str, ...]) -> str:
    section = _SECTIONS.get(str(loc[0]))
    field = section.model_fields.get(str(loc[-1])) if section else None
    return (field.description if field else None) or "see README"


_SECTIONS: dict[str, type[BaseModel]] = {
    "archive": ArchiveConfig,
    "crawl": CrawlConfig,
    "outlet": OutletConfig,
}
