"""Keras models rebuilt in torch and in Keras 2 predict what the originals do, or say what they lack."""

import importlib
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from ismbench.engine.target import EVERY, Target
from ismbench.errors import UnsupportedError
from ismbench.layers import SoftmaxPooling1D
from ismbench.sequence import random_dna
from ismbench.weights import seed_weights

torch = pytest.importorskip("torch")
tf_keras = pytest.importorskip("tf_keras")

MODELS = {
    "basset": {"length": 150, "n_outputs": 2},
    "factorized_basset": {"length": 100},
    "bpnet": {"length": 90},
    "encode_tf_cnn": {"length": 120, "n_outputs": 3},
    "ai_tac": {},
    "bpnet_oskn": {"length": 60},
}
TORCH_ONLY = {
    "tism_baseline": {"length": 50, "n_outputs": 2},
    "cnn0": {"length": 150, "n_outputs": 2},
    "deepsea_beluga": {"length": 330, "n_outputs": 2},
}
BLOCKS: dict[str, Any] = {
    "strided": lambda x: layers.Conv1D(5, 4, strides=3, padding="same", activation="gelu")(x),
    "dilated": lambda x: layers.Conv1D(5, 3, dilation_rate=4, padding="same", use_bias=False)(x),
    "causal": lambda x: layers.Conv1D(5, 4, padding="causal", activation="tanh")(x),
    "grouped": lambda x: layers.Conv1D(6, 3, groups=2, activation="softplus")(x),
    "pools": lambda x: layers.AveragePooling1D(2)(layers.MaxPooling1D(3, strides=2, padding="same")(x)),
    "moved": lambda x: layers.Cropping1D((3, 1))(layers.ZeroPadding1D((1, 4))(x)),
    "positions": lambda x: layers.BatchNormalization(scale=False)(layers.Dense(3, activation="elu")(x)),
    "merged": lambda x: layers.Concatenate()(
        [layers.Multiply()([x, x]), layers.Subtract()([x, layers.ReLU()(x)]), layers.Average()([x, x])]
    ),
    "lengthened": lambda x: layers.Concatenate(axis=1)([x, layers.Maximum()([x, ops.flip(x, axis=1)])]),
    "weighted": lambda x: SoftmaxPooling1D(4, padding="same")(x),
    "softmax": lambda x: layers.Activation("softmax")(x),
}


def built(name: str, options: dict[str, Any]) -> tuple[keras.Model, np.ndarray]:
    model = importlib.import_module(f"models.{name}").build(**options)
    return model, random_dna(3, model.input_shape[1], 0)


def small(block: Any) -> tuple[keras.Model, np.ndarray]:
    inputs = keras.Input((31, 4))
    x = layers.Conv1D(6, 3, padding="same", activation="relu")(inputs)
    heads = [layers.Dense(2)(layers.Flatten()(block(x))), layers.GlobalMaxPooling1D()(x)]
    model = keras.Model(inputs, heads)
    seed_weights(model, 0)
    return model, random_dna(3, 31, 0)


def flat(outputs: Any) -> np.ndarray:
    listed = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return np.concatenate([np.asarray(y).reshape(len(y), -1) for y in listed], axis=1)


def in_torch(model: keras.Model, x: np.ndarray, target: Target = EVERY) -> np.ndarray:
    from ismbench.methods.peers._torch import TorchModel

    with torch.no_grad():
        y = TorchModel(model, target)(torch.from_numpy(np.ascontiguousarray(x.transpose(0, 2, 1))))
    result: np.ndarray = y.numpy()
    return result


def close(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=0, atol=2e-5 * np.abs(b).max()))


@pytest.mark.parametrize("name", [*MODELS, *TORCH_ONLY])
def test_the_shipped_models_in_torch(name: str) -> None:
    model, x = built(name, {**MODELS, **TORCH_ONLY}[name])
    assert close(in_torch(model, x), flat(model(x)))


@pytest.mark.parametrize("name", MODELS)
def test_the_shipped_models_in_keras_2(name: str) -> None:
    from ismbench.methods.peers._tf_keras import to_tf_keras

    model, x = built(name, MODELS[name])
    assert close(flat(to_tf_keras(model)(x, training=False)), flat(model(x)))


@pytest.mark.parametrize("name", BLOCKS)
def test_layers_in_torch(name: str) -> None:
    model, x = small(BLOCKS[name])
    assert close(in_torch(model, x), flat(model(x)))


def test_targets_in_torch() -> None:
    model, x = small(BLOCKS["positions"])
    one, other = (np.asarray(y) for y in model(x))
    assert close(in_torch(model, x, Target(0, index=1)), one[:, 1:2])
    assert close(in_torch(model, x, Target(1, index=(2, 0))), other[:, [2, 0]])
    assert close(in_torch(model, x, Target(1, reduce="mean")), other.mean(axis=1, keepdims=True))
    assert close(in_torch(model, x, Target(reduce="sum")), flat([one, other]).sum(axis=1, keepdims=True))
    with pytest.raises(UnsupportedError, match="written in Keras operations"):
        in_torch(model, x, Target(function=lambda outputs: outputs[0]))


@pytest.mark.parametrize(
    "block",
    [
        lambda x: layers.LSTM(3, return_sequences=True)(x),
        lambda x: layers.AveragePooling1D(2, padding="same")(x),
        lambda x: layers.ReLU(max_value=1.0)(x),
        lambda x: layers.Activation("hard_silu")(x),
    ],
)
def test_what_torch_lacks_is_refused(block: Any) -> None:
    model, x = small(block)
    with pytest.raises(UnsupportedError):
        in_torch(model, x)


def test_what_keras_2_lacks_is_refused() -> None:
    from ismbench.methods.peers._tf_keras import to_tf_keras

    for block in (BLOCKS["weighted"], BLOCKS["lengthened"]):
        with pytest.raises(UnsupportedError, match="no counterpart in Keras 2"):
            to_tf_keras(small(block)[0])
