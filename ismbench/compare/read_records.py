"""Cells from the record tables of a run."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ismbench.bench.records.schema import BATCH_COLUMNS
from ismbench.compare.measured import Key, MeasuredCell, Measurements, Score
from ismbench.compare.plain_values import number, text
from ismbench.compare.read_state import read_state
from ismbench.compare.settings import AS_BUILT, cell_settings, package_versions
from ismbench.errors import InputError
from ismbench.report.run_records import load_records, read_table

__all__ = ["from_folder", "from_table"]

Record = Mapping[str, Any]
_CONDITIONS = ("backend", "device", "dtype", "target", "options")
_COMPARED = (("naive_ism", "pooled", "value"), ("planted", "summary", "median"), ("truth", "summary", "mean"))
"""Rows of the table metrics whose value is better when higher: versus, scope, statistic."""
_NOT_BETTER = frozenset({"prevalence", "auroc_attainable", "aupr_attainable"})


def from_folder(folder: Path) -> Measurements:
    """Reads a results folder.

    Raises:
        InputError: See ``load_records``.
    """
    records = load_records(folder)
    runs = {row["run_id"]: row for row in _rows(records.runs)}
    samples = _by_cell(records.samples)
    scores = _scores(records.metrics)
    cells: dict[Key, MeasuredCell] = {}
    for row in _rows(records.cells):
        own = samples.get(row["cell_id"], [])
        run = runs.get(row["run_id"], {})
        cells.setdefault(_key(row), _cell(row, own, scores.get(row["cell_id"], {}), run, folder))
    return Measurements(str(folder), cells)


def from_table(path: Path) -> Measurements:
    """Reads one table, ``cells`` or ``samples``, that was copied away from its run: its machine is not known.

    Raises:
        InputError: It is neither, or broken.
    """
    kind = _kind(path)
    table = read_table(path, kind)
    cells: dict[Key, MeasuredCell] = {}
    if kind == "cells":
        for row in _rows(table):
            cells.setdefault(_key(row), _cell(row, [], {}, {}, path))
    else:
        for group in _by_cell(table).values():
            cells.setdefault(_key(group[0]), _cell({**group[0], "status": "ok"}, group, {}, {}, path))
    if not cells:
        raise InputError(f"A record table must hold a row. Received: {path} without one")
    return Measurements(str(path), cells)


def _kind(path: Path) -> str:
    """Which table a file holds, by its columns."""
    from pyarrow import ArrowException, parquet

    try:
        columns = parquet.read_schema(path).names
    except (OSError, ArrowException) as error:
        words = " ".join(str(error).split())
        raise InputError(f"A record table must be readable Parquet. Received: {path}; {words}") from None
    for name, column in (("samples", "seconds"), ("cells", "status")):
        if column in columns:
            return name
    raise InputError(f"A single table must be cells or samples. Received: {path}, which is neither")


def _cell(
    row: Record, samples: list[Record], scores: Mapping[str, Score], run: Record, path: Path
) -> MeasuredCell:
    length = number(row["length"]) or 1.0
    timed = [_scaled(sample, length) for sample in samples]
    if not all(0 <= seconds < math.inf for seconds, _ in timed):
        raise InputError(
            f"Seconds must be numbers from 0 on. Received: {path} with others for {_key(row).words}"
        )
    memory, adds = number(row.get("peak_memory_bytes")), number(row.get("multiply_adds"))
    rate = number(run.get("matmul_per_second"))
    settings = cell_settings(text(run.get("spec")), text(row["model"]))
    return MeasuredCell(
        _key(row),
        text(row["status"]) or "interrupted",
        text(row.get("status_reason")),
        tuple(seconds for seconds, _ in timed),
        min((work for _, work in timed), default=1.0),
        memory,
        scores,
        {} if adds is None else {"multiply_adds": adds},
        read_state(run, settings),
        settings | {name: built[:12] for name in AS_BUILT if (built := text(row.get(name)))},
        package_versions(text(run.get("versions"))),
        () if rate is None or rate <= 0 else (rate,),
    )


def _scaled(sample: Record, length: float) -> tuple[float, float]:
    """Seconds per 100 sequences of a sample, as the table cells has them, and the work that it did."""
    n, positions = number(sample["n_sequences"]) or 1.0, number(sample["n_positions"]) or length
    seconds = number(sample["seconds"])
    return (math.nan if seconds is None else seconds * 100 / n * length / positions), n * positions


def _key(row: Record) -> Key:
    sizes = [f"{name}={size:g}" for name in BATCH_COLUMNS if (size := number(row[name])) is not None]
    length = number(row["length"])
    return Key(
        text(row["model"]),
        "" if length is None else f"{length:.0f}",
        text(row["method"]),
        " ".join(sizes),
        " ".join(words for name in _CONDITIONS if (words := text(row.get(name))) and words != "{}"),
    )


def _scores(metrics: pd.DataFrame) -> dict[str, dict[str, Score]]:
    found: dict[str, dict[str, Score]] = {}
    for row in _rows(metrics[metrics["scope"].isin({scope for _, scope, _ in _COMPARED})]):
        value, n = number(row["value"]), number(row["n"])
        kind = (row["versus"], row["scope"], row["statistic"])
        if kind in _COMPARED and row["metric"] not in _NOT_BETTER and n is not None:
            score = Score(math.nan if value is None else value, int(n))
            name = text(row["metric"]) + ("" if row["versus"] == "naive_ism" else f" ({text(row['versus'])})")
            found.setdefault(row["cell_id"], {})[name] = score
    return found


def _by_cell(samples: pd.DataFrame) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = {}
    for row in _rows(samples):
        groups.setdefault(row["cell_id"], []).append(row)
    return groups


def _rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for record in table.to_dict("records"):
        yield {str(name): value for name, value in record.items()}
