"""A headless Chromium that walks through the reading room; Chromium and axe as in web_replayer."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from web_replayer import FLAGS, chromium, node_home

__all__ = ["walked"]

_SHOTS = os.environ.get("KLIPING_SHOTS", "")
_SCRIPT = Path(__file__).with_name("web_walker.cjs")


def walked(
    base: str, paths: Sequence[str], *, width: int, dark: bool = False, axe: bool = True
) -> list[dict[str, Any]]:
    """What each page was like at a width in CSS pixels. Skips without Chromium or axe."""
    home = node_home()
    script = home / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        pytest.skip(f"no axe-core in {home}: make .node/.installed (needs npm)")
    asked = {
        "base": base,
        "paths": list(paths),
        "width": width,
        "dark": dark,
        "axe": str(script) if axe else "",
        "keyboard": axe,
        "chromium": chromium(),
        "flags": [flag for flag in FLAGS if flag != "--headless"],
        "shots": str(Path(_SHOTS).resolve()) if _SHOTS else "",
    }
    done = subprocess.run(
        ["node", str(_SCRIPT), json.dumps(asked)],
        capture_output=True,
        text=True,
        timeout=280,
        env={"PATH": os.environ["PATH"], "NODE_PATH": str(home / "node_modules")},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
