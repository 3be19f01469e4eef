"""How much of a seed's list one crawl considers, and what it tells of the rest."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crawler.discover import Candidate
from crawler.ration import Ration

if TYPE_CHECKING:
    from crawler.spider import OutletSpider

__all__ = ["Reach"]

_LATER = "nothing to do: some more of them are asked for every night, at both ends of the list"


class Reach:
    """The ration of one crawl, and what it put off: then the next one looks as far back as this."""

    def __init__(self, spider: "OutletSpider") -> None:
        self._spider = spider
        self._ration = Ration(
            is_known=lambda it: spider.memory.knows(it.platform_id, it.address),
            now=spider.window.started_at,
        )

    @property
    def is_spent(self) -> bool:
        """Nothing more without a date is asked for tonight."""
        return self._ration.is_spent

    def within(self, url: str, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Those not older than the farthest we look back, newest first; of undated ones a part."""
        spider = self._spider
        share = self._ration.share(candidates, since=spider.window.horizon)
        spider.seeds.note_damage(url, share.doubt)
        if share.put_off:
            self.put_off(url, f"{share.put_off} addresses without a date")
            spider.logbook.counts["put_off"] += share.put_off
        return share.candidates

    def put_off(self, url: str, rest: str) -> None:
        """Leave something for later nights, and tell so once."""
        if not self._spider.has_put_off:
            self._spider.seeds.note_rest(url, rest, advice=_LATER)
        self._spider.has_put_off = True
