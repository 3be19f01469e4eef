"""One story's stored captures, read by the workers as a crawl would read them today."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from archive.archive import Archive
from archive.config import CrawlConfig
from archive.errors import DamagedRecord
from archive.plan import storable_sighting
from archive.reckoning import Failure, HeldStory, HeldVersion, Reckoned, StoredLook, reckon
from archive.types import Answer, Page, Sighting
from crawler.extract import extractor_id
from crawler.readers import Readers, ReadJob
from crawler.rule_use import RuleUse
from crawler.spider import OutletSpider
from crawler.topic import Topic

__all__ = ["StoryReader", "newest_pages"]


class StoryReader:
    """Reads the stories of one outlet by the rules that were in force at each capture.

    With `skip` the versions that these readers have read are not read again.
    """

    def __init__(
        self,
        archive: Archive,
        spider: type[OutletSpider],
        *,
        config: CrawlConfig,
        readers: Readers,
        skip: bool = False,
    ) -> None:
        self._archive = archive
        self._spider = spider
        self._config = config
        self._readers = readers
        self._skip = skip
        self._topic = Topic.load(config.topic).identity
        self.use = RuleUse(spider.added)
        """Which rules of the settings met something on the pages that were read."""

    async def reckoned(self, held: HeldStory) -> Reckoned:
        """What reading all captures of a story again means for its versions."""
        found = await self.readings(held)
        return reckon(held, found, confirm_after=self._archive.readings.confirm_after)

    async def readings(self, held: HeldStory) -> dict[StoredLook, Sighting | Failure]:
        """What each look at a story reads as."""
        found: dict[StoredLook, Sighting | Failure] = {}
        known: dict[object, Sighting | Failure] = {}
        for look in self._wanted(held, found):
            # looks that share bytes and rules read alike
            key = (look.payload, self._spider.rules_at(look.fetched_at).digest)
            if key not in known:
                known[key] = await self._read(look, url=held.url)
            found[look] = known[key]
        return found

    def _wanted(
        self, held: HeldStory, found: dict[StoredLook, Sighting | Failure]
    ) -> Iterator[StoredLook]:
        """The looks to read; what need not be read again goes into `found` as it is."""
        for version in held.versions:
            if self._skip and version.looks and self._is_settled(version):
                found[version.looks[0]] = _as_read(held, version)
            else:
                yield from version.looks
        yield from held.unread

    def extractor_at(self, fetched_at: datetime) -> str:
        """The id of what reads a page that was fetched then."""
        return extractor_id(self._spider.rules_at(fetched_at), thorough=self._config.thorough)

    def _is_settled(self, version: HeldVersion) -> bool:
        reader = self.extractor_at(version.looks[0].fetched_at)
        return version.is_settled(extractor=reader, topic=self._topic)

    async def _read(self, look: StoredLook, *, url: str) -> Sighting | Failure:
        try:
            pages = self._archive.readings.pages(look)
        except DamagedRecord as error:
            folder = f"{self._archive.warc_directory}/"
            return Failure(kind="damaged", detail=str(error).replace(folder, ""))
        job = self._job(look, pages)
        result = await self._readers.read(job)
        if result.reading and job.rules == self._spider.rules and (wanted := self.use.unmet()):
            met = await self._readers.rules_met(job, wanted=wanted)
            self.use.note(
                wanted if met is None else met
            )  # what cannot be told is not complained of
        if result.reading is None:
            return Failure(kind=result.answer.value, detail=result.detail)
        read = Sighting(
            outlet=self._spider.outlet.slug,
            url=url,
            answer=Answer.ARTICLE,
            pages=(),
            article=result.reading.article,
            canonical=result.reading.canonical,
            platform_id=result.reading.platform_id,
            extractor=result.reading.extractor,
            topic=result.topic,
        )
        return storable_sighting(read)

    def _job(self, look: StoredLook, pages: Sequence[Page]) -> ReadJob:
        return ReadJob(
            outlet=self._spider.outlet,
            rules=self._spider.rules_at(look.fetched_at),
            pages=tuple(pages),
            topic=self._config.topic,
            limit=self._config.page_limit,
            tags=self._config.tag_limit,
            thorough=self._config.thorough,
        )


def _as_read(held: HeldStory, version: HeldVersion) -> Sighting:
    """The reading that a version has, where another one would bring the same."""
    return Sighting(
        outlet=held.outlet,
        url=held.url,
        answer=Answer.ARTICLE,
        pages=(),
        article=version.article,
        extractor=version.extractor,
        topic=version.topic,
    )


def newest_pages(archive: Archive, slug: str) -> Iterator[list[Page]]:
    """The pages in which the newest version of each story of an outlet was first seen.

    One story at a time; stories whose bytes are damaged are left out.
    """
    for held in archive.readings.stories(slug):
        try:
            yield archive.readings.pages(held.versions[-1].looks[0])
        except (DamagedRecord, IndexError):
            continue
