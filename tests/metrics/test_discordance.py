"""Discordance of a first-order approximation with ISM, on functions whose interactions are known."""

from collections.abc import Callable

import numpy as np
import pytest

from ismbench.metrics.discordance import discordance, interactions_found, pair_strength

P, A = 8, 4
X = np.eye(A)[np.random.default_rng(0).integers(A, size=P)]
WEIGHTS = np.random.default_rng(1).normal(size=(P, A))
Function = Callable[[np.ndarray], float]


def total(x: np.ndarray, first: int = 0, last: int = P) -> float:
    return float((WEIGHTS * (x - X))[first:last].sum())


def mutant(*changes: tuple[int, int]) -> np.ndarray:
    x = X.copy()
    for position, base in changes:
        x[position] = np.eye(A)[base]
    return x


def scored(function: Function) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Effects by the gradient (P, A, 1), by ISM, and interactions (P, A, P, A, 1), by brute force."""
    step, reference = 1e-5, function(X)
    gradient, delta, pairs = np.zeros((P, A, 1)), np.zeros((P, A, 1)), np.zeros((P, A, P, A, 1))
    for i, a in np.ndindex(P, A):
        up, down = X.copy(), X.copy()
        up[i, a] += step
        down[i, a] -= step
        gradient[i, a] = (function(up) - function(down)) / (2 * step)
        delta[i, a] = function(mutant((i, a))) - reference
    for i, a, j, b in np.ndindex(P, A, P, A):
        both = function(mutant((i, a), (j, b))) - reference
        pairs[i, a, j, b] = np.nan if i == j else both - delta[i, a] - delta[j, b]
    taylor = gradient - (gradient * X[..., None]).sum(axis=1, keepdims=True)
    return taylor, delta, pairs


def found(function: Function) -> dict[str, float]:
    taylor, delta, pairs = scored(function)
    values = interactions_found(taylor, delta, pair_strength(delta, pairs))
    return {name: float(value[0]) for name, value in values.items()}


def test_a_non_linearity_of_some_positions_is_found_by_its_discordance() -> None:
    values = found(lambda x: np.tanh(3 * total(x, 0, 4)) + total(x, 4))
    assert values["discordance_auroc"] == values["discordance_auroc_attainable"] == 1
    assert 0 < values["discordance"] < 2
    assert values["interaction_strength"] > 0.05


def test_what_is_linear_has_neither_discordance_nor_interactions() -> None:
    values = found(total)
    assert values.pop("interaction_strength") == pytest.approx(0, abs=1e-9)
    assert all(np.isnan(value) for value in values.values())


def test_products_of_positions_interact_where_first_order_is_exact() -> None:
    """The blind spot of the idea: within a position nothing is curved, and only pairs know."""
    values = found(lambda x: total(x, 0, 4) * total(x, 4) + total(x))
    assert values.pop("interaction_strength") > 0.1
    assert all(np.isnan(value) for value in values.values())


def test_curvature_without_interactions_is_discordance_without_anything_to_find() -> None:
    values = found(lambda x: float(np.tanh(3 * (WEIGHTS * (x - X)).sum(axis=1)).sum()))
    assert np.isnan(values["discordance_auroc"])
    assert values["discordance"] > 0
    assert values["interaction_strength"] == pytest.approx(0, abs=1e-9)


def test_a_product_of_two_numbers_does_not_reach_every_set_of_pairs() -> None:
    """Two blocks: positions of different ones do not interact, however strong each is."""
    values = found(lambda x: np.tanh(3 * total(x, 0, 4)) + np.tanh(3 * total(x, 4)))
    assert values["discordance_auroc_attainable"] < 1


def test_strength_is_the_largest_interaction_over_the_largest_effect() -> None:
    _, delta, pairs = scored(lambda x: np.tanh(total(x)))
    strength = pair_strength(delta, pairs)[..., 0]
    assert strength[2, 5] == pytest.approx(np.abs(pairs[2, :, 5, :, 0]).max() / np.abs(delta).max())
    np.testing.assert_allclose(strength, strength.T)
    assert not strength.diagonal().any()
    assert np.isnan(pair_strength(delta * 0, pairs * 0)[..., 0]).all()


def test_an_output_that_next_to_nothing_changes_says_nothing() -> None:
    taylor, delta, pairs = scored(lambda x: np.tanh(total(x)))
    idle = [values * np.array([1, 1e-6]) for values in (taylor, delta, pairs + 1e-3)]
    values = interactions_found(idle[0], idle[1], pair_strength(idle[1], idle[2]))
    assert all(np.isnan(found[1]) for name, found in values.items() if name != "discordance_auroc_attainable")
    assert np.isfinite(values["interaction_strength"][0])


def test_a_method_that_equals_ism_up_to_rounding_has_no_discordance() -> None:
    _, delta, _ = scored(lambda x: np.tanh(total(x)))
    assert np.isnan(discordance(delta * (1 + 1e-6), delta)).all()
    apart = discordance(delta * 1.5, delta)
    np.testing.assert_allclose(apart, 0.5 * np.abs(delta).sum(axis=1) / 3 / np.abs(delta).max())
