"""Compares an archive with what a perfect crawler of the sample newsroom must hold."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy.engine import Engine

from archive import stories, versions
from archive.text import normalise
from archive.types import Story, Version
from archive.urls import canonical_url
from crawler.demo import TrueStory, TrueVersion

__all__ = ["Score", "score"]


@dataclass
class Score:
    """What is wrong, one line each; empty lists everywhere is a perfect score."""

    missed: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    split: list[str] = field(default_factory=list)
    false_versions: list[str] = field(default_factory=list)
    missed_versions: list[str] = field(default_factory=list)
    wrong_fields: list[str] = field(default_factory=list)
    wrong_status: list[str] = field(default_factory=list)
    found: int = 0
    kept: int = 0
    """Stories that the archive holds of these outlets."""
    versions: int = 0
    """Versions that were compared."""

    @property
    def wrong_texts(self) -> int:
        """Versions whose text is not the newsroom's."""
        return len({line.partition(" text ")[0] for line in self.wrong_fields if " text " in line})

    def faults(self) -> list[str]:
        """Every fault, with its kind."""
        return [
            f"{kind}: {line}"
            for kind, lines in vars(self).items()
            if isinstance(lines, list)
            for line in lines
        ]


def score(engine: Engine, truth: Iterable[TrueStory], *, outlets: Iterable[str]) -> Score:
    """How an archive stands against the newsroom's own record of the same outlets."""
    wanted = {story.url: story for story in truth if story.on_topic and story.outlet in outlets}
    result = Score()
    held: dict[str, list[Story]] = {}
    for story in stories.stories(engine):
        if story.outlet not in outlets:
            continue
        result.kept += 1
        found = stories.find_story(engine, story.story_id)
        true = next((t for t in wanted.values() if _is_same(engine, found, t)), None)
        if true is None:
            result.unwanted.append(found.url)
        else:
            held.setdefault(true.url, []).append(found)
    for url, true in wanted.items():
        _compare(engine, result, true, held.get(url, []))
    return result


def _is_same(engine: Engine, story: Story, true: TrueStory) -> bool:
    if story.outlet != true.outlet:
        return False
    if true.platform_id:
        return story.platform_id == true.platform_id
    return story.url in {canonical_url(url) for url in true.urls}


def _compare(engine: Engine, result: Score, true: TrueStory, held: list[Story]) -> None:
    if not held:
        result.missed.append(true.url)
        return
    result.found += 1
    if len(held) > 1:
        result.split.append(true.url)
    story = held[0]
    if story.status != true.status:
        result.wrong_status.append(f"{true.url}: {story.status}, is {true.status}")
    kept = versions.versions(engine, story.story_id)
    if len(kept) > len(true.versions):
        result.false_versions.append(f"{true.url}: {[v.changed for v in kept]}")
    if len(kept) < len(true.versions):
        result.missed_versions.append(f"{true.url}: {len(kept)} of {len(true.versions)}")
    for mine, theirs in zip(kept, true.versions, strict=False):
        result.versions += 1
        faults = _fields(mine, theirs)
        result.wrong_fields += [f"{true.url} v{mine.number} {line}" for line in faults]


def _fields(mine: Version, theirs: TrueVersion) -> list[str]:
    article = mine.article
    pairs = {
        "headline": (article.headline, theirs.headline),
        "byline": (article.byline, theirs.byline),
        "editor": (article.editor, theirs.editor),
        "source": (article.source, theirs.source),
        "dateline": (article.dateline.casefold(), _place(theirs.dateline)),
    }
    lines = [f"{name}: {a!r}, is {b!r}" for name, (a, b) in pairs.items() if a != b]
    if article.published_at is None or abs(article.published_at - theirs.published_at).days:
        lines.append(f"published_at: {article.published_at}, is {theirs.published_at}")
    text = normalise(article.text)
    missing = [p for p in theirs.paragraphs if normalise(p) not in text]
    lines += [f"text lacks {p[:60]!r}" for p in missing]
    surplus = len(text) - len(normalise(" ".join(theirs.paragraphs)))
    if surplus > 60:  # the dateline is part of the text
        lines.append(f"text has {surplus} characters too many: {article.text!r}")
    return lines


def _place(printed: str) -> str:
    """The place in a dateline as printed: the masthead is none."""
    own = r"(?:kolomrakyat|kantamedia|jurnaljawapes|tribunnews|tribun-timur)\.com"
    masthead = rf"(?:lintastungkal|tribunpontianak\.co\.id|{own})"
    return re.sub(rf"^{masthead}[:, ]*|[,|]? *{masthead}$", "", printed.casefold()).strip()
