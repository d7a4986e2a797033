"""Rules of two sites on ideal attributions, whose scores are counted by hand."""

import numpy as np
import pytest

from ismbench.errors import InputError
from ismbench.metrics.rules import PlacedTruth, place_sums, rules_satisfied, second_order, truth_of_places

STATES = np.array([[1, 1], [1, 0], [0, 1], [0, 0]])
"""Both sites, the first, the second, neither."""
GROUPS = np.zeros(4, np.int64)


def value(rule: str, first: int, second: int) -> int:
    return {"and": first & second, "or": first | second, "not": first & (1 - second)}[rule]


def knocked_out(rule: str) -> np.ndarray:
    """(4, 1, 4): the four sequences with neither place, the first, the second, and both."""
    kept = [(0, 0), (1, 0), (0, 1), (1, 1)]
    return np.array([[[value(rule, a & i, b & j) for i, j in kept]] for a, b in STATES], float)


def single_ism(rule: str) -> np.ndarray:
    """(4, 1, 2): what the prediction loses with either site."""
    return np.array(
        [[[value(rule, a, b) - value(rule, 0, b), value(rule, a, b) - value(rule, a, 0)]] for a, b in STATES],
        float,
    )


def scores(rule: str, told: np.ndarray) -> tuple[float, float]:
    numbers, found = rules_satisfied(
        told, truth_of_places(knocked_out(rule)), STATES[:, None].astype(bool), GROUPS
    )
    assert numbers.tolist() == [0]
    return float(found["rule_order"][0, 0]), float(found["rule_interaction"][0, 0])


@pytest.mark.parametrize(
    ("rule", "contributions", "interaction"),
    [
        ("and", [[0.5, 0.5], [0, 0], [0, 0], [0, 0]], [1, 0, 0, 0]),
        ("or", [[0.5, 0.5], [1, 0], [0, 1], [0, 0]], [-1, 0, 0, 0]),
        ("not", [[0.5, -0.5], [1, 0], [0, 0], [0, 0]], [-1, 0, 0, 0]),
    ],
)
def test_the_truth_is_the_shapley_value_of_each_site(
    rule: str, contributions: list[list[float]], interaction: list[float]
) -> None:
    truth = truth_of_places(knocked_out(rule))
    np.testing.assert_allclose(truth.contributions[:, 0], contributions)
    np.testing.assert_allclose(truth.interaction[:, 0], interaction)
    # Whatever the players do, their Shapley values add up to what both do.
    values = knocked_out(rule)
    np.testing.assert_allclose(truth.contributions.sum(axis=-1), values[..., 3] - values[..., 0])


@pytest.mark.parametrize("rule", ["and", "or", "not"])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_truth_satisfies_every_rule_on_any_scale_and_its_negative_none(rule: str, scale: float) -> None:
    truth = truth_of_places(knocked_out(rule)).contributions
    assert scores(rule, truth * scale)[0] == 1
    assert scores(rule, -truth * scale)[0] == 0


@pytest.mark.parametrize(
    ("rule", "order"),
    [
        ("and", 1.0),  # one site less is everything less
        ("or", 10 / 12),  # of twelve pairs, the four of a redundant site against an empty place are alike
        ("not", 9 / 10),  # of ten, the two of a repressed activator against an empty place
    ],
)
def test_single_ism_does_not_see_redundant_or_repressed_sites(rule: str, order: float) -> None:
    found = scores(rule, single_ism(rule))
    assert found[0] == pytest.approx(order)
    assert found[1] == 1, "over two sequences it sees which way the other site changes a site"


@pytest.mark.parametrize("rule", ["and", "or", "not"])
def test_pairs_satisfy_every_rule(rule: str) -> None:
    single, pairs = single_ism(rule), truth_of_places(knocked_out(rule)).interaction
    assert scores(rule, single - pairs[..., None] / 2)[0] == 1


@pytest.mark.parametrize("rule", ["and", "or", "not"])
def test_silence_is_chance(rule: str) -> None:
    assert scores(rule, np.zeros((4, 1, 2))) == (0.5, 0.5)
    assert scores(rule, np.ones((4, 1, 2))) == (0.5, 0.5)


