"""Nights under a clock that is moved, with schedulers and crawls killed: the proof's quick form."""

from pathlib import Path

import pytest
from moved_clock import COMPILER
from prove_nights import prove

pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]


@pytest.mark.skipif(COMPILER is None, reason="NOT PROVED: no C compiler to make the moved clock")
def test_nights_are_seen_to_whatever_is_killed(tmp_path: Path) -> None:
    proof = prove(tmp_path, outlets=4, nights=3, seed=3)
    assert proof.faults == []
    assert "named: unreachable of night 2 on night 2" in proof.summary
