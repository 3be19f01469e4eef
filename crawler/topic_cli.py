"""The commands of the topic: why a story is on it or not, and how often its file is right."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from archive.archive import Archive
from archive.config import Settings
from archive.console import JSON, counter, print_json, print_line
from archive.errors import NotAnArticle, NotFound
from archive.labels import labels
from archive.stories import find_story, versions
from archive.types import Label
from crawler.topic import Topic
from crawler.topics.account import account, told
from crawler.topics.trial import try_topic

__all__ = ["topic"]

_TOPIC = click.option("--topic", "topic_file", type=click.Path(path_type=Path), metavar="FILE",
                      help="A topic file in place of the one that crawl.topic names.")  # fmt: skip
_NOWHERE = "https://page.invalid/story"  # RFC 2606: for a page whose address nobody gave


@click.group()
def topic() -> None:
    """Say why a story is on topic or not, and how often a topic file is right."""


@dataclass(frozen=True)
class _Asked:
    """What is asked about, and what persons decided of it."""

    headline: str
    text: str
    labels: tuple[Label, ...] = ()


@topic.command()
@click.argument("story", required=False)
@click.option("--html", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="A saved page instead of an archived story.")  # fmt: skip
@click.option("--url", default=_NOWHERE, help="The address that the saved page came from.")
@click.option("--text", type=click.File("rb"), help="A text instead of an archived "
              "story: its first line is the headline; - reads standard input.")  # fmt: skip
@_TOPIC
@JSON
@click.pass_context
def explain(
    context: click.Context, /, topic_file: Path | None, as_json: bool, **asked: Any
) -> None:
    """Say why a story is on topic or not: what counted, and which rules were nearly met.

    STORY is a story id, the start of one, or any address that the story ever had.
    """
    settings = _settings(context)
    about = _about(settings, **asked)
    given = account(_topic(settings, topic_file), about.headline, about.text)
    last = about.labels[-1] if about.labels else None
    if as_json:
        values = {**asdict(given), **asdict(given.decision), "short": given.short, "label": last}
        print_json({name: value for name, value in values.items() if name != "decision"})
        return
    if last:
        print_line(
            f"{last.made_by} says {last.value}, which holds: {last.reason}; the machine says:"
        )
    for line in told(given):
        print_line(line)


@topic.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_TOPIC
@JSON
@click.pass_context
def test(context: click.Context, file: Path, topic_file: Path | None, as_json: bool) -> None:
    """Print precision, recall and every miss over a FILE of labelled stories.

    Each line of FILE is JSON: {"title": …, "text": …, "label": "yes" or "no"}; an "id" is shown.
    """
    chosen = _topic(_settings(context), topic_file)
    with counter("stories") as tell:
        trial = try_topic(chosen, file, tell=tell)
    if as_json:
        print_json(trial.as_json())
    else:
        for line in trial.told():
            print_line(line)
    context.exit(1 if trial.misses else 0)


def _settings(context: click.Context) -> Settings:
    return Settings.load((context.obj or {}).get("config"))


def _topic(settings: Settings, topic_file: Path | None) -> Topic:
    return Topic.load(topic_file or settings.crawl.topic)


def _about(
    settings: Settings, *, story: str | None, html: Path | None, url: str, text: BinaryIO | None
) -> _Asked:
    if sum(given is not None for given in (story, html, text)) != 1:
        raise click.UsageError("name one: an archived STORY, --html FILE, or --text FILE")
    if text is not None:
        headline, _, rest = _decoded(text).strip().partition("\n")
        return _Asked(headline.strip(), rest.strip())
    if html is not None:
        return _saved(settings, html, url)
    return _archived(settings, str(story))


def _decoded(text: BinaryIO) -> str:
    try:
        return text.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"{text.name}: not UTF-8 from byte {error.start} on; save the text as UTF-8"
        ) from None


def _saved(settings: Settings, html: Path, url: str) -> _Asked:
    from crawler.replay_saved import replay_saved  # noqa: PLC0415 - brings Scrapy, which only pages need
    from crawler.saved_pages import SavedAsked  # noqa: PLC0415
    from crawler.saved_printing import missing_parts  # noqa: PLC0415

    read = replay_saved(settings, SavedAsked(html=html, url=url))[0]
    if read["answer"] != "article":
        raise NotAnArticle(f"{html}: {read['answer']}: {read['detail']}")
    if note := missing_parts(read):
        click.echo(f"kliping: {note}", err=True)
    return _Asked(read["headline"], read["text"])


def _archived(settings: Settings, key: str) -> _Asked:
    archive = Archive(settings.archive, clock=lambda: datetime.now(UTC))
    try:
        found = find_story(archive.engine, key)
        known = versions(archive.engine, found.story_id)
        decided = labels(archive.engine, found.story_id)
    finally:
        archive.close()
    if not known:
        raise NotFound(f"{found.url}: the archive holds no text of it yet")
    return _Asked(known[-1].article.headline, known[-1].article.text, tuple(decided))
