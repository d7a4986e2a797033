"""Rules of a user's own, through the public ``register_rule``."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

import ismbench
from ismbench.engine.fast import FastEngine
from ismbench.engine.rules import RULES, Pointwise, WholeLayer, WindowedPool
from ismbench.engine.verify import VerificationError
from ismbench.errors import InputError
from tests.engine.graphs.own_layers import Mixer
from tests.engine.oracle import compare_engines
from tests.engine.random_graphs import fill_weights
from tests.engine.test_rules import mutants, rules_of

pytestmark = pytest.mark.usefixtures("uncompiled", "rules_as_they_were")


@pytest.fixture
def rules_as_they_were() -> Iterator[None]:
    before = dict(RULES)
    yield
    RULES.clear()
    RULES.update(before)


class SoftmaxPooling(layers.Layer):
    """Pools with weights that the values themselves choose, as Enformer and AI-TAC do; drops what is left over."""

    def __init__(self, pool_size: int, **options: Any) -> None:
        super().__init__(**options)
        self.pool_size = self.strides = pool_size
        self.padding = "valid"

    def build(self, shape: Any) -> None:
        self.kernel = self.add_weight(shape=(shape[-1], shape[-1]), name="kernel")

    def call(self, x: Any) -> Any:
        bins = x.shape[1] // self.pool_size
        x = ops.reshape(x[:, : bins * self.pool_size], (-1, bins, self.pool_size, x.shape[2]))
        return ops.sum(x * ops.softmax(ops.matmul(x, self.kernel), axis=2), axis=2)

    def compute_output_shape(self, shape: Any) -> Any:
        return (shape[0], shape[1] // self.pool_size, shape[2])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "pool_size": self.pool_size}


class Swish(layers.Layer):
    """Element-wise, which the engine cannot know."""

    def call(self, x: Any) -> Any:
        return x * ops.sigmoid(1.7 * x)


def model_with(layer: keras.Layer) -> keras.Model:
    entry = keras.Input((26, 4))
    x = layers.Conv1D(6, 4, padding="same", activation="gelu")(entry)
    x = layers.Conv1D(3, 3, padding="same")(layer(x))
    model = keras.Model(entry, layers.Dense(2)(layers.Flatten()(x)))
    fill_weights(model, np.random.default_rng(0))
    return model


@pytest.mark.parametrize("way", [(4, 0.0), (8, 0.3), (7, 1e9)])
@pytest.mark.parametrize(
    ("layer", "rule"),
    [(SoftmaxPooling(2), WindowedPool()), (SoftmaxPooling(3), WindowedPool()), (Swish(), Pointwise())],
)
def test_a_registered_rule_is_exact_and_keeps_the_window(
    layer: keras.Layer, rule: Any, way: tuple[int, float]
) -> None:
    kind = type(layer)
    model = model_with(kind.from_config(layer.get_config()))
    x, edits = mutants()
    engine = FastEngine(model, choices=(way,))
    before = engine.plan([x], edits)
    assert rules_of(before, kind) == {WholeLayer}
    ismbench.register_rule(kind, rule)
    assert rules_of(engine.plan([x], edits), kind) == {type(rule)}
    assert compare_engines(engine, [x], edits).exact
    assert engine.plan([x], edits).words < before.words


def test_a_wrong_rule_is_caught_by_verify() -> None:
    ismbench.register_rule(Mixer, Pointwise())
    x, _ = mutants()
    with pytest.raises(VerificationError):
        ismbench.saturation_mutagenesis(model_with(Mixer()), x, verify=True)


def test_what_is_no_class_or_no_rule_is_refused() -> None:
    with pytest.raises(InputError, match="needs a layer class and at least one rule"):
        ismbench.register_rule(SoftmaxPooling(2), WindowedPool())
    with pytest.raises(InputError, match="needs a layer class and at least one rule"):
        ismbench.register_rule(SoftmaxPooling)
