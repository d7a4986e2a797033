"""What each verdict is for, and the exit code that follows from them all."""

import pytest

from ismbench.compare import Comparison, MeasuredCell, Thresholds, compare, pooled
from ismbench.compare.machine_state import MachineState
from ismbench.compare.measured import Score
from ismbench.compare.quality import judge_memory
from ismbench.compare.table import as_markdown, summary
from ismbench.compare.verdicts import Change
from ismbench.errors import InputError
from tests.compare.made_up import cell, quiet, side

MIB = 2.0**20


def both(base: MeasuredCell, head: MeasuredCell, **options: bool) -> Comparison:
    """Compares one cell, beside another that is the same on both sides."""
    return compare(side(base, cell("deepshap")), side(head, cell("deepshap")), noise=quiet(), **options)


@pytest.mark.parametrize("status", ["error", "oom", "timeout", "over_budget", "unsupported", "interrupted"])
def test_a_cell_that_no_longer_runs_is_missing_and_blocks(status: str) -> None:
    found = both(cell(), cell(status=status, samples=(), reason="because"))
    assert found.counts == {"SAME": 1, "MISSING": 1}
    assert found.exit_code == 3
    assert found.regressions[0].reason == f"the head is {status}: because"
    allowed = both(cell(), cell(status=status, samples=()), allow_missing=True)
    assert (allowed.counts, allowed.exit_code) == ({"SAME": 1, "MISSING": 1}, 0)


def test_a_cell_that_was_left_out_is_missing_too() -> None:
    found = compare(side(cell(), cell("deepshap")), side(cell("deepshap")), noise=quiet())
    assert (found.counts, found.exit_code) == ({"SAME": 1, "MISSING": 1}, 3)
    assert found.regressions[0].reason == "not in the head"


def test_a_new_cell_blocks_nothing() -> None:
    found = compare(side(cell("deepshap")), side(cell("deepshap"), cell()), noise=quiet())
    assert (found.counts, found.exit_code) == ({"SAME": 1, "NEW": 1}, 0)
    mended = both(cell(status="error", samples=()), cell())
    assert (mended.counts, mended.exit_code) == ({"SAME": 1, "NEW": 1}, 0)


@pytest.mark.parametrize("base", [cell(), cell(status="error"), cell(status="nonequivalent"), None])
def test_a_wrong_result_blocks_whatever_was_before(base: MeasuredCell | None) -> None:
    wrong = cell(status="nonequivalent", samples=(), reason="differs from naive ISM by 1")
    found = compare(side(*filter(None, [base])), side(wrong), noise=quiet())
    assert (found.counts, found.exit_code) == ({"NONEQUIVALENT": 1}, 3)
    assert "differs" in found.cells[0].reason


def test_cells_that_never_ran_are_not_rows() -> None:
    found = both(cell(status="unsupported", samples=()), cell(status="unsupported", samples=()))
    assert (found.counts, found.exit_code) == ({"SAME": 1}, 0)


@pytest.mark.parametrize("machine", ["m2", None])
def test_other_machines_conclude_nothing_unless_allowed(machine: str | None) -> None:
    base, head = cell(), cell(seconds=2.0, state=MachineState(machine))
    found = compare(side(base), side(head), noise=quiet())
    assert (found.exit_code, found.counts) == (5, {"AMBIGUOUS": 1})
    assert "--allow-other-machine" in found.problem
    assert "host: machine m1" in found.differences[0]
    allowed = compare(side(base), side(head), noise=quiet(), allow_other_machine=True)
    assert (allowed.exit_code, allowed.counts) == (3, {"SLOWER": 1})
    assert allowed.differences == found.differences


def test_nothing_in_common_concludes_nothing() -> None:
    assert compare(side(), side()).exit_code == 5
    found = compare(side(cell()), side(cell("deepshap")), noise=quiet(), allow_missing=True)
    assert (found.exit_code, found.counts) == (5, {"MISSING": 1, "NEW": 1})


def test_if_every_cell_is_ambiguous_nothing_is_concluded() -> None:
    found = compare(side(cell(spread=0.5)), side(cell(seconds=2.0, spread=0.5)))
    assert (found.exit_code, found.counts) == (5, {"AMBIGUOUS": 1})
    assert "doctor --noise" in found.problem


