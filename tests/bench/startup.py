"""How long `kliping --help` takes: the budget is half a second."""

import subprocess
import sys
import time

from served import KLIPING

_BUDGET = 0.5
_ROUNDS = 5


def main() -> int:
    """Print the best of five; 1 when it is over the budget."""
    best = min(_seconds() for _ in range(_ROUNDS))
    verdict = "within" if best <= _BUDGET else "BROKEN"
    sys.stdout.write(f"kliping --help: {best:.2f} s (best of {_ROUNDS}); ")
    sys.stdout.write(f"budget {_BUDGET:g} s: {verdict}\n")
    return int(best > _BUDGET)


def _seconds() -> float:
    began = time.perf_counter()
    subprocess.run([KLIPING, "--help"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
