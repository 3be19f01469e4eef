"""The house rules that a machine can check: imports point down, public names are declared."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = {"archive": 0, "crawler": 1, "scheduler": 2}
MODULES = sorted(
    path.relative_to(ROOT)
    for package in ORDER
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
# what the archive may be opened without (DESIGN §2)
FETCHING = {"scrapy", "twisted", "trafilatura", "lxml", "parsel", "htmldate"}


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_point_down(path: Path) -> None:
    own = ORDER[path.parts[0]]
    upward = [name for name in _imported(path) if ORDER.get(name, -1) > own]
    assert upward == []


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[0] == "archive"], ids=str)
def test_archive_needs_no_fetching_library(path: Path) -> None:
    assert FETCHING.isdisjoint(_imported(path))


def test_only_the_generic_reader_imports_trafilatura() -> None:
    users = [str(path) for path in MODULES if "trafilatura" in set(_imported(path))]
    assert users == ["crawler/generic.py"]


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.name not in {"__init__.py", "__main__.py"}], ids=str
)
def test_public_names_are_declared_and_exist(path: Path) -> None:
    name = ".".join(path.with_suffix("").parts)
    module = importlib.import_module(name)
    declared = getattr(module, "__all__", None)
    if name.startswith("crawler.spiders."):
        return
    assert declared is not None, f"{path} declares no public names"
    assert [public for public in declared if not hasattr(module, public)] == []
