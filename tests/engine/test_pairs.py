"""Pairs of substitutions against double mutants that are predicted one by one."""

import keras
import numpy as np
import pytest

import ismbench
from ismbench.engine.target import EVERY, Target
from ismbench.errors import InputError
from ismbench.methods._conformance_models import linear_model, sequences, small_model


def test_every_pair_against_double_mutants() -> None:
    model, x = small_model(), sequences()[[0, 2]]
    found = ismbench.pairwise_mutagenesis(model, x, [9, 4, 5, 20], target=Target("a"))
    assert found.positions.tolist() == [4, 5, 9, 20]
    assert found.interaction.shape == (2, 4, 4, 4, 4, 3)

    def predict(n: int, *changes: tuple[int, int]) -> np.ndarray:
        mutant = x[n : n + 1].copy()
        for position, base in changes:
            mutant[0, found.positions[position]] = np.eye(4)[base]
        return np.asarray(model.predict(mutant, verbose=0)[0][0])

    checked = 0
    for n, p, q in ((0, 0, 1), (0, 3, 0), (1, 1, 2)):
        for a in range(4):
            for b in range(4):
                single = predict(n, (p, a)) - predict(n)
                assert np.allclose(found.delta[n, p, a], single, atol=1e-6)
                expected = predict(n, (p, a), (q, b)) - predict(n, (p, a)) - predict(n, (q, b)) + predict(n)
                assert np.allclose(found.interaction[n, p, a, q, b], expected, atol=2e-6)
                checked += bool(np.abs(expected).max() > 1e-4)
    assert checked > 5, "some pairs do interact"
    assert np.allclose(found.reference, model.predict(x, verbose=0)[0], atol=1e-6)


def test_symmetric_and_nothing_at_the_reference_and_no_number_at_one_position() -> None:
    x = sequences()[:1]
    values = ismbench.pairwise_mutagenesis(small_model(), x, range(10, 16), target=Target("b")).interaction
    assert np.array_equal(values, values.transpose(0, 3, 4, 1, 2, 5), equal_nan=True)
    here = np.arange(6)
    assert np.isnan(values[:, here, :, here]).all()
    off = ~np.isnan(values)
    assert off.mean() == pytest.approx(5 / 6)
    reference = x[0, 10:16].argmax(axis=1)
    assert np.nanmax(np.abs(values[0, here, reference])) < 1e-6


def test_a_linear_model_has_no_interactions() -> None:
    found = ismbench.pairwise_mutagenesis(linear_model(), sequences()[:1], [0, 7, 39], target=EVERY)
    assert np.nanmax(np.abs(found.interaction)) < 1e-6
    assert np.abs(found.delta).max() > 0.01


@pytest.mark.parametrize("positions", [[3], [3, 3], [], [1.5, 2.5]])
def test_fewer_than_two_positions_are_refused(positions: list[float]) -> None:
    with pytest.raises(InputError, match="two different positions or more"):
        ismbench.pairwise_mutagenesis(linear_model(), sequences()[:1], positions, target=EVERY)


def test_positions_outside_are_refused_and_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    with pytest.raises(InputError, match=r"0\.\.39"):
        ismbench.pairwise_mutagenesis(linear_model(), sequences()[:1], [0, 40], target=EVERY)
    ismbench.pairwise_mutagenesis(
        linear_model(), sequences()[:1], [0, 1, 2], target=EVERY, progress=lambda *done: told.append(done)
    )
    assert told == [(1, 2), (2, 2)]


def test_a_pattern_in_backgrounds_against_predictions() -> None:
    model, backgrounds = small_model(), sequences()[[0, 2, 3]]
    pattern = np.eye(4, dtype=np.float32)[[0, 1, 3]]
    found = ismbench.global_importance(model, pattern, backgrounds, positions=[30, 2], target=Target("a"))
    assert found.positions.tolist() == [2, 30]
    for i, start in enumerate((2, 30)):
        written = backgrounds.copy()
        written[:, start : start + 3] = pattern
        effects = model.predict(written, verbose=0)[0] - model.predict(backgrounds, verbose=0)[0]
        assert np.allclose(found.effects[:, i], effects, atol=1e-6)
        assert np.allclose(found.mean[i], effects.mean(axis=0), atol=1e-6)
        assert np.allclose(found.standard_error[i], effects.std(axis=0, ddof=1) / np.sqrt(3), atol=1e-6)
    middle = ismbench.global_importance(model, pattern, backgrounds[:1], target=Target("a"))
    assert middle.positions.tolist() == [18]
    assert np.isnan(middle.standard_error).all()


def test_global_importance_of_a_linear_model_is_the_weights_difference() -> None:
    model, backgrounds = linear_model(), sequences()[[0, 2, 3, 4]]
    weights = keras.ops.convert_to_numpy(model.layers[-1].kernel).reshape(40, 4, 2)
    pattern = np.eye(4, dtype=np.float32)[[2, 2]]
    found = ismbench.global_importance(model, pattern, backgrounds, positions=[5], target=EVERY)
    change = pattern - backgrounds[:, 5:7].mean(axis=0)
    assert np.allclose(found.mean[0], np.einsum("la,lak->k", change, weights[5:7]), atol=1e-5)


@pytest.mark.parametrize("shape", [(0, 4), (41, 4), (3, 5), (4,)])
def test_a_pattern_that_does_not_fit_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="must fit into backgrounds"):
        ismbench.global_importance(linear_model(), np.zeros(shape), sequences(), target=EVERY)
