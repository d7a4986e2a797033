"""Does a method answer faster where it has seen the sequences before? Then it keeps answers."""

from ismbench.bench.measure.ready_cell import ReadyCell, seen, unseen
from ismbench.bench.measure.timed_call import timed_call
from ismbench.bench.measure.workbench import Workbench

__all__ = ["remark_on_memory"]

_FACTOR = 2.0
"""So much faster on known sequences that neither caches of the processor nor noise explain it."""

_TRIES = 3


def remark_on_memory(ready: ReadyCell, bench: Workbench, seconds: float) -> str | None:
    """Says so where a method remembers sequences; its samples are of new ones, and so are honest all the same.

    Most methods cost nothing here: only a call that was much faster than every sample is looked into.

    Args:
        ready: A cell that has been timed.
        bench: The lane's workbench.
        seconds: Seconds of a call with sequences that the cell has seen.
    """
    if _FACTOR * seconds >= min(ready.samples):
        return None
    known, new = [], []
    for _ in range(_TRIES):
        known.append(timed_call(ready.explainer, seen(ready, bench)[1], ready.positions).seconds)
        new.append(timed_call(ready.explainer, unseen(ready, bench), ready.positions).seconds)
    if _FACTOR * max(known) >= min(new):
        return None
    return (
        f"remembers sequences: {max(known):.2g} s for known ones, {min(new):.2g} s for new ones;"
        " the time is that of new ones"
    )
