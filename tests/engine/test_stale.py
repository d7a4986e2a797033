"""An engine that is kept follows its model: a call after a change is right, and nothing is built anew without one."""

import gc
import weakref
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras import layers, ops

import ismbench
from ismbench.engine import backend, base_engine, fast
from ismbench.engine.drop_in import FastISM
from ismbench.engine.fingerprint import fingerprint
from ismbench.engine.rules import RULES, Pointwise
from tests.engine.random_graphs import fill_weights
from tests.engine.unusual import dna, one_by_one

pytestmark = pytest.mark.usefixtures("uncompiled")
LENGTH = 14


@pytest.fixture(autouse=True)
def always_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models would be given to the naive pass."""
    monkeypatch.setattr(fast, "WORTHWHILE", 0.0)


class Scale(layers.Layer):
    """Multiplies by an attribute that no configuration tells of."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.factor = 2.0

    def call(self, x: Any) -> Any:
        return x * self.factor + 0.1


def build() -> keras.Sequential:
    inner = keras.Sequential(
        [
            keras.Input((LENGTH, 5)),
            layers.LeakyReLU(0.1, name="leaky"),
            layers.BatchNormalization(name="norm"),
        ],
        name="inner",
    )
    model = keras.Sequential(
        [
            keras.Input((LENGTH, 4)),
            layers.Conv1D(5, 3, padding="same", activation="tanh", name="conv"),
            inner,
            Scale(name="scale"),
            layers.Flatten(),
            layers.Dense(4, activation="tanh", name="hidden"),
            layers.Dense(2, activation="sigmoid", name="out"),
        ]
    )
    fill_weights(model, np.random.default_rng(0))
    return model


def of(model: keras.Model, name: str) -> Any:
    """A layer, also of the nested model."""
    return next(layer for layer in model._flatten_layers(include_self=False) if layer.name == name)


def last_activation(model: keras.Model) -> None:
    out = model.layers[-1]
    out.activation = keras.activations.linear if out.activation is not keras.activations.linear else ops.tanh


def own_function(model: keras.Model) -> None:
    slope = 0.5 if getattr(model, "slope", 1.0) != 0.5 else 2.0
    model.slope = slope
    of(model, "conv").activation = lambda x: ops.tanh(x * slope)


def another_head(model: keras.Model) -> None:
    model.pop()
    head = layers.Dense(2, activation=None)
    model.add(head)
    fill_weights(model, np.random.default_rng(7))


def lora(model: keras.Model) -> None:
    if not of(model, "hidden").lora_enabled:
        of(model, "hidden").enable_lora(2)
        fill_weights(model, np.random.default_rng(3))


def epsilon(model: keras.Model) -> None:
    of(model, "norm").epsilon *= 50


def attribute(model: keras.Model) -> None:
    of(model, "scale").factor += 0.7


def nested_option(model: keras.Model) -> None:
    of(model, "leaky").negative_slope += 0.2


def weights(model: keras.Model) -> None:
    fill_weights(model, np.random.default_rng(int(abs(backend.to_numpy(model.weights[0]).sum()) * 1000) % 99))


def frozen(model: keras.Model) -> None:
    of(model, "conv").trainable = not of(model, "conv").trainable


def quantized(model: keras.Model) -> None:
    if of(model, "hidden").quantization_mode is None:
        of(model, "hidden").quantize("int8")


EDITS: list[Callable[[keras.Model], None]] = [
    last_activation, own_function, another_head, lora, epsilon, attribute, nested_option, weights, frozen, quantized,
]  # fmt: skip


def check(model: keras.Model, live: FastISM, x: np.ndarray) -> None:
    """Every way to score the model as it is now."""
    expected = one_by_one(model, [x])
    size = np.abs(expected).max()
    scored = ismbench.saturation_mutagenesis(model, x).delta
    np.testing.assert_allclose(scored, expected, rtol=0, atol=1e-4 * size + 1e-6)
    variants = ismbench.variant_effects(model, x[:1], [3], [2]).delta
    np.testing.assert_allclose(variants, expected[:1, 3, 2], rtol=0, atol=1e-4 * size + 1e-6)
    reference = backend.to_numpy(model(x[:1]))
    predictions = live(x[:1], replace_with=[0, 0, 1, 0])
    np.testing.assert_allclose(predictions[0] - reference, expected[0, :, 2], rtol=0, atol=1e-4 * size + 1e-6)


