"""What users and installed packages tell the engine of their layers: loaded where a model needs it, and part of it."""

from collections.abc import Iterator
from typing import Any

from ismbench.engine.functions import is_registered
from ismbench.engine.graph import Graph, Node
from ismbench.engine.rules import REGISTERED, RULES
from ismbench.extensions import load_extensions

__all__ = ["load_rules", "own_rules"]


def load_rules(graph: Graph) -> None:
    """Loads what installed packages register, if a model has a layer or a function that is not of Keras."""
    if any(_is_foreign(node) for node in graph.nodes):
        load_extensions()


def own_rules(node: Node) -> Iterator[tuple[Any, ...]]:
    """What was registered for a node: each rule with its options, and its function."""
    if node.kind in REGISTERED:
        yield from ((type(rule), vars(rule)) for rule in RULES[node.kind])
    yield from (("element-wise", f) for f in _functions(node) if is_registered(f))


def _is_foreign(node: Node) -> bool:
    return any(not _is_of_keras(thing) for thing in (node.kind, *_functions(node)))


def _functions(node: Node) -> list[Any]:
    """Of an activation, or of a Lambda layer."""
    found = (getattr(node.operation, name, None) for name in ("activation", "function"))
    return [f for f in found if callable(f)]


def _is_of_keras(thing: Any) -> bool:
    return str(getattr(thing, "__module__", None)).split(".")[0] in ("keras", "ismbench")
