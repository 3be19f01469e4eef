"""Looking at a site that may become an outlet, or at an outlet as it is now."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from archive import schema
from archive.archive import Archive
from archive.config import ArchiveConfig, Settings
from archive.database import reading
from archive.errors import CrawlError
from archive.stories import stories
from archive.types import Outlet
from archive.urls import canonical_url
from archive.versions import versions
from crawler.contact import require_contact
from crawler.crawl import run_crawl
from crawler.options import CrawlOptions
from crawler.rules import Rules
from crawler.survey import Facts, SurveySpider
from crawler.survey_verdict import Trial, Verdict, verdict

__all__ = ["survey"]


def survey(
    settings: Settings,
    outlet: Outlet,
    *,
    rules: Rules | None = None,
    tell: Callable[[str], None],
) -> Verdict:
    """What one look at an outlet finds; some twenty requests. Nothing is kept.

    `tell` says what is under way. Once per process. Raises ConfigError without a
    contact, CrawlError when the look itself failed.
    """
    require_contact(settings, outlet)
    facts = Facts(tell)
    # a site that a person names may be on this machine; what it leads to may not
    outlet = replace(outlet, platform=outlet.platform or "unknown")
    own = {"outlet": outlet, "rules": rules or Rules(), "facts": facts}
    spider = type("Survey", (SurveySpider,), own)
    with tempfile.TemporaryDirectory() as folder:
        crawl = settings.crawl.model_copy(update={"images": False})
        config = ArchiveConfig(directory=Path(folder))
        aside = settings.model_copy(update={"archive": config, "crawl": crawl, "outlet": ()})
        Archive.create(config)
        end = run_crawl(spider, CrawlOptions(settings=aside))
        if not end.is_good:
            raise CrawlError(f"{outlet.url} could not be looked at: {end.reason}: {end.failure}")
        with Archive(config, clock=lambda: datetime.now(UTC)) as archive:
            return verdict(facts, outlet, _trials(archive, facts))


def _trials(archive: Archive, facts: Facts) -> Sequence[Trial]:
    """The stories that were asked for, as they were read."""
    held = {canonical_url(story.url): story for story in stories(archive.engine)}
    with reading(archive.engine) as connection:
        rows = connection.execute(select(schema.problem.c.url, schema.problem.c.detail)).all()
    problems = {row.url: row.detail for row in rows}
    found = []
    for url in facts.trials:
        story = held.get(canonical_url(url))
        read = list(versions(archive.engine, story.story_id)) if story else []
        if story is None or not read:
            found.append(Trial(url=url, problem=problems.get(url) or "no story was read on it"))
            continue
        article = read[-1].article
        found.append(
            Trial(
                url=url,
                headline=article.headline,
                byline=article.byline,
                published_text=article.published_text,
                published_at=article.published_at,
                published_zone=article.published_zone,
                characters=len(article.text),
                parts=max(1, len(archive.part_urls(story.story_id))),
            )
        )
    return found
