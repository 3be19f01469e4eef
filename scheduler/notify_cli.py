"""The command that tells people what happened."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from archive import database
from archive.config import Settings
from archive.console import JSON, print_json, print_line
from archive.errors import ConfigError
from scheduler.notify import Notifier, Sent, write_feeds

__all__ = ["notify"]

_FOUND_PROBLEMS = 1


@click.command()
@click.option("--now", is_flag=True, help="Send the digest now, also when it is not its time.")
@click.option("--dry-run", is_flag=True, help="Only show the digest.")
@click.option("--test", "is_test", is_flag=True, help="Send everyone a word of greeting.")
@JSON
@click.pass_context
def notify(context: click.Context, now: bool, dry_run: bool, is_test: bool, as_json: bool) -> None:
    """Tell people what happened: the digest when it is due, and what cannot wait; write the feeds.

    Whom, when and what is said under [notify] in the settings. Everyone is told of everything once;
    what could not be sent is sent the next time. Exits with 1 when something could not.
    """
    options: Mapping[str, Path | None] = context.obj or {}
    settings = Settings.load(options.get("config"))
    config = settings.notify
    with database.opened(settings.archive) as engine:
        database.require_current(engine)
        notifier = Notifier(engine=engine, config=config, clock=partial(datetime.now, UTC))
        if dry_run:
            message = notifier.preview()
            print_json(message) if as_json else print_line(f"{message.title}\n\n{message.body}")
            return
        if not config.to and config.feeds is None:
            raise ConfigError("nobody is to be told: set notify.to or notify.feeds")
        sent = [_shown(one, as_json=as_json) for one in _sent(notifier, now=now, is_test=is_test)]
        if config.feeds and not is_test:
            write_feeds(engine, config.feeds)
    if as_json:
        print_json(sent)
    elif not sent:
        print_line("nothing is due; --now sends the digest all the same")
    if any(one.error for one in sent):
        context.exit(_FOUND_PROBLEMS)


def _sent(notifier: Notifier, *, now: bool, is_test: bool) -> Iterator[Sent]:
    return notifier.test() if is_test else notifier.tell(now=now)


def _shown(one: Sent, *, as_json: bool) -> Sent:
    if one.error:
        click.echo(f"kliping: {one.target}: {one.kind} was not sent: {one.error}", err=True)
    elif not as_json:
        print_line(f"{one.target}: {one.title}")
    return one
