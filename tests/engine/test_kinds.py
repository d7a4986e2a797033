"""Layers and habits that people report about, each against a pass of the model for each mutant; or refused by name."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

import ismbench
from ismbench.engine import backend, fast
from ismbench.engine.precision import as_float64
from ismbench.errors import InputError
from tests.engine.unusual import dna, model_of, trunk

pytestmark = pytest.mark.usefixtures("uncompiled")
LENGTH = 24
Build = Callable[[Any], Any]


@pytest.fixture(autouse=True)
def always_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models would be given to the naive pass."""
    monkeypatch.setattr(fast, "WORTHWHILE", 0.0)


def head(y: Any) -> Any:
    return layers.Dense(2)(layers.Flatten()(y))


def model(build: Build) -> keras.Model:
    x = keras.Input((LENGTH, 4))
    return model_of(x, build(x))


def twice(x: Any) -> Any:
    """One nested model at two places, on tensors of two lengths."""
    entry = keras.Input((None, 5))
    inner = keras.Model(entry, layers.Conv1D(5, 3, padding="same", activation="relu")(entry))
    y = inner(trunk(x))
    return layers.Add()([head(inner(y)), head(inner(layers.MaxPooling1D(2)(y)))])


def everywhere(x: Any) -> Any:
    """One layer at several places, on tensors of several ranks."""
    dense = layers.Dense(5, activation="tanh")
    y = dense(dense(trunk(x)))
    return layers.Dense(2)(
        layers.Add()([dense(layers.GlobalMaxPooling1D()(y)), layers.GlobalAveragePooling1D()(y)])
    )


