"""Canonical form: the same numbers from fewer nodes, by weights as they are at the call."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from keras import layers, ops

import ismbench
from ismbench.engine import backend, fast
from ismbench.engine.canonical import NOTHING, Canonical
from ismbench.engine.fast import FastEngine
from ismbench.engine.folded import Folded
from ismbench.engine.graph import Node
from ismbench.engine.plan import Settings, make_plan
from ismbench.engine.precision import as_float64
from ismbench.engine.rules import RULES
from ismbench.engine.rules.linear import BatchNorm
from tests.engine.random_graphs import Case, cases, fill_weights
from tests.engine.unusual import dna, one_by_one

pytestmark = pytest.mark.usefixtures("uncompiled")
LENGTH = 20
# Keras' matrix product on torch gives float32 for float64.
EXACT = 1e-5 if backend.name() == "torch" else 1e-12


@pytest.fixture(autouse=True)
def always_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models would be given to the naive pass."""
    monkeypatch.setattr(fast, "WORTHWHILE", 0.0)


def conv(filters: int = 5, width: int = 3, **options: Any) -> Any:
    return layers.Conv1D(filters, width, padding=options.pop("padding", "same"), **options)


def model_of(*steps: Any) -> keras.Model:
    """The steps, and a head that is not linear."""
    model = keras.Sequential(
        [keras.Input((LENGTH, 4)), *steps, layers.ReLU(), layers.Flatten(), layers.Dense(2)]
    )
    fill_weights(model, np.random.default_rng(0))
    return model


def forms(model: keras.Model, n: int = 1) -> Canonical:
    return FastEngine(model).canonical([dna(n, length=LENGTH)])


def fate(form: Canonical, model: keras.Model) -> dict[str, str]:
    """What became of each layer that is gone, by name."""
    names = {node.index: node.name for node in FastEngine(model).graph.nodes}
    return {names[index]: word for index, word in form.gone.items()}


NORM, SCALE = (
    (lambda: layers.BatchNormalization(name="norm")),
    (lambda: layers.Rescaling(0.7, 0.2, name="scale")),
)
FOLDED: dict[str, tuple[list[Any], set[str]]] = {
    "norm behind a convolution": ([conv(), NORM()], {"norm"}),
    "norm behind a strided one": ([conv(strides=2), NORM()], {"norm"}),
    "norm behind a valid, dilated one": ([conv(padding="valid", dilation_rate=2), NORM()], {"norm"}),
    "norm behind a dense layer": ([layers.Dense(6), NORM()], {"norm"}),
    "norm in front of a convolution": ([layers.ReLU(), NORM(), conv()], {"norm"}),
    "norm in front of a causal one": ([layers.ReLU(), NORM(), conv(padding="causal")], {"norm"}),
    "norm in front of a dense layer": ([layers.ReLU(), NORM(), layers.Dense(3)], {"norm"}),
    "norm between Flatten and dense": (
        [conv(2), layers.ReLU(), layers.Flatten(), NORM(), layers.Dense(6)],
        {"norm"},
    ),
    "two scales and a convolution": ([SCALE(), NORM(), conv()], {"scale", "norm"}),
    "on both sides": ([SCALE(), conv(), NORM()], {"scale", "norm"}),
    "a bottleneck": ([layers.Dense(12), layers.Dense(2, name="narrow")], {"narrow"}),
    "a narrow dense layer behind a wide convolution": (
        [conv(12), layers.Dense(2, name="narrow")],
        {"narrow"},
    ),
    "a convolution of one position": ([conv(12), conv(2, 1, name="narrow")], {"narrow"}),
    "dense in front of a convolution": ([layers.Dense(8, name="wide"), conv(3, 2)], {"wide"}),
    "einsum": ([layers.EinsumDense("abc,cd->abd", (LENGTH, 6)), NORM()], {"norm"}),
    "scale along channels": ([conv(), layers.Rescaling([1.0, 2.0, 0.5, -1.0, 3.0], name="scale")], {"scale"}),
    "dropout between": ([conv(), layers.Dropout(0.5, name="drop"), NORM()], {"drop", "norm"}),
}
KEPT: dict[str, list[Any]] = {
    "an activation between": [conv(activation="relu"), NORM()],
    "norm over positions": [conv(), layers.BatchNormalization(axis=1, name="norm")],
    "a wide product behind a narrow one": [layers.Dense(2), layers.Dense(12, name="norm")],
    "two convolutions": [conv(), conv(name="norm")],
    "groups": [conv(4, groups=2), NORM()],
    "a depthwise convolution": [layers.DepthwiseConv1D(3), NORM()],
    "another type": [conv(dtype="float32"), layers.BatchNormalization(name="norm", dtype="mixed_bfloat16")],
    "quantized": [layers.Dense(8), NORM()],
}
IDLE: dict[str, Any] = {
    "dropout": lambda: layers.Dropout(0.5, name="idle"),
    "noise": lambda: layers.GaussianNoise(0.5, name="idle"),
    "linear": lambda: layers.Activation("linear", name="idle"),
    "identity": lambda: layers.Identity(name="idle"),
    "reshape": lambda: layers.Reshape((LENGTH, 5), name="idle"),
    "permute": lambda: layers.Permute((1, 2), name="idle"),
    "crop": lambda: layers.Cropping1D(0, name="idle"),
    "pad": lambda: layers.ZeroPadding1D(0, name="idle"),
    "repeat": lambda: layers.UpSampling1D(1, name="idle"),
}


