"""Estimates with intervals: of known distributions, seeded, and what they rule."""

import numpy as np
import pytest

from ismbench.papers.core.intervals import Estimate, correlation, mean, ruling_of_above, ruling_of_no_effect
from ismbench.papers.core.paper import Ruling


def test_the_interval_of_a_mean_is_that_of_the_normal_distribution() -> None:
    values = np.random.default_rng(0).normal(3, 1, 400)
    found = mean(values)
    half = 1.96 * values.std() / np.sqrt(400)
    assert (found.low, found.value, found.high) == pytest.approx(
        (values.mean() - half, values.mean(), values.mean() + half), abs=0.02
    )
    assert found.n == 400
    assert mean(values) == found, "seeded"


def test_undefined_values_do_not_count() -> None:
    found = mean(np.array([1.0, np.nan, 1.0]))
    assert (found.low, found.high, found.n) == (1.0, 1.0, 2)
    assert mean(np.array([np.nan])).words == "not defined"


def test_the_interval_of_a_correlation_holds_it() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=300)
    found = correlation(x, 0.5 * x + rng.normal(size=300))
    assert found.low < np.sqrt(0.2) < found.high
    assert found.high - found.low < 0.25
    assert np.isnan(correlation(np.ones(9), x[:9]).value)


@pytest.mark.parametrize(
    ("low", "high", "above", "none"),
    [
        (0.1, 0.3, Ruling.REPRODUCED, Ruling.UNDECIDED),
        (-0.3, -0.25, Ruling.NOT_REPRODUCED, Ruling.NOT_REPRODUCED),
        (-0.1, 0.1, Ruling.UNDECIDED, Ruling.REPRODUCED),
        (-0.5, 0.5, Ruling.UNDECIDED, Ruling.UNDECIDED),
    ],
)
def test_rulings(low: float, high: float, above: Ruling, none: Ruling) -> None:
    found = Estimate((low + high) / 2, low, high, 10)
    assert ruling_of_above(found) is above
    assert ruling_of_no_effect(found, 0.2) is none
