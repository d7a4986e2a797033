"""What a model and its input must be: one clear line each."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

import ismbench
from ismbench.engine.check import as_inputs
from ismbench.engine.edits import substitutions
from ismbench.engine.fast import FastEngine
from ismbench.engine.graph import read_graph
from ismbench.errors import InputError

pytestmark = pytest.mark.usefixtures("uncompiled")


class Noisy(layers.Layer):
    """Random at inference."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.generator = keras.random.SeedGenerator(1)

    def call(self, x: Any) -> Any:
        return x + keras.random.normal(ops.shape(x), seed=self.generator)


class Counting(layers.Layer):
    """Remembers how often it was called."""

    def build(self, shape: Any) -> None:
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")

    def call(self, x: Any) -> Any:
        self.count.assign(self.count + 1)
        return x * self.count


def model_with(*steps: keras.Layer) -> keras.Model:
    entry = x = keras.Input(
        (9, 4), batch_size=1 if any(getattr(s, "stateful", False) for s in steps) else None
    )
    for step in steps:
        x = step(x)
    return keras.Model(entry, x)


def score(model: keras.Model) -> None:
    x = np.eye(4, dtype="float32")[np.zeros((1, 9), int)]
    list(FastEngine(model).deltas([x], substitutions(x, np.arange(9)[None], range(4))))


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (Noisy(name="noisy"), "must give the same result twice at inference. Received: 'noisy' .Noisy."),
        (Counting(name="counting"), "must give the same result twice at inference. Received: 'counting'"),
        (layers.GRU(2, stateful=True, name="gru"), "must not keep state between calls. Received: 'gru'"),
    ],
)
def test_a_layer_whose_result_depends_on_more_than_its_input_is_refused(layer: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        score(model_with(layer, layers.Dense(2)))
    assert "\n" not in str(caught.value)


def test_dropout_and_noise_are_off_and_not_refused() -> None:
    score(model_with(layers.Dropout(0.5), layers.GaussianNoise(1.0), layers.SpatialDropout1D(0.5)))


def two_inputs() -> keras.Model:
    a, b = keras.Input((9, 4), name="sequence"), keras.Input((3,), name="cells")
    return keras.Model([a, b], layers.Concatenate()([layers.Flatten()(a), b]))


X, CELLS = np.zeros((2, 9, 4)), np.zeros((2, 3))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (X, "has 2 inputs, .'sequence', 'cells'.. Received: 1"),
        ({"sequence": X}, "Inputs given by name must be .'sequence', 'cells'.. Received: .'sequence'."),
        ([X[:, :8], CELLS], r"Input 'sequence' must have shape \(N, 9, 4\). Received: shape \(2, 8, 4\)"),
        ([X[..., :3], CELLS], r"must have shape \(N, 9, 4\)"),
        ([X[0], CELLS], r"must have shape \(N, 9, 4\). Received: shape \(9, 4\)"),
        ([X, CELLS[:1]], r"must hold the same number of sequences. Received: \[2, 1\]"),
        ([X + np.nan, CELLS], r"Input 'sequence' must be finite. Received: nan at index \(0, 0, 0\)"),
        ([X, CELLS + np.inf], "Input 'cells' must be finite"),
    ],
)
def test_inputs_that_break_a_rule(given: Any, message: str) -> None:
    if isinstance(given, list):
        given = [g.copy() for g in given]
    with pytest.raises(InputError, match=message) as caught:
        as_inputs(given, read_graph(two_inputs()), 0)
    assert "\n" not in str(caught.value)


def test_the_mutated_input_must_be_a_sequence() -> None:
    with pytest.raises(InputError, match=r"mutated input must be \(N, L, A\)"):
        as_inputs([X, CELLS], read_graph(two_inputs()), 1)


def test_inputs_by_name_or_in_order_get_the_type_of_the_model() -> None:
    graph = read_graph(two_inputs())
    for given in ([X, CELLS], (X, CELLS), {"cells": CELLS, "sequence": X}):
        arrays = as_inputs(given, graph, 0)
        assert [a.shape for a in arrays] == [(2, 9, 4), (2, 3)]
        assert {a.dtype for a in arrays} == {np.dtype("float32")}


GIVEN: dict[str, Callable[[np.ndarray], Any]] = {
    "truth values": lambda x: x.astype(bool),
    "integers": lambda x: x.astype("int8"),
    "half precision": lambda x: x.astype("float16"),
    "double precision": lambda x: x.astype("float64"),
    "another order of bytes": lambda x: x.astype(">f4"),
    "columns first in memory": np.asfortranarray,
    "every second of twice as many": lambda x: np.repeat(x, 2, axis=0)[::2],
    "objects": lambda x: x.astype(object),
    "a tensor": ops.convert_to_tensor,
    "lists in a dict": lambda x: {"sequence": x.tolist()},
    "a list of one": lambda x: [x],
    "a tuple of one": lambda x: (x,),
}


@pytest.mark.parametrize("name", GIVEN)
def test_sequences_of_every_kind_give_the_same_scores(name: str) -> None:
    entry = keras.Input((9, 4), name="sequence")
    model = keras.Model(
        entry, layers.Dense(2)(layers.Flatten()(layers.Conv1D(3, 3, activation="relu")(entry)))
    )
    x = np.eye(4, dtype="float32")[np.random.default_rng(0).integers(0, 4, (2, 9))]
    given = GIVEN[name](x.copy())
    if name == "objects":
        with pytest.raises(InputError, match="Inputs must be arrays of numbers"):
            ismbench.saturation_mutagenesis(model, given)
        return
    received = ismbench.saturation_mutagenesis(model, given).delta
    np.testing.assert_array_equal(received, ismbench.saturation_mutagenesis(model, x).delta)
    assert received.dtype == np.float32


def test_a_free_length_takes_any() -> None:
    entry = keras.Input((None, 4))
    graph = read_graph(keras.Model(entry, layers.Conv1D(2, 3)(entry)))
    assert as_inputs(np.zeros((1, 17, 4)), graph, 0)[0].shape == (1, 17, 4)
