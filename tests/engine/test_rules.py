"""Each entry of the rule table by itself, against the oracle; and what happens to layers that have none."""

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops
from keras.src.ops import numpy

from ismbench.engine import backend
from ismbench.engine.edits import Edits, substitutions
from ismbench.engine.execute import Chunk
from ismbench.engine.fast import FastEngine
from ismbench.engine.plan import Plan
from ismbench.engine.rules import RULES, WholeLayer
from ismbench.engine.rules.convolution import Convolution
from ismbench.engine.rules.pointwise import Prelu
from ismbench.engine.rules.pooling import AveragePool, MaxPool
from ismbench.engine.rules.reduction import GlobalMax
from ismbench.engine.rules.ways import Scatter
from tests.engine.graphs.own_layers import WeirdConv, centred
from tests.engine.oracle import Comparison, compare_engines
from tests.engine.random_graphs import fill_weights
from tests.engine.rule_cases import BACKWARDS, CASES, LENGTH, Build, fresh, gate

pytestmark = pytest.mark.usefixtures("uncompiled")

NO_BACKWARDS = pytest.mark.skipif(
    backend.name() == "torch", reason="Keras on torch runs no slice with a negative step"
)
# Few neighbours share windows; all of them share the whole axis; none shares more than it must; scattered positions.
WAYS = ((9, 0.3), (13, 1e9), (16, 0.0), None)
TABLE = [
    pytest.param(kind, i, id=f"{kind.__name__}-{i}", marks=[NO_BACKWARDS] if build in BACKWARDS else [])
    for kind, builds in CASES.items()
    for i, build in enumerate(builds)
]


def model_of(build: Build) -> keras.Model:
    """The layer behind a convolution, which makes its windows wide and dense."""
    entry = keras.Input((LENGTH, 4))
    x = layers.Conv1D(6, 3, padding="same", activation="tanh")(entry)
    model = keras.Model(entry, fresh(build)(x))
    fill_weights(model, np.random.default_rng(0))
    return model


def mutants(common: bool = True) -> tuple[np.ndarray, Edits]:
    """Two sequences, and every substitution at every position; or at positions of their own."""
    rng = np.random.default_rng(1)
    x = np.eye(4, dtype="float32")[rng.integers(0, 4, (2, LENGTH))]
    positions = np.tile(np.arange(LENGTH), (2, 1))
    if not common:
        positions = rng.permuted(positions, axis=1)
    return x, substitutions(x, positions, range(4), common)


def score(model: keras.Model, way: tuple[int, float] | None = WAYS[0]) -> tuple[Comparison, Plan]:
    """Compares with the oracle, and gives the plan that was followed."""
    x, edits = mutants(common=way is not None)
    engine = FastEngine(model, choices=(way or (1, 0.0),))
    return compare_engines(engine, [x], edits), engine.plan([x], edits)


def rules_of(plan: Plan, kind: type) -> set[type]:
    return {type(step.rule) for step in plan.steps if step.node.kind is kind}


@pytest.mark.parametrize(("kind", "index"), TABLE)
def test_entry_equals_the_oracle(kind: type, index: int) -> None:
    comparison, plan = score(model_of(CASES[kind][index]), WAYS[index % len(WAYS)])
    assert comparison.exact, comparison
    assert rules_of(plan, kind), f"no {kind.__name__} in the model of this case"
    assert not plan.refused or plan.settings.scattered, plan.refused


@pytest.mark.parametrize("kind", list(RULES), ids=lambda kind: kind.__name__)
def test_every_entry_has_a_case_that_its_rule_takes(kind: type) -> None:
    x, edits = mutants()
    engine = FastEngine(model_of(CASES[kind][0]), choices=((4, 0.3),))
    assert rules_of(engine.plan([x], edits), kind) - {WholeLayer}


@pytest.mark.parametrize("length", [5, 6, 7, 8, 9, 10, 11, 12])
@pytest.mark.parametrize("kind", [layers.MaxPooling1D, layers.AveragePooling1D])
def test_lengths_that_pooling_does_not_divide(kind: Any, length: int) -> None:
    entry = keras.Input((length, 4))
    model = keras.Model(entry, kind(4, padding="same")(kind(3)(layers.Conv1D(5, 3, padding="same")(entry))))
    fill_weights(model, np.random.default_rng(length))
    x = np.eye(4, dtype="float32")[np.random.default_rng(0).integers(0, 4, (2, length))]
    edits = substitutions(x, np.tile(np.arange(length), (2, 1)), range(4))
    assert compare_engines(FastEngine(model, choices=((4, 0.0),)), [x], edits).exact


SHAPES = [
    ((26, 6), (26, 1)),
    ((26, 1), (26, 6)),
    ((26, 6), (1, 6)),
    ((1, 6), (26, 6)),
    ((6,), (1,)),
    ((1,), (6,)),
]
MERGES = [
    *(
        kind()
        for kind in (
            layers.Add,
            layers.Average,
            layers.Subtract,
            layers.Multiply,
            layers.Maximum,
            layers.Minimum,
        )
    ),
    *(
        lambda pair, f=f: f(*pair)
        for f in (ops.add, ops.subtract, ops.multiply, ops.maximum, ops.minimum, ops.divide)
    ),
]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(("changed", "constant"), SHAPES)
@pytest.mark.parametrize("merge", MERGES)
def test_a_merge_that_broadcasts_an_input_that_does_not_change(
    merge: Any, changed: tuple[int, ...], constant: tuple[int, ...], reverse: bool
) -> None:
    entries = [keras.Input((LENGTH, 4)), keras.Input(constant)]
    # Positive, so that no division comes near zero, where the rounding of the one reference decides.
    x = layers.Conv1D(changed[-1], 3, padding="same", activation="sigmoid")(entries[0])
    if len(changed) == 1 or changed[0] == 1:
        x = layers.GlobalAveragePooling1D(keepdims=len(changed) == 2)(x)
    pair = [x, layers.Activation("softplus")(entries[1])]
    model = keras.Model(entries, fresh(merge)(pair[::-1] if reverse else pair))
    fill_weights(model, np.random.default_rng(0))
    x, edits = mutants()
    beside = np.random.default_rng(2).normal(size=(2, *constant)).astype("float32")
    comparison = compare_engines(FastEngine(model, choices=((13, 0.3),)), [x, beside], edits)
    assert comparison.exact, comparison


