"""Can a table that was read be one that a run wrote? Reports and comparisons rely on it from here on."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ismbench.bench.records.schema import TABLES
from ismbench.bench.records.statuses import STATUSES

__all__ = ["problem"]

_NEEDED = {
    "runs": ("run_id",),
    "cells": ("cell_id", "experiment", "model", "length", "method", "status"),
    "samples": ("cell_id", "seconds", "n_sequences"),
    "metrics": ("cell_id", "metric", "scope"),
}
_JSON: dict[str, type[list[Any]] | type[dict[str, Any]]] = {"argv": list, "versions": dict, "methods": dict}
_LARGEST = 1e100
"""Nothing that is measured comes near, and figures can still draw it."""


def problem(table: pd.DataFrame, name: str) -> str | None:
    """Says what is wrong with a table; None where nothing is.

    Args:
        table: With the columns and types of the schema.
        name: Which table it is.
    """
    return next(_problems(table, name), None)


def _problems(table: pd.DataFrame, name: str) -> Iterator[str]:
    for needed in _NEEDED[name]:
        if table[needed].isna().any():
            yield f"a row without {needed}"
    for column in TABLES[name]:
        values = table[column.name]
        if column.dtype in ("int64", "float64") and (values.abs() > _LARGEST).any():
            yield f"{column.name} is {values[values.abs() > _LARGEST].iloc[0]:g}"
    if name == "runs":
        for words, kind in _JSON.items():
            if not all(_is_json(text, kind) for text in table[words].dropna()):
                yield f"{words} is no JSON {kind.__name__}"
    if name == "cells":
        unknown = sorted(set(table["status"].dropna()) - set(STATUSES))
        if unknown:
            yield f"the status {unknown[0][:40]!r}"
        yield from _below("length", table["length"], 1)
        timed = table["seconds_per_100_sequences"]
        yield from _below("seconds_per_100_sequences", timed, np.nextafter(0, 1))
    if name == "samples":
        yield from _below("seconds", table["seconds"], 0)


def _below(column: str, values: pd.Series, least: float) -> Iterator[str]:
    if (values < least).any():
        yield f"{column} is {values.min():g}"


def _is_json(text: str, kind: type[list[Any]] | type[dict[str, Any]]) -> bool:
    try:
        value: Any = json.loads(text)
        return isinstance(value, kind) and all(isinstance(part, str) for part in value)
    except (ValueError, RecursionError):
        return False
