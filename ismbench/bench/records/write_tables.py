"""From the journal to the four tables, each written as a whole or not at all."""

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.records.cell import Cell
from ismbench.bench.records.derived_columns import break_even, per_100_sequences, speed
from ismbench.bench.records.journal import Journal
from ismbench.bench.records.schema import BATCH_COLUMNS, TABLES, row
from ismbench.bench.records.speedup_interval import speedup

__all__ = ["write_tables"]

Row = dict[str, Any]
_IDENTITY = ("cell_id", "model", "length", "method", "backend", "output_mode", "target", *BATCH_COLUMNS)
_BATCH_OF_ROWS = 1_000


class _Timed(NamedTuple):
    """A cell's id, its samples in seconds per 100 sequences, and the error of their extrapolation."""

    cell_id: str
    seconds: NDArray[np.float64]
    error: float


def write_tables(journal: Journal, cells: Iterable[Cell], experiment: str, folder: Path) -> None:
    """Writes runs, cells, samples and metrics of an experiment, as Parquet and CSV.

    Args:
        journal: The records of the run and of earlier ones.
        cells: Planned cells that get a row, in order; those without a record are ``interrupted``.
        experiment: Name of the experiment.
        folder: The experiment's folder of results.
    """
    cells = list(cells)
    naive = _naive_cells(journal, cells)
    _write(folder, "runs", _runs(journal))
    _write(folder, "cells", (_cell(journal, cell, naive, experiment) for cell in cells))
    _write(folder, "samples", _details(journal, cells, experiment, "samples"))
    _write(folder, "metrics", _metrics(journal, cells, experiment))


def _runs(journal: Journal) -> Iterator[Row]:
    for entry in journal.every("run"):
        merged = {**entry, **(journal.get("run_end", entry["key"]) or {})}
        merged |= journal.get("machine", entry["key"]) or {}
        yield row("runs", {k: _plain(v) for k, v in merged.items() if k not in ("kind", "key", "status")})


def _cell(journal: Journal, cell: Cell, naive: Mapping[Any, list[_Timed]], experiment: str) -> Row:
    entry = journal.get("cell", cell.cell_id) or {"record": {"status": "interrupted"}}
    record = _identity(cell, entry, experiment) | {
        "cell_order": cell.order,
        "device": cell.device,
        "dtype": cell.dtype,
        "options": json.dumps(dict(cell.options), sort_keys=True),
        "predicted_seconds": cell.predicted_seconds,
        "predicted_bytes": cell.predicted_bytes,
    }
    record |= entry["record"]
    samples = _valid_samples(entry)
    record["machine_state"] = state = _state(journal, entry)
    record["matmul_per_second"] = entry.get("matmul_per_second")
    record |= speed(samples, record, record["matmul_per_second"])
    beside = naive.get((cell.lane, state))
    if samples and beside is not None:
        mine = next((one for one in beside if one.cell_id == cell.cell_id), None)
        own = per_100_sequences(samples, cell.length) if mine is None else mine.seconds
        error = record.get("extrapolation_error") or 0.0
        record |= speedup([one.seconds for one in beside], own, [one.error for one in beside], error)
        if record.get("precompute_seconds") is not None:
            best = min((one.seconds for one in beside), key=np.median)
            record |= break_even(best, own, record["precompute_seconds"])
    return row("cells", record)


def _details(journal: Journal, cells: Iterable[Cell], experiment: str, what: str) -> Iterator[Row]:
    for cell in cells:
        entry = journal.get("cell", cell.cell_id)
        if entry is None or (what == "samples" and not _valid_samples(entry)):
            continue
        for values in entry[what]:
            yield row(what, {**_identity(cell, entry, experiment), **values})


def _metrics(journal: Journal, cells: list[Cell], experiment: str) -> Iterator[Row]:
    yield from _details(journal, cells, experiment, "metrics")
    by_id = {cell.cell_id: cell for cell in cells}
    for entry in journal.every("pairs"):
        for values in entry["metrics"]:
            cell = by_id.get(values["cell_id"])
            if cell is not None:
                yield row("metrics", {**_identity(cell, entry, experiment), **values})


def _identity(cell: Cell, entry: Mapping[str, Any], experiment: str) -> Row:
    own = {name: getattr(cell, name) for name in _IDENTITY}
    return {"run_id": entry.get("run_id"), "experiment": experiment, **own}


def _naive_cells(journal: Journal, cells: Iterable[Cell]) -> dict[Any, list[_Timed]]:
    """For each lane and machine state, the valid naive cells: the fastest of them is what speed-ups refer to."""
    found: dict[Any, list[_Timed]] = {}
    for cell in cells:
        entry = journal.get("cell", cell.cell_id) if cell.is_naive else None
        samples = _valid_samples(entry) if entry is not None else []
        if entry is not None and samples:
            seconds, error = (
                per_100_sequences(samples, cell.length),
                entry["record"].get("extrapolation_error"),
            )
            place = (cell.lane, _state(journal, entry))
            found.setdefault(place, []).append(_Timed(cell.cell_id, seconds, error or 0.0))
    return found


def _state(journal: Journal, entry: Mapping[str, Any]) -> str | None:
    """The state that the machine was in when a cell was measured."""
    run = journal.get("run", str(entry.get("run_id")))
    return None if run is None else run.get("machine_state")


def _valid_samples(entry: Mapping[str, Any]) -> list[Row]:
    """Samples of a cell that is ok; the time of a wrong result is withheld."""
    return list(entry["samples"]) if entry["record"]["status"] == "ok" else []


def _plain(value: Any) -> Any:
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def _write(folder: Path, table: str, rows: Iterable[Row]) -> None:
    """Streams rows into both files; readers see the old pair or the new one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = TABLES[table]
    schema = pa.schema([(c.name, getattr(pa, c.dtype.replace("bool", "bool_"))()) for c in columns])
    temporary = {suffix: folder / f".{table}.{os.getpid()}.{suffix}" for suffix in ("parquet", "csv")}
    rows = iter(rows)
    with (
        pq.ParquetWriter(temporary["parquet"], schema) as parquet,
        temporary["csv"].open("w", newline="", encoding="utf-8") as text,
    ):
        twin = csv.DictWriter(text, [c.name for c in columns])
        twin.writeheader()
        parquet.write_table(schema.empty_table())
        while batch := list(islice(rows, _BATCH_OF_ROWS)):
            parquet.write_table(pa.Table.from_pylist(batch, schema=schema))
            twin.writerows(batch)
    for suffix, path in temporary.items():
        path.replace(folder / f"{table}.{suffix}")
