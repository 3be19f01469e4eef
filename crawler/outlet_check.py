"""What `kliping outlets check` does: look at a known outlet, and say what is no longer true."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from archive import database
from archive.config import Settings
from archive.errors import ArchiveMissing
from archive.schema import crawl
from crawler.contact import require_contact
from crawler.outlets import chosen
from crawler.site_facts import Obstacle, SeedFound, SiteFacts
from crawler.site_look import Subject, look
from crawler.spider import OutletSpider

__all__ = ["Checked", "check", "differences"]

_LATER = "look again another day; `kliping health` says since when"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A known outlet as it is now."""

    slug: str
    facts: SiteFacts
    differences: tuple[Obstacle, ...] = ()
    """What its entry or module should say otherwise, or what keeps it from being crawled."""

    @property
    def exit_code(self) -> int:
        """0 when nothing would change, else 1."""
        return 1 if self.differences else 0


def check(settings: Settings, slug: str, *, tell: Callable[[str], None]) -> Checked:
    """Look at an outlet now; what would change. Raises NotFound, ConfigError, ArchiveError."""
    (spider,) = chosen(settings, [slug])
    require_contact(settings, spider.outlet)
    was_open = _was_rest_open(settings, slug)
    facts = look(settings, [Subject(spider.outlet, spider.rules)], tell=tell)[0]
    found = tuple(differences(facts, spider, was_rest_open=was_open))
    return Checked(slug=slug, facts=facts, differences=found)


def differences(
    facts: SiteFacts, spider: type[OutletSpider], *, was_rest_open: bool = False
) -> Iterator[Obstacle]:
    """What a look found otherwise than an outlet has it.

    A REST API that is closed differs where it was open in the outlet's last crawl, and where
    nothing stands in for it.
    """
    if facts.obstacle:
        yield facts.obstacle
        return
    outlet = spider.outlet
    if facts.url != outlet.url.rstrip("/"):
        detail = f"{outlet.url} answers at {facts.url}"
        yield Obstacle("moved", detail, f'url = "{facts.url}"')
    if facts.asked_as != outlet.platform:
        detail = f"it is not on {outlet.platform}: {facts.platform_why}"
        yield Obstacle("platform", detail, f'platform = "{facts.asked_as}"')
    if not facts.zone.is_guess and not _is_same_clock(facts.zone.name, outlet.zone):
        detail = f"its clock is not that of {outlet.zone}: {facts.zone.why}"
        yield Obstacle("zone", detail, f'zone = "{facts.zone.name}"')
    yield from _of_seeds(facts, was_rest_open=was_rest_open)
    yield from _of_trial(facts)


def _is_same_clock(first: str, second: str) -> bool:
    same = ({"Asia/Jakarta", "Asia/Pontianak"}, {"Asia/Makassar", "Asia/Ujung_Pandang"})
    return first == second or any({first, second} <= zones for zones in same)


def _of_seeds(facts: SiteFacts, *, was_rest_open: bool) -> Iterator[Obstacle]:
    rest, feed = facts.seed("REST API"), facts.seed("feed")
    if rest and not rest.is_open and (was_rest_open or not facts.has_seeds):
        advice = "nothing to set: feeds, sitemaps and front page are read instead, and show less"
        yield Obstacle("rest-closed", f"{rest.url}: {rest.detail}", advice)
    is_rest_open = rest is not None and rest.is_open
    if feed and not feed.is_open and not is_rest_open:
        yield from _of_feed(feed, facts)
    if not facts.has_seeds:
        detail = f"{facts.url}: neither feed nor sitemap lists stories; {_missing(facts)}"
        yield Obstacle("no-seeds", detail, "open it in a browser: is it still a news site?")


def _of_feed(feed: SeedFound, facts: SiteFacts) -> Iterator[Obstacle]:
    """A feed that the outlet declares elsewhere; one that it never had is no difference."""
    others = [url for url in facts.declared_feeds if url.partition("?")[0] != feed.url]
    if others:
        detail = f"its feed is at {others[0]}, and {feed.url} is closed: {feed.detail}"
        yield Obstacle("feed-moved", detail, "nothing to set: its other seeds are read")


def _missing(facts: SiteFacts) -> str:
    return "; ".join(f"{seed.url}: {seed.detail}" for seed in facts.seeds if not seed.is_open)


def _of_trial(facts: SiteFacts) -> Iterator[Obstacle]:
    if not facts.trial:
        yield Obstacle("no-stories", f"{facts.url}: no story is named anywhere", _LATER)
    if facts.wall:
        yield facts.wall
        return
    for story in facts.trial:
        if story.problem:
            advice = (
                "open it in a browser: if it shows a story, the template has changed and needs a "
                "rule; `kliping replay` says what still reads"
            )
            yield Obstacle("unread", f"{story.url}: {story.problem}", advice)


def _was_rest_open(settings: Settings, slug: str) -> bool:
    """Whether the outlet's last finished crawl found its REST API open; False without any."""
    query = (
        select(crawl.c.counts)
        .where(crawl.c.outlet == slug, crawl.c.finish_reason == "finished")
        .order_by(crawl.c.started_at.desc())
        .limit(1)
    )
    engine = database.connect(settings.archive)
    try:
        database.require_current(engine)
        with database.reading(engine) as connection:
            counts = connection.execute(query).scalar()
    except ArchiveMissing:
        return False
    finally:
        engine.dispose()
    return counts is not None and not counts.get("rest_closed")
