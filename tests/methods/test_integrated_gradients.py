"""Our own Integrated Gradients: completeness, quadrature, the gap."""

import keras
import numpy as np
import pytest

from ismbench.engine.precision import as_float64
from ismbench.engine.target import EVERY, Target
from ismbench.methods import BatchSizes, load


def _square() -> keras.Model:
    """Predicts (sum of w x)^2, whose path integral is known: x_i w_i (w x)."""
    weights = np.arange(1, 17, dtype=np.float32)[:, None] / 16
    model = keras.Sequential(
        [keras.Input((4, 4)), keras.layers.Flatten(), keras.layers.Dense(1, use_bias=False, name="w")]
    )
    model.get_layer("w").set_weights([weights])
    return keras.Model(model.inputs, keras.ops.square(model.outputs[0]))


@pytest.mark.parametrize("n_steps", [1, 2, 50])
def test_quadrature_is_exact_for_a_square(n_steps):
    x = np.eye(4, dtype=np.float32)[[[0, 3, 1, 2]]]
    scores = load("integrated_gradients")(_square(), EVERY, BatchSizes(), n_steps=n_steps)(x)
    products = x[0].ravel() * np.arange(1, 17) / 16
    assert np.allclose(scores.ravel(), products * products.sum(), rtol=1e-5)


def test_completeness_gap_is_the_sum_of_scores_minus_the_change(model, x):
    method = load("integrated_gradients")(model, Target("b"), BatchSizes(), n_steps=3)
    assert method.diagnostics() == {}
    scores = method(x)
    change = (model.predict(x, verbose=0)[1] - model.predict(np.zeros_like(x[:1]), verbose=0)[1])[:, 0]
    gap = method.diagnostics()["completeness_gap"]
    assert gap.shape == (5,)
    assert np.allclose(gap, scores.sum(axis=(1, 2, 3)) - change, atol=1e-6)
    assert np.abs(gap).max() > 1e-4, "three steps leave a gap"


def test_more_steps_close_the_gap(model, x):
    double = as_float64(model)
    gaps = []
    for n_steps in (2, 200):
        method = load("integrated_gradients")(double, EVERY, BatchSizes(), n_steps=n_steps)
        method(x)
        gaps.append(np.abs(method.diagnostics()["completeness_gap"]).max())
    assert gaps[1] < gaps[0] / 10


def test_alibi_reports_the_same_gap(model, x):
    pytest.importorskip("alibi.explainers")
    methods = [
        load(name)(model, EVERY, BatchSizes())
        for name in ("integrated_gradients", "integrated_gradients_alibi")
    ]
    for method in methods:
        method(x)
    own, alibi = (method.diagnostics()["completeness_gap"] for method in methods)
    assert np.allclose(np.abs(own), np.abs(alibi), atol=1e-5)
