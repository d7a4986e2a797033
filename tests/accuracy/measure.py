"""How exact fast ISM is: its float32 error beside that of the naive pass, both against the naive pass in float64.

Also for small effects, where a difference of two predictions loses most of its digits. Writes accuracy.csv and
accuracy.md under results/engine:

    python -m tests.accuracy.measure

Trained weights are read from the data folder of the tests (ISMBENCH_DATA); without it, seeded random weights only.
"""

import csv
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ismbench.engine.edits import substitutions
from ismbench.engine.fast import FastEngine
from ismbench.engine.naive import NaiveEngine
from ismbench.engine.precision import as_float64
from ismbench.model_loading import build_from_file
from tests.engine.oracle import gather

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("ISMBENCH_DATA", ROOT.parent / "shared" / "data"))
SMALL = 0.01
"""Effects below this share of the largest count as small."""
COLUMNS = (
    "model", "weights", "mutants", "largest_effect", "fast_largest_error", "naive_largest_error", "ratio",
    "small_effects", "fast_small_rms_error", "naive_small_rms_error", "small_ratio",
)  # fmt: skip

Case = tuple[str, str, keras.Model, list[Any]]


def cases() -> Iterator[Case]:
    """(model, weights, the model itself, its inputs)."""
    for name in ("basset", "factorized_basset", "bpnet"):
        x = np.eye(4, dtype=np.float32)[np.random.default_rng(0).integers(0, 4, (2, 1000))]
        yield name, "random", build_from_file(ROOT / "models" / f"{name}.py", 1000, {}, None), [x]
    if DATA.is_dir():
        from tests.engine.test_trained_models import MODELS

        loaders: tuple[Callable[[Path], tuple[keras.Model, list[Any]]], ...] = MODELS
        for load in loaders:
            model, inputs = load(DATA)
            yield load.__name__, "trained", model, inputs


def positions(length: int) -> Any:
    """All of a short sequence; of a long one, every eighth and a run in the middle."""
    if length <= 200:
        return np.arange(length)
    return np.unique(np.concatenate([np.arange(0, length, 8), length // 2 + np.arange(32)]))


def measure(model: keras.Model, inputs: list[Any]) -> dict[str, Any]:
    """Errors of both float32 passes."""
    x = inputs[0]
    edits = substitutions(x, np.tile(positions(x.shape[1]), (len(x), 1)), range(4))
    wide = [a.astype("float64") for a in inputs]
    oracle = NaiveEngine(as_float64(model), batch=64)
    truth = gather(oracle.deltas(wide, edits), edits)
    errors = [
        np.abs(gather(engine.deltas(inputs, edits), edits) - truth)
        for engine in (FastEngine(model), NaiveEngine(model, batch=64))
    ]
    small = np.abs(truth) < SMALL * np.nanmax(np.abs(truth))
    largest = [float(np.nanmax(e)) for e in errors]
    rms = [float(np.sqrt(np.mean(e[small] ** 2))) for e in errors]
    return {
        "mutants": int(edits.wanted.sum()), "largest_effect": float(np.nanmax(np.abs(truth))),
        "fast_largest_error": largest[0], "naive_largest_error": largest[1], "ratio": largest[0] / largest[1],
        "small_effects": int(small.sum()), "fast_small_rms_error": rms[0], "naive_small_rms_error": rms[1],
        "small_ratio": rms[0] / rms[1],
    }  # fmt: skip


def main() -> None:
    """Measures every case and writes a table."""
    rows = []
    for name, weights, model, inputs in cases():
        rows.append({"model": name, "weights": weights, **measure(model, inputs)})
        print(rows[-1], flush=True)
    folder = ROOT / "results" / "engine"
    with (folder / "accuracy.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    for row in rows:
        cells = (row[c] if isinstance(row[c], (str, int)) else f"{row[c]:.2g}" for c in COLUMNS)
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    (folder / "accuracy.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
