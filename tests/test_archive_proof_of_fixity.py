"""The long proof of fixity in its quick form: every sort of damage a few times."""

from pathlib import Path

import pytest
from prove_fixity import Proof, false_alarms

pytestmark = [pytest.mark.slow, pytest.mark.sqlite, pytest.mark.timeout(600)]


@pytest.mark.parametrize(("sort", "count"), [("flips", 25), ("cuts", 15), ("deletions", 20)])
def test_damage_is_named_or_harmless_and_undone(tmp_path: Path, sort: str, count: int) -> None:
    proof = Proof(tmp_path, seed=3, nights=3)
    proof.play(sort, count)
    assert [line for tally in proof.tallies.values() for line in tally.faults] == []
    assert sum(tally.done for tally in proof.tallies.values()) == count
    assert proof.exports_alike


def test_sound_archives_pass_without_a_word(tmp_path: Path) -> None:
    assert false_alarms(tmp_path, archives=2, nights=3) == []
