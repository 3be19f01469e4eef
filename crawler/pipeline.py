"""From the pages of one story to the archive: sift, read, compare, record."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from archive.errors import CrawlError, DamagedRecord
from archive.types import Answer, Article, Outcome, Outlet, Page, Seen, Sighting, Story
from archive.urls import canonical_url
from crawler import bodies
from crawler.answers import advice_on, answer_of, is_sure_off_topic, what_came
from crawler.challenges import is_challenge
from crawler.change_rates import UNKNOWN, ChangeRates
from crawler.extract import extractor_id, is_closed, is_missing
from crawler.glance import glance
from crawler.logbook import Logbook
from crawler.readers import Readers, ReadJob, ReadResult
from crawler.refresh import refresh_of
from crawler.revisit import next_visit_at
from crawler.rules import Rules
from crawler.signals import moment_of
from crawler.topic import Topic
from crawler.tree import MOST_TAGS
from crawler.vitals import Vitals

__all__ = ["Fetched", "Pipeline"]

_WHILE_GONE = timedelta(days=7)
"""A story that is gone is asked for weekly: it can come back."""


BeforeNew = Callable[[Article], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What fetching one story brought: every exchange, and which of them carry its text."""

    url: str
    pages: Sequence[Page]
    parts: Sequence[Page]
    story: Story | None = None
    title: str = ""
    signal: str = ""
    platform_id: str = ""
    keep: bool = False


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """How the pages of one outlet are read and kept."""

    outlet: Outlet
    rules_at: Callable[[datetime], Rules]
    """The rules for a page, by the moment of its fetch."""
    topic: Topic
    topic_file: Path | None
    readers: Readers
    logbook: Logbook
    page_limit: int
    confirm_after: timedelta
    tag_limit: int = MOST_TAGS
    thorough: bool = False
    rates: ChangeRates = UNKNOWN
    """How soon this outlet changes its stories, as far as earlier crawls could tell."""
    vitals: Vitals = field(default_factory=Vitals)

    async def keep(
        self, fetched: Fetched, *, before_new: BeforeNew | None = None
    ) -> tuple[Answer, Outcome]:
        """Read what was fetched and give it to the archive; what it was, and what it meant there.

        `before_new` is told what was read of a story not met before, ere it is recorded. Raises
        ArchiveError when it could not be kept.
        """
        answer = self._answer(fetched)
        result = ReadResult(answer=answer, detail=what_came(fetched.pages))
        if answer == Answer.ARTICLE:
            if fetched.story is None and not fetched.keep and self._is_off_topic(fetched):
                return answer, self._pass_by(fetched)
            result = await self.readers.read(self._job(fetched.parts))
        if result.answer not in {Answer.ARTICLE, Answer.NOT_MODIFIED}:
            self._note(fetched, result)
        if result.reading and fetched.story:
            await self._read_older_again(fetched.story)
        if result.reading:
            self.logbook.counts.update(self.vitals.of(result.reading.article))
        if before_new and result.reading and fetched.story is None:
            await before_new(result.reading.article)
        return result.answer, self._record(fetched, result)

    def _answer(self, fetched: Fetched) -> Answer:
        """The answer by its status, and by its page where that is sent with a server's error."""
        last = fetched.pages[-1]
        answer = answer_of(fetched.pages, outlet=self.outlet, parts=len(fetched.parts))
        if answer != Answer.ERROR or last.status == 200 or not last.body:
            return answer
        try:
            return Answer.CHALLENGE if is_challenge(last, self._characters(last)) else answer
        except CrawlError:
            return answer

    def _is_off_topic(self, fetched: Fetched) -> bool:
        """Whether the pages show a story that no reading could find on topic."""
        try:
            parts = [self._characters(page) for page in fetched.parts]
            rules = self.rules_at(fetched.parts[0].fetched_at)
        except CrawlError:
            return False  # the reader says what is wrong with it
        html = "\n".join(parts)
        if is_challenge(fetched.parts[-1], html) or self._is_notice(fetched.parts[-1], parts[-1]):
            return False  # behind it may be a story another day: the reader tells so
        refresh = refresh_of(fetched.parts[-1], parts[-1])
        if refresh and refresh.is_at_once:
            return False  # nobody reads what stands there
        may_match = self._may_match(fetched.parts, rules)
        return is_sure_off_topic(html, title=fetched.title, may_match=may_match)

    def _is_notice(self, page: Page, html: str) -> bool:
        """Whether a page says that the story, or the whole outlet, is away."""
        return is_missing(page, self.outlet, html) or is_closed(self.outlet, html)

    def _may_match(self, parts: Sequence[Page], rules: Rules) -> bool:
        """Whether the story can be about the topic, by its bytes, its words, or all its letters."""
        if not self.topic.may_hold(b"\n".join(self._body(page) for page in parts)):
            return False
        pages = [self._characters(page) for page in parts]
        words = [glance(html, rules) for html in pages]
        if None in words:
            return self.topic.may_match("\n".join(pages))
        return self.topic.may_tell("\n".join(filter(None, words)))

    def _body(self, page: Page) -> bytes:
        return bodies.decoded(page, self.page_limit)

    def _characters(self, page: Page) -> str:
        return bodies.characters(page, self._body(page))

    def _pass_by(self, fetched: Fetched) -> Outcome:
        """Remember a page that cannot be about the topic, under every address it went by."""
        addresses = dict.fromkeys(
            canonical_url(page.url, outlet_url=self.outlet.url) for page in fetched.pages
        )
        self.logbook.seen(
            *(
                Seen(
                    outlet=self.outlet.slug,
                    url=address,
                    decision="off-topic",
                    seen_at=fetched.pages[-1].fetched_at,
                    signal=moment_of(fetched.signal),
                    topic=self.topic.identity,
                    status=fetched.pages[-1].status,
                )
                for address in [*addresses, *filter(None, [fetched.platform_id])]
            )
        )
        return Outcome(kind="off-topic")

    def _job(self, pages: Sequence[Page]) -> ReadJob:
        return ReadJob(
            outlet=self.outlet,
            rules=self.rules_at(pages[0].fetched_at),
            pages=tuple(pages),
            topic=self.topic_file,
            limit=self.page_limit,
            tags=self.tag_limit,
            thorough=self.thorough,
        )

    async def _read_older_again(self, story: Story) -> None:
        """Texts of two extractors are never compared: read the current version's pages again."""
        archive, crawl = self.logbook.archive, self.logbook.crawl
        stale = archive.stale_version(story.story_id, extractor=self._reader_of)
        if stale is None:
            return
        try:
            pages = archive.version_pages(stale.version_id)
        except DamagedRecord as error:
            self.logbook.problem(
                story.url,
                kind="damaged",
                detail=str(error),
                advice="run `kliping audit` and bring the damaged WARC file back from a copy",
            )
            return
        result = await self.readers.read(self._job(pages))
        if result.reading is None:
            return  # the old pages are unreadable now: the old reading is all there is
        archive.read_again(crawl, stale, self._sighting_of_reading(story, result))

    def _reader_of(self, fetched_at: datetime) -> str:
        """The id of what reads a page that was fetched then."""
        return extractor_id(self.rules_at(fetched_at), thorough=self.thorough)

    def _sighting_of_reading(self, story: Story, result: ReadResult) -> Sighting:
        reading = result.reading
        if reading is None:
            raise ValueError("a re-reading needs a reading")
        return Sighting(
            outlet=self.outlet.slug,
            url=story.url,
            answer=Answer.ARTICLE,
            pages=(),
            article=reading.article,
            extractor=reading.extractor,
            topic=result.topic,
        )

    def _note(self, fetched: Fetched, result: ReadResult) -> None:
        if result.answer == Answer.MISSING and fetched.story and fetched.story.gone_at:
            return  # that it is gone is known
        if fetched.keep and result.answer == Answer.NOT_ARTICLE:
            return  # it is kept as bytes, which is all that was asked for
        detail = result.detail.removeprefix(f"{fetched.url}: ")
        self.logbook.problem(
            fetched.url,
            kind=result.answer.value,
            detail=f"{detail}{self._leads_on(fetched, result)}",
            advice=advice_on(result.answer, is_asked_for=fetched.keep),
        )

    def _leads_on(self, fetched: Fetched, result: ReadResult) -> str:
        """Where a page without a story sends its reader, in words."""
        if result.answer != Answer.NOT_ARTICLE:
            return ""
        last = fetched.pages[-1]
        refresh = refresh_of(last, self._characters(last))
        if refresh is None:
            return ""
        return f"; after {refresh.seconds:g} s it leads on to {refresh.url}, which is not followed"

    def _record(self, fetched: Fetched, result: ReadResult) -> Outcome:
        reading = result.reading
        sighting = Sighting(
            outlet=self.outlet.slug,
            url=fetched.url,
            answer=result.answer,
            pages=tuple(fetched.pages),
            parts=tuple(page.url for page in fetched.parts),
            article=reading.article if reading else None,
            canonical=reading.canonical if reading else "",
            platform_id=(reading.platform_id if reading else "") or fetched.platform_id,
            extractor=reading.extractor if reading else "",
            topic=result.topic,
            signal=fetched.signal,
            keep=fetched.keep,
        )
        return self.logbook.record(sighting, next_visit_at=self._next_visit(fetched, sighting))

    def _next_visit(self, fetched: Fetched, sighting: Sighting) -> datetime:
        """When to look again: a story that was not shown, as soon as a second look may count."""
        now, story = sighting.seen_at, fetched.story
        if sighting.answer in {Answer.ARTICLE, Answer.NOT_MODIFIED}:
            before = story.last_unconditional_at if story else None
            return next_visit_at(
                _began_at(sighting, story),
                last_fetched_at=now,
                last_unconditional_at=now if sighting.is_whole else before,
                rates=self.rates,
            )
        return now + (_WHILE_GONE if story and story.gone_at else self.confirm_after)


def _began_at(sighting: Sighting, story: Story | None) -> datetime:
    """Since when the age of a story counts that was shown."""
    if story:
        return story.began_at
    published_at = sighting.article.published_at if sighting.article else None
    return min(published_at or sighting.seen_at, sighting.seen_at)