@pytest.mark.parametrize("edit", EDITS)
def test_a_call_after_a_change_is_right(edit: Callable[[keras.Model], None]) -> None:
    model, x = build(), dna(1, 2, length=LENGTH)
    live = FastISM(model)
    check(model, live, x)
    before = one_by_one(model, [x])
    edit(model)
    check(model, live, x)
    assert edit is frozen or np.abs(one_by_one(model, [x]) - before).max() > 1e-5


@pytest.mark.slow
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(EDITS), min_size=2, max_size=6))
def test_edits_between_calls_never_give_a_stale_number(edits: list[Callable[[keras.Model], None]]) -> None:
    model, x = build(), dna(1, 2, length=LENGTH)
    live = FastISM(model)
    for edit in edits:
        edit(model)
        check(model, live, x)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that were read, one entry each time."""
    names: list[str] = []
    original = base_engine.read_graph

    def counted(model: Any) -> Any:
        names.append(model.name)
        return original(model)

    monkeypatch.setattr(base_engine, "read_graph", counted)
    return names


def target(column: int) -> ismbench.Target:
    return ismbench.Target(function=lambda outputs: outputs[0][:, column])


def test_what_changes_nothing_builds_nothing(read: list[str]) -> None:
    model, x = build(), dna(1, 2, length=LENGTH)
    first = ismbench.saturation_mutagenesis(model, x, target=target(1)).delta
    built = len(read)
    for change in (frozen, weights, lambda model: model.compile(loss="mse")):
        change(model)
        ismbench.saturation_mutagenesis(model, x, target=target(1))
    assert len(read) == built
    other = ismbench.saturation_mutagenesis(model, x, target=target(0)).delta
    assert len(read) > built
    assert first.shape == other.shape


def test_a_model_is_read_once(read: list[str]) -> None:
    model, x = build(), dna(1, 2, length=LENGTH)
    for positions in (None, [3, 4]):
        ismbench.saturation_mutagenesis(model, x, positions=positions)
    assert read == [model.name]


def test_a_rule_that_is_registered_later_counts(read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    model, x = build(), dna(1, 2, length=LENGTH)
    monkeypatch.setattr("ismbench.engine.rules.RULES", RULES)
    ismbench.saturation_mutagenesis(model, x)
    built = len(read)
    monkeypatch.setitem(RULES, Scale, (Pointwise(),))
    check(model, FastISM(model), x)
    assert len(read) > built


class Holder:
    """What a function may refer to."""

    factor = 2.0


def scaled(by: Any) -> Callable[[Any], Any]:
    return lambda x: x * by.factor


def test_functions_are_told_by_what_they_compute() -> None:
    same, holder = [scaled(2.0), scaled(2.0)], Holder()
    assert fingerprint(same[0]) == fingerprint(same[1]) != fingerprint(scaled(3.0))
    function = scaled(holder)
    before = fingerprint(function)
    holder.factor = 5.0
    assert fingerprint(function) != before
    assert fingerprint(lambda x: x + 1) != fingerprint(lambda x: x + 2)
    assert fingerprint(lambda x, by=1: x) != fingerprint(lambda x, by=2: x)
    assert fingerprint(np.arange(3)) == fingerprint(np.arange(3)) != fingerprint(np.arange(3) + 1)


def test_a_target_whose_function_refers_to_something_else_now() -> None:
    model, x, holder = build(), dna(1, 2, length=LENGTH), Holder()
    wanted = ismbench.Target(function=lambda outputs: outputs[0][:, 0] * holder.factor)
    one = ismbench.saturation_mutagenesis(model, x, target=wanted).delta
    holder.factor = 6.0
    np.testing.assert_allclose(
        ismbench.saturation_mutagenesis(model, x, target=wanted).delta, 3 * one, rtol=1e-4
    )


def test_engines_go_with_their_model() -> None:
    model = build()
    ismbench.saturation_mutagenesis(model, dna(1, 2, length=LENGTH))
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None
