"""Every content encoding, revisit, redirect and part replays as read: the proof's quick form."""

from pathlib import Path

import pytest
from prove_replay import CODINGS, prove

pytestmark = [pytest.mark.slow, pytest.mark.pywb, pytest.mark.timeout(200)]


def test_every_capture_replays_as_the_bytes_that_were_read(tmp_path: Path) -> None:
    proof = prove(tmp_path, stories=2 * len(CODINGS))
    assert proof.problems == ()
    assert set(proof.kinds) == {"response", "identical-payload", "not-modified"}
    if proof.skipped:
        pytest.skip("; ".join(proof.skipped))