def test_noise_is_chance_on_average() -> None:
    rng = np.random.default_rng(0)
    found = np.array([scores("not", rng.normal(size=(4, 1, 2))) for _ in range(400)])
    assert np.abs(found.mean(axis=0) - 0.5).max() < 0.03


def test_a_site_that_is_misplaced_contributes_nothing() -> None:
    both = np.array([[1, 1], [1, 0], [0, 1], [1, 1]], bool)[:, None]
    truth = truth_of_places(knocked_out("and"))
    told = single_ism("and")
    _, right = rules_satisfied(told, truth, both, GROUPS)
    assert right["rule_order"][0, 0] == right["rule_interaction"][0, 0] == 1
    told[3] = 1  # as if the misplaced sites still acted together: of six pairs two are alike
    _, wrong = rules_satisfied(told, truth, both, GROUPS)
    assert wrong["rule_order"][0, 0] == pytest.approx(5 / 6)
    assert wrong["rule_interaction"][0, 0] == 1, "where there is none, no sign can be wrong"


def test_where_a_rule_does_nothing_it_says_nothing() -> None:
    truth = truth_of_places(np.ones((4, 1, 4)))
    _, found = rules_satisfied(single_ism("and"), truth, STATES[:, None].astype(bool), GROUPS)
    assert all(np.isnan(values).all() for values in found.values())


def test_each_group_and_rule_by_itself() -> None:
    truth = truth_of_places(np.concatenate([knocked_out("and"), knocked_out("or")], axis=1)[[0, 1, 2, 3] * 2])
    told = np.concatenate([single_ism("and"), single_ism("or")], axis=1)[[0, 1, 2, 3] * 2]
    told[4:] = -told[4:]
    groups, present = (
        np.array([7] * 4 + [3] * 4),
        np.broadcast_to(STATES[[0, 1, 2, 3] * 2, None], (8, 2, 2)) > 0,
    )
    numbers, found = rules_satisfied(told, truth, present, groups)
    assert numbers.tolist() == [3, 7]
    np.testing.assert_allclose(found["rule_order"], [[0, 2 / 12], [1, 10 / 12]])


def test_shapes_that_do_not_fit_are_refused() -> None:
    truth = PlacedTruth(np.zeros((4, 1, 2)), np.zeros((4, 1)))
    with pytest.raises(InputError, match=r"must be \(N, K, 2\)"):
        rules_satisfied(np.zeros((3, 1, 2)), truth, np.zeros((4, 1, 2), bool), GROUPS)


def test_sums_of_places() -> None:
    track = np.random.default_rng(0).normal(size=(3, 20, 2))
    places = np.random.default_rng(1).integers(0, 10, size=(3, 2, 2, 1)) + np.array([0, 7])
    found = place_sums(track, places)
    for n, k, i in np.ndindex(found.shape):
        assert found[n, k, i] == pytest.approx(track[n, places[n, k, i, 0] : places[n, k, i, 1], k].sum())


def test_second_order_is_the_shapley_value_of_every_pair_of_substitutions() -> None:
    rng = np.random.default_rng(0)
    delta = rng.normal(size=(3, 4)), rng.normal(size=(2, 4))
    interaction = rng.normal(size=(3, 4, 2, 4))
    for one in delta:
        one[:, 0] = 0  # the reference base
    interaction[:, 0] = interaction[:, :, :, 0] = 0
    games = []
    for i, b, j, c in np.ndindex(3, 4, 2, 4):
        if b and c:
            d, e, shared = delta[0][i, b], delta[1][j, c], interaction[i, b, j, c]
            games.append([((0 - d) + (e - (d + e + shared))) / 2, ((0 - e) + (d - (d + e + shared))) / 2])
    # Contributions are sums over the positions of means over all four bases, of which the reference's is 0.
    expected = np.mean(games, axis=0) * [3, 2] * 3 / 4
    np.testing.assert_allclose(second_order(delta, interaction), expected)
