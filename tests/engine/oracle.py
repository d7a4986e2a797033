"""The yardstick of the engine's tests: the naive pass in float64, and how far float32 results are from it."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from hypothesis import assume
from numpy.typing import NDArray

from ismbench.engine.edits import Edits
from ismbench.engine.fast import FastEngine
from ismbench.engine.graph import read_graph
from ismbench.engine.naive import NaiveEngine
from ismbench.engine.precision import as_float64
from ismbench.engine.target import EVERY, Target

EPSILON = float(np.finfo(np.float32).eps)
# Rounding steps at the scale of the largest activation that are forgiven besides twice the naive error. The
# naive error is a maximum over few mutants and is often zero by luck (small integers, saturated activations),
# while a difference that is added to the reference and taken away again is rounded at the reference's scale: an
# error of a few such steps is no fault. A wrong rule is wrong by the size of an effect, thousands of steps.
FORGIVEN_STEPS = 8


@dataclass(frozen=True)
class Comparison:
    """Largest deviations from the float64 naive pass over all mutants and outputs.

    Attributes:
        fast: Of the fast engine.
        naive: Of the naive pass in float32.
        scale: Largest activation of the reference anywhere in the model.
        effect: Largest effect of a mutant.
    """

    fast: float
    naive: float
    scale: float
    effect: float

    @property
    def bound(self) -> float:
        """What the fast engine may deviate by."""
        return 2 * self.naive + FORGIVEN_STEPS * EPSILON * self.scale

    @property
    def exact(self) -> bool:
        """Whether the fast engine is as exact as it must be (never with NaN)."""
        return self.fast <= self.bound


def gather(pieces: Any, edits: Edits) -> NDArray[np.float64]:
    """The pieces of an engine as one array (N, P, B, K), NaN where it gave none."""
    result: NDArray[np.float64] | None = None
    for index, delta in pieces:
        if result is None:
            result = np.full((*edits.wanted.shape, delta.shape[-1]), np.nan)
        assert np.isnan(result[index]).all(), "a mutant was scored twice"
        assert np.isfinite(delta).all(), "a score is not finite"
        result[index] = delta
    # A case may want no mutant at all: its one content is what the sequence holds there already.
    return np.full((*edits.wanted.shape, 1), np.nan) if result is None else result


def compare(
    model: keras.Model,
    inputs: list[NDArray[Any]],
    edits: Edits,
    target: Target = EVERY,
    sequence_input: int = 0,
    **options: Any,
) -> Comparison:
    """Scores the same mutants three ways, and checks that each scores those that are wanted and no others."""
    fast = FastEngine(model, target, sequence_input=sequence_input, **options)
    return compare_engines(fast, inputs, edits)


def compare_engines(fast: FastEngine, inputs: list[NDArray[Any]], edits: Edits) -> Comparison:
    """Likewise, for an engine at hand."""
    model, target, place = fast.model, fast.target, fast.sequence_input
    double = as_float64(model)
    wide = [x.astype("float64") if x.dtype.kind == "f" else x for x in inputs]
    scale = largest_activation(double, wide)
    # An exponential of an exponential overflows float32: a model that gives no number has no scores to compare.
    assume(scale < 1e30)
    batch = min(int(edits.wanted.sum()), 256) or 1
    oracle = NaiveEngine(double, target, sequence_input=place, batch=batch)
    naive = NaiveEngine(model, target, sequence_input=place, batch=batch)
    truth = gather(oracle.deltas(wide, edits), edits)
    results = [gather(e.deltas(inputs, edits), edits) for e in (fast, naive)]
    for result in (truth, *results):
        scored = np.isfinite(result).all(axis=-1)
        assert np.array_equal(scored, edits.wanted), "not the wanted mutants were scored"
    errors = [float(np.nanmax(np.abs(r - truth), initial=0.0)) for r in results]
    return Comparison(errors[0], errors[1], scale, float(np.nanmax(np.abs(truth), initial=0.0)))


def largest_activation(model: keras.Model, inputs: list[NDArray[Any]]) -> float:
    """Of any tensor of the model, for these inputs."""
    values = read_graph(model).run([keras.ops.convert_to_tensor(x) for x in inputs])
    return float(np.max([np.abs(keras.ops.convert_to_numpy(v)).max() for v in values.values()]))