def right_in_float64(model: keras.Model) -> None:
    """The fast engine on a copy in float64, against a pass for each mutant."""
    double, x = as_float64(model), dna(2, length=LENGTH)
    expected = one_by_one(double, [x.astype("float64")])
    received = ismbench.saturation_mutagenesis(double, x).delta
    np.testing.assert_allclose(received, expected, rtol=0, atol=EXACT * np.abs(expected).max())
    assert np.abs(expected).max() > 1e-3


@pytest.mark.parametrize("name", FOLDED)
def test_linear_steps_in_a_row_are_one(name: str) -> None:
    steps, gone = FOLDED[name]
    model = model_of(*[type(s).from_config(s.get_config()) for s in steps])
    form = forms(model)
    # Flatten does nothing to what is flat.
    assert {layer for layer in fate(form, model) if not layer.startswith("flatten")} == gone
    assert len(form.graph.nodes) == len(FastEngine(model).graph.nodes) - len(form.gone)
    right_in_float64(model)


@pytest.mark.parametrize("name", KEPT)
def test_what_is_not_linear_or_not_cheaper_stays(name: str) -> None:
    model = model_of(*[type(s).from_config(s.get_config()) for s in KEPT[name]])
    if name == "quantized":
        model.layers[0].quantize("int8")
    assert "norm" not in fate(forms(model), model)


@pytest.mark.parametrize("name", IDLE)
def test_what_does_nothing_is_dropped(name: str) -> None:
    model = model_of(conv(), IDLE[name](), layers.ReLU(), conv())
    assert fate(forms(model), model) == {"idle": NOTHING}
    right_in_float64(model)


def test_another_reader_or_an_output_between_keeps_the_layers_apart() -> None:
    x = keras.Input((LENGTH, 4))
    first = conv(name="conv")(x)
    second = layers.BatchNormalization(name="norm")(first)
    for model in (
        keras.Model(x, layers.Flatten()(layers.Add()([first, second]))),
        keras.Model(x, [layers.Flatten()(second), first]),
        keras.Model(x, [first, layers.Dropout(0.5)(first)]),
    ):
        assert fate(forms(model), model) == {}


