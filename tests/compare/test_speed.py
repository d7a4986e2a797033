"""SLOWER blocks merges: the ratio is compared with threshold, noise floor and machine state together."""

from dataclasses import replace
from typing import Any

import pytest

from ismbench.compare import MeasuredCell, Thresholds, compare
from ismbench.compare.interval import MOST_REPETITIONS
from ismbench.compare.noise import Noise
from ismbench.compare.speed import Speed, judge_speed
from ismbench.compare.verdicts import Verdict
from tests.compare.made_up import cell, key, quiet, side


def judge(base: float, head: float, noise: Noise | None = None, **changes: Any) -> Speed:
    return judge_cells(*(cell(seconds=s, seed=i, **changes) for i, s in enumerate((base, head))), noise=noise)


def judge_cells(base: MeasuredCell, head: MeasuredCell, noise: Noise | None = None, **options: bool) -> Speed:
    return judge_speed({key(): (base, head)}, Thresholds(), noise, **options)[key()]


@pytest.mark.parametrize(
    ("head", "verdict"),
    [(1.0, "SAME"), (1.05, "SAME"), (1.2, "SLOWER"), (3.0, "SLOWER"), (0.95, "SAME"), (0.8, "FASTER")],
)
def test_a_change_past_the_threshold_counts(head: float, verdict: str) -> None:
    found = judge(1.0, head, quiet())
    assert found.verdict == verdict
    assert found.repetitions is None
    assert found.ratio == pytest.approx(head, rel=0.05)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.ratio < found.high


@pytest.mark.parametrize(
    ("head", "floor", "verdict"),
    [
        (1.2, 0.03, "SLOWER"), (1.2, 0.3, "AMBIGUOUS"), (1.5, 0.2, "SLOWER"), (1.5, 0.6, "AMBIGUOUS"),
        (3.0, 0.6, "SLOWER"), (3.0, 4.0, "AMBIGUOUS"), (50.0, 4.0, "SLOWER"), (230.0, 4.0, "SLOWER"),
        (1 / 1.2, 0.03, "FASTER"), (1 / 3, 0.6, "FASTER"), (1 / 3, 4.0, "AMBIGUOUS"), (1 / 230, 4.0, "FASTER"),
        (1.0, 0.03, "SAME"), (1.0, 0.3, "AMBIGUOUS"), (1.05, 0.08, "AMBIGUOUS"),
    ],
)  # fmt: skip
def test_the_ratio_is_compared_with_the_floor_and_the_threshold_together(
    head: float, floor: float, verdict: str
) -> None:
    found = judge(1.0, head, quiet(floor))
    assert found.verdict == verdict, found
    assert (found.repetitions is None) == (verdict != "AMBIGUOUS")
    assert found.floor == pytest.approx(floor)


def test_a_floor_twice_the_change_takes_four_runs() -> None:
    found = judge(1.0, 1.5, quiet(1.5**2 - 1))
    assert found.verdict is Verdict.AMBIGUOUS
    # A floor of twice the change takes four runs, of nine repetitions each, or one more at its very edge.
    assert found.repetitions in (36, 45)
    assert "such runs a side" in found.reason


@pytest.mark.parametrize(
    ("spread", "head", "verdict"),
    [
        (0.01, 1.0, "SAME"), (0.01, 1.2, "SLOWER"), (0.01, 1 / 1.2, "FASTER"), (0.05, 1.0, "AMBIGUOUS"),
        (0.1, 1.2, "AMBIGUOUS"), (0.1, 3.0, "SLOWER"), (0.4, 3.0, "AMBIGUOUS"), (0.4, 50.0, "SLOWER"),
        (0.4, 1 / 50, "FASTER"), (0.6, 230.0, "SLOWER"),
    ],
)  # fmt: skip
def test_without_a_measured_floor_the_spread_between_rounds_gives_one(
    spread: float, head: float, verdict: str
) -> None:
    found = judge(1.0, head, spread=spread)
    assert (found.verdict, found.floor_source) == (verdict, "rounds")
    if verdict == "AMBIGUOUS":
        assert "such runs a side (ismbench ab), or a measured one (ismbench doctor --noise)" in found.reason


@pytest.mark.parametrize("n", [2, 3, 5])
def test_few_samples_decide_what_is_large_enough(n: int) -> None:
    """No rank test of so few samples reaches a p-value of 1%, were the head a thousand times slower."""
    for head, verdict in ((3.0, "SLOWER"), (230.0, "SLOWER"), (1 / 3, "FASTER"), (1.0, "AMBIGUOUS")):
        found = judge(1.0, head, n=n, spread=0.02 if head != 1 else 0.1)
        assert found.verdict == verdict, (n, head, found)


def test_few_samples_that_were_held_up_decide_only_what_is_gigantic() -> None:
    def verdict(*head: float) -> Verdict:
        return judge_cells(cell(samples=(1.0, 5.0)), cell(samples=head)).verdict

    assert verdict(230.0, 400.0) is Verdict.SLOWER
    assert verdict(20.0, 400.0) is Verdict.AMBIGUOUS
    assert verdict(3.0, 4.0) is Verdict.AMBIGUOUS
    assert judge_cells(cell(samples=(230.0, 400.0)), cell(samples=(1.0, 5.0))).verdict is Verdict.FASTER


def test_one_repetition_has_no_spread() -> None:
    found = judge(1.0, 1000.0, n=1)
    assert found.verdict is Verdict.AMBIGUOUS
    assert found.repetitions is not None


