"""Settings: kliping.toml first, the environment (`KLIPING_ARCHIVE__DIRECTORY=…`) above it."""

import difflib
import os
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
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
from archive.setting_types import Duration, Limit, Quiet, Reachable, Zone, zone
from archive.types import Outlet

__all__ = [
    "ArchiveConfig",
    "CrawlConfig",
    "NotifyConfig",
    "OutletConfig",
    "ScheduleConfig",
    "Settings",
    "WebConfig",
]


def _zone_or_none(value: str) -> str:
    return zone(value) if value else ""


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

    contact: Reachable = Field("", description="page or address by which an outlet can reach you")
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
    revisits: int = Field(
        500, gt=0, description="most known stories asked again in one crawl, likeliest edits first"
    )
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


class ScheduleConfig(_Section):
    """When outlets are visited without anybody asking, and what is done after the nights."""

    at: tuple[time, ...] = Field((time(1, 30),), description="times of the daily visits")
    timezone: Annotated[str, AfterValidator(_zone_or_none)] = Field(
        "", description="IANA zone of these times; empty: each outlet's own"
    )
    outlets: tuple[str, ...] = Field((), description="slugs of those to visit; empty: all")
    jitter: Duration = Field(timedelta(minutes=10), description="visits begin up to this later")
    audit: bool = Field(True, description="read a thirtieth of the archive again after each night")
    backup: Path | None = Field(None, description="folder for a backup after each night")


class NotifyConfig(_Section):
    """Who is told what happened, and when."""

    to: tuple[str, ...] = Field(
        (), description="whom to tell: addresses as Apprise writes them (mailto://, tgram://, …)"
    )
    language: str = Field("id", pattern="^(id|en)$", description="Indonesian or English")
    at: time = Field(time(6, 30), description="when the daily digest goes out")
    timezone: Zone = Field("Asia/Jakarta", description="IANA zone of these times")
    at_once: tuple[Literal["gone", "headline"], ...] = Field(
        (), description="what is told at once: `gone` removals, `headline` edits of a headline"
    )
    quiet: Quiet = Field("", description="hours without immediate notices, like 22:00-06:00")
    feeds: Path | None = Field(
        None, description="folder for events.atom and events.json; empty: none are written"
    )


class WebConfig(_Section):
    """The reading room: where it is open, and to whom."""

    host: str = Field("127.0.0.1", description="address to listen on; others need a `password`")
    port: int = Field(8890, ge=0, le=65535, description="port to listen on; 0: any free one")
    hosts: tuple[str, ...] = Field(
        (), description="names by which it may be asked for, besides localhost"
    )
    user: str = Field("", description="name to log in with")
    password: str = Field("", description="hashed, as `kliping serve --hash` prints it")
    tokens: tuple[str, ...] = Field((), description="tokens of programs, hashed the same way")
    requests: int = Field(600, ge=1, description="a minute, from one address")


class OutletConfig(_Section):
    """An outlet without code; without a url, more rules for one that is built in."""

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="short name, a-z 0-9 -")
    url: str = Field(
        "",
        pattern=r"^https?://",
        description="front page; none: adds drop, lines and at to a built-in",
    )
    platform: str = Field("wordpress", description="CMS, see `kliping outlets list`")
    name: str = Field("", description="masthead; empty: the slug")
    region: str = Field("", description="province or city")
    zone: Zone = Field("Asia/Jakarta", description="IANA zone of printed dates")
    network: str = Field("", description="group that shares politeness")
    tls: str = Field("verified", pattern="^(verified|unverified)$", description="certificate check")
    body: str = Field("", description="CSS selector of the running text, where none is found")
    at: tuple[time, ...] | None = Field(
        None, description="times of its visits on its own clock; none: those of schedule.at"
    )
    drop: tuple[str, ...] = Field((), description="CSS selectors of widgets inside the text")
    lines: tuple[str, ...] = Field((), description="regular expressions for whole lines of widgets")

    @model_validator(mode="after")
    def _adds_rules_or_is_an_outlet(self) -> "OutletConfig":
        added = self.model_fields_set - {"slug"}
        if not self.url and not (added and added <= {"drop", "lines", "at"}):
            raise ValueError(
                f"{self.slug!r} needs its url; without one an entry holds drop, lines and at alone,"
                " which add to a built-in outlet"
            )
        return self

    def outlet(self) -> Outlet:
        """The Outlet these settings describe."""
        own = self.model_dump(exclude={"body", "drop", "lines", "at"})
        values = own | {"name": self.name or self.slug, "url": self.url.rstrip("/")}
        return Outlet(**values)


class Settings(BaseSettings):
    """All settings of one project folder."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="KLIPING_", env_nested_delimiter="__"
    )

    archive: ArchiveConfig = ArchiveConfig()
    crawl: CrawlConfig = CrawlConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    notify: NotifyConfig = NotifyConfig()
    web: WebConfig = WebConfig()
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
        feeds = folder / self.notify.feeds if self.notify.feeds else None
        backup = folder / self.schedule.backup if self.schedule.backup else None
        beside = {
            "archive": archive,
            "crawl": crawl,
            "schedule": self.schedule.model_copy(update={"backup": backup}),
            "notify": self.notify.model_copy(update={"feeds": feeds}),
        }
        return self.model_copy(update=beside)


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
    "schedule": ScheduleConfig,
    "notify": NotifyConfig,
    "web": WebConfig,
    "outlet": OutletConfig,
}