def recurrent_convolution(x: Any) -> Any:
    return head(layers.ConvLSTM1D(3, 3, padding="same")(layers.Reshape((4, LENGTH // 4, 5))(trunk(x))))


def pictures(x: Any) -> Any:
    y = layers.Conv2D(3, (3, 2), padding="same", activation="relu")(layers.Reshape((LENGTH, 5, 1))(trunk(x)))
    return head(layers.MaxPooling2D((2, 1))(y))


def in_time(x: Any) -> Any:
    y = layers.Reshape((4, LENGTH // 4, 5))(trunk(x))
    return head(layers.TimeDistributed(layers.Conv1D(3, 3))(y))


def of_two_heads(x: Any) -> Any:
    return head(
        layers.Concatenate()(
            [layers.Attention()([trunk(x), trunk(x)]), layers.AdditiveAttention()([trunk(x)] * 2)]
        )
    )


def gated(x: Any) -> Any:
    y = layers.Dense(5, activation="sigmoid")(layers.GlobalAveragePooling1D()(trunk(x)))
    return head(
        layers.Conv1D(3, 3, activation="relu")(layers.Multiply()([trunk(x), layers.Reshape((1, 5))(y)]))
    )


def pooled_by_attention(x: Any) -> Any:
    y = ops.reshape(trunk(x), (-1, LENGTH // 2, 2, 5))
    return head(layers.Conv1D(3, 3)(ops.sum(y * ops.softmax(layers.Dense(5)(y), axis=-2), axis=-2)))


def positions_at_places(x: Any) -> Any:
    return head(
        layers.Add()(
            [trunk(x), layers.Embedding(LENGTH, 5)(ops.broadcast_to(ops.arange(LENGTH), (1, LENGTH)))]
        )
    )


RIGHT: dict[str, Build] = {
    "nested twice": twice,
    "a layer everywhere": everywhere,
    "ConvLSTM1D": recurrent_convolution,
    "Conv2D over positions and channels": pictures,
    "TimeDistributed of a convolution": in_time,
    "Attention": of_two_heads,
    "squeeze and excite": gated,
    "attention pooling": pooled_by_attention,
    "embedded positions": positions_at_places,
    "SeparableConv1D": lambda x: head(
        layers.SeparableConv1D(4, 3, activation="relu", depth_multiplier=2)(trunk(x))
    ),
    "DepthwiseConv1D": lambda x: head(
        layers.DepthwiseConv1D(4, 2, padding="same", depth_multiplier=2)(trunk(x))
    ),
    "Conv1DTranspose": lambda x: head(
        layers.Conv1DTranspose(3, 4, 2, padding="same", activation="relu")(trunk(x))
    ),
    "overlapping pools": lambda x: head(layers.MaxPooling1D(5, 2, padding="same")(trunk(x))),
    "overlapping means": lambda x: head(layers.AveragePooling1D(4, 1, padding="valid")(trunk(x))),
    "kept dimensions": lambda x: head(layers.GlobalMaxPooling1D(keepdims=True)(trunk(x))),
    "channels as positions": lambda x: head(layers.Conv1D(3, 3)(layers.Permute((2, 1))(trunk(x)))),
    "Dot": lambda x: head(layers.Dot(axes=(2, 2))([trunk(x), trunk(x)])),
    "GroupQueryAttention": lambda x: head(layers.GroupQueryAttention(3, 2, 1)(trunk(x), trunk(x))),
    "EinsumDense over positions": lambda x: head(
        layers.EinsumDense("blc,lk->bkc", output_shape=(3, 5))(trunk(x))
    ),
    "LayerNormalization over both": lambda x: head(layers.LayerNormalization(axis=(1, 2))(trunk(x))),
    "GroupNormalization": lambda x: head(layers.GroupNormalization(5)(trunk(x))),
    "UnitNormalization": lambda x: head(layers.UnitNormalization(axis=1)(1.0 + trunk(x))),
    "SpectralNormalization": lambda x: head(layers.SpectralNormalization(layers.Conv1D(3, 3))(trunk(x))),
    "Softmax over positions": lambda x: head(layers.Softmax(axis=1)(trunk(x))),
    "cumulative sums": lambda x: head(ops.cumsum(trunk(x), axis=1)),
    "sorted positions": lambda x: head(ops.sort(trunk(x), axis=1)),
    "the largest three": lambda x: head(ops.top_k(ops.transpose(trunk(x), (0, 2, 1)), 3)[0]),
    "rolled": lambda x: head(ops.roll(trunk(x), 3, axis=1)),
    "taken by index": lambda x: head(ops.take(trunk(x), np.array([3, 1, 20]), axis=1)),
    "repeated vectors": lambda x: head(
        layers.GRU(3)(layers.RepeatVector(4)(layers.GlobalMaxPooling1D()(trunk(x))))
    ),
    "tiled": lambda x: head(ops.tile(trunk(x), (1, 2, 1))),
    "one number": lambda x: ops.stack(
        [ops.sum(trunk(x), axis=(1, 2)), ops.max(trunk(x), axis=(1, 2))], axis=1
    ),
    "reflected": lambda x: head(
        layers.Conv1D(3, 3)(ops.pad(trunk(x), ((0, 0), (2, 2), (0, 0)), mode="reflect"))
    ),
    "Fourier": lambda x: head(ops.concatenate(list(ops.rfft(ops.transpose(trunk(x), (0, 2, 1)))), axis=1)),
}


def by_hand(model: keras.Model, x: Any) -> np.ndarray:
    """(N, L, 4, K) in float64, by the model alone."""
    double = as_float64(model)

    def predict(rows: Any) -> np.ndarray:
        outputs = keras.tree.flatten(double(rows.astype("float64"), training=False))
        return np.concatenate([np.reshape(backend.to_numpy(y), (len(rows), -1)) for y in outputs], axis=1)

    delta = []
    for row in x:
        mutants = np.repeat(row[None], 4 * len(row), axis=0)
        place = np.arange(len(row)).repeat(4)
        mutants[np.arange(len(mutants)), place] = np.tile(np.eye(4), (len(row), 1))
        change = predict(mutants) - predict(row[None])
        delta.append(change.reshape(len(row), 4, -1))
    return np.stack(delta)


@pytest.mark.filterwarnings("ignore:Some layers are run whole", "ignore:The naive pass is run")
@pytest.mark.parametrize("name", RIGHT)
def test_scores_are_those_of_a_pass_for_each_mutant(name: str) -> None:
    try:
        built = model(RIGHT[name])
        built(dna())
    except (NotImplementedError, ValueError) as error:
        if backend.name() == "tensorflow":
            raise
        pytest.skip(f"{backend.name()} does not run this model: {error}")
    expected = by_hand(built, dna())
    result = ismbench.saturation_mutagenesis(built, dna(), verify=True).delta
    assert np.abs(expected).max() > 1e-4
    received = result.reshape(expected.shape)
    np.testing.assert_allclose(received, expected, rtol=0, atol=2e-5 * max(np.abs(expected).max(), 1.0))


def names(outputs: Any) -> keras.Model:
    x = keras.Input((LENGTH, 4))
    y = trunk(x)
    return model_of(x, outputs(y))


def test_outputs_in_a_dict_are_told_by_name() -> None:
    built = names(lambda y: {"b": layers.Dense(3)(layers.Flatten()(y)), "a": head(y)})
    everything = ismbench.saturation_mutagenesis(built, dna())
    for place, name in enumerate(sorted(("a", "b"))):
        one = ismbench.saturation_mutagenesis(built, dna(), target=ismbench.Target(output=name))
        np.testing.assert_allclose(one.delta, everything.delta[place], atol=1e-6)
        np.testing.assert_allclose(one.reference, backend.to_numpy(built(dna())[name]), atol=1e-6)


def test_one_number_a_sequence_has_no_axis() -> None:
    built = names(lambda y: ops.sum(ops.square(y), axis=(1, 2)))
    result = ismbench.saturation_mutagenesis(built, dna())
    assert result.delta.shape == (2, LENGTH, 4)
    assert result.reference.shape == (2,)
    np.testing.assert_allclose(result.delta[..., None], by_hand(built, dna()), atol=1e-4)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "mixed_float16", "mixed_bfloat16", "float64"])
def test_outputs_of_every_floating_type(dtype: str) -> None:
    x = keras.Input((LENGTH, 4))
    policy = {"dtype": dtype}
    y = layers.Conv1D(5, 3, activation="relu", **policy)(x)
    built = model_of(
        x, layers.Dense(2, **policy)(layers.Flatten(**policy)(layers.MaxPooling1D(2, **policy)(y)))
    )
    expected = by_hand(built, dna())
    received = ismbench.saturation_mutagenesis(built, dna(), verify=True).delta
    coarse = {"float16": 2**-10, "bfloat16": 2**-7, "float64": 2**-23}[dtype.removeprefix("mixed_")]
    np.testing.assert_allclose(received, expected, rtol=0, atol=8 * coarse * max(np.abs(expected).max(), 1))


def test_a_layer_that_keeps_state_is_refused_by_name() -> None:
    x = keras.Input(batch_shape=(1, LENGTH, 4))
    built = keras.Model(x, layers.Dense(2)(layers.LSTM(3, stateful=True, name="memory")(x)))
    with pytest.raises(InputError, match="'memory'"):
        ismbench.saturation_mutagenesis(built, dna(1))


class Jitter(layers.Layer):
    """Random at inference, too."""

    def call(self, x: Any) -> Any:
        return x + keras.random.normal(ops.shape(x))


class Counter(layers.Layer):
    """Another result at each call."""

    def build(self, shape: Any) -> None:
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, x: Any) -> Any:
        self.calls.assign_add(1.0)
        return x * self.calls


@pytest.mark.parametrize("kind", [Jitter, Counter])
def test_a_layer_that_is_random_or_counts_is_refused_by_name(kind: Any) -> None:
    built = model(lambda x: head(kind(name="odd")(trunk(x))))
    with pytest.raises(InputError, match=r"same result twice.*'odd'"):
        ismbench.saturation_mutagenesis(built, dna())


SLOPE = 1.0


def test_a_function_follows_what_it_refers_to() -> None:
    """A global, a closure, and the weights of files; nothing else is looked at again."""
    box = {"offset": 0.3}
    built = model(lambda x: head(layers.Lambda(lambda y: ops.tanh(SLOPE * y + box["offset"]))(trunk(x))))

    def check() -> np.ndarray:
        received = ismbench.saturation_mutagenesis(built, dna()).delta
        reference = backend.to_numpy(built(dna()))
        mutant = dna()
        mutant[0, 5] = np.eye(4)[2]
        np.testing.assert_allclose(
            received[0, 5, 2], backend.to_numpy(built(mutant))[0] - reference[0], atol=1e-5
        )
        return received

    first = check()
    box["offset"] = -0.8
    second = check()
    globals()["SLOPE"] = 2.5
    third = check()
    globals()["SLOPE"] = 1.0
    assert min(np.abs(second - first).max(), np.abs(third - second).max()) > 1e-3


def test_compiling_a_model_and_loading_its_weights(tmp_path: Any) -> None:
    built = model(lambda x: head(trunk(x)))
    before = ismbench.saturation_mutagenesis(built, dna()).delta
    built.save_weights(tmp_path / "a.weights.h5")
    built.compile(optimizer="sgd", loss="mse")
    built.trainable = False
    assert np.array_equal(ismbench.saturation_mutagenesis(built, dna()).delta, before)
    built.set_weights([2 * w for w in built.get_weights()])
    np.testing.assert_allclose(
        ismbench.saturation_mutagenesis(built, dna()).delta, by_hand(built, dna()), atol=1e-4
    )
    built.load_weights(tmp_path / "a.weights.h5")
    assert np.array_equal(ismbench.saturation_mutagenesis(built, dna()).delta, before)