def test_the_cells_of_a_comparison_saw_the_same_machine() -> None:
    """Samples of one cell that agree by chance do not make it quieter than all the others."""
    lucky = cell(samples=(1.0, 1.0001)), cell(samples=(1.5, 1.5001))
    noisy = {key("same", i): (cell(spread=0.3, seed=i), cell(spread=0.3, seed=i + 99)) for i in range(9)}
    assert judge_cells(*lucky).verdict is Verdict.SLOWER
    assert judge_speed({key(): lucky, **noisy}, Thresholds(), None)[key()].verdict is Verdict.AMBIGUOUS


def test_many_cells_need_more_than_one_does() -> None:
    pair = cell(n=3, spread=0.02), cell(n=3, seconds=1.05, spread=0.02, seed=1)
    alone = judge_cells(*pair, noise=quiet(0.01))
    others = {key("same", i): (cell(n=3, seed=i), cell(n=3, seed=i)) for i in range(30)}
    among = judge_speed({key(): pair, **others}, Thresholds(), quiet(0.01))[key()]
    assert alone.high is not None
    assert among.high is not None
    assert among.high > 1.05 * alone.high


def test_repetitions_are_enough_to_decide() -> None:
    base, head = cell(spread=0.3, seed=1), cell(seconds=1.25, spread=0.3, seed=2)
    few = judge_cells(base, head, quiet(0.01))
    assert few.verdict is Verdict.AMBIGUOUS
    assert few.repetitions is not None
    assert 9 < few.repetitions < MOST_REPETITIONS
    found = [
        judge(1.0, 1.25, quiet(0.01), spread=0.3, n=4 * few.repetitions).verdict for _ in range(5)
    ]  # more by far, for the nine samples may have shown more of a difference than there is
    assert set(found) == {Verdict.SLOWER}


def test_the_machine_that_was_busy_explains_its_part_and_no_more() -> None:
    def found(rate: float, seconds: float) -> Speed:
        return judge_cells(cell(rates=(1e11,)), cell(seconds=seconds, seed=1, rates=(rate,)), quiet())

    assert found(1e11, 2.0).verdict is Verdict.SLOWER
    assert found(0.95e11, 2.0).verdict is Verdict.SLOWER
    assert found(0.5e11, 2.0).verdict is Verdict.AMBIGUOUS
    assert "something else ran" in found(0.5e11, 2.0).reason
    assert found(0.5e11, 2.0).repetitions is None
    assert found(0.5e11, 230.0).verdict is Verdict.SLOWER
    assert found(2e11, 1.0).verdict is Verdict.AMBIGUOUS, "a faster machine may hide a slow-down"
    assert found(2e11, 0.5).verdict is Verdict.AMBIGUOUS
    assert found(2e11, 0.1).verdict is Verdict.FASTER


def test_a_floor_of_a_quieter_hour_grows() -> None:
    def verdict(seconds: float, rate: float) -> Verdict:
        pair = [cell(seconds=s, seed=i, rates=(1e11,)) for i, s in enumerate((1.0, seconds))]
        return judge_cells(*pair, noise=replace(quiet(), rate=rate)).verdict

    def held_up(spread_then: float) -> Verdict:
        pair = [cell(seconds=s, seed=i, spread=0.2) for i, s in enumerate((1.0, 1.6))]
        return judge_cells(*pair, noise=replace(quiet(), spread=spread_then)).verdict

    assert [verdict(1.5, rate) for rate in (0.5e11, 1e11, 2e11)] == ["SLOWER", "SLOWER", "AMBIGUOUS"]
    assert verdict(50.0, 2e11) is Verdict.SLOWER
    # Rounds that lie twenty times as far apart as when the floor of 3% was measured.
    assert [held_up(s) for s in (0.2, 0.01)] == ["SLOWER", "AMBIGUOUS"]


def test_other_work_in_a_repetition_may_explain_some() -> None:
    def verdict(seconds: float, work: float) -> Verdict:
        return judge_cells(cell(work=1600.0), cell(seconds=seconds, seed=1, work=work), quiet()).verdict

    assert verdict(1.3, 800) is Verdict.AMBIGUOUS
    assert verdict(2.0, 800) is Verdict.SLOWER
    assert verdict(1.3, 1600) is Verdict.SLOWER
    # More work in a repetition saves overhead: that makes the slower side slower still, and may hide a slow-down.
    assert verdict(1.3, 3200) is Verdict.SLOWER
    assert [verdict(1.0, work) for work in (800, 1600, 1640, 3200)] == [
        "AMBIGUOUS", "SAME", "SAME", "AMBIGUOUS",
    ]  # fmt: skip


def test_seconds_of_zero_do_no_harm() -> None:
    """A coarse clock gives them."""
    still, moving = cell(samples=(0.0,) * 9), cell()
    for one, other in ((still, moving), (moving, still), (still, still)):
        assert compare(side(one), side(other), noise=quiet()).exit_code in (0, 3)


def test_samples_of_one_value_are_the_same() -> None:
    same = cell(samples=(1.0,) * 9)
    assert compare(side(same), side(same), noise=quiet()).counts == {"SAME": 1}
    assert compare(side(same), side(same)).counts == {"SAME": 1}
    slower = cell(samples=(1.5,) * 9)
    assert compare(side(same), side(slower), noise=quiet()).counts == {"SLOWER": 1}
    one_of_them = cell(samples=(1.0, 1.0, 1.0))
    assert compare(side(one_of_them), side(cell(n=3, seconds=3.0))).counts == {"SLOWER": 1}
