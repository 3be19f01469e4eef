"""The article that a page's JSON-LD describes, also when the JSON is broken. Pure."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["Node", "article_node", "named", "node_types", "text_values"]

Node = dict[str, Any]

_MAX_NODES = 2_000
_LARGEST = 1_000_000  # characters of one script
_FIELDS = ("headline", "datePublished", "dateModified", "articleSection", "keywords")


def article_node(scripts: Iterable[str], *, headlines: Iterable[str] = ()) -> tuple[Node, set[str]]:
    """The node of the page's own article, references resolved, and every type that was declared.

    Of several articles the one called like one of `headlines` is taken, else the first.
    An empty node when there is none.
    """
    nodes = [node for script in scripts for node in _nodes(script)]
    by_id = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}
    types = {name for node in nodes for name in node_types(node)}
    articles = [node for node in nodes if _is_article(node)]
    wanted = {_key(headline) for headline in headlines}
    named = [node for node in articles if _key(str(node.get("headline", ""))) in wanted]
    chosen = (named or articles or [{}])[0]
    return {key: _resolved(value, by_id) for key, value in chosen.items()}, types


def named(scripts: Iterable[str]) -> Iterator[str]:
    """Every headline of every node, and the names to which one may refer."""
    for node in (node for script in scripts for node in _nodes(script)):
        yield from text_values(node.get("headline"))
        yield from text_values(node.get("name"))


def node_types(node: Node) -> list[str]:
    """The `@type` names of a node."""
    return [kind for kind in text_values(node.get("@type")) if kind]


def text_values(value: Any, *, key: str = "name") -> list[str]:
    """The strings that a JSON-LD value holds: itself, its items, or their `key`."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return text_values(value.get(key), key=key) if value.get(key) is not value else []
    if isinstance(value, list):
        return [text for item in value[:100] for text in text_values(item, key=key)]
    return []


def _is_article(node: Node) -> bool:
    return any(kind.endswith("Article") or kind == "BlogPosting" for kind in node_types(node))


def _key(headline: str) -> str:
    return re.sub(r"\W+", "", headline).casefold()


def _resolved(value: Any, by_id: dict[str, Node]) -> Any:
    if isinstance(value, dict) and set(value) <= {"@id", "@type"}:
        return by_id.get(str(value.get("@id")), value)
    if isinstance(value, list):
        return [_resolved(item, by_id) for item in value[:100]]
    return value


def _nodes(script: str) -> Iterator[Node]:
    """Top-level nodes, those of a @graph, and a page's mainEntity; not what lists mention."""
    queue, seen = [_loaded(script)], 0
    while queue and seen < _MAX_NODES:
        value, seen = queue.pop(0), seen + 1
        if isinstance(value, list):
            queue.extend(value[:_MAX_NODES])
        elif isinstance(value, dict):
            yield value
            queue.extend(value[key] for key in ("@graph", "mainEntity") if key in value)


def _loaded(script: str) -> Any:
    script = script[:_LARGEST].strip()
    script = re.sub(r"^(?://)?\s*<!(?:\[CDATA\[|--)|(?://)?\s*(?:\]\]|--)>$", "", script).strip()
    for text in (script, re.sub(r",\s*(?=[}\]])", "", script)):
        try:
            return json.loads(text.rstrip("; \n"), strict=False)
        except (ValueError, RecursionError):
            continue
    return _salvaged(script)


def _salvaged(script: str) -> Node:
    """The plain fields of an article whose JSON does not parse (a bare quote in the headline)."""
    kind = re.search(r"\"@type\"\s*:\s*\"((?:\w*Article)|BlogPosting)\"", script)
    if not kind:
        return {}
    node: Node = {"@type": kind[1]}
    for name in _FIELDS:
        value = re.search(rf"\"{name}\"\s*:\s*\"((?:[^\"\\\n]|\\.){{0,1000}})\"\s*[,}}\n]", script)
        if value:
            node[name] = value[1]
    author = re.search(r"\"author\"\s*:[\s\[{]*[^\]}]{0,300}?\"name\"\s*:\s*\"([^\"\n]+)\"", script)
    return node | ({"author": author[1]} if author else {})
