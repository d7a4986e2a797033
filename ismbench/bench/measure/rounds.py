"""Timed repetitions of several cells in rounds, so that drift of the machine hits all of them alike."""

from collections.abc import Callable, Iterable

from ismbench.bench.measure.ready_cell import ReadyCell, unseen
from ismbench.bench.measure.timed_call import timed_call
from ismbench.bench.measure.unseen import takes_turns
from ismbench.bench.measure.workbench import Workbench

__all__ = ["run_rounds"]

_LONG = 10
"""A call is long if its budget is spent after so many."""


def run_rounds(
    cells: Iterable[ReadyCell], bench: Workbench, keep: int, failed: Callable[[ReadyCell, Exception], None]
) -> None:
    """Times one repetition of every cell, then the next, until each has enough or has spent its budget.

    Every second round goes backwards, so that no cell always follows the same one. No sequence comes twice,
    not even in warm-up: a method that remembers sequences gains nothing.

    A first round is not counted: since a cell was prepared, others have used caches and memory. Cells whose
    calls are long do without it.

    Args:
        cells: Those that are ready; their samples and scores are filled in.
        bench: The lane's workbench.
        keep: Output is kept for so many of the first sequences.
        failed: Told of a cell that raised; it is not called again.
    """
    active, turn = list(cells), 0
    for cell in [cell for cell in active if cell.seconds < bench.budget.cell / _LONG]:
        try:
            bench.step(cell.cell, "warm-up")
            timed_call(cell.explainer, unseen(cell, bench), cell.positions)
        except Exception as error:  # whatever a method raises becomes the status of its row
            failed(cell, error)
            active.remove(cell)
    while active:
        finished = []
        for cell in active if turn % 2 == 0 else reversed(active):
            try:
                _repeat(cell, bench, keep)
            except Exception as error:  # likewise
                failed(cell, error)
                finished.append(cell)
                continue
            if _enough(cell, bench):
                finished.append(cell)
        active = [cell for cell in active if not any(cell is done for done in finished)]
        turn += 1


def _repeat(cell: ReadyCell, bench: Workbench, keep: int) -> None:
    bench.step(cell.cell, f"repetition {len(cell.samples) + 1}")
    repetition = len(cell.samples)
    numbers, x = takes_turns(bench.x, repetition, cell.n, bench.seed, cell.cell.order)
    call = timed_call(cell.explainer, x, cell.positions)
    cell.samples.append(call.seconds)
    for row, number in enumerate(numbers):
        if 0 <= number < keep:
            cell.scores[int(number)] = call.scores[row].copy()
            cell.checked.add(repetition)


def _enough(cell: ReadyCell, bench: Workbench) -> bool:
    limits, done = bench.budget.repetitions, len(cell.samples)
    spent = sum(cell.samples)
    return done >= limits.max or (done >= limits.min and spent * (1 + 1 / done) > bench.budget.cell)
