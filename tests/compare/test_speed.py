"""SLOWER blocks merges: it must be found where it is, and never where it is not."""

from dataclasses import replace

import pytest

from ismbench.compare import Thresholds, compare, measure_noise
from ismbench.compare.noise import Noise
from ismbench.compare.ranks import MOST_REPETITIONS, p_value, repetitions_needed
from ismbench.compare.speed import Speed, judge_speed
from ismbench.compare.verdicts import Verdict
from tests.compare.made_up import METHODS, cell, key, quiet, run, side

TRIES = 20


def judge(base: float, head: float, noise: Noise | None = None, **changes: object) -> Speed:
    one, other = (cell(seconds=s, seed=i, **changes) for i, s in enumerate((base, head)))  # type: ignore[arg-type]
    return judge_speed({key(): (one, other)}, Thresholds(), noise)[key()]


@pytest.mark.parametrize(
    ("head", "verdict"),
    [(1.0, "SAME"), (1.05, "SAME"), (1.2, "SLOWER"), (3.0, "SLOWER"), (0.95, "SAME"), (0.8, "FASTER")],
)
def test_a_change_past_the_threshold_counts(head: float, verdict: str) -> None:
    found = judge(1.0, head, quiet())
    assert found.verdict == verdict
    assert found.repetitions is None
    assert found.ratio == pytest.approx(head, rel=0.05)


def test_eight_samples_decide_nothing_and_nine_do() -> None:
    few = judge(1.0, 2.0, quiet(), n=8)
    assert (few.verdict, few.repetitions) == (Verdict.AMBIGUOUS, 9)
    assert "at least 9" in few.reason
    assert judge(1.0, 2.0, quiet(), n=9).verdict is Verdict.SLOWER


def test_without_a_noise_floor_nothing_is_slower() -> None:
    found = judge(1.0, 2.0)
    assert found.verdict is Verdict.AMBIGUOUS
    assert "ismbench doctor --noise" in found.reason
    assert judge(1.0, 1.0).verdict is Verdict.SAME


def test_a_threshold_below_the_noise_floor_decides_nothing() -> None:
    assert judge(1.0, 1.5, quiet(0.09)).verdict is Verdict.SLOWER
    found = judge(1.0, 1.5, quiet(0.2))
    assert found.verdict is Verdict.AMBIGUOUS
    # A floor twice the threshold takes four runs, of nine repetitions each, or one more run at its very edge.
    assert found.repetitions in (36, 45)
    assert judge(1.0, 1.5, quiet(0.10)).verdict is Verdict.AMBIGUOUS


def test_a_difference_that_the_ranks_do_not_show_is_ambiguous() -> None:
    base = cell(seconds=1.0, spread=0.5, seed=1)
    head = replace(base, samples=tuple(1.15 * s for s in base.samples))
    found = judge_speed({key(): (base, head)}, Thresholds(), quiet())[key()]
    assert found.verdict is Verdict.AMBIGUOUS
    assert found.repetitions is not None
    assert 9 < found.repetitions <= MOST_REPETITIONS


def test_many_cells_need_more_than_one_does() -> None:
    base, head = (1.0, 1.01, 1.02, 1.03, 1.04, 1.05, 1.06, 1.3, 1.31), tuple(1.17 + i / 100 for i in range(9))
    slow = (cell(samples=base), cell(samples=head))
    p = p_value(base, head)
    limit = Thresholds(significance=2 * p)
    alone = judge_speed({key(): slow}, limit, quiet())
    assert alone[key()].verdict is Verdict.SLOWER
    others = {key("same", i): (cell(seed=i), cell(seed=i)) for i in range(1, 10)}
    among = judge_speed({key(): slow, **others}, limit, quiet())
    assert among[key()].verdict is Verdict.AMBIGUOUS
    assert among[key()].p == pytest.approx(10 * p)


def test_other_work_in_a_repetition_may_explain_some() -> None:
    base, head = cell(work=1600.0, seed=0), cell(seconds=1.3, work=800.0, seed=1)

    def verdict(seconds: float, work: float) -> Verdict:
        other = replace(head, samples=tuple(seconds / 1.3 * s for s in head.samples), work=work)
        return judge_speed({key(): (base, other)}, Thresholds(), quiet())[key()].verdict

    assert verdict(1.3, 800) is Verdict.AMBIGUOUS
    assert verdict(2.0, 800) is Verdict.SLOWER
    assert verdict(1.3, 1600) is Verdict.SLOWER
    # More work in a repetition saves overhead: that makes the slower side slower still.
    assert verdict(1.3, 3200) is Verdict.SLOWER


