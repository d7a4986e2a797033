"""How often the model runs: counted by a layer that notes the rows of each call, never timed."""

from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

import ismbench
from ismbench.engine import backend, fast
from tests.engine.random_graphs import fill_weights
from tests.engine.unusual import dna, trunk

LENGTH = 20
pytestmark = pytest.mark.usefixtures("uncompiled")


class Noting(layers.Layer):
    """Notes how many rows each call has. No mutation reaches it, so that only passes of whole sequences run it."""

    def __init__(self) -> None:
        super().__init__()
        # Nothing can be seen in a queue, so that what is in it does not make the model another one.
        self.notes: SimpleQueue[int] = SimpleQueue()

    def call(self, x: Any) -> Any:
        if isinstance(x.shape[0], int):
            self.notes.put(x.shape[0])
        return x * 2.0


def taken(notes: SimpleQueue[int]) -> list[int]:
    """The rows of each call since they were last asked for."""
    return [notes.get() for _ in range(notes.qsize())]


def build() -> tuple[keras.Model, SimpleQueue[int]]:
    x, beside = keras.Input((LENGTH, 4), name="sequence"), keras.Input((3,), name="beside")
    noting = Noting()
    y = layers.Dense(2)(layers.Flatten()(layers.MaxPooling1D(2)(trunk(x))))
    model = keras.Model([x, beside], layers.Add()([y, layers.Dense(2)(noting(beside))]))
    fill_weights(model, np.random.default_rng(0))
    return model, noting.notes


def inputs(n: int) -> list[np.ndarray]:
    rng = np.random.default_rng(2)
    return [dna(n, 2, length=LENGTH), rng.normal(size=(n, 3)).astype("float32")]


def every_substitution(model: keras.Model, x: list[np.ndarray], **options: Any) -> Any:
    return ismbench.saturation_mutagenesis(model, x, **options).reference


def reduced(model: keras.Model, x: list[np.ndarray], **options: Any) -> Any:
    return ismbench.saturation_mutagenesis(model, x, reduction="l2_outputs", **options).reference


def first_squared(outputs: Any) -> Any:
    return ops.square(outputs[0][:, :1])


def of_a_function(model: keras.Model, x: list[np.ndarray], **options: Any) -> Any:
    target = ismbench.Target(function=first_squared)
    return ismbench.saturation_mutagenesis(model, x, target=target, **options).reference


def variants(model: keras.Model, x: list[np.ndarray], **options: Any) -> Any:
    where = np.arange(len(x[0])) % LENGTH
    return ismbench.variant_effects(model, x, where, where % 4, **options).reference


CALLS: list[Callable[..., Any]] = [every_substitution, reduced, of_a_function, variants]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("n", [1, 5])
def test_the_sequences_run_once(call: Callable[..., Any], n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "WORTHWHILE", 0.0)
    model, noting = build()
    call(model, inputs(n))  # looks at the model
    taken(noting)
    reference = call(model, inputs(n))
    assert sum(taken(noting)) == n
    own = backend.to_numpy(model(inputs(n)))
    expected = own[:, :1] ** 2 if call is of_a_function else own
    assert np.array_equal(np.reshape(reference, expected.shape), expected)


@pytest.mark.parametrize("call", CALLS)
def test_the_naive_pass_runs_them_once_too(call: Callable[..., Any]) -> None:
    model, noting = build()
    call(model, inputs(2), method="naive")
    taken(noting)
    call(model, inputs(2), method="naive")
    assert [rows for rows in taken(noting) if rows != 64] == [2]


@pytest.mark.parametrize("kind", [ismbench.FastISM, ismbench.NaiveISM])
def test_the_original_interface_runs_them_once(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "WORTHWHILE", 0.0)
    model, noting = build()
    ism = kind(model)
    ism(inputs(3))
    taken(noting)
    predictions = ism(inputs(3))
    assert [rows for rows in taken(noting) if rows != 64] == [3]
    # A padded position holds the zeros already that are written there.
    assert np.array_equal(predictions[:, -1], backend.to_numpy(model(inputs(3))))
