"""The looks of one crawl: which addresses are asked for, and what is learnt from the answers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from scrapy.exceptions import CloseSpider

from archive.errors import ArchiveError
from archive.takedowns import TAKEN_DOWN
from archive.types import Answer, Article, Outcome, Seen, Story
from archive.urls import canonical_url, same_outlet
from crawler.answers import advice_on
from crawler.choose import Choice, choose_known, choose_new, is_due_again
from crawler.connect import in_words
from crawler.discover import Candidate
from crawler.fetch import FAILURES, StoryFetcher
from crawler.glance import glance_at_content
from crawler.options import CrawlOptions
from crawler.pipeline import Fetched, Pipeline
from crawler.refused import Refusal
from crawler.revisit import due, is_worth_a_check, needs_unconditional
from crawler.signals import is_same_moment, moment_of, shows_other_text, shows_text, with_words
from crawler.spelling import plain_spelling, whole_of

__all__ = ["Looks"]

_WALL = 5
"""So many challenges in a row are a wall: the crawl ends rather than press on."""
_VAIN = 3
"""So many texts that changed in a seed and not on the page: what the seed shows is no text."""
_SHOWN = frozenset({"new", "edited", "unchanged", "not-modified", "back", "suspect", "off-topic"})
"""Outcomes of a look that found the story itself, and no other in its place."""


class Looks:
    """What one crawl looked at; every address and every story at most once."""

    def __init__(
        self,
        pipeline: Pipeline,
        stories: StoryFetcher,
        *,
        options: CrawlOptions,
        tick: Callable[[], None],
        address_of: Callable[[str], str],
    ) -> None:
        self.outlet = pipeline.outlet
        self.pipeline = pipeline
        self.logbook = pipeline.logbook
        self.memory = pipeline.logbook.memory
        self.options = options
        self.unnamed: set[str] = set()
        """Known stories that the outlet's API no longer names: their pages must be asked."""
        self.failed_at = ""
        """The address of the story that the archive could not keep."""
        self._stories = stories
        self._tick = tick
        self._address_of = address_of
        self._met: set[str] = set()
        self._looked: set[str] = set()
        self._shown: set[str] = set()
        """Known stories that were shown, or that a seed proved unchanged."""
        self._challenges = self._spot_checks = self._vain = 0

    @property
    def unreached(self) -> int:
        """How many known stories are due for a look and did not get one."""
        due_now = self._due_stories(self.options.clock())
        return len({story.story_id for story in due_now} - self._looked)

    def has_met(self, address: str) -> bool:
        """Whether this crawl already dealt with a canonical address or platform id."""
        return address in self._met

    async def consider(self, candidate: Candidate) -> None:
        """Fetch a candidate, unless its seed and our memory prove that it is not worth it."""
        self._tick()
        key = self._address(candidate.url)
        if key is None or key in self._met or candidate.platform_id in self._met:
            return
        self._met.update(filter(None, (key, candidate.platform_id)))
        self.logbook.counts["candidates"] += 1
        story = self.memory.story_at(candidate.platform_id, key)
        if self._is_part(key) or (story and story.story_id in self._shown):
            return
        candidate = replace(
            candidate, url=plain_spelling(candidate.url, plain=self._address_of(key))
        )
        if story:
            candidate = self._with_words(candidate)
        choice = self._choose(candidate, key=key, story=story)
        if story and choice.why == "unchanged" and self._is_spot_check(story, candidate.signal):
            choice = replace(choice, fetch=True, why="a check of the seed", conditional=True)
        if not choice.fetch:
            self.logbook.counts["unasked"] += 1
            if story and choice.why == "unchanged":
                self._looked.add(story.story_id)
                self._shown.add(story.story_id)
            return
        if story is None and self._is_off_topic_in_seed(candidate, key=key):
            return
        candidate = candidate if story else self._with_words(candidate)
        await self._look(candidate, story=story, conditional=choice.conditional)

    def _is_spot_check(self, story: Story, signal: str) -> bool:
        """Whether a story is asked for although its seed says that it is unchanged: one a night.

        None whose text was compared: that is a check already.
        """
        if self._spot_checks or self.options.revisit != "due":
            return False
        if shows_text(story.signal) and shows_text(signal):
            return False
        is_checked = is_worth_a_check(story, now=self.options.clock())
        self._spot_checks += is_checked
        return is_checked

    def _is_part(self, key: str) -> bool:
        """Whether an address is a later part of a story that is known, or was met in this crawl."""
        whole = whole_of(key)
        return bool(whole) and (whole in self._met or self.memory.story_at(whole) is not None)

    def _address(self, url: str) -> str | None:
        """The canonical form of an address of this outlet, or None for one that is not ours."""
        try:
            key = canonical_url(url, outlet_url=self.outlet.url)
        except ValueError as error:
            self.logbook.problem(
                url,
                kind="bad-address",
                detail=f"a seed names an address that cannot be fetched: {error}",
                advice="nothing to do unless stories of this outlet are missing",
            )
            return None
        if same_outlet(url, self.outlet.url):
            return key
        self.logbook.counts["foreign"] += 1
        return None

    def _choose(self, candidate: Candidate, *, key: str, story: Story | None) -> Choice:
        signal = candidate.signal
        if story is None:
            seen = self.memory.seen.get(key) or self.memory.seen.get(candidate.platform_id)
            topic = self.pipeline.topic.identity
            if seen and is_due_again(seen, topic=topic, now=self.options.clock()):
                return Choice(fetch=True, why="it failed before, or the topic changed")
            return choose_new(seen, signal=signal, topic=topic)
        if key not in self.memory.addresses:
            return Choice(fetch=True, why="a known story at a new address")
        return choose_known(
            story,
            signal=signal,
            memory=self.memory,
            now=self.options.clock(),
            revisit_all=self.options.revisit == "all",
            rates=self.pipeline.rates,
        )

    def is_spared(self, candidate: Candidate) -> bool:
        """Whether a story costs no request only because what its seed shows is off the topic."""
        key = canonical_url(candidate.url, outlet_url=self.outlet.url)
        if self._met & {key, candidate.platform_id}:
            return False
        if self.memory.story_at(candidate.platform_id, key):
            return False
        choice = self._choose(candidate, key=key, story=None)
        return choice.fetch and self._shows_other_topic(candidate)

    def _shows_other_topic(self, candidate: Candidate) -> bool:
        """Whether the seed shows the whole story, and no word of the topic in it."""
        words = self._words(candidate)
        return words is not None and not self.pipeline.topic.may_tell(words)

    def _words(self, candidate: Candidate) -> str | None:
        """The title and text that the seed shows; None when that is not the whole story."""
        if not candidate.content:
            return None
        rules = self.pipeline.rules_at(self.options.clock())
        return glance_at_content(candidate.title, candidate.content, rules)

    def _with_words(self, candidate: Candidate) -> Candidate:
        """The candidate, its signal telling an edit of the shown text that has no new date, too."""
        words = self._words(candidate) if self._vain < _VAIN else None
        if words is None:
            return candidate
        return replace(candidate, signal=with_words(candidate.signal, words))

    def _is_off_topic_in_seed(self, candidate: Candidate, *, key: str) -> bool:
        """Whether the seed shows a story off the topic, which is then noted as seen."""
        if not self._shows_other_topic(candidate):
            return False
        self.logbook.seen(
            Seen(
                outlet=self.outlet.slug,
                url=key,
                decision="off-topic",
                seen_at=self.options.clock(),
                signal=moment_of(candidate.signal),
                topic=self.pipeline.topic.identity,
            )
        )
        return True

    # -- a story ---------------------------------------------------------------------------

    async def save(self, url: str) -> None:
        """Fetch an address that a person asked for, and keep it whatever it shows."""
        self._tick()
        key = self._address(url)
        if key is None or key in self._met:
            return
        self._met.add(key)
        seen = self.memory.seen.get(key)
        if seen and seen.decision == TAKEN_DOWN:
            self.logbook.problem(
                url,
                kind=TAKEN_DOWN,
                detail="the story at this address was taken down",
                advice="`kliping takedown` lists when and why; it is not archived again",
            )
            return
        await self._look(Candidate(url), story=self.memory.story_at(key), keep=True)

    async def _look(
        self,
        candidate: Candidate,
        *,
        story: Story | None,
        conditional: bool = False,
        keep: bool = False,
    ) -> None:
        """Fetch one story with all its parts and keep what was found."""
        if story:
            self._looked.add(story.story_id)
        try:
            pages, parts = await self._stories.fetch(
                candidate.url, story=story, conditional=conditional
            )
        except FAILURES as error:
            self._note_failure(candidate, story=story, error=error)
            return
        fetched = Fetched(
            url=candidate.url,
            pages=pages,
            parts=parts,
            story=story,
            title=candidate.title,
            signal=candidate.signal,
            platform_id=candidate.platform_id,
            keep=keep,
        )
        try:
            answer, outcome = await self.pipeline.keep(fetched, before_new=self._look_at_namesakes)
        except ArchiveError:
            self.failed_at = self.failed_at or candidate.url
            raise
        if outcome.kind in _SHOWN:
            self._shown.add(outcome.story_id)
            # what redirects and parts led through is not asked for again
            self._met.update(canonical_url(page.url) for page in pages)
        self._count_challenges(answer)
        self._judge_signal(outcome, fetched)

    async def _look_at_namesakes(self, article: Article) -> None:
        """Ask the stories that a new page may be: their addresses may lead to it by now."""
        for story_id in self.logbook.archive.namesakes(self.outlet.slug, article):
            story = self.memory.stories.get(story_id)
            if story is None or story_id in self._looked:
                continue
            candidate = Candidate(self._address_of(story.url), platform_id=story.platform_id)
            await self._look(candidate, story=story, conditional=True)

    def _judge_signal(self, outcome: Outcome, fetched: Fetched) -> None:
        """Distrust the outlet's dates when a story was edited under the date it had before."""
        story, signal = fetched.story, fetched.signal
        if story is None or not is_same_moment(story.signal, signal):
            return
        if outcome.kind == "edited":
            self.logbook.counts["lies"] += 1
            self.logbook.archive.distrust_signals(self.logbook.crawl)
        elif outcome.kind == "unchanged" and shows_other_text(story.signal, signal):
            self._vain += 1

    def _count_challenges(self, answer: Answer) -> None:
        self._challenges = self._challenges + 1 if answer == Answer.CHALLENGE else 0
        if self._challenges >= _WALL:
            raise CloseSpider("challenged")

    def _note_failure(self, candidate: Candidate, *, story: Story | None, error: Exception) -> None:
        """A request that brought no answer: recorded, and tried again next night."""
        kind, advice = Answer.ERROR.value, advice_on(Answer.ERROR)
        if isinstance(error, Refusal):
            kind, advice = error.kind, error.advice
        detail = in_words(error).removeprefix(f"{candidate.url}: ")
        self.logbook.problem(candidate.url, kind=kind, detail=detail, advice=advice)
        key = self._address(candidate.url)
        if story is None and key and not self.options.save:
            self.logbook.seen(
                Seen(
                    outlet=self.outlet.slug,
                    url=key,
                    decision=kind,
                    seen_at=self.options.clock(),
                    signal=moment_of(candidate.signal),
                )
            )

    # -- known stories ---------------------------------------------------------------------

    async def try_failed_again(self) -> None:
        """Addresses that failed on earlier nights, though no seed may name them any more."""
        now, topic = self.options.clock(), self.pipeline.topic.identity
        for url, seen in self.memory.seen.items():
            if "://" in url and is_due_again(seen, topic=topic, now=now):
                await self.consider(Candidate(url=self._address_of(url), signal=seen.signal))

    async def look_at_due_stories(self) -> None:
        """The known stories that no seed spared a look and that are due for one."""
        now = self.options.clock()
        for story in self._due_stories(now):
            if story.story_id in self._looked:
                continue  # by now: one look may be another story's too
            self._tick()
            urls = self.logbook.archive.part_urls(story.story_id) or [self._address_of(story.url)]
            await self._look(
                # without a signal: no seed said anything of it tonight, so none lied
                Candidate(url=urls[0], platform_id=story.platform_id),
                story=story,
                conditional=not needs_unconditional(story, now=now, rates=self.pipeline.rates),
            )

    def _due_stories(self, now: datetime) -> list[Story]:
        """Stories that the outlet's API no longer names first, then those due by their plan."""
        stories = self.memory.stories
        if self.options.revisit == "none":
            return []
        unnamed = [stories[story_id] for story_id in sorted(self.unnamed)]
        planned = due(
            (story for story in stories.values() if story.story_id not in self._looked),
            now=now,
            mode=self.options.revisit,
            rates=self.pipeline.rates,
            most=self.options.settings.crawl.revisits,
        )
        return [*unnamed, *planned]
