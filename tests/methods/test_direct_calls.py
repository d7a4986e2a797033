"""Rows of other libraries must be what a direct call of the library gives on the same input (and our own
IG, alibi's)."""

import logging
import warnings

import keras
import numpy as np
import pytest

from ismbench.engine.target import EVERY, Target
from ismbench.methods import BatchSizes, load
from ismbench.sequence import random_dna

pytestmark = pytest.mark.explainers


@pytest.fixture(scope="module")
def basset() -> keras.Model:
    from models import basset

    return basset.build(length=80, n_outputs=3)


@pytest.fixture(scope="module")
def sequences() -> np.ndarray:
    return random_dna(2, 80, seed=5)


def relative_error(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b).max() / np.abs(b).max())


def test_gradient_x_input_equals_a_tape_around_the_model(basset, sequences):
    import tensorflow as tf

    scores = load("gradient_x_input")(basset, EVERY, BatchSizes(2))(sequences)
    for n, sequence in enumerate(sequences):
        one = tf.constant(sequence[None])
        with tf.GradientTape() as tape:
            tape.watch(one)
            prediction = basset(one)
        jacobian = tape.jacobian(prediction, one)[0, :, 0].numpy()
        assert relative_error(scores[n], np.moveaxis(jacobian * sequence, 0, -1)) < 1e-5


def test_alibi_row_equals_a_direct_call_of_alibi(basset, sequences):
    explainers = pytest.importorskip("alibi.explainers")
    scores = load("integrated_gradients_alibi")(basset, EVERY, BatchSizes(steps_per_forward=64))(sequences)
    direct = explainers.IntegratedGradients(basset, n_steps=50, internal_batch_size=64)
    for output in range(3):
        expected = direct.explain(sequences, baselines=None, target=output).attributions[0]
        assert relative_error(scores[..., output], expected) < 1e-6


def test_alibi_row_of_a_scalar_model_equals_a_direct_call(sequences):
    explainers = pytest.importorskip("alibi.explainers")
    from models import basset

    model = basset.build(length=80, n_outputs=1)
    scores = load("integrated_gradients_alibi")(model, EVERY, BatchSizes())(sequences)
    logging.getLogger("alibi").setLevel(logging.ERROR)
    expected = explainers.IntegratedGradients(model).explain(sequences).attributions[0]
    assert relative_error(scores[..., 0], expected) < 1e-6


# Of the same batch size, because convolutions round differently by batch size, and a gradient jumps where
# rounding moves a ReLU or a maximum to its other side.
@pytest.mark.parametrize("steps_per_forward", [7, 50, 128])
def test_own_integrated_gradients_equal_those_of_alibi(basset, sequences, steps_per_forward):
    pytest.importorskip("alibi.explainers")
    target = Target(index=(0, 2))
    batch = BatchSizes(steps_per_forward=steps_per_forward)
    own = load("integrated_gradients")(basset, target, batch)(sequences)
    alibi = load("integrated_gradients_alibi")(basset, target, batch)(sequences)
    assert relative_error(own, alibi) < 1e-5


def test_deepshap_row_equals_a_direct_call_of_shap(basset, sequences):
    shap = pytest.importorskip("shap")
    method = load("deepshap")(basset, EVERY, BatchSizes(2), seed=3)
    scores = method(sequences)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Your TensorFlow version|The structure of `inputs`")
        for n, sequence in enumerate(sequences):
            # With baselines given as an array shap checks additivity by itself.
            direct = shap.DeepExplainer(basset, method.baselines(sequence)).shap_values(sequence[None])
            assert relative_error(scores[n], direct[0]) < 1e-5
