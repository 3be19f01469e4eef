"""The article that a page's JSON-LD describes, also when the JSON is broken. Pure."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from crawler.broken_json import salvaged
from crawler.web_copies import original_address

__all__ = [
    "Declared",
    "Node",
    "declared_in",
    "headline_in",
    "named",
    "node_types",
    "people_of",
    "text_values",
]

Node = dict[str, Any]

_MAX_NODES = 2_000
_DEEPEST = 20
_TELLING = 40  # letters of a headline that no other story begins with
_LARGEST = 1_000_000  # characters of one script
_ORGANIZATIONS = {"Organization", "NewsMediaOrganization", "Corporation", "WebSite"}
_NESTED = ("@graph", "mainEntity", "mainEntityOfPage")
_WRAPPING = re.compile(
    r"^(?:\s|;|//|/\*.{0,20}?\*/|/\*|<!--|<!\[CDATA\[|\*/)+|(?:\s|;|//|/\*|\]\]>|-->|\*/)+$"
)


@dataclass(frozen=True)
class Declared:
    """What the JSON-LD of a page says of its story."""

    article: Node
    """The page's own article, references resolved; empty when there is none."""
    types: set[str]
    """Every type that was declared."""
    crumbs: list[tuple[str, str]]
    """Name and address of the steps of its breadcrumbs, in order."""


@dataclass(frozen=True)
class _Script:
    nodes: list[Node]
    is_whole: bool
    """It parsed: what it says needs nobody to confirm it."""


def declared_in(
    scripts: Iterable[str], *, headlines: Iterable[str] = (), url: str = ""
) -> Declared:
    """What `scripts` declare of the story at `url` whose page prints `headlines`.

    Of several articles the one called like one of `headlines` is taken, else the one of this
    address, else the first. A headline out of broken JSON must be one of `headlines`.
    """
    wanted = {_key(headline) for headline in headlines} - {""}
    read = [_Script(list(_nodes(values)), whole) for values, whole in map(_loaded, scripts)]
    nodes = [_confirmed(node, script, wanted) for script in read for node in script.nodes]
    types = {name for node in nodes for name in node_types(node)}
    articles = [node for node in nodes if _is_article(node)]
    called = [node for node in articles if _is_called(node, wanted)]
    here = [node for node in articles if url and _path(url) in map(_path, _addresses(node))]
    chosen = (called or here or articles or [{}])[0]
    by_id = _by_id(nodes)
    article = {key: _resolved(value, by_id) for key, value in chosen.items()}
    return Declared(article, types, list(_crumbs(nodes)))


def headline_in(node: Node) -> str:
    """The headline of an article node; its name where it has none."""
    return next(
        filter(None, [*text_values(node.get("headline")), *text_values(node.get("name"))]), ""
    )


def people_of(value: Any) -> list[str]:
    """The names of those in `value` (strings, nodes, lists) that are not declared organizations."""
    found = [one for one in (value if isinstance(value, list) else [value]) if not _is_office(one)]
    return [name for name in text_values(found[:100]) if name.strip()]


def _is_office(value: Any) -> bool:
    types = set(node_types(value)) if isinstance(value, dict) else set()
    return bool(types & _ORGANIZATIONS) and "Person" not in types


def named(scripts: Iterable[str]) -> Iterator[str]:
    """Every headline of every node, and the names to which one may refer."""
    for node in (node for script in scripts for node in _nodes(_loaded(script)[0])):
        yield from text_values(node.get("headline"))
        yield from text_values(node.get("name"))


def node_types(node: Node) -> list[str]:
    """The `@type` names of a node."""
    return [kind for kind in text_values(node.get("@type")) if kind]


def text_values(value: Any, *, key: str = "name", depth: int = 0) -> list[str]:
    """The strings that a JSON-LD value holds: itself, its items, or their `key`."""
    if isinstance(value, str):
        return [value]
    if depth > _DEEPEST:
        return []
    if isinstance(value, dict):
        inner = value.get(key) or value.get("@value") or value.get("@list")
        return text_values(inner, key=key, depth=depth + 1)
    items = value[:100] if isinstance(value, list) else []
    return [text for item in items for text in text_values(item, key=key, depth=depth + 1)]


