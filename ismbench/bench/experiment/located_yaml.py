"""YAML to plain values with the line of every key, for files that may be hostile.

Only scalars, lists and mappings are read. Anchors, aliases and tags are refused (they can blow a small file
up, or name Python objects), and so are double keys, deep nesting and huge files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ismbench.bench.experiment.yaml_scalars import AmbiguousScalarError, read_scalar
from ismbench.errors import InputError

__all__ = ["Located", "parse_value", "read_yaml"]

MAX_BYTES = 1_000_000
MAX_DEPTH = 20


@dataclass(frozen=True)
class Located:
    """A parsed document.

    Attributes:
        value: Plain Python values.
        lines: Line number, from 1, of each key or list item, by its path from the root.
        source: What to call the document in messages.
        changed: What to say instead of file and line, by the path of values that were changed later.
    """

    value: Any
    lines: Mapping[tuple[str | int, ...], int]
    source: str
    changed: Mapping[tuple[str | int, ...], str] = field(default_factory=dict)

    def where(self, path: tuple[str | int, ...]) -> str:
        """Returns ``file:line`` of the nearest known ancestor of a path."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.changed:
                return self.changed[path[:end]]
            if path[:end] in self.lines:
                return f"{self.source}:{self.lines[path[:end]]}"
        return self.source


def read_yaml(path: Path) -> Located:
    """Reads a YAML file of plain values.

    Raises:
        InputError: The file is missing, too large, no UTF-8, no YAML, or uses more than plain values.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(
                f"An experiment file must be below {MAX_BYTES} bytes. Received: {path} with {size}"
            )
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"An experiment must be a readable file. Received: {path}: {error.strerror}"
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(f"An experiment must be UTF-8 text. Received: {path}: {error.reason}") from None
    return parse(text, str(path))


def parse(text: str, source: str) -> Located:
    """Parses YAML text of plain values; raises InputError naming source and line."""
    try:
        _refuse_the_unsafe(text, source)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{source}{_line_of(error)}: not valid YAML: {_problem(error)}") from None
    lines: dict[tuple[str | int, ...], int] = {(): 1}
    value = None if node is None else _plain(node, (), lines, source)
    return Located(value, lines, source)


def parse_value(text: str) -> Any:
    """Parses the right side of a ``key=value`` from the command line."""
    return parse(text, f"the value {text!r}").value


def _refuse_the_unsafe(text: str, source: str) -> None:
    # Events come one by one from a parser without recursion, so nothing has been built when a bomb is met.
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise InputError(f"{source}:{line}: anchors and aliases are not allowed; write the value out")
        if isinstance(event, yaml.ScalarEvent) and not _is_text(event.value):
            raise InputError(f"{source}:{line}: half a character (a lone surrogate) is no text")
        if tag := getattr(event, "tag", None):
            raise InputError(f"{source}:{line}: tags are not allowed. Received: {tag}")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise InputError(f"{source}:{line}: nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(node: yaml.Node, path: tuple[str | int, ...], lines: dict[Any, int], source: str) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, i), lines, source) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, source)
    try:
        assert isinstance(node, yaml.ScalarNode)
        return read_scalar(node)
    except AmbiguousScalarError as error:
        raise InputError(f"{source}:{node.start_mark.line + 1}: {error}") from None


def _mapping(
    node: yaml.MappingNode, path: tuple[str | int, ...], lines: dict[Any, int], source: str
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise InputError(f"{source}:{line}: a key must be a word")
        key = str(key_node.value)
        if key in result:
            raise InputError(f"{source}:{line}: the key {key!r} stands here a second time")
        lines[(*path, key)] = line
        result[key] = _plain(value_node, (*path, key), lines, source)
    return result


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _line_of(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f":{mark.line + 1}" if mark is not None else ""


def _problem(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error or type(error).__name__).splitlines()[0]
