"""Another host, other cores, thread variables and settings: said, and never taken for a slower revision."""

from typing import Any

import pytest

from ismbench.compare import compare
from ismbench.compare.machine_state import MachineState
from tests.compare.made_up import cell, quiet, side

HOST = "a processor, 8 physical cores, 32 GiB, a processor"


def state(**changes: Any) -> MachineState:
    return MachineState(**{"machine": "m1", "host": HOST, "cores": 8, **changes})


EIGHT_CORES, TWO_CORES = state(machine="m8", cores=8), state(machine="m2", cores=2)
ONE_THREAD = state(threads={"OMP_NUM_THREADS": "1"})


@pytest.mark.parametrize(
    ("base", "head", "factor", "verdict"),
    [
        # Two of eight cores explain four times, in one direction.
        (EIGHT_CORES, TWO_CORES, 3.9, "AMBIGUOUS"), (EIGHT_CORES, TWO_CORES, 4.2, "AMBIGUOUS"),
        (EIGHT_CORES, TWO_CORES, 5.0, "SLOWER"), (EIGHT_CORES, TWO_CORES, 230.0, "SLOWER"),
        (EIGHT_CORES, TWO_CORES, 0.5, "FASTER"), (EIGHT_CORES, TWO_CORES, 1.0, "AMBIGUOUS"),
        (TWO_CORES, EIGHT_CORES, 0.3, "AMBIGUOUS"), (TWO_CORES, EIGHT_CORES, 0.2, "FASTER"),
        (TWO_CORES, EIGHT_CORES, 1.3, "SLOWER"),
        # One thread instead of as many as there are cores explains eight times.
        (state(), ONE_THREAD, 7.0, "AMBIGUOUS"), (state(), ONE_THREAD, 10.0, "SLOWER"),
        (ONE_THREAD, state(), 1 / 7, "AMBIGUOUS"), (ONE_THREAD, state(), 0.05, "FASTER"),
        # No bound is known for another library, another host, or one that is not known.
        (state(), state(blas={"MKL_DYNAMIC": "FALSE"}), 230.0, "AMBIGUOUS"),
        (state(), state(machine="m9", host="another"), 230.0, "AMBIGUOUS"),
        (state(), MachineState(), 230.0, "AMBIGUOUS"), (MachineState(), MachineState(), 230.0, "AMBIGUOUS"),
        (state(cores=None), ONE_THREAD, 230.0, "AMBIGUOUS"),
        (state(), state(), 1.3, "SLOWER"),
    ],
)  # fmt: skip
def test_what_the_machine_explains_is_taken_away(
    base: MachineState, head: MachineState, factor: float, verdict: str
) -> None:
    one, other = cell(state=base), cell(seconds=factor, seed=1, state=head)
    found = compare(side(one), side(other), noise=quiet())
    assert found.counts == {verdict: 1}
    assert found.exit_code == {"SLOWER": 3, "FASTER": 0, "AMBIGUOUS": 5}[verdict]
    if base != head:
        assert "another machine state" in found.cells[0].reason
        assert found.differences
    answered = compare(side(one), side(other), noise=quiet(), allow_other_machine=True)
    assert answered.counts == {"SLOWER" if factor > 1.1 else "SAME" if factor == 1 else "FASTER": 1}


def test_what_differs_is_named() -> None:
    base = state(threads={"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"})
    head = state(machine="m2", cores=2, threads={"OMP_NUM_THREADS": "1"}, blas={"OPENBLAS_CORETYPE": "ZEN"})
    found = compare(side(cell(state=base)), side(cell(state=head)))
    assert found.differences == (
        "cores available: 8 -> 2 (all cells)",
        "MKL_NUM_THREADS: 2 -> not set (all cells)",
        "OMP_NUM_THREADS: 2 -> 1 (all cells)",
        "OPENBLAS_CORETYPE: not set -> ZEN (all cells)",
    )


def test_fewer_cores_and_a_slower_matmul_are_one_cause() -> None:
    base = cell(state=EIGHT_CORES, rates=(8e11,))
    head = cell(seconds=5.0, seed=1, state=TWO_CORES, rates=(2e11,))
    assert compare(side(base), side(head), noise=quiet()).counts == {"SLOWER": 1}


def test_only_the_cells_of_another_state_are_undecided() -> None:
    base = side(cell(), cell("deepshap"))
    head = side(cell(), cell("deepshap", state=MachineState("m2")))
    found = compare(base, head, noise=quiet())
    assert (found.counts, found.exit_code) == ({"SAME": 1, "AMBIGUOUS": 1}, 0)
    assert found.differences == ("host: machine m1 -> machine m2 (basset 200 deepshap)",)


def test_memory_of_another_state_is_not_compared() -> None:
    base, head = (cell(memory=m * 2.0**20, state=s) for m, s in ((100, EIGHT_CORES), (900, TWO_CORES)))
    assert not compare(side(base), side(head), noise=quiet()).regressions