def _is_article(node: Node) -> bool:
    return any(kind.endswith(("Article", "BlogPosting")) for kind in node_types(node))


def _key(headline: str) -> str:
    return re.sub(r"\W+", "", headline).casefold()


def _is_called(node: Node, wanted: set[str]) -> bool:
    """`node` is called like one of `wanted`, or like its beginning (Google asks for 110 signs)."""
    own = _key(headline_in(node))
    return own in wanted or (
        len(own) >= _TELLING and any(title.startswith(own) for title in wanted)
    )


def _confirmed(node: Node, script: _Script, wanted: set[str]) -> Node:
    """`node`; empty where it comes from broken JSON and is called like nothing on the page."""
    if script.is_whole or not _is_article(node):
        return node
    own = {key: value for key, value in node.items() if key != "name"}
    is_ours = not wanted or not headline_in(own) or _key(headline_in(own)) in wanted
    return own if is_ours else {}


def _by_id(nodes: list[Node]) -> dict[str, Node]:
    """The node behind each @id: the one that says most."""
    found: dict[str, Node] = {}
    for node in nodes:
        name = str(node.get("@id", ""))
        if name and len(node) > len(found.get(name, {"@id": name})):
            found[name] = node
    return found


def _resolved(value: Any, by_id: dict[str, Node], depth: int = 0) -> Any:
    if isinstance(value, list):
        items = value[:100] if depth < _DEEPEST else []
        return [_resolved(item, by_id, depth + 1) for item in items]
    if isinstance(value, dict) and "@id" in value and not any(text_values(value)):
        # {"@id": …} alone, or a Person with an empty name
        return by_id.get(str(value["@id"]), value)
    return value


def _addresses(node: Node) -> list[str]:
    whole = node.get("mainEntityOfPage")
    named = [node.get("url"), node.get("@id"), *text_values(whole, key="@id")]
    return [address for address in (*named, whole) if isinstance(address, str)]


def _path(url: str) -> str:
    try:
        return urlsplit(original_address(url)).path.rstrip("/")
    except ValueError:
        return ""


def _crumbs(nodes: list[Node]) -> Iterator[tuple[str, str]]:
    lists = [node for node in nodes if "BreadcrumbList" in node_types(node)]
    steps = lists[0].get("itemListElement") if lists else None
    for step in steps[:20] if isinstance(steps, list) else []:
        if not isinstance(step, dict):
            continue
        item = step.get("item")
        name = [
            *text_values(step.get("name")),
            *text_values(item if isinstance(item, dict) else ""),
        ]
        address = [item] if isinstance(item, str) else text_values(item, key="@id")
        yield next(filter(None, name), ""), next(iter(address), "")


def _nodes(values: list[Any]) -> Iterator[Node]:
    """Top-level nodes, those of a @graph, and a page's main entity; not what lists mention."""
    queue, seen = list(values), 0
    while queue and seen < _MAX_NODES:
        value, seen = queue.pop(0), seen + 1
        if isinstance(value, list):
            queue.extend(value[:_MAX_NODES])
        elif isinstance(value, dict):
            yield value
            queue.extend(value[key] for key in _NESTED if key in value)


def _loaded(script: str) -> tuple[list[Any], bool]:
    """The values of a script, and whether it is JSON, maybe in a comment or with extra commas."""
    script = _WRAPPING.sub("", script[:_LARGEST])
    for text in (script, re.sub(r",\s*(?=[}\]])", "", script)):
        try:
            return [json.loads(text, strict=False)], True
        except (ValueError, RecursionError):
            continue
    if "&quot;" in script[:2_000] and '"' not in script[:200]:
        return _loaded(unescape(script).replace("&quot;", "'"))
    return salvaged(script), False
