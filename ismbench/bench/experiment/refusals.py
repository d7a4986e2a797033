"""Pydantic's findings in an experiment, as one line that names file, line and key."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from ismbench.bench.experiment.blocks import MethodEntry, ModelEntry, Sequences, TargetEntry
from ismbench.bench.experiment.budget import Budget, Concordance, Repetitions
from ismbench.bench.experiment.judging import (
    Faithfulness,
    Interactions,
    MotifsFound,
    Randomisation,
    Stability,
)
from ismbench.bench.experiment.located_yaml import Located
from ismbench.bench.experiment.training import DataEntry, TrainingEntry

__all__ = ["explain", "hint", "short"]

_MOST = 80
"""Characters that a message quotes of a value; the user knows the rest."""

_BLOCKS: Mapping[str, type[BaseModel]] = {
    "models": ModelEntry,
    "sequences": Sequences,
    "targets": TargetEntry,
    "methods": MethodEntry,
    "budget": Budget,
    "concordance": Concordance,
    "faithfulness": Faithfulness,
    "randomisation": Randomisation,
    "stability": Stability,
    "interactions": Interactions,
    "motifs_found": MotifsFound,
    "data": DataEntry,
    "training": TrainingEntry,
}


def hint(word: str, words: Iterable[str]) -> str:
    """Returns the end of a sentence that proposes the nearest of the words, or lists them all."""
    words = list(words)
    if not words:
        return "; there are none"
    near = get_close_matches(word[:_MOST], words, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(words)}"


def explain(document: Located, error: ErrorDetails, top: type[BaseModel]) -> str:
    """Says in one line what is wrong where.

    Args:
        document: What was checked.
        error: Pydantic's first finding in it.
        top: The model of the whole document; for the options of a method, the model of these.
    """
    path = _real(document.value, error["loc"])
    where, key = document.where(path), short(".".join(map(str, path)) or "the experiment")
    if error["type"] == "extra_forbidden":
        return f"{where}: unknown key {short(repr(path[-1]))}{hint(str(path[-1]), _keys(path[:-1], top))}"
    if error["type"] == "missing":
        return f"{where}: {key} must have the key {str(error['loc'][-1])!r}"
    rule = error["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    if "did you mean" in rule:  # it names what was received
        return f"{where}: {key}: {rule}"
    number = error["type"] == "string_type" and isinstance(error["input"], int | float | bool | None)
    quotes = "; put it in quotes" if number else ""
    return f"{where}: {key}: {rule}. Received: {short(repr(error['input']))}{quotes}"


def _real(value: Any, location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    # Pydantic adds the names of union members to the path; those are no keys of the file.
    path: list[str | int] = []
    for part in location:
        if isinstance(value, dict) and part in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            continue
        path.append(part)
    return tuple(path)


def _keys(path: tuple[str | int, ...], top: type[BaseModel]) -> list[str]:
    if path[:1] == ("methods",) and path[2:] == ("options",):
        return [*top.model_fields]
    block = Repetitions if path[-1:] == ("repetitions",) else _BLOCKS.get(str(path[0]), top) if path else top
    return [name for name, field in block.model_fields.items() if not field.exclude]


def short(text: str) -> str:
    """The text, or its beginning where it is long."""
    return text if len(text) <= _MOST else f"{text[: _MOST - 3]}..."
