"""Record tables as a run would leave them, made up but of the right shape, for tests of reports."""

import zlib
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ismbench.bench.records.schema import TABLES, row

# Seconds per 100 sequences at 1,000 bp, batch column, and how well the scores follow ISM.
METHODS: dict[str, tuple[float, str, float]] = {
    "naive_ism": (815.0, "mutants_per_forward", 1.0),
    "fast_ism": (17.2, "mutants_per_forward", 1.0),
    "gradient": (0.9, "sequences_per_call", 0.55),
    "gradient_x_input": (0.92, "sequences_per_call", 0.62),
    "corrected_gradient": (0.95, "sequences_per_call", 0.71),
    "taylor_ism": (0.94, "sequences_per_call", 0.74),
    "integrated_gradients": (24.0, "steps_per_forward", 0.81),
    "integrated_gradients_alibi": (32.0, "steps_per_forward", 0.81),
    "deepshap": (41.0, "sequences_per_call", 0.88),
}
BATCHES = (16, 64, 256)
METRICS = ("pearson_map", "pearson_track", "spearman_track")
HOSTILE = "<script>alert('chr1')</script> & \"chr2\" $x_1$ \\textbf{y}"


def write_tables(folder: Path, tables: dict[str, list[dict[str, Any]]]) -> Path:
    """Writes rows as the Parquet tables of a results folder."""
    folder.mkdir(parents=True, exist_ok=True)
    types = {"string": "object", "int64": "Int64", "float64": "float64", "bool": "boolean"}
    for name, columns in TABLES.items():
        frame = pd.DataFrame(tables[name], columns=[c.name for c in columns])
        frame.astype({c.name: types[c.dtype] for c in columns}).to_parquet(folder / f"{name}.parquet")
    return folder


def run_rows(
    *,
    models: Sequence[str] = ("basset",),
    lengths: Sequence[int] = (1000, 2000),
    methods: Sequence[str] = tuple(METHODS),
    failures: dict[tuple[str, int], str] | None = None,
    sequences: Sequence[str] = ("NM_1", "NM_2", "NM_3", "NM_4", "NM_5", "NM_6", "NM_7", HOSTILE),
) -> dict[str, list[dict[str, Any]]]:
    """Rows of one run.

    Args:
        models: Names of models.
        lengths: Sequence lengths.
        methods: Names of methods.
        failures: Status by (method, batch size), for the cells that are not ok.
        sequences: Names of sequences.
    """
    tables: dict[str, list[dict[str, Any]]] = {"runs": [_run()], "cells": [], "samples": [], "metrics": []}
    scored = [m for m in methods if any((m, b) not in (failures or {}) for b in BATCHES)]
    for cell in _cells(models, lengths, methods, failures or {}):
        tables["cells"].append(row("cells", {**cell, "cell_order": len(tables["cells"])}))
        if cell["status"] == "ok":
            tables["samples"] += _samples(cell)
            tables["metrics"] += [*_metrics(cell, scored, sequences), *_stages(cell)]
    return tables


def _run() -> dict[str, Any]:
    return row(
        "runs",
        {
            "run_id": "r1",
            "experiment": "basset",
            "started": "2025-01-02T03:04:05Z",
            "finished": "2025-01-02T03:09:05Z",
            "exit_code": 0,
            "wall_seconds": 300.0,
            "argv": '["ismbench", "run", "experiments/basset.yaml"]',
            "commit": "0123456789abcdef",
            "dirty": False,
            "ismbench_version": "0.1.0",
            "python_version": "3.11.9",
            "versions": '{"keras": "3.15.0", "tensorflow": "2.21.0"}',
            "platform": "Linux",
            "machine": "A processor",
            "physical_cores": 1,
            "usable_cores": 2,
            "memory_bytes": 8 * 2**30,
            "device": "cpu",
            "device_name": "A processor",
            "matmul_per_second": 1e11,
            "copy_bytes_per_second": 1.2e10,
            "spec": "{}",
        },
    )


def _cells(
    models: Sequence[str],
    lengths: Sequence[int],
    methods: Sequence[str],
    failures: dict[tuple[str, int], str],
) -> Iterator[dict[str, Any]]:
    for model in models:
        for length in lengths:
            scored = [b for b in BATCHES if ("naive_ism", b) not in failures] or [max(BATCHES)]
            naive = _seconds("naive_ism", length, max(scored))
            for method in methods:
                for batch in BATCHES:
                    status = failures.get((method, batch), "ok")
                    yield _cell(model, length, method, batch, status, naive)


def _seconds(method: str, length: int, batch: int) -> float:
    base, _, _ = METHODS.get(method, (10.0, "", 0.5))
    power = 2 if method == "naive_ism" else 1.3
    return base * (length / 1000) ** power * (1 + 20 / batch)


