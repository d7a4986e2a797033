"""DeepSHAP: baselines, the additivity gap, and operations that shap does not know."""

import keras
import numpy as np
import pytest
from keras import layers

from ismbench.engine.target import EVERY, Target
from ismbench.errors import UnsupportedError
from ismbench.layers import SoftmaxPooling1D
from ismbench.methods import BatchSizes, load

pytest.importorskip("shap")
pytestmark = pytest.mark.explainers


def _gap(model: keras.Model, x: np.ndarray, target: Target = EVERY) -> float:
    """The largest additivity gap relative to the largest change that is explained."""
    method = load("deepshap")(model, target, BatchSizes())
    change = np.abs(method(x).sum(axis=(1, 2))).max()
    return float(np.abs(method.diagnostics()["completeness_gap"]).max() / change)


def test_a_sequence_has_the_same_baselines_wherever_it_stands(model, x):
    method = load("deepshap")(model, EVERY, BatchSizes(references_per_example=4))
    assert method.baselines(x[2]).shape == (4, 40, 4)
    again = load("deepshap")(model, EVERY, BatchSizes(references_per_example=4))
    assert np.array_equal(method.baselines(x[2]), again.baselines(x[2]))
    assert not np.array_equal(method.baselines(x[2]), method.baselines(x[0]))
    other = load("deepshap")(model, EVERY, BatchSizes(references_per_example=4), seed=1)
    assert not np.array_equal(method.baselines(x[2]), other.baselines(x[2]))


def test_baselines_keep_dinucleotides_and_ten_is_the_default(model, x):
    def counts(sequence):
        return sequence[:-1].T @ sequence[1:]

    baselines = load("deepshap")(model, EVERY, BatchSizes()).baselines(x[0])
    assert len(baselines) == 10
    assert all(np.array_equal(counts(b), counts(x[0])) for b in baselines)


def test_gap_is_the_sum_of_scores_minus_the_change(model, x):
    method = load("deepshap")(model, Target("b"), BatchSizes())
    assert method.diagnostics() == {}
    sums = method(x).sum(axis=(1, 2, 3))
    change = [
        model.predict(row[None], verbose=0)[1][0, 0]
        - model.predict(method.baselines(row), verbose=0)[1].mean()
        for row in x
    ]
    assert np.allclose(method.diagnostics()["completeness_gap"], sums - change, atol=1e-6)


def test_scores_are_additive_on_the_small_model(model, x):
    assert _gap(model, x) < 1e-4


@pytest.mark.parametrize("output", ["profile", "counts"])
def test_scores_are_additive_on_bpnet_with_its_dilations_and_transposed_convolution(output):
    from ismbench.sequence import random_dna
    from models import bpnet

    assert _gap(bpnet.build(length=300), random_dna(2, 300, 0), Target(output, reduce="sum")) < 1e-4


LAYERS = {
    "leaky_relu": lambda: layers.LeakyReLU(),
    "relu6": lambda: layers.Activation("relu6"),
    "softsign": lambda: layers.Activation("softsign"),
    "gelu": lambda: layers.Activation("gelu"),
    "elu": lambda: layers.Activation("elu"),
    "sigmoid": lambda: layers.Activation("sigmoid"),
    "depthwise": lambda: layers.DepthwiseConv1D(3, padding="same"),
    "separable": lambda: layers.SeparableConv1D(4, 3, padding="same"),
    "dilated": lambda: layers.Conv1D(4, 3, dilation_rate=2, padding="same"),
    "transposed": lambda: layers.Conv1DTranspose(4, 3, strides=2, padding="same"),
    "upsampling": lambda: layers.UpSampling1D(2),
    "cropping": lambda: layers.Cropping1D(3),
    "zero_padding": lambda: layers.ZeroPadding1D(3),
    "average_pooling": lambda: layers.AveragePooling1D(2),
    "global_average": lambda: layers.GlobalAveragePooling1D(keepdims=True),
    "global_max": lambda: layers.GlobalMaxPooling1D(),
    "softmax_pooling": lambda: SoftmaxPooling1D(2),
    "layer_normalization": lambda: layers.LayerNormalization(),
}


@pytest.mark.parametrize("layer", LAYERS)
def test_scores_are_additive_through_a_layer(layer, x):
    keras.utils.set_random_seed(2)
    model = keras.Sequential(
        [
            keras.Input((40, 4)),
            layers.Conv1D(4, 5, padding="same", activation="relu"),
            LAYERS[layer](),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    assert _gap(model, x) < 1e-3


def test_what_passes_a_softmax_is_no_noise(x):
    """Rules that only sum up correctly may give each position anything; Integrated Gradients knows better."""
    keras.utils.set_random_seed(2)
    convolution = [layers.Conv1D(8, 5, padding="same"), SoftmaxPooling1D(2)]
    head = [layers.Flatten(), layers.Dense(1)]
    model = keras.Sequential(
        [keras.Input((40, 4)), *convolution, layers.Conv1D(8, 5), SoftmaxPooling1D(2), *head]
    )
    deepshap = load("deepshap")(model, EVERY, BatchSizes())
    one = x[:1]
    baselines = deepshap.baselines(one[0])
    steps = (np.arange(50) + 0.5) / 50
    expected = np.zeros(one.shape[1:])
    for baseline in baselines:
        path = baseline + steps[:, None, None] * (one - baseline)
        slopes = _gradients(model, path.astype("float32")).mean(axis=0)
        expected += slopes * (one[0] - baseline) / len(baselines)
    found = deepshap(one)[0, ..., 0]
    assert np.corrcoef(found.sum(axis=1), expected.sum(axis=1))[0, 1] > 0.95


def _gradients(model: keras.Model, x: np.ndarray) -> np.ndarray:
    import tensorflow as tf

    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = tf.reduce_sum(model(x, training=False))
    return tape.gradient(value, x).numpy()


def test_the_gap_shows_a_wrong_rule(model, x, monkeypatch):
    from shap.explainers._deep.deep_tf import op_handlers, passthrough

    monkeypatch.setitem(op_handlers, "Relu", passthrough)
    assert _gap(model, x) > 0.01


def test_an_unknown_operation_is_a_reason_and_breaks_no_later_gradient(model, x):
    inputs = keras.Input((40, 4))
    unknown = keras.Model(inputs, layers.Flatten()(keras.ops.sin(inputs)))
    before = load("gradient")(model, EVERY, BatchSizes())(x)
    with pytest.raises(UnsupportedError, match=r"no rule for the operation Sin"):
        load("deepshap")(unknown, Target(index=0), BatchSizes())(x)
    assert np.array_equal(load("gradient")(model, EVERY, BatchSizes())(x), before)
