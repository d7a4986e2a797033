"""Models that tf_keras saves, against what tf_keras itself says of the same sequences."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ismbench import load_model
from ismbench.errors import InputError
from ismbench.frontends.keras2 import from_tf_keras

pytest.importorskip("tensorflow")
old: Any = pytest.importorskip("tf_keras")
layers = old.layers

LENGTH = 40


def _tail(x: Any) -> Any:
    return layers.Dense(3, name="out/put")(layers.Flatten()(x))


def _conv(**options: Any) -> Any:
    return layers.Conv1D(6, 5, padding="same", **options)


def _nested(x: Any) -> Any:
    """ChromBPNet's form: two models within, one frozen; profile logits added, log counts joined."""

    def bpnet(name: str, crop: int) -> Any:
        inputs = layers.Input((LENGTH, 4))
        h = layers.Conv1D(6, 5, activation="relu", name=f"{name}_first")(inputs)
        h = layers.BatchNormalization(name=f"{name}_norm")(h)
        profile = layers.Flatten()(layers.Cropping1D(crop)(layers.Conv1D(1, 3, name=f"{name}_profile")(h)))
        counts = layers.Dense(1, name=f"{name}_counts")(layers.GlobalAveragePooling1D()(h))
        return old.Model(inputs, [profile, counts], name=name)

    bias, main = bpnet("bias", 2), bpnet("main", 2)
    bias.trainable = False
    p, c = bias(x)
    q, d = main(x)
    joined = layers.Concatenate(axis=-1)([c, d])
    return [layers.Add(name="profile")([p, q]), layers.Dense(1, name="counts")(joined)]


FORMS: dict[str, Callable[[Any], Any]] = {
    "hard_sigmoid": lambda x: _tail(_conv(activation="hard_sigmoid")(x)),
    "gelu_swish": lambda x: _tail(_conv(activation="gelu")(layers.Activation("swish")(x))),
    "norms": lambda x: _tail(layers.LayerNormalization()(layers.BatchNormalization()(_conv()(x)))),
    "leaky": lambda x: _tail(layers.LeakyReLU(alpha=0.2)(_conv()(x))),
    "prelu": lambda x: _tail(layers.PReLU(shared_axes=[1])(_conv()(x))),
    "pools": lambda x: _tail(layers.AveragePooling1D(2)(layers.MaxPooling1D(3, padding="same")(_conv()(x)))),
    "separable": lambda x: _tail(layers.SeparableConv1D(5, 3)(x)),
    "depthwise": lambda x: _tail(layers.DepthwiseConv1D(3)(x)),
    "transposed": lambda x: _tail(layers.Conv1DTranspose(3, 4, strides=2)(x)),
    "transposed2d": lambda x: _tail(
        layers.Conv2DTranspose(2, (7, 1), padding="same")(layers.Reshape((-1, 1, 4))(x))
    ),
    "lstm": lambda x: _tail(layers.Bidirectional(layers.LSTM(4, recurrent_activation="hard_sigmoid"))(x)),
    "gru": lambda x: _tail(layers.GRU(4, return_sequences=True, time_major=False)(x)),
    "slices": lambda x: _tail(_conv()(x)[:, 3:-2] * 2.0 + 1.0),
    "reversed": lambda x: _tail(_conv()(x)[:, ::-1, ::-1]),
    "two_calls": lambda x: _tail(layers.Concatenate()([(c := _conv())(x), c(x[:, ::-1])])),
    "time_distributed": lambda x: _tail(layers.TimeDistributed(layers.Dense(3, activation="relu"))(x)),
    "attention": lambda x: _tail((lambda h: layers.MultiHeadAttention(2, 3)(h, h))(_conv()(x))),
    "nested": _nested,
}


def made(form: str) -> Any:
    """The model, with weights and statistics that a wrong order would show."""
    old.utils.set_random_seed(0)
    x = layers.Input((LENGTH, 4), name="seq/uence")
    model = old.Model(x, FORMS[form](x))
    rng = np.random.default_rng(1)
    model.set_weights([rng.uniform(0.2, 1.0, w.shape) * 0.3 for w in model.get_weights()])
    return model


