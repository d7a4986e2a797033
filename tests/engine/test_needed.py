"""Nothing that the target does not need: what is read of each tensor, and that the scores stay those of the oracle."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from ismbench import explain
from ismbench.engine.edits import substitutions
from ismbench.engine.fast import FastEngine
from ismbench.engine.graph import read_graph
from ismbench.engine.needed import needed_positions, wanted_of
from ismbench.engine.plan import Plan
from ismbench.engine.span import Stretch
from ismbench.engine.target import Target
from tests.engine.oracle import compare_engines
from tests.engine.random_graphs import fill_weights
from tests.engine.rule_cases import CASES
from tests.engine.test_rules import LENGTH, TABLE, WAYS, model_of, mutants

pytestmark = pytest.mark.usefixtures("uncompiled")


def run(model: keras.Model, x: np.ndarray) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(model(x, training=False)))


@pytest.mark.parametrize(("kind", "index"), TABLE)
def test_what_is_not_read_changes_nothing_that_is_needed(kind: type, index: int) -> None:
    model = model_of(CASES[kind][index])
    graph, x = read_graph(model), mutants()[0]
    shapes = {t: tuple(v.shape[1:]) for t, v in graph.run([ops.convert_to_tensor(x)]).items()}
    rng = np.random.default_rng(index)
    if not shapes[graph.outputs[0]]:
        pytest.skip("one number has no positions")
    length = shapes[graph.outputs[0]][0]
    for start in {0, length // 3, length - 1}:
        stop = min(start + int(rng.integers(1, 4)), length)
        needed = needed_positions(graph, shapes, {graph.outputs[0]: Stretch(1, start, stop)})
        read = needed.of[graph.inputs[0]]
        if read is None:
            continue
        other = x.copy()
        other[:, : read.start], other[:, read.stop :] = 0.3, 0.3
        np.testing.assert_allclose(
            run(model, other)[:, start:stop], run(model, x)[:, start:stop], rtol=1e-5, atol=1e-6
        )


ENDS = [case for case in TABLE if case.values[1] in (0, len(CASES[case.values[0]]) - 1)]  # type: ignore[index]


@pytest.mark.parametrize(("kind", "index"), ENDS)
def test_a_few_positions_as_target_equal_the_oracle(kind: type, index: int) -> None:
    model = model_of(CASES[kind][index])
    x, edits = mutants()
    shape = model.output.shape[1:] or (1,)
    inner = int(np.prod(shape[1:]))
    first = shape[0] // 3 * inner
    target = Target(index=tuple(range(first, min(first + 2 * inner, shape[0] * inner))))
    engine = FastEngine(model, target, choices=(WAYS[index % 3],))
    comparison = compare_engines(engine, [x], edits)
    assert comparison.exact, comparison


def cropped(length: int | None = None, crop: int = 24) -> keras.Model:
    """A small SpliceAI: dilated residual blocks of "same" convolutions, skips, and a crop at the end."""
    entry = keras.Input((length, 4))
    x = layers.Conv1D(4, 1)(entry)
    skip = layers.Conv1D(4, 1)(x)
    for kernel, dilation in ((3, 1), (5, 2), (5, 3)):
        y = layers.Activation("relu")(layers.BatchNormalization()(x))
        y = layers.Conv1D(4, kernel, dilation_rate=dilation, padding="same")(y)
        x = layers.Add()([x, y])
        skip = layers.Add()([skip, layers.Conv1D(4, 1)(x)])
    profile = layers.Conv1D(3, 1, activation="softmax", name="profile")(layers.Cropping1D(crop)(skip))
    return keras.Model(entry, profile)


def valid() -> keras.Model:
    """A small ChromBPNet: dilated "valid" convolutions that are added to a cropped trunk, a profile and a count."""
    entry = keras.Input((64, 4))
    x = layers.Conv1D(4, 5, activation="relu")(entry)
    for dilation in (2, 4):
        y = layers.Conv1D(4, 3, dilation_rate=dilation, activation="relu")(x)
        x = layers.Add()([y, layers.Cropping1D((x.shape[1] - y.shape[1]) // 2)(x)])
    profile = layers.Flatten(name="profile")(layers.Cropping1D(6)(layers.Conv1D(1, 7)(x)))
    return keras.Model(entry, [profile, layers.Dense(1, name="count")(layers.GlobalAveragePooling1D()(x))])


def flat_profile() -> keras.Model:
    """A profile behind Flatten, read backwards, joined with another along the length."""
    entry = keras.Input((40, 4))
    x = layers.Conv1D(3, 5, padding="same", activation="relu")(entry)
    x = ops.flip(layers.Concatenate(axis=1)([x, layers.UpSampling1D(2)(layers.MaxPooling1D(2)(x))]), axis=1)
    return keras.Model(entry, layers.Flatten()(layers.Conv1DTranspose(2, 3, 2, padding="same")(x)))


MODELS = {
    "cropped": (cropped, Target()),
    "one bin of a cropped profile": (cropped, Target(index=7)),
    "neighbouring bins": (cropped, Target(index=tuple(range(9, 18)))),
    "the sum of two distant bins": (cropped, Target(index=(0, 40), reduce="sum")),
    "valid convolutions": (valid, Target()),
    "profile of two outputs": (valid, Target(output="profile")),
    "bins of one of two outputs": (valid, Target(output="profile", index=(3, 4))),
    "bins of all outputs": (valid, Target(index=(3, 4))),
    "a flat profile": (flat_profile, Target(index=tuple(range(60, 70)))),
}


def planned(name: str, way: tuple[int, float] | None = None) -> tuple[FastEngine, np.ndarray, Any]:
    build, target = MODELS[name]
    model = build()
    fill_weights(model, np.random.default_rng(0))
    length = model.input_shape[1] or 64
    x = np.eye(4, dtype="float32")[np.random.default_rng(1).integers(0, 4, (2, length))]
    engine = FastEngine(model, target, choices=None if way is None else (way,))
    return engine, x, substitutions(x, np.tile(np.arange(length), (2, 1)), range(4))


@pytest.mark.parametrize("way", [(1, 0.0), (7, 0.3), (64, 1e9)])
@pytest.mark.parametrize("name", MODELS)
def test_models_of_which_a_part_is_needed_equal_the_oracle(name: str, way: tuple[int, float]) -> None:
    engine, x, edits = planned(name, way)
    comparison = compare_engines(engine, [x], edits)
    assert comparison.exact, comparison


@pytest.mark.parametrize("way", [(1, 0.0), (16, 0.3)])
@pytest.mark.parametrize("name", MODELS)
def test_no_window_is_wider_than_what_is_needed(name: str, way: tuple[int, float]) -> None:
    engine, x, edits = planned(name, way)
    plan = engine.plan([x], edits)
    for step in plan.steps:
        needed = plan.needed.of[step.node.outputs[0]]
        if needed is not None and step.window.axis == needed.axis:
            assert step.window.width <= needed.width, step.node.name


def work(plan: Plan) -> int:
    return plan.direct_multiply_adds


def test_a_crop_costs_less_than_the_whole_profile() -> None:
    everything, middle, one = (planned(n, (4, 0.3)) for n in list(MODELS)[:3])
    costs = [work(engine.plan([x], edits)) for engine, x, edits in (everything, middle, one)]
    whole = FastEngine(cropped(crop=0), choices=((4, 0.3),))
    assert work(whole.plan([everything[1]], everything[2])) > costs[0] > costs[2] > costs[1]


def test_the_columns_of_a_target_as_positions() -> None:
    model = valid()
    graph = read_graph(model)
    shapes = {t: tuple(v.shape[1:]) for t, v in graph.run([ops.zeros((1, 64, 4))]).items()}
    profile, count = graph.outputs
    assert wanted_of(Target(), graph, shapes) == {}
    assert wanted_of(Target(output="profile"), graph, shapes) == {}
    assert wanted_of(Target(output="profile", index=(3, -1)), graph, shapes) == {
        profile: Stretch(1, 3, shapes[profile][0])
    }
    assert wanted_of(Target(output="count", index=0), graph, shapes) == {}
    assert wanted_of(Target(index=5), graph, shapes) == {profile: Stretch(1, 5, 6)}
    assert count != profile


def test_explain_has_the_needed_positions() -> None:
    explanation = explain(cropped(), length=64)
    last = next(row for row in explanation.rows if row.name.startswith("add"))
    assert str(last.needed) == "14-49 of 64"
    assert "needed" in str(explanation).splitlines()[2]
    assert all(
        row.span_out is None or row.span_out.stop <= row.needed.stop for row in explanation.rows if row.needed
    )


def test_the_whole_length_is_needed_of_a_plain_profile() -> None:
    rows = explain(cropped(crop=0), length=LENGTH).rows
    assert all(row.needed is None for row in rows)


def test_one_number_of_each_sequence_scales_all_positions() -> None:
    """Tensors without any axis but the batch, on the way and into a tensor with positions."""
    inputs = keras.Input((LENGTH, 4))
    x = layers.Conv1D(3, 3, padding="same")(inputs)
    number = layers.Reshape((1, 1))(ops.mean(ops.square(x), axis=(1, 2)))
    model = keras.Model(inputs, ops.multiply(x, ops.rsqrt(number + 0.1)))
    fill_weights(model, np.random.default_rng(0))
    x = mutants()[0][:2]
    where = np.broadcast_to(np.arange(LENGTH), x.shape[:2])
    comparison = compare_engines(FastEngine(model), [x], substitutions(x, where, range(4)))
    assert comparison.exact
