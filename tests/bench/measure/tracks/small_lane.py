"""A lane of one small model, without a run: what tracks that call a method again need."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from ismbench.bench.experiment.budget import Budget
from ismbench.bench.experiment.judging import Judging
from ismbench.bench.measure.prepare import build_method
from ismbench.bench.measure.ready_cell import ReadyCell
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.tracks.judged_lane import Judge, JudgedLane
from ismbench.bench.measure.workbench import Workbench
from ismbench.bench.records.cell import Cell
from ismbench.bench.records.sequence_file import LaneSequences
from ismbench.engine.target import Target
from ismbench.sequence import random_dna

L, N = 60, 6
X = random_dna(N, L, 0)
NAMES = tuple(f"s{i}" for i in range(N))
FILES = {
    "letters": "x[..., None] * np.array([1.0, -2.0, 3.0, 0.5])[:, None]",
    "places": "x[..., None] * np.random.default_rng(9).normal(size=(1, x.shape[1], 1, 1))",
    "draws": "x[..., None] * np.random.default_rng(self.seed).normal(size=(*x.shape[:2], 1, 1))",
}
"""Methods that never look at the model: what the letter is worth, what the place is worth, and chance."""


def method_file(folder: Path, name: str) -> str:
    """The file of such a method."""
    path = folder / f"{name}.py"
    path.write_text(f'''"""Knows nothing of the model."""
import numpy as np
from ismbench.methods import Method


class Blind(Method):
    """Scores without a model."""

    kind = "contribution"

    def __init__(self, model, target, batch, *, seed: int = 0):
        self.seed = seed

    def __call__(self, x):
        return ({FILES[name]}).astype(np.float32)
''')
    return str(path)


def make_lane(model: keras.Model, judging: Judging, **more: Any) -> JudgedLane:
    def predict(x: np.ndarray) -> np.ndarray:
        return np.asarray(model(x))

    bench = Workbench(
        model=model,
        target=Target(0, 0),
        x=X,
        predict=predict,
        budget=Budget(),
        seed=0,
        price=lambda cell: None,
        per_second=1e9,
        step=lambda cell, phase: None,
    )
    return JudgedLane(bench, LaneSequences(X.astype(np.uint8), np.array(NAMES)), judging, **more)


def scored_by(lane: JudgedLane, method: str, **options: Any) -> Scored:
    """The scores of a method, which is ready for calls of four sequences."""
    cell = Cell(
        "id", 0, "tiny", L, Path(method).stem, "tensorflow", "cpu", "float32", "scalar", "output 0[0]", 0,
        options=options, implementation=method,
    )  # fmt: skip
    explainer = build_method(cell, lane.bench, np.arange(L))
    ready = ReadyCell(cell, explainer, 4, np.arange(L), 0.0, 0.0, 0.0)
    return Scored(cell.declared.kind, np.arange(N), NAMES, X, explainer(X), np.arange(L), ready)


def means(judge: Judge | None, scored: Scored) -> dict[str, float]:
    """The mean over sequences by what the scores were compared with."""
    assert judge is not None
    return {row["versus"]: row["value"] for row in judge(scored) if row["statistic"] == "mean"}


def deep_model(seed: int = 0) -> keras.Model:
    """Two convolutions, a normalisation and a dense layer, with numbers as a training might leave them."""
    from ismbench.weights import seed_weights

    x = inputs = keras.Input((L, 4))
    x = keras.layers.Conv1D(16, 7, activation="relu", name="first")(x)
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.Dropout(0.5, seed=1)(x)
    x = keras.layers.Conv1D(16, 5, activation="relu", name="second")(x)
    x = keras.layers.Flatten()(keras.layers.MaxPooling1D(4)(x))
    model = keras.Model(inputs, keras.layers.Dense(1, name="out")(x))
    seed_weights(model, seed)
    return model
