"""What the tables of the HTML report show, row by row."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ismbench.methods.batch import BATCH_WORDS
from ismbench.metrics import mean_interval
from ismbench.report.agreement_rows import NAIVE, shared
from ismbench.report.groups import batch_column
from ismbench.report.labels import STATUS_SHORT
from ismbench.report.run_records import Records
from ismbench.text import numbers

__all__ = [
    "Agreement",
    "CellRow",
    "Number",
    "cell_rows",
    "concordance_table",
    "run_facts",
    "status_counts",
]


@dataclass(frozen=True)
class Number:
    """A number in a sortable table: what is read, what it sorts by, and a remark in small print."""

    text: str
    sort: float | None
    small: str = ""


@dataclass(frozen=True)
class CellRow:
    """One cell of the plan: its group's title, its method and status in words, and its numbers by heading."""

    title: str
    method: str
    batch: Number
    status: str
    status_text: str
    reason: str
    stderr: str
    numbers: dict[str, Number]


_COLUMNS: tuple[tuple[str, str, Callable[[float | None], str]], ...] = (
    ("Speed-up over naive", "speedup_over_naive", numbers.factor),
    ("Mutants/s", "mutants_per_second", numbers.count),
    ("Share of matmul rate", "fraction_of_matmul_peak", numbers.fraction),
    ("Peak memory", "peak_memory_bytes", numbers.byte_size),
    ("Build (s)", "build_seconds", numbers.seconds),
    ("First call (s)", "first_call_seconds", numbers.seconds),
    ("Sequences", "n_sequences", numbers.count),
    ("Outputs", "n_outputs", numbers.count),
    ("Repetitions", "n_samples", numbers.count),
)


def cell_rows(records: Records) -> list[CellRow]:
    """Every planned cell, group by group in the order of the plan."""
    return [
        _cell_row(cell, group.title, batch_column(rows))
        for group in records.groups
        for method in group.methods
        for rows in [group.cells[group.cells["method"] == method]]
        for _, cell in rows.iterrows()
    ]


def _cell_row(cell: pd.Series, title: str, column: str | None) -> CellRow:
    size = None if column is None else _float(cell[column])
    timing = {"Seconds per 100 sequences": _seconds(cell)}
    rest = {head: Number(show(_float(cell[name])), _float(cell[name])) for head, name, show in _COLUMNS}
    return CellRow(
        title=title,
        method=str(cell["method"]),
        batch=Number(numbers.batch(size), size, BATCH_WORDS[column] if column else ""),
        status=str(cell["status"]),
        status_text=STATUS_SHORT.get(str(cell["status"]), str(cell["status"])),
        reason=_text(cell["status_reason"]),
        stderr=_text(cell["stderr_tail"]),
        numbers={**timing, **rest},
    )


def _seconds(cell: pd.Series) -> Number:
    value = _float(cell["seconds_per_100_sequences"])
    low, high = (_float(cell[f"seconds_per_100_sequences_{end}"]) for end in ("low", "high"))
    star = "*" if pd.notna(cell["extrapolated"]) and bool(cell["extrapolated"]) else ""
    small = numbers.interval(low, high)
    return Number(numbers.seconds(value) + star, value, "" if small == numbers.MISSING else small)


def _float(value: object) -> float | None:
    if value is None or value is pd.NA:
        return None
    number = float(value)  # type: ignore[arg-type]
    return number if math.isfinite(number) else None


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value).strip()


@dataclass(frozen=True)
class Agreement:
    """One method on the table of concordance: its mean, interval and numbers of sequences by metric."""

    title: str
    method: str
    numbers: list[Number]


@dataclass(frozen=True)
class ConcordanceTable:
    """The table of concordance: the metrics in its columns, in words, and its rows."""

    metrics: list[str]
    rows: list[Agreement]


def concordance_table(records: Records) -> ConcordanceTable:
    """Agreement of every method with naive ISM, and whatever else was measured of its scores.

    The methods of a group are compared on the sequences that all of them have scored; one that scored less than half as
    many as another is left out.
    """
    table = records.metrics
    compared = ~table["versus"].isin(set(records.cells["method"]) - {NAIVE})
    shown = table.loc[(table["scope"] == "sequence") & compared, ["metric", "versus"]].drop_duplicates()
    pairs = [(m, v if isinstance(v, str) else None) for m, v in shown.to_numpy()]
    rows = []
    for group in records.groups:
        found = [shared(records, group, m, v).values for m, v in pairs]
        for method in group.methods:
            if any(method in values for values in found):
                rows.append(
                    Agreement(group.title, method, [_summary(values.get(method)) for values in found])
                )
    return ConcordanceTable([_heading(m, v) for m, v in pairs], rows)


def _heading(metric: str, versus: str | None) -> str:
    words = metric.replace("_", " ").capitalize()
    return words if versus in (None, NAIVE) else f"{words}, {versus}"


def _summary(values: "pd.Series[float] | None") -> Number:
    """The mean over sequences, its interval, and on how many sequences it rests."""
    if values is None:
        return Number(numbers.MISSING, None)
    found = mean_interval(values.to_numpy(dtype=np.float64))
    undefined = int(values.isna().sum())
    parts = [numbers.interval(found.low, found.high)] if math.isfinite(found.low) else []
    parts += [f"n = {found.n}"] + ([f"{undefined} undefined"] if undefined else [])
    mean = found.mean if math.isfinite(found.mean) else None
    return Number(numbers.significant(mean), mean, ", ".join(parts))


def status_counts(records: Records) -> list[tuple[str, str, int]]:
    """Status, its word and how many cells have it; "ok" first."""
    found = records.cells["status"].value_counts()
    order = ["ok", *(s for s in STATUS_SHORT if s in found)]
    return [(s, STATUS_SHORT.get(s, s), int(found.get(s, 0))) for s in order]


def run_facts(records: Records) -> list[tuple[str, str]]:
    """What the latest run was: machine, versions, when, and how; pairs of a name and a value."""
    if records.runs.empty:
        return []
    run = records.runs.iloc[-1]
    facts = [
        ("Started (UTC)", _text(run["started"])),
        ("Wall time", _with_unit(numbers.seconds(_float(run["wall_seconds"])), "s")),
        ("Machine", _text(run["machine"])),
        (
            "Device",
            " · ".join(dict.fromkeys(t for t in (_text(run["device"]), _text(run["device_name"])) if t)),
        ),
        ("Cores usable", numbers.count(_float(run["usable_cores"]))),
        ("Memory", numbers.byte_size(_float(run["memory_bytes"]))),
        ("Matmul rate", _with_unit(numbers.count(_float(run["matmul_per_second"])), "multiply-adds/s")),
        ("Copy rate", _with_unit(numbers.byte_size(_float(run["copy_bytes_per_second"])), "per second")),
        ("Platform", _text(run["platform"])),
        ("Commit", _text(run["commit"]) + (" (changed since)" if run["dirty"] is True else "")),
        ("Versions", _versions(run)),
        ("Command", " ".join(_json(run["argv"], []))),
    ]
    return [(name, value) for name, value in facts if value and value != numbers.MISSING]


def _with_unit(text: str, unit: str) -> str:
    return text if text == numbers.MISSING else f"{text} {unit}"


def _versions(run: pd.Series) -> str:
    own = {"ismbench": _text(run["ismbench_version"]), "python": _text(run["python_version"])}
    found = {**own, **_json(run["versions"], {})}
    return ", ".join(f"{name} {version}" for name, version in found.items() if version)


def _json(value: object, otherwise: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else otherwise
