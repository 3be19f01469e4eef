"""The command `kliping`: its commands are loaded only when they are asked for."""

import importlib
import os
import sys
from pathlib import Path

import click

from archive.console import print_json
from archive.errors import ArchiveError, ConfigError, KlipingError, NotFound

__all__ = ["COMMANDS", "kliping", "main"]

COMMANDS = {
    "init": ("archive.cli:init", "Write kliping.toml and create the archive."),
    "demo": (
        "crawler.cli:demo",
        "Crawl the sample newsroom over two nights and show what was found.",
    ),
    "crawl": ("crawler.cli:crawl", "Crawl the outlets now (all of them when none is named)."),
    "save": ("crawler.cli:save", "Archive these addresses now, whatever their topic."),
    "schedule": (
        "scheduler.schedule_cli:schedule",
        "Visit every outlet when it is due, until stopped.",
    ),
    "status": (
        "scheduler.status_cli:status",
        "Show the last nights: what each crawl did and what went wrong.",
    ),
    "health": (
        "archive.cli_health:health",
        "Show how each outlet is, what broke there, and what to do about it.",
    ),
    "outlets": (
        "crawler.outlets_cli:outlets",
        "List the outlets that Kliping knows, add one, or look at one.",
    ),
    "search": (
        "archive.cli_search:search",
        "Find stories by the words of their headline and text, newest first.",
    ),
    "show": ("archive.cli:show", "Show a story with its versions and captures."),
    "diff": (
        "archive.cli:diff",
        "Show what changed between two versions of a story, word by word.",
    ),
    "events": ("archive.cli:events", "Show what happened in the archive, newest first."),
    "label": (
        "archive.cli_label:label",
        "Decide yourself whether a story is on topic, or show what was decided.",
    ),
    "notify": (
        "scheduler.notify_cli:notify",
        "Tell people what happened: the digest when it is due, and what cannot wait; write the"
        " feeds.",
    ),
    "replay": (
        "crawler.cli:replay",
        "Read stored captures, or saved HTML pages, again without any request.",
    ),
    "topic": (
        "crawler.topic_cli:topic",
        "Say why a story is on topic or not, and how often a topic file is right.",
    ),
    "export": (
        "archive.cli_snapshot:export",
        "Write a snapshot of the archive to the folder DEST.",
    ),
    "verify": (
        "archive.cli_snapshot:verify_snapshot",
        "Check a snapshot with nothing but its folder: every file, row, capture, chain, signature.",
    ),
    "import": (
        "crawler.cli_import:import_",
        "Put a snapshot, or the stories in WARC and WACZ files of other tools, into the archive.",
    ),
    "keys": (
        "archive.cli_snapshot:keys",
        "Make and show the keys with which snapshots are signed.",
    ),
    "cdx": (
        "archive.cli_cdx:cdx",
        "Print the index of every stored answer for replay tools (CDXJ).",
    ),
    "audit": (
        "archive.cli_care:audit",
        "Check that every stored byte and row is as it was written.",
    ),
    "repair": (
        "archive.cli_care:repair",
        "Bring back damaged or lost members and rows from a good copy, then audit again.",
    ),
    "backup": (
        "archive.cli_care:backup",
        "Copy the archive to the folder DEST, or bring the backup there up to date.",
    ),
    "restore": (
        "archive.cli_care:restore",
        "Make the configured archive from the backup SOURCE, then audit it.",
    ),
    "takedown": (
        "archive.cli_takedown:takedown",
        "Take a story down for good: its words and bytes leave the archive, or list what was.",
    ),
    "serve": (
        "archive.cli_serve:serve",
        "Open the reading room: the archive in a browser, and its API for programs.",
    ),
    "migrate": ("archive.cli:migrate", "Bring the archive's schema up to date."),
}
"""Name -> where the command is, and its help: the first sentence of its docstring."""

_GOOD, _PROBLEMS, _MISUSE, _FAILED = 0, 1, 2, 3
_INTERRUPTED, _PIPE_CLOSED = 130, 141  # as a shell counts SIGINT and SIGPIPE


class _LazyGroup(click.Group):
    """A group whose help needs none of its commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx  # the signatures are click's
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE",
              help="Settings file; without it ./kliping.toml, if there.")  # fmt: skip
@click.version_option(package_name="kliping", message="kliping %(version)s")
@click.pass_context
def kliping(context: click.Context, config: Path | None) -> None:
    """Archive regional news on the neutrality of civil servants: crawl, keep versions, export.

    Exit codes: 0 good, 1 problems found, 2 misuse, 3 the crawl or archive failed.
    """
    context.obj = {"config": config}


def main() -> None:
    """Run a command and exit; a failure that was foreseen is one line on stderr.

    A program that asked with --json finds it on stdout, too: `{"error": …, "kind": …}`.
    """
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    try:
        with kliping.make_context("kliping", arguments) as context:
            kliping.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        return _misused(error, arguments)
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        # the interpreter flushes again at exit, and would complain (Python docs, library/signal)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except KlipingError as error:
        _tell(str(error), kind=type(error).__name__, arguments=arguments)
        return _exit_code(error)
    return _GOOD


def _misused(error: click.ClickException, arguments: list[str]) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    context = error.ctx if isinstance(error, click.UsageError) else None
    message = " ".join(error.format_message().split()).rstrip(".")
    advice = f"; see `{context.command_path} --help`" if context else ""
    _tell(f"{message}{advice}", kind=type(error).__name__, arguments=arguments)
    return error.exit_code


def _tell(message: str, *, kind: str, arguments: list[str]) -> None:
    click.echo(f"kliping: {message}", err=True)
    if "--json" in arguments:
        print_json({"error": message, "kind": kind})


def _exit_code(error: KlipingError) -> int:
    if isinstance(error, ConfigError | NotFound):
        return _MISUSE
    return _FAILED if isinstance(error, ArchiveError) else _PROBLEMS
