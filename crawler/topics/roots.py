"""The words that Indonesian makes of one root, so that a topic file need not list them."""

from itertools import product

__all__ = ["family"]

_VOWELS = "aeiou"
# What meN- and peN- become before a root's first letter (TBBBI 2017, 4.2). Some letters are lost
# after it; loanwords keep theirs (mempromosikan), so both spellings are made.
_LOST = {"p": "m", "t": "n", "k": "ng", "s": "ny", "c": "ny"}
_KEPT = (
    dict.fromkeys("bfpv", "m")
    | dict.fromkeys("cdjstz", "n")
    | dict.fromkeys(f"ghkqx{_VOWELS}", "ng")
)


def family(root: str) -> tuple[str, ...]:
    """The root with every usual prefix and suffix, e.g. `dukung`: mendukung, didukung, dukungan.

    Also the spoken forms without me- (`nyoblos`). Some of them are words that nobody uses.
    """
    nasal = _nasal(root)
    heads = [
        root,
        f"di{root}",
        *_joined("ter", root),
        *_joined("ber", root),
        *(f"me{stem}" for stem in nasal),
        *nasal,
    ]
    forms = {head + tail for head, tail in product(heads, ("", "kan", "i"))}
    forms.update(f"pe{stem}{tail}" for stem, tail in product(nasal, ("", "an")))
    forms.update(f"{head}{root}an" for head in ("", "ke", "ber", "keter", "keber"))
    return tuple(sorted(forms))


def _joined(prefix: str, root: str) -> list[str]:
    """The prefix before the root; of two r's one is written (terekam)."""
    return [prefix + root] if root[0] != "r" else [prefix + root, prefix + root[1:]]


def _nasal(root: str) -> tuple[str, ...]:
    """The root behind meN- without its `me`: `dukung` -> ndukung, `pasang` -> mpasang, masang."""
    kept = _KEPT.get(root[0], "") + root
    return (kept, _LOST[root[0]] + root[1:]) if root[0] in _LOST else (kept,)
