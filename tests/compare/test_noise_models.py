"""Slow-downs that were planted, and none, on machines whose noise is known: what is found, and what never is."""

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from ismbench.compare import Comparison, MeasuredCell, compare, measure_noise
from ismbench.compare.interval import interval_of_ratio
from ismbench.compare.machine_state import MachineState
from ismbench.compare.noise import Noise
from tests.compare.made_up import METHODS, key, side
from tests.compare.noise_models import MACHINES, Machine

TRIES = 20
MANY = 2000


def floor_of(machine: Machine) -> Noise:
    return measure_noise([[machine.run(1_000_000 + seed) for seed in range(5)]])


def planted(machine: Machine, i: int, factor: float, n: int = 9, noise: Noise | None = None) -> Comparison:
    """Two runs, the second with a gradient that takes ``factor`` times as long."""
    return compare(machine.run(2 * i, n), machine.run(2 * i + 1, n, {"gradient": factor}), noise=noise)


def gradient(found: Comparison) -> str:
    return next(cell.verdict.value for cell in found.cells if cell.key.method == "gradient")


@pytest.mark.parametrize("known", [False, True], ids=["floor from rounds", "floor measured"])
@pytest.mark.parametrize("name", MACHINES)
def test_two_runs_of_one_revision_are_never_slower(name: str, known: bool) -> None:
    machine = MACHINES[name]
    noise = floor_of(machine) if known else None
    for n in (9,) if known else (2, 3, 5, 9):
        for i in range(TRIES):
            found = compare(machine.run(2 * i, n), machine.run(2 * i + 1, n), noise=noise)
            assert "SLOWER" not in found.counts, (n, i)
            assert found.exit_code in (0, 5)


def test_no_two_of_21_real_runs_of_one_revision_differ() -> None:
    """Of the 420 ordered pairs nine came out slower, and nine faster, by the spread between rounds alone."""
    runs = json.loads((Path(__file__).parent / "aa_runs.json").read_text())["runs"]
    sides = [
        side(*(MeasuredCell(key(m), samples=tuple(s), state=MachineState("m1")) for m, s in run.items()))
        for run in runs
    ]
    for base, head in permutations(sides, 2):
        assert set(compare(base, head).counts) <= {"SAME", "AMBIGUOUS"}


@pytest.mark.parametrize("name", ["quiet", "busy", "shared"])
def test_a_revision_that_makes_everything_slower_is_no_drift(name: str) -> None:
    machine = MACHINES[name]
    for i in range(TRIES):
        found = compare(machine.run(2 * i), machine.run(2 * i + 1, slow=dict.fromkeys(METHODS, 4.0)))
        assert found.counts == {"SLOWER": len(METHODS)}, i


@pytest.mark.nightly
@pytest.mark.parametrize("name", MACHINES)
def test_two_thousand_comparisons_of_one_revision_are_never_slower(name: str) -> None:
    machine = MACHINES[name]
    for i in range(MANY):
        found = compare(machine.run(2 * i), machine.run(2 * i + 1))
        assert "SLOWER" not in found.counts, i


@pytest.mark.parametrize("known", [False, True], ids=["floor from rounds", "floor measured"])
@pytest.mark.parametrize("factor", [1.2, 3, 50])
def test_on_a_quiet_machine_every_planted_slow_down_is_found(factor: float, known: bool) -> None:
    noise = floor_of(MACHINES["quiet"]) if known else None
    for i in range(TRIES):
        found = planted(MACHINES["quiet"], i, factor, noise=noise)
        assert [cell.key.method for cell in found.regressions] == ["gradient"], i
        assert (found.exit_code, found.counts) == (3, {"SAME": len(METHODS) - 1, "SLOWER": 1})


@pytest.mark.parametrize(
    ("name", "factor", "verdicts"),
    [
        ("busy", 1.2, {"AMBIGUOUS", "SLOWER"}), ("busy", 3, {"SLOWER"}), ("busy", 50, {"SLOWER"}),
        ("loaded", 1.2, {"AMBIGUOUS"}), ("loaded", 3, {"AMBIGUOUS", "SLOWER"}), ("loaded", 50, {"SLOWER"}),
        ("loaded", 230, {"SLOWER"}),
    ],
)  # fmt: skip
def test_on_a_noisy_machine_what_is_larger_than_its_noise_is_found(
    name: str, factor: float, verdicts: set[str]
) -> None:
    for i in range(TRIES):
        found = planted(MACHINES[name], i, factor)
        assert gradient(found) in verdicts
        assert found.exit_code == (3 if gradient(found) == "SLOWER" else 5)
        assert all(c.speed and c.speed.repetitions for c in found.cells if c.verdict == "AMBIGUOUS")


@pytest.mark.parametrize("n", [2, 3, 5])
def test_few_repetitions_find_what_is_gigantic(n: int) -> None:
    for i in range(TRIES):
        assert gradient(planted(MACHINES["quiet"], i, 3, n)) == "SLOWER"
        assert gradient(planted(MACHINES["busy"], i, 230, n)) == "SLOWER"
    # Two of which one was held up may be called undecided, or slower; never the opposite.
    assert {gradient(planted(MACHINES["loaded"], i, 230, n)) for i in range(TRIES)} <= {"SLOWER", "AMBIGUOUS"}


@pytest.mark.parametrize("n", [2, 3, 5, 9])
@pytest.mark.parametrize("shape", ["normal", "heavy tails", "held up", "exponential"])
def test_the_interval_holds_the_ratio_as_often_as_it_says(shape: str, n: int) -> None:
    """Coverage of 98% intervals over 600 pairs of samples, to half a point and three standard errors."""
    rng = np.random.default_rng([n, *shape.encode()])
    draws = {
        "normal": lambda: rng.normal(0, 0.1, n),
        "heavy tails": lambda: 0.1 * rng.standard_t(3, n),
        "held up": lambda: rng.normal(0, 0.05, n) + (rng.random(n) < 0.1) * rng.exponential(1, n),
        "exponential": lambda: np.log1p(0.2 * rng.exponential(1, n)),
    }[shape]
    tries, ratio, miss = 600, 1.7, 0.02
    held = 0
    for _ in range(tries):
        interval = interval_of_ratio(np.exp(draws()).tolist(), (ratio * np.exp(draws())).tolist(), miss)
        held += abs(interval.middle - np.log(ratio)) <= interval.half
    assert held / tries > 1 - miss - 0.005 - 3 * np.sqrt(miss / tries)