GATES: dict[str, tuple[Build, type]] = {
    "squeeze and excite": (lambda x: layers.Multiply()([x, gate(x)]), layers.Multiply),
    "as an operation": (lambda x: x * gate(x), numpy.Multiply),
    "of a whole tensor": (
        lambda x: layers.Multiply()([layers.GRU(6, return_sequences=True)(x), x]),
        layers.Multiply,
    ),
    "added": (lambda x: layers.Add()([gate(x), x]), layers.Add),
    "one position": (lambda x: layers.Subtract()([layers.Conv1D(6, LENGTH)(x), x]), layers.Subtract),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", GATES)
def test_a_gate_that_has_changed_counts_at_every_position(name: str, way: tuple[int, float] | None) -> None:
    build, kind = GATES[name]
    comparison, plan = score(model_of(build), way)
    assert comparison.exact, comparison
    assert WholeLayer not in rules_of(plan, kind)
    assert not [layer for layer in plan.refused if not layer.startswith("gru")] or plan.settings.scattered


def test_a_subclass_takes_the_fallback() -> None:
    comparison, plan = score(model_of(WeirdConv(3, 3, padding="same")))
    assert comparison.exact, comparison
    assert rules_of(plan, WeirdConv) == {WholeLayer}
    assert list(plan.refused.values()) == ["no rule is registered for it"]


REFUSED_CONFIGURATIONS: list[tuple[Build, type]] = [
    (lambda x: layers.Softmax(axis=1)(x), layers.Softmax),
    (lambda x: layers.UnitNormalization(axis=1)(x), layers.UnitNormalization),
    (lambda x: layers.LayerNormalization(axis=(1, 2))(x), layers.LayerNormalization),
    (lambda x: layers.Activation(centred)(x), layers.Activation),
    (lambda x: layers.Conv1DTranspose(3, 4, 3, output_padding=1)(x), layers.Conv1DTranspose),
    (lambda x: layers.Reshape((6, LENGTH))(x), layers.Reshape),
    (lambda x: layers.GroupNormalization(2)(x), layers.GroupNormalization),
    (lambda x: layers.GroupNormalization(2, axis=1)(x), layers.GroupNormalization),
    (lambda x: layers.Softmax()(layers.Permute((2, 1))(x)), layers.Softmax),
    (lambda x: layers.Activation("softmax")(layers.Flatten()(x)), layers.Activation),
    (lambda x: layers.Dense(3)(layers.Permute((2, 1))(x)), layers.Dense),
]


@pytest.mark.parametrize(("build", "kind"), REFUSED_CONFIGURATIONS)
def test_a_configuration_that_mixes_positions_takes_the_fallback(build: Build, kind: type) -> None:
    comparison, plan = score(model_of(build))
    assert comparison.exact, comparison
    assert rules_of(plan, kind) == {WholeLayer}


RIGHT_SCATTER, RIGHT_GEOMETRY = Convolution.scatter, AveragePool.geometry


def _unmasked(self: Chunk, x: Any, window: Any, fill: float = 0.0, needed: Any = None) -> Any:
    return x


def _unflipped(self: Convolution, layer: Any) -> Any:
    return ops.convert_to_tensor(layer.kernel)


def _shifted(self: Convolution, layer: Any, length: int) -> Scatter:
    right = RIGHT_SCATTER(self, layer, length)
    return replace(right, left=right.left + 1)


def _wider(self: AveragePool, layer: Any, length: int) -> Any:
    geometry = RIGHT_GEOMETRY(self, layer, length)
    geometry.left += 1
    return geometry


def _one_neighbour(self: GlobalMax, step: Any, reference: Any) -> dict[str, Any]:
    x = reference(step.node.inputs[0])
    none = x[:, :1] * 0 - np.inf
    return {"before": ops.concatenate([none, x], axis=1), "behind": ops.concatenate([x, none], axis=1)}


def _no_slopes(self: Prelu, step: Any, reference: Any) -> dict[str, Any]:
    return {"alpha": ops.zeros_like(reference(step.node.inputs[0]))} if step.along else {}


BREAKS: list[tuple[type, str, Any, type]] = [
    (Chunk, "mask", _unmasked, layers.Conv1D),
    (Convolution, "taps", _unflipped, layers.Conv1D),
    (Convolution, "scatter", _shifted, layers.Conv1D),
    (MaxPool, "padding_value", 0.0, layers.MaxPooling1D),
    (AveragePool, "geometry", _wider, layers.AveragePooling1D),
    (GlobalMax, "derive", _one_neighbour, layers.GlobalMaxPooling1D),
    (Prelu, "derive", _no_slopes, layers.PReLU),
]


@pytest.mark.parametrize(
    ("owner", "name", "wrong", "kind"), BREAKS, ids=lambda x: getattr(x, "__name__", None)
)
def test_a_rule_broken_on_purpose_is_seen(
    owner: type, name: str, wrong: Any, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exact(index: int) -> bool:
        return score(model_of(CASES[kind][index]), WAYS[index % len(WAYS)])[0].exact

    monkeypatch.setattr(owner, name, wrong)
    assert not all(exact(i) for i in range(len(CASES[kind])))
