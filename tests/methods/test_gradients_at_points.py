"""SmoothGrad, expected gradients and IG from shuffles: brute force with TensorFlow's tape, and other packages' own."""

import keras
import numpy as np
import pytest

from ismbench.engine.target import Target
from ismbench.methods import BatchSizes, load

ONE = Target("a", index=1)


def gradients(model: keras.Model, points: np.ndarray) -> np.ndarray:
    """Of the output a[1], one point after the other (P, L, A)."""
    tf = pytest.importorskip("tensorflow")
    found = []
    for point in points:
        x = tf.constant(point[None], tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = model(x, training=False)[0][:, 1]
        found.append(tape.gradient(value, x).numpy()[0])
    return np.array(found)


def test_smoothgrad_is_the_mean_gradient_over_its_noise(model, x):
    method = load("smoothgrad")(model, ONE, BatchSizes(steps_per_forward=3), n_samples=7, noise=0.4, seed=5)
    scores = method(x)[..., 0]
    for i, sequence in enumerate(x):
        points, weights = method._noisy(sequence)(np.arange(7))
        assert np.allclose(weights, 1 / 7)
        assert np.allclose(scores[i], gradients(model, points).mean(axis=0), atol=1e-6)


def test_the_noise_is_gaussian_of_its_size_and_of_each_sequence_and_sample(model, x):
    method = load("smoothgrad")(model, ONE, BatchSizes(), n_samples=400, noise=0.3)
    points, _ = method._noisy(x[0])(np.arange(400))
    noise = points - x[0]
    assert noise.std() == pytest.approx(0.3, rel=0.01)
    assert noise.mean() == pytest.approx(0, abs=0.005)
    assert np.abs(noise).max() > 0.9, "normal noise has tails"
    assert not np.allclose(noise[0], noise[1])
    some, _ = method._noisy(x[0])(np.array([7, 3]))
    assert np.array_equal(some, points[[7, 3]])
    assert not np.allclose(method._noisy(x[2])(np.array([0]))[0][0] - x[2], noise[0])


def test_smoothgrad_without_much_noise_is_the_gradient(model, x):
    smooth = load("smoothgrad")(model, ONE, BatchSizes(), n_samples=2, noise=1e-6)(x)
    assert np.allclose(smooth, load("gradient")(model, ONE, BatchSizes())(x), atol=1e-4)


def test_expected_gradients_are_the_mean_over_points_on_the_ways(model, x):
    sizes = BatchSizes(steps_per_forward=4, references_per_example=3)
    method = load("expected_gradients")(model, ONE, sizes, n_samples=9, seed=2)
    scores = method(x)[..., 0]
    for i, sequence in enumerate(x):
        baselines = method.baselines(sequence)[np.arange(9) % 3]
        points, _ = method._on_the_way(sequence)(np.arange(9))
        ways = sequence - baselines
        shares = ((points - baselines) * ways).sum(axis=(1, 2)) / (ways**2).sum(axis=(1, 2))
        assert np.allclose(points, baselines + shares[:, None, None] * ways, atol=1e-6), "on the straight way"
        assert ((shares > 0) & (shares < 1)).all()
        expected = (ways * gradients(model, points)).mean(axis=0)
        assert np.allclose(scores[i], expected, atol=1e-6)


@pytest.mark.explainers
def test_expected_gradients_agree_with_those_of_shap(model, x):
    shap = pytest.importorskip("shap")
    method = load("expected_gradients")(model, ONE, BatchSizes(references_per_example=5), n_samples=2000)
    three = keras.Model(model.inputs[0], model.outputs[0])
    sequence = x[0]
    explainer = shap.GradientExplainer(three, method.baselines(sequence))
    theirs = np.asarray(explainer.shap_values(sequence[None], nsamples=2000, rseed=1))[0, ..., 1]
    ours = method(sequence[None])[0, ..., 0]
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.995
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.1)


def test_integrated_gradients_from_shuffles_are_the_mean_over_paths(model, x):
    sizes = BatchSizes(steps_per_forward=7, references_per_example=3)
    method = load("integrated_gradients_shuffled")(model, ONE, sizes, n_steps=4)
    nodes, weights = np.polynomial.legendre.leggauss(4)
    scores = method(x)[..., 0]
    for i, sequence in enumerate(x):
        expected = np.zeros((40, 4))
        for baseline in method.baselines(sequence):
            path = baseline + (1 + nodes[:, None, None]) / 2 * (sequence - baseline)
            slope = np.einsum("s,sla->la", weights / 2, gradients(model, path.astype(np.float32)))
            expected += slope * (sequence - baseline) / 3
        assert np.allclose(scores[i], expected, atol=1e-6)


def test_integrated_gradients_from_shuffles_agree_with_alibi(model, x):
    explainers = pytest.importorskip("alibi.explainers")
    one = keras.Model(model.inputs[0], model.outputs[0][:, 1:2])
    method = load("integrated_gradients_shuffled")(
        model, ONE, BatchSizes(references_per_example=2), n_steps=20
    )
    theirs = explainers.IntegratedGradients(one, n_steps=20)
    expected = np.mean(
        [
            theirs.explain(x[:1], baselines=baseline[None]).attributions[0][0]
            for baseline in method.baselines(x[0])
        ],
        axis=0,
    )
    assert np.allclose(method(x[:1])[0, ..., 0], expected, atol=1e-5)


@pytest.mark.parametrize("name", ["expected_gradients", "integrated_gradients_shuffled"])
def test_the_gap_to_the_change_is_told_and_small_with_many_points(name, model, x):
    many = {"expected_gradients": {"n_samples": 5000}, "integrated_gradients_shuffled": {"n_steps": 100}}[
        name
    ]
    method = load(name)(model, Target("b"), BatchSizes(references_per_example=4), **many)
    assert method.diagnostics() == {}
    sums = method(x).sum(axis=(1, 2, 3))
    change = [
        model.predict(row[None], verbose=0)[1][0, 0]
        - model.predict(method.baselines(row), verbose=0)[1].mean()
        for row in x
    ]
    gap = method.diagnostics()["completeness_gap"]
    assert np.allclose(gap, sums - change, atol=1e-5)
    assert np.abs(gap).max() < 0.1 * np.abs(change).max()


@pytest.mark.parametrize("name", ["smoothgrad", "expected_gradients", "integrated_gradients_shuffled"])
def test_another_seed_draws_anew_and_the_same_one_the_same(name, model, x):
    first, again, other = (load(name)(model, ONE, BatchSizes(), seed=seed)(x) for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.allclose(first, other, atol=1e-6)


def test_no_more_than_a_batch_of_points_is_made_at_a_time(model, x, monkeypatch):
    method = load("smoothgrad")(model, ONE, BatchSizes(steps_per_forward=8), n_samples=13)
    sizes, sums = [], method._gradients._sums
    monkeypatch.setattr(
        method._gradients, "_sums", lambda points, *more: sizes.append(len(points)) or sums(points, *more)
    )
    method(x)
    assert max(sizes) == 8
    assert sum(sizes) == 5 * 13
