"""Effects of substitutions: what each kind of score says of them."""

import numpy as np
import pytest

from ismbench.effects import has_signs, per_base, substitution_effects
from ismbench.errors import InputError
from ismbench.scores import first_order
from ismbench.sequence import random_dna

X = random_dna(2, 30, seed=0)
GRADIENT = np.random.default_rng(1).normal(size=(*X.shape, 2))


def test_gradient_and_corrected_gradient_say_what_taylor_ism_says():
    taylor = first_order(GRADIENT, X)
    corrected = GRADIENT - GRADIENT.mean(axis=2, keepdims=True)
    for values, kind in ((GRADIENT, "map"), (corrected, "map"), (taylor, "delta")):
        np.testing.assert_allclose(substitution_effects(values, X, kind), taylor, atol=1e-12)


def test_a_linear_model_loses_its_weight_and_gains_that_of_the_new_base():
    weights = GRADIENT[:1]
    effects = substitution_effects(np.broadcast_to(weights, GRADIENT.shape), X, "map")
    mutant = X.copy()
    mutant[1, 7] = np.eye(4)[(X[1, 7].argmax() + 1) % 4]
    change = np.einsum("nla,nlak->nk", mutant, np.broadcast_to(weights, GRADIENT.shape))
    change -= np.einsum("nla,nlak->nk", X, np.broadcast_to(weights, GRADIENT.shape))
    np.testing.assert_allclose(effects[1, 7, mutant[1, 7].argmax()], change[1])


def test_one_number_a_position_is_lost_with_every_substitution():
    contribution = GRADIENT * X[..., None]
    effects = substitution_effects(contribution, X, "contribution")
    lost = contribution.sum(axis=2)
    for a in range(4):
        other = X[..., a] == 0
        np.testing.assert_allclose(effects[other, a], -lost[other])
    assert (effects[X != 0] == 0).all()


def test_what_a_kind_tells():
    assert {k: (per_base(k), has_signs(k)) for k in ("delta", "map", "contribution", "magnitude")} == {
        "delta": (True, True),
        "map": (True, True),
        "contribution": (False, True),
        "magnitude": (True, False),
    }


def test_shapes_and_kinds_are_checked():
    with pytest.raises(InputError, match="must agree"):
        substitution_effects(GRADIENT[:, :-1], X, "delta")
    with pytest.raises(InputError, match="kind of score"):
        substitution_effects(GRADIENT, X, "other")