def _cell(model: str, length: int, method: str, batch: int, status: str, naive: float) -> dict[str, Any]:
    column = METHODS[method][1] if method in METHODS else "sequences_per_call"
    cell: dict[str, Any] = {
        "run_id": "r1",
        "cell_id": f"{model}-{length}-{method}-{batch}",
        "experiment": "basset",
        "model": model,
        "length": length,
        "method": method,
        "backend": "tensorflow",
        "output_mode": "scalar",
        "target": "output 0",
        column: batch,
        "device": "cpu",
        "dtype": "float32",
        "status": status,
        "n_sequences": 8,
        "n_outputs": 1,
        "n_positions": length,
    }
    if status != "ok":
        return {**cell, "status_reason": f"{status}: {HOSTILE}", "stderr_tail": f"Traceback\n{HOSTILE}"}
    seconds = _seconds(method, length, batch)
    return {
        **cell,
        "n_samples": 9,
        "build_seconds": 0.2,
        "first_call_seconds": 3.1,
        "seconds_per_100_sequences": seconds,
        "seconds_per_100_sequences_low": seconds * 0.93,
        "seconds_per_100_sequences_high": seconds * 1.12,
        "seconds_per_100_sequences_min": seconds * 0.9,
        "mutants_per_second": 300 * length / seconds,
        "speedup_over_naive": naive / seconds,
        "speedup_over_naive_low": naive / seconds * 0.9,
        "speedup_over_naive_high": naive / seconds * 1.1,
        "fraction_of_matmul_peak": 0.4,
        "multiply_adds": 1e9,
        "peak_memory_bytes": 300 * 2**20,
        "extrapolated": method == "naive_ism" and length == 2000,
        "max_abs_deviation": 2e-6,
    }


def _identity(cell: dict[str, Any]) -> dict[str, Any]:
    shared = {c.name for c in TABLES["metrics"]} - {"schema_version"}
    return {k: v for k, v in cell.items() if k in shared}


def _samples(cell: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for repetition in range(9):
        seconds = cell["seconds_per_100_sequences"] * 0.08 * (1 + 0.01 * repetition)
        values = {"repetition": repetition, "seconds": seconds, "n_sequences": 8, "checked": repetition == 8}
        yield row("samples", {**_identity(cell), **values})


def _stages(cell: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is left of the scores when weights are shuffled."""
    for layers in (1, 3, 5):
        values = {
            "metric": "unchanged_by_randomisation",
            "versus": f"random weights, last {layers} of 5 layers",
            "scope": "summary",
            "statistic": "mean",
            "value": 0.9 / layers,
            "n": 8,
        }
        yield row("metrics", {**_identity(cell), **values})


def _metrics(
    cell: dict[str, Any], methods: Sequence[str], sequences: Sequence[str]
) -> Iterator[dict[str, Any]]:
    for metric in METRICS:
        for versus in methods:
            if versus == cell["method"] or (versus != "naive_ism" and metric != "pearson_track"):
                continue
            # One seed for a pair, whichever way round, since correlations are symmetric.
            seed = zlib.crc32(repr((sorted((versus, cell["method"])), cell["length"], metric)).encode())
            rng = np.random.default_rng(seed)
            level = min(METHODS.get(m, (0, "", 0.5))[2] for m in (versus, cell["method"]))
            for k, name in enumerate(sequences):
                value = float(np.tanh(np.arctanh(min(level, 0.999999)) + rng.normal(0, 0.15)))
                undefined = "gradient_x_input" in (cell["method"], versus) and k == 3
                values = {
                    "metric": metric,
                    "versus": versus,
                    "scope": "sequence",
                    "sequence": name,
                    "statistic": "value",
                    "value": None if undefined else value,
                    "n": cell["length"],
                }
                yield row("metrics", {**_identity(cell), **values})


RULES = ("and", "or")
PAIRS = {
    "discordance": 0.4,
    "interaction_strength": 0.2,
    "discordance_auroc": 0.75,
    "discordance_auroc_attainable": 0.95,
}


def judged_rows(cells: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What rules and pairs say of the cells that are ok: values of four sequences or groups around a known mean."""
    spread = np.array([-0.03, -0.01, 0.01, 0.03])
    for cell in cells:
        if cell["status"] != "ok":
            continue
        found = {f"rule_order_{rule}": (0.5 + 0.3 * i, "rules") for i, rule in enumerate(RULES)}
        found |= {f"rule_order_{rule}_attainable": (0.9, "rules") for rule in RULES}
        exact = METHODS.get(cell["method"], (0, "", 0))[2] == 1
        found |= {name: (np.nan if exact else mean, "pairs") for name, mean in PAIRS.items()}
        for (metric, (mean, versus)), (k, apart) in product(found.items(), enumerate(spread)):
            value = {"metric": metric, "versus": versus, "scope": "sequence", "sequence": f"s{k}", "n": 4}
            number = None if np.isnan(mean) else float(mean + apart)
            yield row("metrics", {**_identity(cell), **value, "statistic": "value", "value": number})
