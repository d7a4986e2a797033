"""DeepLIFT, rescale rule: by hand on one unit, and against tangermeme's implementation."""

import keras
import numpy as np
import pytest
from keras import layers

from ismbench.engine.target import EVERY, Target
from ismbench.methods import BatchSizes, load

pytest.importorskip("shap")
pytestmark = pytest.mark.explainers


@pytest.mark.parametrize(("baseline", "value"), [("zero", 0.0), ("uniform", 0.25)])
def test_one_unit_by_hand(baseline, value):
    """A ReLU's multiplier is its change over the change of its input, shared in proportion to the inputs' parts."""
    weights = np.arange(1, 17, dtype=np.float32)[:, None] / 16 - 0.4
    model = keras.Sequential(
        [
            keras.Input((4, 4)),
            layers.Flatten(),
            layers.Dense(1, activation="relu", name="unit"),
            layers.Dense(1, use_bias=False, name="twice"),
        ]
    )
    model.get_layer("unit").set_weights([weights, np.array([-0.6], np.float32)])
    model.get_layer("twice").set_weights([np.array([[2.0]], np.float32)])
    x = np.eye(4, dtype=np.float32)[[[1, 3, 2, 3]]]
    parts = ((x[0] - value) * weights.reshape(4, 4)).astype(float)
    low = value * weights.sum() - 0.6
    high = (x[0] * weights.reshape(4, 4)).sum() - 0.6
    assert low < 0 < high, "it crosses the kink, where gradient and rescale differ"
    expected = parts * 2 * high / (high - low)
    scores = load("deeplift")(model, EVERY, BatchSizes(), baseline=baseline)(x)
    assert np.allclose(scores[0, ..., 0], expected, atol=1e-6)


def test_it_agrees_with_tangermeme(model, x):
    torch = pytest.importorskip("torch")
    deep_lift_shap = pytest.importorskip("tangermeme.deep_lift_shap").deep_lift_shap
    from ismbench.methods.peers._torch import TorchModel

    target, rows = Target("a", index=1), [0, 2, 3, 4]  # tangermeme takes no N
    module = TorchModel(model, target)
    module.refresh()
    channels_first = torch.from_numpy(np.ascontiguousarray(x[rows].transpose(0, 2, 1)))
    theirs = deep_lift_shap(
        module,
        channels_first,
        target=0,
        references=torch.zeros(4, 1, 4, 40),
        device="cpu",
        only_warn=True,
        warning_threshold=1e9,
    )
    ours = load("deeplift")(model, target, BatchSizes())(x[rows])[..., 0]
    assert np.allclose(ours, theirs.numpy().transpose(0, 2, 1), atol=1e-5)


def test_scores_add_up_to_the_change_from_the_baseline(model, x):
    method = load("deeplift")(model, Target("b"), BatchSizes())
    sums = method(x).sum(axis=(1, 2, 3))
    change = model.predict(x, verbose=0)[1][:, 0] - model.predict(np.zeros_like(x[:1]), verbose=0)[1][0, 0]
    assert np.allclose(method.diagnostics()["completeness_gap"], sums - change, atol=1e-6)
    assert np.allclose(sums, change, atol=1e-4 * np.abs(change).max() + 1e-5)
