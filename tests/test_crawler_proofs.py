"""The long proofs over the whole newsroom in their quick form: a few outlets and nights."""

import random
from datetime import UTC, datetime
from pathlib import Path

import prove_routes
import pytest
from prove_kill_nights import Pair
from prove_newsroom import CRAWL_DELAY, Proof, goals_missed
from whole_newsroom import Nights

from crawler.demo import Newsroom, NewsroomConfig

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

OUTLETS = ("jurnaljawapes", "kantamedia", "tribun-pontianak", "kanon", "robots-plinplan")


def test_hostile_nights_cost_no_story_and_no_manners(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    config = NewsroomConfig(today=today, hostile=True, crawl_delay=CRAWL_DELAY)
    with Newsroom(config) as room:
        proof = Proof(Nights.make(tmp_path, room, slugs=OUTLETS))
        proof.play()
        lines = proof.lines()
    assert [fault for line in lines for fault in goals_missed(line)] == []
    assert all(line.found.found for line in lines)


def test_killed_nights_leave_the_archive_of_calm_ones(tmp_path: Path) -> None:
    config = NewsroomConfig(today=datetime.now(UTC).date(), hostile=True)
    slugs = ("jurnaljawapes", "lintastungkal")
    with Newsroom(config) as quiet, Newsroom(config) as other:
        calm = Nights.make(tmp_path / "calm", quiet, slugs=slugs)
        killed = Nights.make(tmp_path / "killed", other, slugs=slugs)
        pair = Pair(calm, killed, random.Random(7))
        assert pair.play(2) == []
    assert pair.kills == 2


def test_proxy_and_connect_to_bring_the_same_set(tmp_path: Path) -> None:
    assert prove_routes.play(tmp_path, slugs=("kantamedia", "tribun-pontianak", "rusak")) == []