def test_memory_has_a_threshold_of_its_own() -> None:
    base = cell(memory=100 * MIB)
    assert both(base, cell(memory=120 * MIB)).exit_code == 0
    more = both(base, cell(memory=130 * MIB))
    assert (more.exit_code, more.counts) == (3, {"SAME": 2})
    assert more.regressions[0].reason == "memory 100 -> 130 MiB"
    assert both(base, cell(memory=50 * MIB)).cells[0].memory.change is Change.BETTER
    assert both(base, cell(memory=None)).cells[0].memory.change is Change.UNKNOWN


def test_little_memory_or_noisy_memory_blocks_nothing() -> None:
    limits = Thresholds()
    small = judge_memory(cell(memory=1 * MIB), cell(memory=10 * MIB), limits, 0.0)
    assert small.change is Change.SAME
    noisy = judge_memory(cell(memory=100 * MIB), cell(memory=200 * MIB), limits, 0.5)
    assert noisy.change is Change.UNSURE
    other = judge_memory(cell(memory=100 * MIB), cell(memory=200 * MIB, work=2.0), limits, 0.0)
    assert other.change is Change.UNKNOWN
    from_nothing = judge_memory(cell(memory=0), cell(memory=100 * MIB), limits, 0.0)
    assert from_nothing.change is Change.WORSE


def test_a_lost_correlation_blocks() -> None:
    def scored(value: float, n: int = 100) -> MeasuredCell:
        return cell(scores={"pearson_map": Score(value, n), "cosine_track": Score(0.9, n)})

    assert both(scored(0.8), scored(0.795)).exit_code == 0
    lost = both(scored(0.8), scored(0.7))
    assert lost.exit_code == 3
    assert lost.regressions[0].reason == "pearson_map 0.8000 -> 0.7000"
    assert both(scored(0.8), scored(0.9)).cells[0].scores.change is Change.BETTER
    assert both(scored(0.8), scored(0.1, n=50)).cells[0].scores.change is Change.UNKNOWN


def test_a_correlation_that_is_no_longer_defined_is_lost() -> None:
    """A method that became a constant has none."""
    nan = float("nan")
    base = cell(scores={"pearson_map": Score(0.8, 100), "cosine_track": Score(nan, 100)})
    head = cell(scores={"pearson_map": Score(nan, 100), "cosine_track": Score(nan, 100)})
    lost = both(base, head)
    assert lost.exit_code == 3
    assert lost.regressions[0].reason == "pearson_map 0.8000 -> not defined"
    assert "worse" in as_markdown(lost)
    assert both(head, head).cells[0].scores.change is Change.UNKNOWN
    assert both(head, base).exit_code == 0


def test_what_was_not_decided_is_said_beside_nothing_is_worse() -> None:
    few = cell(n=1)
    text = "\n".join(summary(both(cell(), few)))
    assert "Nothing is worse. 1 cell is undecided." in text


def test_counters_that_changed_are_named() -> None:
    found = both(cell(counters={"multiply_adds": 1000.0}), cell(counters={"multiply_adds": 2000.0}))
    assert "multiply_adds 1,000 -> 2,000" in found.cells[0].reason
    assert found.exit_code == 0


def test_runs_of_one_revision_are_put_together() -> None:
    parts = [side(cell(seed=i, memory=m)) for i, m in enumerate((30.0, 10.0, 20.0))]
    (one,) = pooled("A", parts).cells.values()
    assert (len(one.samples), one.memory, one.state.machine) == (27, 10.0, "m1")
    failed = pooled("A", [*parts, side(cell(status="error", samples=()))])
    assert next(iter(failed.cells.values())).status == "error"
    with pytest.raises(InputError):
        pooled("A", [])


@pytest.mark.parametrize(
    "changes", [{"time": 0.0}, {"memory": -1.0}, {"concordance": 1e9}, {"significance": 0.7}]
)
def test_thresholds_have_ranges(changes: dict[str, float]) -> None:
    with pytest.raises(InputError, match="Received"):
        Thresholds(**changes)  # type: ignore[arg-type]
