"""Copies of one text across outlets: one cluster, whatever the order in which they came."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from sightings import NIGHT_1, Nights, article
from sqlalchemy import Executable, delete, select, update
from test_archive_signatures import OTHER_WORDS, PRESS_RELEASE, edited, words

from archive import database
from archive.audit import audit
from archive.clusters import catch_up, cluster_ids, copies
from archive.schema import cluster, cluster_member, event, near_duplicate_band, signature
from archive.stories import find_story, stories
from archive.types import Outlet

OUTLETS = {
    slug: Outlet(slug=slug, name=slug, url=f"https://{slug}.example", zone="Asia/Jakarta")
    for slug in ("uji-barat", "uji-timur", "uji-utara")
}
REPRINT = PRESS_RELEASE.replace("Senin pagi", "Senin (14/10) pagi") + " (Humas)"


def show(nights: Nights, night: float, *texts: tuple[str, str, str]) -> None:
    """One crawl for each (outlet, path, text)."""
    for slug, path, text in texts:
        outlet = OUTLETS[slug]
        with nights.night(night, outlet=outlet) as crawl:
            url = f"{outlet.url}{path}"
            crawl.show(url, article(text), outlet=slug, url=url)


def grouped(nights: Nights) -> set[frozenset[str]]:
    """The clusters, each as the addresses of its stories."""
    with database.reading(nights.archive.engine) as connection:
        homes = cluster_ids(connection)
    found: dict[str, set[str]] = {}
    for one in stories(nights.archive.engine):
        if one.story_id in homes:
            found.setdefault(homes[one.story_id], set()).add(one.url)
    return {frozenset(urls) for urls in found.values()}


def ids(nights: Nights) -> set[str]:
    with database.reading(nights.archive.engine) as connection:
        return set(cluster_ids(connection).values())


def test_reprint_in_another_outlet_is_a_copy(nights: Nights) -> None:
    show(nights, 1, ("uji-barat", "/a", PRESS_RELEASE), ("uji-timur", "/b", REPRINT))
    show(nights, 1, ("uji-utara", "/c", OTHER_WORDS))
    assert grouped(nights) == {
        frozenset({"https://uji-barat.example/a", "https://uji-timur.example/b"})
    }
    found = copies(
        nights.archive.engine,
        find_story(nights.archive.engine, "https://uji-timur.example/b").story_id,
    )
    assert found
    assert [one.outlet for one in found.copies] == ["uji-barat", "uji-timur"]
    assert found.copies[0].departs == 0
    assert 0 < found.copies[1].departs < 0.1


def test_copy_at_another_address_of_the_same_outlet_is_found(nights: Nights) -> None:
    show(nights, 1, ("uji-barat", "/a", PRESS_RELEASE), ("uji-barat", "/lagi", REPRINT))
    assert len(grouped(nights)) == 1


def test_story_without_copies_is_in_no_cluster(nights: Nights) -> None:
    show(nights, 1, ("uji-barat", "/a", PRESS_RELEASE), ("uji-timur", "/b", OTHER_WORDS))
    assert grouped(nights) == set()
    known = find_story(nights.archive.engine, "https://uji-barat.example/a")
    assert copies(nights.archive.engine, known.story_id) is None


def test_edit_that_takes_over_a_text_joins_and_never_leaves(nights: Nights) -> None:
    show(nights, 1, ("uji-barat", "/a", PRESS_RELEASE), ("uji-timur", "/b", OTHER_WORDS))
    show(nights, 2, ("uji-timur", "/b", REPRINT))
    assert len(grouped(nights)) == 1
    show(nights, 3, ("uji-timur", "/b", OTHER_WORDS + " Kini sudah selesai diperiksa semua."))
    assert len(grouped(nights)) == 1


def bridge() -> list[str]:
    """Two texts that are not alike, and one that has both."""
    left, right = words(1), words(2)
    return [" ".join(left), " ".join(right), " ".join([*left, *right])]


def test_older_clusters_id_stays_when_two_meet(nights: Nights) -> None:
    left, right, middle = bridge()
    show(nights, 1, ("uji-barat", "/a", left), ("uji-timur", "/a", left))
    [oldest] = ids(nights)
    show(nights, 2, ("uji-barat", "/b", right), ("uji-timur", "/b", right))
    assert len(ids(nights)) == 2
    show(nights, 3, ("uji-utara", "/c", middle))
    assert ids(nights) == {oldest}
    assert len(grouped(nights)) == 1


def test_cluster_is_shown_as_it_was_known_then(nights: Nights) -> None:
    left, right, middle = bridge()
    show(nights, 1, ("uji-barat", "/a", left), ("uji-timur", "/a", left))
    show(nights, 2, ("uji-barat", "/b", right), ("uji-timur", "/b", right))
    before = nights.clock()
    show(nights, 3, ("uji-utara", "/c", middle))
    story_id = find_story(nights.archive.engine, "https://uji-barat.example/b").story_id
    then, now = (copies(nights.archive.engine, story_id, as_of=at) for at in (before, None))
    assert then
    assert now
    assert (len(then.copies), len(now.copies)) == (2, 5)
    with database.reading(nights.archive.engine) as connection:
        assert len(set(cluster_ids(connection, as_of=before).values())) == 2


@pytest.mark.parametrize(
    "order", list(permutations(range(4))), ids=lambda order: "".join(map(str, order))
)
def test_order_of_arrival_makes_no_difference(
    order: Sequence[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    left, right, middle = bridge()
    texts = [left, " ".join(edited(left.split(), share=0.1, seed=5)), right, middle, OTHER_WORDS]
    nights = Nights(tmp_path_factory.mktemp("urutan"))
    outlet = OUTLETS["uji-barat"]
    with nights.night(1, outlet=outlet) as crawl:
        for place in (*order, 4):
            url = f"{outlet.url}/{place}"
            crawl.show(url, article(texts[place]), outlet=outlet.slug, url=url)
    expected = frozenset(f"{outlet.url}/{place}" for place in range(4))
    assert grouped(nights) == {expected}
    nights.archive.close()


def test_older_archive_catches_up(nights: Nights) -> None:
    show(nights, 1, ("uji-barat", "/a", PRESS_RELEASE), ("uji-timur", "/b", REPRINT))
    show(nights, 1, ("uji-utara", "/c", "Terlalu pendek."))
    known = grouped(nights)
    nights.change(delete(cluster_member))
    for table in (cluster, near_duplicate_band, signature):
        nights.change(delete(table))
    nights.change(delete(event).where(event.c.kind == "copy"))
    assert grouped(nights) == set()
    assert catch_up(nights.archive.engine, now=nights.clock()) == 3
    assert grouped(nights) == known
    assert catch_up(nights.archive.engine, now=nights.clock()) == 0


def test_clustered_archive_is_sound(nights: Nights) -> None:
    show(nights, 1, ("uji-barat", "/a", PRESS_RELEASE), ("uji-timur", "/b", REPRINT))
    assert audit(nights.archive.engine, nights.archive.warc_directory).is_clean


OTHERS = select(cluster_member.c.story_id).where(cluster_member.c.member_id == 2)


@pytest.mark.parametrize(
    "damage",
    [
        delete(cluster_member).where(cluster_member.c.member_id == 1),
        update(cluster_member)
        .where(cluster_member.c.member_id == 1)
        .values(story_id=OTHERS.scalar_subquery()),
        update(cluster_member).values(recorded_at=NIGHT_1),
        update(cluster).values(recorded_at=NIGHT_1),
    ],
    ids=["lost", "another story", "joined at another time", "began at another time"],
)
def test_membership_changed_by_hand_is_found(nights: Nights, damage: Executable) -> None:
    show(nights, 1, ("uji-barat", "/a", PRESS_RELEASE), ("uji-timur", "/b", REPRINT))
    nights.change(damage)
    found = audit(nights.archive.engine, nights.archive.warc_directory)
    assert any("cluster_member 1 is not as it was found" in str(one) for one in found.findings)