def compare(received: Any, model: Any) -> None:
    """Both say the same of random sequences."""
    x = np.eye(4, dtype="float32")[np.random.default_rng(0).integers(0, 4, (3, LENGTH))]
    found, expected = received(x), model(x)
    if not isinstance(expected, list):
        found, expected = [found], [expected]
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=2e-5, atol=2e-6)


@pytest.mark.filterwarnings("ignore")  # tf_keras on its own HDF5 format
@pytest.mark.parametrize("form", FORMS)
def test_hdf5(form: str, tmp_path: Path) -> None:
    model = made(form)
    model.compile("adam", "mse")
    model.save(tmp_path / "model.h5")
    compare(load_model(tmp_path / "model.h5"), model)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", ["nested", "norms"])
def test_json_and_weights(form: str, tmp_path: Path) -> None:
    model = made(form)
    (tmp_path / "model.json").write_text(model.to_json())
    model.save_weights(tmp_path / "weights.h5")
    compare(load_model(tmp_path / "model.json", tmp_path / "weights.h5"), model)


@pytest.mark.parametrize("form", ["nested", "norms", "lstm", "slices"])
def test_a_model_at_hand(form: str) -> None:
    model = made(form)
    compare(from_tf_keras(model), model)


LAMBDAS: dict[str, Callable[[Any], Any]] = {
    "logsumexp": lambda x: tf.math.reduce_logsumexp(x, axis=-1, keepdims=True),
    "crop": lambda x: x[:, 5:-5],
    "select": lambda x: x[:, :, 1],
    "expand": lambda x: tf.expand_dims(x, axis=1),
    "reverse_complement": lambda x: x[:, ::-1, ::-1],
}
tf: Any = pytest.importorskip("tensorflow")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", LAMBDAS)
def test_known_lambdas_open_only_if_the_user_says_so(name: str, tmp_path: Path) -> None:
    x = layers.Input((LENGTH, 4))
    model = old.Model(x, layers.Lambda(LAMBDAS[name], name="code")(_conv()(x)))
    model.save(tmp_path / "model.h5")
    with pytest.raises(InputError, match=r"'code' of type Lambda.*--unsafe-models.*build"):
        load_model(tmp_path / "model.h5")
    loaded = load_model(tmp_path / "model.h5", unsafe=True)
    compare(loaded, model)
    assert loaded.output_names == ["code"]


@pytest.mark.filterwarnings("ignore")
def test_another_lambda_names_the_way_out(tmp_path: Path) -> None:
    x = layers.Input((LENGTH, 4))
    old.Model(x, layers.Lambda(lambda t: tf.sin(t) + 3.0, name="code")(x)).save(tmp_path / "model.h5")
    with pytest.raises(
        InputError, match=r"'code', which computes something else; build the model in a Python file"
    ):
        load_model(tmp_path / "model.h5", unsafe=True)


@pytest.mark.filterwarnings("ignore")
def test_mixed_precision_is_computed_in_float32(tmp_path: Path) -> None:
    x = layers.Input((LENGTH, 4))
    model = old.Model(x, layers.Flatten()(_conv(dtype=old.mixed_precision.Policy("mixed_float16"))(x)))
    model.save(tmp_path / "model.h5")
    loaded = load_model(tmp_path / "model.h5")
    assert {layer.compute_dtype for layer in loaded.layers} == {"float32"}


@pytest.mark.parametrize("form", ["nested", "norms"])
def test_the_newer_format_of_tf_keras(form: str, tmp_path: Path) -> None:
    model = made(form)
    model.save(tmp_path / "model.keras")
    with pytest.raises(InputError, match=r"--unsafe-models; or save the model as \.h5"):
        load_model(tmp_path / "model.keras")
    compare(load_model(tmp_path / "model.keras", unsafe=True), model)
