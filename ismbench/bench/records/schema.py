"""The four record tables: their columns, types and meaning. Reports and other programs rely on these names.

A run writes ``runs``, ``cells``, ``samples`` and ``metrics``, each as ``<table>.parquet`` with a CSV twin.
Every row carries ``schema_version``; a reader refuses versions that it does not know.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ismbench.bench.records.columns import CELLS, METRICS, RUNS, SAMPLES, Column
from ismbench.methods.batch import BATCH_COLUMNS

__all__ = [
    "BATCH_COLUMNS",
    "READABLE",
    "SCHEMA_VERSION",
    "TABLES",
    "row",
]

SCHEMA_VERSION = 2
"""Grows whenever a column is renamed, removed or changes its meaning; a new column alone does not count."""

READABLE = frozenset({1, SCHEMA_VERSION})
"""Versions of tables that reports read; runs go on from none but their own. Version 1 did not say what a cell was
computed with, nor the state of the machine: rows of one machine count as made in one state."""

TABLES: Mapping[str, tuple[Column, ...]] = {
    "runs": RUNS,
    "cells": CELLS,
    "samples": SAMPLES,
    "metrics": METRICS,
}
"""Name of each table and its columns, in order."""


def row(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a full row of a table: the given values, null elsewhere, ``schema_version`` filled in.

    Raises:
        KeyError: A value's name is no column of the table.
    """
    names = [c.name for c in TABLES[table]]
    unknown = sorted(set(values) - set(names))
    if unknown:
        raise KeyError(f"The table {table} has no column {unknown[0]!r}.")
    return {n: SCHEMA_VERSION if n == "schema_version" else values.get(n) for n in names}


def names(table: str) -> Iterable[str]:
    """Returns the column names of a table, in order."""
    return [c.name for c in TABLES[table]]
