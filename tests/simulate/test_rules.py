"""Rules of two motifs: the function, the network of the same, and sequences that show them."""

import importlib
from typing import Any

import numpy as np
import pytest

from ismbench import Target, saturation_mutagenesis
from ismbench.errors import InputError
from ismbench.sequence import random_dna
from ismbench.simulate.rule_sequences import GROUP, RuleSequences, simulate_rules
from ismbench.simulate.rules import PAIRS, bound, rule_values, rules

IN_STATES = {
    "and": (1, 0, 0, 0),
    "or": (1, 1, 1, 0),
    "not": (0, 1, 0, 0),
    "spacing": (1, 0, 0, 0),
    "orientation": (1, 0, 0, 0),
}
"""With both sites, the first, the second, and in the last state."""


@pytest.fixture(scope="module")
def found() -> RuleSequences:
    return simulate_rules(12, seed=1)


@pytest.fixture(scope="module")
def model() -> Any:
    return importlib.import_module("models.rules").build()


def test_every_rule_is_in_every_state_in_each_group(found: RuleSequences) -> None:
    values = rule_values(found.sequences.x)
    for i, k in np.ndindex(values.shape):
        state = (i % GROUP + k) % GROUP
        assert values[i, k] == pytest.approx(list(IN_STATES.values())[k][state], abs=0.1)
    assert found.groups.tolist() == [0] * 4 + [1] * 4 + [2] * 4


def test_sites_stand_where_they_are_said_to_stand_and_nowhere_else(found: RuleSequences) -> None:
    for k, rule in enumerate(rules()):
        for j, motif in enumerate((rule.first, rule.second)):
            where = bound(found.sequences.x, motif).max(axis=0) > 0.5
            for n in range(len(where)):
                expected = [found.places[n, k, j, 0]] if found.present[n, k, j] else []
                assert np.flatnonzero(where[n]).tolist() == expected
    assert (bound(found.backgrounds, rules()[0].first) < 0.5).all()
    planted = found.sequences.motif_mask()
    assert planted is not None
    outside = ~planted
    np.testing.assert_array_equal(found.sequences.x[outside], found.backgrounds[outside])


def test_sites_that_matter_are_those_whose_loss_changes_the_rule(found: RuleSequences) -> None:
    """Alone or, where the other one hides it, together with it."""
    x, backgrounds = found.sequences.x, found.backgrounds
    for n, k in np.ndindex(found.present.shape[:2]):
        versions = []
        for kept in ((0, 0), (1, 0), (0, 1), (1, 1)):
            version = x[n].copy()
            for j in (0, 1):
                start, end = found.places[n, k, j]
                version[start:end] = version[start:end] if kept[j] else backgrounds[n, start:end]
            versions.append(version)
        none, first, second, both = rule_values(np.stack(versions))[:, k]
        for j, (alone, other) in enumerate(((first, second), (second, first))):
            start, end = found.places[n, k, j]
            matters = max(abs(alone - none), abs(both - other)) > 0.5
            assert found.sites[n, start:end, k].all() == found.sites[n, start:end, k].any() == matters


def test_the_network_is_the_function(found: RuleSequences, model: Any) -> None:
    x = np.concatenate([found.sequences.x, random_dna(20, 160, 3)])
    np.testing.assert_allclose(np.asarray(model(x)), rule_values(x), atol=2e-5)
    assert model.output_shape == (None, len(PAIRS))
    assert model.count_params() == 666


def test_ism_of_the_network_is_that_of_the_function_by_brute_force(found: RuleSequences, model: Any) -> None:
    x, positions = found.sequences.x[:1], range(30, 60)
    delta = saturation_mutagenesis(model, x, positions=positions, target=Target()).delta[0]
    mutants = np.repeat(x, len(positions) * 4, axis=0)
    for i, (position, base) in enumerate((p, b) for p in positions for b in range(4)):
        mutants[i, position] = np.eye(4)[base]
    expected = (rule_values(mutants) - rule_values(x)).reshape(len(positions), 4, -1)
    assert np.abs(expected).max() > 0.5
    np.testing.assert_allclose(delta[30:60], expected, atol=5e-5)


def test_the_seed_decides() -> None:
    one, again, other = (simulate_rules(4, seed=seed).sequences.x for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


@pytest.mark.parametrize(("n", "length"), [(0, 160), (6, 160), (4, 100)])
def test_what_cannot_show_every_rule_is_refused(n: int, length: int) -> None:
    with pytest.raises(InputError, match="come in groups of 4, of at least"):
        simulate_rules(n, length)
