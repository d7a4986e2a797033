"""The yardstick of the engine's tests: the naive pass in float64, and how far float32 results are from it."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from hypothesis import assume
from numpy.typing import NDArray

from ismbench.engine.edits import Edits
from ismbench.engine.fast import FastEngine
from ismbench.engine.graph import Graph, read_graph
from ismbench.engine.naive import NaiveEngine
from ismbench.engine.precision import as_float64
from ismbench.engine.target import EVERY, Target

EPSILON = float(np.finfo(np.float32).eps)
DRAWS = 3
"""Of simulated rounding: a single one may be lucky."""


@dataclass(frozen=True)
class Comparison:
    """Largest deviations from the float64 naive pass over all mutants and outputs.

    Attributes:
        fast: Of the fast engine.
        naive: Of the naive pass in float32.
        rounding: Of the naive pass in float64 with the result of every layer moved by up to one float32 step; found
            only where the error of the float32 pass leaves a doubt, else 0.
        scale: Largest activation of the reference anywhere in the model.
        effect: Largest effect of a mutant.
    """

    fast: float
    naive: float
    rounding: float
    scale: float
    effect: float

    @property
    def bound(self) -> float:
        """What the fast engine may deviate by: twice what float32 costs the naive pass.

        What it costs is the larger of two figures. The error of the one float32 pass at hand is a maximum over few
        mutants, and often zero by luck: small integers, saturated activations. So rounding is simulated besides: any
        float32 pass rounds the result of every layer at least once, by up to one step with the sum before it, and
        what that makes of the scores is computed in float64, for mutants and references each by themselves.
        """
        return 2 * max(self.naive, self.rounding)

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
    doubted = errors[0] > 2 * errors[1]
    rounding = simulated_rounding(double, wide, edits, target, place, truth) if doubted else 0.0
    return Comparison(errors[0], errors[1], rounding, scale, float(np.nanmax(np.abs(truth), initial=0.0)))


def simulated_rounding(
    model: keras.Model,
    inputs: list[NDArray[Any]],
    edits: Edits,
    target: Target,
    place: int,
    truth: NDArray[np.float64],
) -> float:
    """Largest error of the scores if each number of each tensor is off by up to one float32 step, at random."""
    graph, (rows, slots, contents) = read_graph(model), np.nonzero(edits.wanted)
    if not len(rows):
        return 0.0
    graph = graph.pruned(target.outputs(graph))
    mutants = [x[rows] for x in inputs]
    for m, (row, slot, content) in enumerate(zip(rows, slots, contents, strict=True)):
        start = edits.positions[row, slot]
        mutants[place][m, start : start + edits.width] = edits.content[row, slot, content]
    rng, worst = np.random.default_rng(0), 0.0
    for _ in range(DRAWS):
        delta = _rounded(graph, mutants, target, rng) - _rounded(graph, inputs, target, rng)[rows]
        worst = max(worst, float(np.abs(delta - truth[rows, slots, contents]).max()))
    return worst


def _rounded(
    graph: Graph, inputs: list[NDArray[Any]], target: Target, rng: np.random.Generator
) -> NDArray[np.float64]:
    """(N, K) the target, with every tensor moved."""
    values = {t: keras.ops.convert_to_tensor(x) for t, x in zip(graph.inputs, inputs, strict=True)}
    for node in graph.nodes:
        for tensor, y in zip(node.outputs, node.call(values), strict=True):
            exact = keras.ops.convert_to_numpy(y)
            if exact.dtype.kind == "f":
                exact = exact * (1 + EPSILON * rng.uniform(-1, 1, exact.shape))
            values[tensor] = keras.ops.convert_to_tensor(exact)
    selected = target.select([values.get(t) for t in graph.outputs], graph.output_names)
    return np.asarray(keras.ops.convert_to_numpy(selected), "float64")


def largest_activation(model: keras.Model, inputs: list[NDArray[Any]]) -> float:
    """Of any tensor of the model, for these inputs."""
    values = read_graph(model).run([keras.ops.convert_to_tensor(x) for x in inputs])
    return float(np.max([np.abs(keras.ops.convert_to_numpy(v)).max() for v in values.values()]))
