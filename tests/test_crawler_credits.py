"""Who wrote and who edited a story, in every form that outlets print it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from reading import outlet_and_rules, page_of, reading_of

from archive.types import Article
from crawler.demo import NewsroomConfig
from crawler.demo.editions import edition
from crawler.demo.nights import Post, evenings
from crawler.demo.pages import story_page
from crawler.demo.sites import SITES, Site

TODAY = date(2026, 9, 10)
AFTER = datetime(2026, 9, 20, tzinfo=UTC)

# the newsroom's generated stories


def grown_read(site: Site, count: int = 300) -> Iterator[tuple[Post, Article]]:
    """Generated stories of a site as they were written and as they are read."""
    config = NewsroomConfig(today=TODAY, grown=count)
    shown = edition(site, config, 1, moments=evenings(TODAY))
    outlet, rules = outlet_and_rules(site.outlet.slug)
    for post in shown.live:
        if "warta-" in post.path:
            url = f"{outlet.url}{post.path}"
            page = page_of(story_page(shown, post), url, fetched_at=AFTER)
            yield post, reading_of(page, outlet=outlet, rules=rules).article


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.outlet.slug)
def test_generated_stories_are_read_with_the_names_they_print(site: Site) -> None:
    pairs = list(grown_read(site))
    found = [(article.headline, article.byline, article.editor) for _, article in pairs]
    assert found == [(post.headline, post.byline, post.editor) for post, _ in pairs]
    assert len(found) > 50