def test_repetitions_are_enough_to_see_the_difference() -> None:
    base, head = cell(spread=0.2, n=30, seed=1), cell(seconds=1.15, spread=0.2, n=30, seed=2)
    needed = repetitions_needed(base.samples, head.samples, 0.01, 1, 9)
    assert 20 < needed < 200
    seen = 0
    for seed in range(TRIES):
        one = cell(spread=0.2, n=needed, seed=2 * seed)
        other = cell(seconds=1.15, spread=0.2, n=needed, seed=2 * seed + 1)
        seen += p_value(one.samples, other.samples) < 0.01
    assert seen >= 0.6 * TRIES
    assert repetitions_needed((1.0,) * 9, (1.0,) * 9, 0.01, 1, 9) == MOST_REPETITIONS
    assert repetitions_needed((), (), 0.01, 1, 9) == 9


@pytest.mark.parametrize("drift", [0.0, 0.01, 0.03, 0.1], ids="drift {}".format)
def test_two_runs_of_one_revision_are_never_slower(drift: float) -> None:
    noise = measure_noise([[run(seed, drift) for seed in range(1000, 1005)]])
    for i in range(TRIES):
        found = compare(run(2 * i, drift), run(2 * i + 1, drift), noise=noise)
        assert "SLOWER" not in found.counts, (i, [r for r in found.rows if r.verdict == "SLOWER"])
        assert found.exit_code in (0, 5)


def test_a_planted_slow_down_of_a_fifth_is_always_found_on_a_quiet_machine() -> None:
    noise = measure_noise([[run(seed, 0.005) for seed in range(1000, 1005)]])
    for i in range(TRIES):
        found = compare(run(2 * i, 0.005), run(2 * i + 1, 0.005, slow={"gradient": 1.2}), noise=noise)
        assert [r.key.method for r in found.regressions] == ["gradient"], i
        assert found.exit_code == 3
        assert found.counts == {"SAME": len(METHODS) - 1, "SLOWER": 1}


@pytest.mark.parametrize(("rate", "verdict"), [(1e11, "SLOWER"), (0.95e11, "SLOWER"), (0.5e11, "AMBIGUOUS")])
def test_a_machine_that_was_busy_is_not_a_slower_revision(rate: float, verdict: str) -> None:
    base, head = cell(rates=(1e11,)), cell(seconds=2.0, seed=1, rates=(rate,))
    found = judge_speed({key(): (base, head)}, Thresholds(), quiet())[key()]
    assert found.verdict == verdict
    assert ("something else ran" in found.reason) == (verdict == "AMBIGUOUS")


@pytest.mark.parametrize(("rate", "verdict"), [(0.5e11, "SLOWER"), (1e11, "SLOWER"), (2e11, "AMBIGUOUS")])
def test_a_floor_of_a_quieter_hour_does_not_count(rate: float, verdict: str) -> None:
    base, head = cell(rates=(1e11,)), cell(seconds=2.0, seed=1, rates=(1e11,))
    noise = replace(quiet(), rate=rate)
    found = judge_speed({key(): (base, head)}, Thresholds(), noise)[key()]
    assert found.verdict == verdict
    assert ("measure it again" in found.reason) == (verdict == "AMBIGUOUS")


def test_seconds_of_zero_do_no_harm() -> None:
    still, moving = cell(samples=(0.0,) * 9), cell()
    for one, other in ((still, moving), (moving, still), (still, still)):
        assert compare(side(one), side(other), noise=quiet()).exit_code in (0, 3)


def test_more_work_in_a_repetition_may_hide_some() -> None:
    def verdict(work: float) -> Verdict:
        base, head = cell(work=800.0, seed=0), cell(work=work, seed=1)
        return judge_speed({key(): (base, head)}, Thresholds(), quiet())[key()].verdict

    assert verdict(800) is Verdict.SAME
    assert verdict(840) is Verdict.SAME
    assert verdict(1600) is Verdict.AMBIGUOUS
    assert verdict(400) is Verdict.SAME


def test_samples_of_one_value_are_the_same() -> None:
    """A coarse clock gives them."""
    same = cell(samples=(1.0,) * 9)
    assert compare(side(same), side(same), noise=quiet()).counts == {"SAME": 1}
    slower = cell(samples=(1.5,) * 9)
    assert compare(side(same), side(slower), noise=quiet()).counts == {"SLOWER": 1}
