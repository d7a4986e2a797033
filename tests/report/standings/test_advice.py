"""The rules of the recommendation, on tables whose answer is known."""

import numpy as np
import pytest

from ismbench.report.standings.advice import GOOD, LEAST, Advice, Candidate, advise

FAST = Candidate("fast_ism", "Fast ISM", True, 20.0)
SLOW = Candidate("fast_ism", "Fast ISM", True, 2000.0)
IG = "integrated_gradients"


def approximation(
    name: str, seconds: float, level: float, n: int = 20, spread: float = 0.02, seed: int = 0
) -> Candidate:
    """A method whose agreement is about so good on n sequences."""
    values = level + spread * np.random.default_rng(seed).standard_normal(n)
    return Candidate(name, name, False, seconds, {f"s{i}": float(v) for i, v in enumerate(values)})


def test_exact_ism_that_is_affordable_is_used_and_the_cheap_one_is_named() -> None:
    exact = Candidate("fast_ism", "Fast ISM", True, 44.0)
    found = advise([exact, approximation(IG, 40.0, 0.8), approximation("corrected", 1.1, 0.83)])
    assert (found.verdict, found.method) == ("exact", "fast_ism")
    assert "costs 44.0 s per 100 sequences, 1.1 times integrated_gradients: use it." in found.text
    assert (
        "If that is too much, corrected agrees with it at 0.83 (0.82 to 0.83, 20 sequences) for 1/40"
        in found.text
    )


def test_exact_ism_is_affordable_where_it_costs_what_is_paid_already() -> None:
    assert advise([SLOW, approximation(IG, 1500.0, 0.9)]).verdict == "exact"
    assert advise([SLOW, approximation(IG, 900.0, 0.9)]).verdict == "approximation"
    assert advise([SLOW, approximation("another", 1500.0, 0.9)]).verdict == "undecided", "it saves too little"


def test_exact_ism_that_is_not_affordable_gives_way_to_what_agrees() -> None:
    found = advise([SLOW, approximation("taylor", 10.0, 0.9), approximation("gradient", 5.0, 0.5)])
    assert (found.verdict, found.method) == ("approximation", "taylor")
    assert "Use taylor instead: taylor agrees with it at 0.90" in found.text
    assert "1/200 of the time" in found.text
    assert "180 sequences an hour" in found.text


def test_the_limit_is_the_users() -> None:
    candidates = [FAST, approximation("taylor", 1.0, 0.9)]
    assert advise(candidates, limit=60).verdict == "exact"
    assert advise(candidates, limit=10).verdict == "approximation"


def test_approximations_that_disagree_do_not_stand_in() -> None:
    found = advise([SLOW, approximation("taylor", 10.0, 0.4), approximation("gradient", 5.0, 0.2)])
    assert (found.verdict, found.method) == ("disagree", "fast_ism")
    assert "disagree with it: the best, taylor agrees with it at 0.40" in found.text
    assert "180 an hour" in found.text
    affordable = advise([FAST, approximation("taylor", 1.0, 0.4)])
    assert affordable.verdict == "exact"
    assert "No faster method follows it closely: taylor agrees with it at 0.40" in affordable.text


@pytest.mark.parametrize("n", [0, 1, LEAST - 1])
def test_too_few_sequences_say_nothing(n: int) -> None:
    found = advise([SLOW, approximation("taylor", 10.0, 0.95, n)])
    assert (found.verdict, found.method) == ("undecided", None)
    assert f"no faster method was compared with it on {LEAST} sequences" in found.text
    affordable = advise([FAST, approximation("taylor", 1.0, 0.95, n)])
    assert affordable.verdict == "exact"
    assert "undecided" in affordable.text


def test_an_interval_across_the_bar_is_undecided() -> None:
    found = advise([SLOW, approximation("taylor", 10.0, GOOD, 8, 0.2)])
    assert (found.verdict, found.method) == ("undecided", None)
    assert "too uncertain to rely on" in found.text


def test_of_those_that_cannot_be_told_apart_the_fastest_is_named() -> None:
    slightly_better = approximation("dear", 100.0, 0.802, seed=1)
    cheap = approximation("cheap", 10.0, 0.8, seed=2)
    assert advise([SLOW, slightly_better, cheap]).method == "cheap"
    surely_better = approximation("dear", 100.0, 0.95, seed=1)
    assert advise([SLOW, surely_better, cheap]).method == "dear"


def test_pairs_tell_apart_what_intervals_alone_do_not() -> None:
    hard = np.linspace(0.75, 0.95, 20)
    one, other = (
        Candidate(name, name, False, seconds, {f"s{i}": float(v + shift) for i, v in enumerate(hard)})
        for name, seconds, shift in (("cheap", 10.0, 0.0), ("dear", 100.0, 0.02))
    )
    assert advise([SLOW, one, other]).method == "dear", "better on every sequence"


def test_undefined_values_are_no_sequences() -> None:
    holes = {f"s{i}": float("nan") if i > 3 else 0.9 for i in range(20)}
    assert advise([SLOW, Candidate("taylor", "taylor", False, 10.0, holes)]).verdict == "undecided"


def test_without_an_exact_method_nothing_is_known() -> None:
    for candidates in ([], [approximation("taylor", 1.0, 0.9)]):
        found = advise(candidates)
        assert (found.verdict, found.method) == ("undecided", None)
        assert "no exact method has a time" in found.text


def test_the_fastest_exact_method_counts_whatever_its_name() -> None:
    mine = Candidate("mine", "Mine", True, 2.0)
    assert advise([FAST, mine]).method == "mine"
    assert isinstance(advise([mine]), Advice)