def test_a_rule_of_the_users_own_is_not_folded_away(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mine(BatchNorm):
        pass

    monkeypatch.setitem(RULES, layers.BatchNormalization, (Mine(),))
    model = model_of(conv(), NORM())
    assert fate(forms(model), model) == {}


def change_statistics(model: keras.Model) -> None:
    model.get_layer("norm").moving_variance.assign(np.full(5, 9.0))


def change_kernel(model: keras.Model) -> None:
    model.layers[0].kernel.assign(2 * model.layers[0].kernel)


def change_epsilon(model: keras.Model) -> None:
    model.get_layer("norm").epsilon = 3.0


def add_an_activation(model: keras.Model) -> None:
    model.layers[0].activation = keras.activations.tanh


@pytest.mark.parametrize("edit", [change_statistics, change_kernel, change_epsilon, add_an_activation])
def test_weights_are_those_of_the_call(edit: Callable[[keras.Model], None]) -> None:
    model, x = model_of(conv(), NORM()), dna(1, length=LENGTH)
    before = ismbench.saturation_mutagenesis(model, x).delta
    edit(model)
    after = ismbench.saturation_mutagenesis(model, x).delta
    expected = one_by_one(model, [x])
    assert np.abs(after - before).max() > 1e-3
    np.testing.assert_allclose(after, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


def test_fewer_numbers_are_moved_and_no_product_is_added() -> None:
    model = model_of(
        layers.Rescaling(2.0), conv(8), NORM(), layers.ReLU(), layers.Dropout(0.1), conv(8), layers.Dense(3)
    )
    engine, x = FastEngine(model), [dna(1, length=LENGTH)]
    shapes, read = engine.shapes(x), engine.probe(x).graph
    plans = [
        make_plan(graph, shapes, graph.inputs[0], Settings(LENGTH, 1, 1, 0.0))
        for graph in (read, engine.canonical(x).graph)
    ]
    assert plans[1].words < 0.9 * plans[0].words
    assert plans[1].multiply_adds <= plans[0].multiply_adds


def test_explain_tells_what_was_folded() -> None:
    rows = {
        row.name: row for row in ismbench.explain(model_of(conv(name="conv"), NORM(), IDLE["dropout"]())).rows
    }
    assert rows["norm"].decision == "folded into 'conv'"
    assert rows["idle"].decision == NOTHING
    assert rows["norm"].done == rows["norm"].moved == 0
    assert rows["norm"].span_out == rows["conv"].span_out


def by_kernel(node: Node, change: Any) -> Any:
    """What a folded node makes of a change of its input, by its kernel and nothing else."""
    folded = node.operation
    if node.kind in (layers.Dense, layers.EinsumDense):
        return ops.matmul(change, folded.kernel)
    rate = folded.dilation_rate
    if folded.padding == "causal":
        reach = (folded.kernel_size[0] - 1) * rate[0]
        change = ops.pad(change, ((0, 0), (reach, 0), (0, 0)))
    padding = "valid" if folded.padding == "causal" else folded.padding
    return ops.conv(
        change, folded.kernel, folded.strides, padding, dilation_rate=rate, data_format="channels_last"
    )


@settings(
    deadline=None, max_examples=60, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(case=cases(most_steps=10))
def test_random_graphs_keep_their_numbers(case: Case) -> None:
    """Every tensor that is left, and every merged kernel, in float64."""
    double = as_float64(case.model)
    engine = FastEngine(double, case.target, sequence_input=case.sequence_input)
    inputs = [x.astype("float64") for x in case.inputs]
    read, form = engine.probe(inputs).graph, engine.canonical(inputs)
    assert len(form.graph.nodes) == len(read.nodes) - len(form.gone)
    tensors = [ops.convert_to_tensor(x) for x in inputs]
    given, left = read.run(tensors), form.graph.run(tensors)
    for number, value in left.items():
        assert np.array_equal(*map(backend.to_numpy, (value, given[number])), equal_nan=True)
    for node in form.graph.nodes:
        if isinstance(node.operation, Folded):
            x = left[node.inputs[0]]
            change = ops.convert_to_tensor(np.random.default_rng(0).normal(size=x.shape))
            moved = node.call({node.inputs[0]: x + change})[0] - left[node.outputs[0]]
            folded, moved, y = map(backend.to_numpy, (by_kernel(node, change), moved, left[node.outputs[0]]))
            size = np.abs(moved).max() + np.abs(y).max()
            np.testing.assert_allclose(folded, moved, rtol=0, atol=10 * EXACT * size)
