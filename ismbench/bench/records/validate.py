"""Is an entry one that the tables can hold? A damaged record counts as not there, and its cell is run again.

Workers send records and journals keep them; both may be broken: by a method that writes where it should not,
by a disk, by an editor. Nothing but entries of the right form goes any further.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from ismbench.bench.records.built import Built
from ismbench.bench.records.schema import BATCH_COLUMNS, TABLES
from ismbench.bench.records.statuses import STATUSES

__all__ = ["is_cell", "is_sound"]

_LARGEST = 1e300
_MOST = 10**9
"""Of sequences, positions and seconds: no cell comes near, and sums and products of such numbers are safe."""

_NESTED = ("argv", "versions", "machine_settings", "methods", "spec")
"""Columns of the table runs whose values become JSON text."""

_KEYS = ("run_id", "cell_id", "experiment", "model", "length", "method", "backend", "output_mode", "target")
"""Columns of every table that the plan fills in, beside the batch columns."""


def is_sound(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of a journal has the form of its kind; unknown kinds are left alone."""
    check = _CHECKS.get(entry["kind"])
    return check is None or check(entry)


def is_cell(record: Any, samples: Any, metrics: Any) -> bool:
    """Whether a worker's account of a cell can become rows of the tables."""
    return (
        _fits("cells", record, own=True)
        and record.get("status") in STATUSES
        and _rows("samples", samples)
        and all(map(_timed, samples))
        and _rows("metrics", metrics)
    )


def _cell(entry: Mapping[str, Any]) -> bool:
    good = is_cell(entry.get("record"), entry.get("samples"), entry.get("metrics"))
    rate, run_id = entry.get("matmul_per_second"), entry.get("run_id")
    return (
        good
        and entry.get("status") == entry["record"]["status"]
        and _is("float64", rate)
        and _is("string", run_id)
    )


def _pairs(entry: Mapping[str, Any]) -> bool:
    rows = entry.get("metrics")
    return (
        _is("string", entry.get("run_id"))
        and isinstance(rows, list)
        and all(isinstance(r, dict) and isinstance(r.get("cell_id"), str) for r in rows)
        and _rows("metrics", [{k: v for k, v in r.items() if k != "cell_id"} for r in rows])
    )


def _of_a_run(entry: Mapping[str, Any]) -> bool:
    values = {k: v for k, v in entry.items() if k not in ("kind", "key", "status")}
    nested = all(isinstance(v, dict | list) or _is("string", v) for v in map(values.get, _NESTED))
    return nested and _fits("runs", {k: v for k, v in values.items() if k not in _NESTED})


_CHECKS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "cell": _cell,
    "pairs": _pairs,
    "run": _of_a_run,
    "run_end": _of_a_run,
    "machine": _of_a_run,
    "built": lambda entry: Built.from_plain(entry) is not None,
}


def _rows(table: str, rows: Any) -> bool:
    return isinstance(rows, list) and all(_fits(table, row, own=True) for row in rows)


def _fits(table: str, row: Any, own: bool = False) -> bool:
    """Whether a row has only columns of a table, each of its type; own: none that the plan fills in."""
    columns = _OWN[table] if own else _ALL[table]
    return isinstance(row, dict) and all(k in columns and _is(columns[k], v) for k, v in row.items())


_ALL = {table: {c.name: c.dtype for c in columns} for table, columns in TABLES.items()}
_OWN = {
    table: {name: dtype for name, dtype in columns.items() if name not in (*_KEYS, *BATCH_COLUMNS)}
    for table, columns in _ALL.items()
}


def _timed(sample: Mapping[str, Any]) -> bool:
    """Whether rates can be computed from a sample."""
    seconds, *counts = (sample.get(name) for name in ("seconds", "n_sequences", "n_positions"))
    return (
        seconds is not None
        and 1 / _MOST <= seconds <= _MOST
        and all(n is not None and 1 <= n <= _MOST for n in counts)
    )


def _is(dtype: str, value: Any) -> bool:
    if value is None:
        return True
    match dtype:
        case "string":
            return isinstance(value, str) and _is_text(value)
        case "bool":
            return isinstance(value, bool)
        case "int64":
            return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
        case _:
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return number and (abs(value) < _LARGEST if isinstance(value, int) else math.isfinite(value))


def _is_text(value: str) -> bool:
    """Whether a file can hold it; JSON may spell halves of characters."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
