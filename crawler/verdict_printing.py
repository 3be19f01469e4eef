"""What was found of a site, printed for people."""

from collections.abc import Iterator

from archive.console import print_line
from crawler.survey_verdict import Trial, Verdict

__all__ = ["show_verdict"]


def show_verdict(found: Verdict) -> None:
    """Print what a look found, what it could not find, and the stories that it read."""
    for line in _lines(found):
        print_line(line)


def _lines(found: Verdict) -> Iterator[str]:
    yield f"{found.url}: looked at with {found.requests} requests"
    if found.trouble and not (found.home or found.platform):
        yield f"not added: {found.trouble}"
        return
    theme = f", theme {found.theme}" if found.theme else ""
    rest = ", REST API open" if found.is_rest_open else ""
    yield f"platform  {found.platform or 'none that is known'}{rest}{theme}"
    yield f"name      {found.name}"
    yield f"zone      {found.zone}{' (a guess)' if found.zone_is_guess else ''}"
    yield f"search    {found.search or 'none that is known'}"
    read = sum(trial.is_read for trial in found.trials)
    paging = f"stories of up to {found.parts} pages" if found.parts > 1 else "none seen"
    yield f"template  {read} of {len(found.trials)} stories read by it; paging: {paging}"
    yield f"feed      {', '.join(found.feeds) or 'none'}"
    yield f"sitemap   {', '.join(found.sitemaps) or 'none'}"
    for trial in found.trials:
        yield f"trial     {trial.url}"
        yield f"          {_of_trial(trial)}"
    yield from (f"missing   {what}" for what in found.missing)
    if found.trouble:
        yield f"not added: {found.trouble}"


def _of_trial(trial: Trial) -> str:
    if not trial.is_read:
        return f"not read: {trial.problem}"
    parts = f", {trial.parts} parts" if trial.parts > 1 else ""
    byline = f"by {trial.byline}" if trial.byline else "no byline"
    date = trial.published_text or (
        f"{trial.published_at:%Y-%m-%d %H:%M} UTC" if trial.published_at else "no date"
    )
    return f"“{trial.headline}”, {byline}, {date}, {trial.characters} characters{parts}"
