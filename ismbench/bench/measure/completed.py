"""Scores of the sequences that no timed repetition came to: methods are compared on the same ones."""

import numpy as np

from ismbench.bench.measure.ready_cell import ReadyCell
from ismbench.bench.measure.timed_call import timed_call
from ismbench.bench.measure.workbench import Workbench

__all__ = ["complete_scores"]


def complete_scores(ready: ReadyCell, bench: Workbench, wanted: int, seconds: float) -> None:
    """Scores, off the clock, what is missing of the first sequences; leaves a cell alone that would take too long.

    Args:
        ready: A cell that has been timed; its scores grow.
        bench: The lane's workbench.
        wanted: Scores of so many of the first sequences.
        seconds: That it may take, by the time of the last repetition.
    """
    missing = [i for i in range(min(wanted, len(bench.x))) if i not in ready.scores]
    calls = [missing[i : i + ready.n] for i in range(0, len(missing), ready.n)]
    each = ready.samples[-1] if ready.samples else ready.seconds
    if not calls or len(calls) * each > seconds:
        return
    for part in calls:
        bench.step(ready.cell, f"scores of {len(part)} more sequences")
        # Of the size that is compiled already: sequences of the pool fill it up.
        numbers = np.resize(np.array(part, dtype=np.intp), ready.n)
        scores = timed_call(ready.explainer, bench.x[numbers], ready.positions).scores
        for row, number in enumerate(part):
            ready.scores[number] = scores[row].copy()
