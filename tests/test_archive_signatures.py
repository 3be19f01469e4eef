"""How alike two texts are, told from their signatures."""

import os
import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.signatures import FEWEST_PAIRS, bands, likeness, signature

WORDS = [f"kata{number}" for number in range(3_000)]
PRESS_RELEASE = (
    "Bawaslu Kabupaten Tanah Rawa memanggil tiga lurah untuk dimintai keterangan tentang foto "
    "mereka bersama pasangan calon. Ketua Bawaslu Hendra Salim mengatakan pemeriksaan dilakukan "
    "Senin pagi di kantor lembaga itu. Ketiganya mengaku datang karena diundang warga dan tidak "
    "tahu bahwa acara itu kampanye. Hasil pemeriksaan diumumkan paling lambat lima hari kemudian."
)
OTHER_WORDS = (
    "Tiga kepala kelurahan di Tanah Rawa harus menjelaskan kehadirannya dalam sebuah kampanye. "
    "Badan pengawas pemilu meminta penjelasan itu pada awal pekan, menurut ketuanya. Menurut "
    "mereka, warga yang mengundang tidak menyebut ada kandidat. Dalam waktu kurang dari sepekan "
    "lembaga itu akan menyampaikan kesimpulannya kepada umum, apakah ada aturan yang dilanggar."
)


def words(seed: int, count: int = 300) -> list[str]:
    chosen = random.Random(seed)
    return [chosen.choice(WORDS) for _ in range(count)]


def edited(text: list[str], *, share: float, seed: int) -> list[str]:
    """The text with one span after another replaced, until `share` of its words are new."""
    chosen, text, left = random.Random(seed), list(text), int(len(text) * share)
    while left > 0:
        length = min(left, chosen.randint(5, 25))
        start = chosen.randrange(len(text) - length)
        text[start : start + length] = [chosen.choice(WORDS) for _ in range(length)]
        left -= length
    return text


def test_same_text_is_entirely_alike_whatever_its_signs() -> None:
    typed = PRESS_RELEASE.replace('"', "“").replace(". ", ".\n\n").upper()
    assert signature(typed) == signature(PRESS_RELEASE)
    assert likeness(signature(typed), signature(PRESS_RELEASE)) == 1.0


def test_same_event_in_other_words_is_not_alike() -> None:
    assert likeness(signature(PRESS_RELEASE), signature(OTHER_WORDS)) < 0.1


@pytest.mark.parametrize("seed", range(20))
def test_edited_copy_shares_a_band_and_is_alike(seed: int) -> None:
    one = words(seed)
    first, copy = (
        signature(" ".join(text)) for text in (one, edited(one, share=0.2, seed=seed + 1))
    )
    assert set(bands(first)) & set(bands(copy))
    assert likeness(first, copy) >= 0.2


@pytest.mark.parametrize("seed", range(20))
def test_other_text_is_not_alike(seed: int) -> None:
    assert likeness(signature(" ".join(words(seed))), signature(" ".join(words(seed + 99)))) < 0.1


def test_short_text_has_no_signature() -> None:
    assert signature(" ".join(WORDS[:FEWEST_PAIRS])) == b""
    assert len(signature(" ".join(WORDS[: FEWEST_PAIRS + 1]))) == 1_024
    assert signature("") == b""
    assert bands(b"") == []
    assert likeness(b"", b"") == 0.0


def test_signature_is_the_one_it_was_when_archives_were_first_signed() -> None:
    assert signature(PRESS_RELEASE).hex()[:32] == "0642873401a5a5cc028adf0505c205ac"
    assert bands(signature(PRESS_RELEASE))[0] == -284236908321551168


def test_signature_is_the_same_in_every_process() -> None:
    code = (
        "import sys; from archive.signatures import signature;"
        "sys.stdout.write(signature(sys.stdin.read()).hex())"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        input=PRESS_RELEASE,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "7"},
    )
    assert told.stdout == signature(PRESS_RELEASE).hex()


@given(st.text(max_size=3_000))
def test_any_text_has_a_signature_of_one_length_or_none(text: str) -> None:
    found = signature(text)
    assert len(found) in (0, 1_024)
    assert len(bands(found)) in (0, 64)
    assert all(-(2**63) <= key < 2**63 for key in bands(found))
