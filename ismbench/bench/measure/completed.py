"""Scores of the sequences that no timed repetition came to: methods are compared on the same ones."""

from ismbench.bench.measure.ready_cell import ReadyCell
from ismbench.bench.measure.score_more import score_more
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
    if not missing or ready.more_seconds(len(missing)) > seconds:
        return

    def step(n: int) -> None:
        bench.step(ready.cell, f"scores of {n} more sequences")

    found = score_more(ready.explainer, bench.x[missing], ready.n, ready.positions, step)
    for number, scores in zip(missing, found, strict=True):
        ready.scores[number] = scores.copy()
