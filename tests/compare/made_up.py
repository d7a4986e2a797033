"""Measurements that nobody measured, with a spread and a drift that are known."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ismbench.bench.records.schema import row
from ismbench.compare import Key, MeasuredCell, Measurements
from ismbench.compare.machine_state import MachineState
from ismbench.compare.noise import Floor, Noise
from tests.report.synthetic import write_tables

METHODS = ("naive_ism", "fast_ism", "gradient", "taylor_ism", "integrated_gradients", "deepshap")


def key(method: str = "gradient", length: int = 200) -> Key:
    return Key("basset", str(length), method, "", "tensorflow cpu float32")


def cell(
    method: str = "gradient",
    seconds: float = 1.0,
    *,
    n: int = 9,
    spread: float = 0.02,
    seed: int = 0,
    **changes: Any,
) -> MeasuredCell:
    """A cell with lognormal samples around ``seconds``."""
    rng = np.random.default_rng([seed, *method.encode()])
    samples = tuple((seconds * np.exp(rng.normal(0, spread, n))).tolist())
    return MeasuredCell(**{"key": key(method), "samples": samples, "state": MachineState("m1"), **changes})


def side(*cells: MeasuredCell, source: str = "side") -> Measurements:
    return Measurements(source, {c.key: c for c in cells})


def run(
    seed: int, drift: float, spread: float = 0.03, slow: Mapping[str, float] | None = None
) -> Measurements:
    """One run: every cell with a drift of its own that this run alone has, and samples around it."""
    rng = np.random.default_rng(seed)
    shifts = np.exp(rng.normal(0, drift, len(METHODS)))
    factors = {m: float(s) * (slow or {}).get(m, 1.0) for m, s in zip(METHODS, shifts, strict=True)}
    return side(*(cell(m, f, spread=spread, seed=seed) for m, f in factors.items()), source=f"run {seed}")


def quiet(floor: float = 0.03) -> Noise:
    """A noise floor for every cell."""
    return Noise("m1", 5, {key(): Floor(floor, 0.05)})


def folder(
    path: Path, factor: float = 1.0, machine: str = "m1", status: str = "ok", seed: int = 0, **run: Any
) -> Path:
    """A results folder with the cells of ``METHODS``, each a second times ``factor``; ``run``: more columns of runs."""
    runs = [row("runs", {"run_id": "r", "experiment": "e", "started": "2026-01-01T00:00:00Z",
                         "machine_id": machine, "machine": "A processor", "matmul_per_second": 1e11, "device": "cpu",
                         "commit": "0123456789ab", "dirty": False, "versions": '{"keras": "3.15.0"}',
                         **run})]  # fmt: skip
    tables: dict[str, list[dict[str, Any]]] = {"runs": runs, "cells": [], "samples": [], "metrics": []}
    for order, method in enumerate(METHODS):
        identity = {"run_id": "r", "cell_id": f"c{order}", "experiment": "e", "model": "basset", "length": 200,
                    "method": method, "backend": "tensorflow", "target": "output 0[0]",
                    "output_mode": "scalar"}  # fmt: skip
        made = {**identity, "cell_order": order, "device": "cpu", "dtype": "float32", "options": "{}",
                "status": status, "n_sequences": 4, "n_positions": 200, "multiply_adds": 1e6,
                "peak_memory_bytes": 50 * 2**20}  # fmt: skip
        tables["cells"].append(row("cells", made))
        for i, seconds in enumerate(cell(method, factor, seed=seed).samples if status == "ok" else ()):
            values = {"repetition": i, "seconds": seconds * 0.04, "n_sequences": 4, "n_positions": 200}
            tables["samples"].append(row("samples", {**identity, **values}))
        pooled = {"metric": "pearson_track", "versus": "naive_ism", "scope": "pooled", "statistic": "value"}
        tables["metrics"].append(row("metrics", {**identity, **pooled, "value": 0.8, "n": 800}))
    return write_tables(path, tables)
