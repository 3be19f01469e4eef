"""Generated stories, for benchmarks: as many as wanted, one in twenty on the topic."""

import random
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from crawler.demo.sites import SITES, Site
from crawler.demo.stories import Story

__all__ = ["grown_stories", "written"]

_DAYS = 27
_PRINTED = {
    "kantamedia": {"byline"},
    "kolomrakyat": {"editor"},
    "lintastungkal": {"byline", "editor"},
}
_FILE = Path(__file__).with_name("stories") / "sentences.toml"


def grown_stories(site: Site, count: int) -> tuple[Story, ...]:
    """This site's share of `count` generated stories; the same count gives the same stories."""
    if site not in SITES:  # the benchmarks are of WordPress
        return ()
    turns = range(SITES.index(site), count, len(SITES))
    return tuple(_grown(site, turn, count) for turn in turns)


def _grown(site: Site, turn: int, count: int) -> Story:
    chance = random.Random(f"{site.outlet.slug}/{turn}")
    on_topic = turn % 20 == 7
    stock = _stock()
    theme = "asn" if on_topic else chance.choice(sorted(set(stock["sentences"]) - {"asn"}))
    headline, text = written(theme, chance)
    return Story(
        slug=f"warta-{turn:05d}",
        headline=headline,
        text=text,
        on_topic=on_topic,
        days=1 + turn * _DAYS // max(count, 1),
        time=f"{chance.randrange(5, 21):02d}:{chance.randrange(60):02d}",
        section="berita",
        dateline=stock["datelines"][site.outlet.slug],
        tags=(theme,),
        byline=_named(site, "byline", chance),
        editor=_named(site, "editor", chance),
    )


def _named(site: Site, role: str, chance: random.Random) -> str:
    """Somebody, when the site's theme prints who it was: what no page says nobody can read."""
    person: str = chance.choice(_stock()["words"]["nama"])
    return person if role in _PRINTED[site.theme] else ""


def written(theme: str, chance: random.Random) -> tuple[str, str]:
    """Headline and text of a generated story about a theme of the stock."""
    stock = _stock()
    headline = _filled(chance.choice(stock["headlines"][theme]), stock["words"], chance)
    return headline, _text(stock, theme, chance)


def _text(stock: dict[str, Any], theme: str, chance: random.Random) -> str:
    own = chance.sample(stock["sentences"][theme], 9)
    common = chance.sample(stock["common"], 5)
    # the first two tell the subject; the rest is mixed as a hurried reporter would
    rest = own[2:] + common
    chance.shuffle(rest)
    lines = [_filled(line, stock["words"], chance) for line in own[:2] + rest]
    return "\n\n".join(" ".join(lines[start : start + 2]) for start in range(0, len(lines), 2))


def _filled(line: str, words: dict[str, list[str]], chance: random.Random) -> str:
    return line.format_map({name: chance.choice(choices) for name, choices in words.items()})


@cache
def _stock() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
