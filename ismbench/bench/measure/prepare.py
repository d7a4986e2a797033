"""A method made ready for timing: built, called, warmed up, and given as much work as its budget allows."""

import time
from math import ceil, gcd

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.measure.nested_positions import nested_positions
from ismbench.bench.measure.ready_cell import ReadyCell, unseen
from ismbench.bench.measure.timed_call import timed_call
from ismbench.bench.measure.unseen import shuffled
from ismbench.bench.measure.workbench import Workbench
from ismbench.bench.records.cell import Cell
from ismbench.methods import BatchSizes, Explainer, load

__all__ = ["OverBudgetError", "build_method", "prepare"]

_STABLE = 0.15


class OverBudgetError(Exception):
    """Even the smallest work of this cell takes longer than the budget's limit; the message says how long."""


def prepare(cell: Cell, work: Workbench) -> ReadyCell:
    """Builds a method, calls it, decides how much it is timed on, and warms that up.

    Raises:
        OverBudgetError: The smallest work is too much.
        UnsupportedError: The method cannot do this.
        BrokenPromiseError: See timed_call.
    """
    spec = cell.declared
    ready = _in_part(cell, work) if spec.exact and spec.subset else _in_full(cell, work)
    return _warm(ready, work)


def _in_full(cell: Cell, work: Workbench) -> ReadyCell:
    """Prepares a method that always scores all positions; the budget decides how many sequences it gets."""
    at_least = _at_least(cell, work)
    if at_least is not None:
        _refuse_above_limit(at_least, work, "at least ")
    smallest = min(_smallest(cell, work.x.shape[1]), len(work.x))
    ready = _first(cell, work, smallest, work.x.shape[1])
    _again(ready, work)
    _refuse_above_limit(ready.seconds, work)
    return _enlarged(ready, ready.seconds, smallest, work)


def _in_part(cell: Cell, work: Workbench) -> ReadyCell:
    """Prepares a method that may score a subset of positions; the budget decides how many."""
    length, unit = work.x.shape[1], _unit(cell, work.x.shape[1])
    at_least = _at_least(cell, work)
    ready = _first(cell, work, 1, length if at_least is None else _positions(at_least / length, unit, work))
    _again(ready, work)
    count = len(ready.positions)
    per_position = ready.seconds / count
    _refuse_above_limit(per_position * unit, work)
    fits = _positions(per_position, unit, work)
    if fits < count / 2 or fits > 1.5 * count or fits == length != count:
        ready, count = _first(cell, work, 1, fits), fits
    if count < length:
        return ready
    smallest = min(_smallest(cell, length), len(work.x))
    return _enlarged(ready, per_position * length * smallest, smallest, work)


def _at_least(cell: Cell, work: Workbench) -> float | None:
    """Seconds for one sequence at the rate of a matmul, which no method exceeds; None where unknown."""
    price = work.price(cell)
    return None if price is None else price / work.per_second


def _positions(per_position: float, unit: int, work: Workbench) -> int:
    """Positions that a repetition's share of the budget allows, in whole units."""
    affordable = int(_share(work) / per_position) // unit * unit
    return min(work.x.shape[1], max(unit, affordable))


def _enlarged(ready: ReadyCell, seconds: float, smallest: int, work: Workbench) -> ReadyCell:
    """Gives a cell as many sequences as the budget allows; so many seconds are for the smallest number."""
    wanted = int(_share(work) / seconds) * smallest
    n = max(smallest, min(wanted, len(work.x) // smallest * smallest))
    ready.settled = ready.settled and n == ready.n
    ready.n = n
    return ready


def _share(work: Workbench) -> float:
    """Seconds that one repetition may take if there are only the fewest of them."""
    return work.budget.cell / work.budget.repetitions.min


def _refuse_above_limit(seconds: float, work: Workbench, qualifier: str = "") -> None:
    repetitions, limit = work.budget.repetitions.min, work.budget.limit
    if seconds * repetitions > limit:
        raise OverBudgetError(
            f"one repetition takes {qualifier}{seconds:.3g} s;"
            f" {repetitions} of them are above the limit of {limit:g} s"
        )


def build_method(cell: Cell, work: Workbench, positions: NDArray[np.intp]) -> Explainer:
    """Builds the method of a cell for some positions, or for all."""
    options = dict(cell.options)
    if len(positions) < work.x.shape[1]:
        options["positions"] = [int(p) for p in positions]
    factory = load(cell.implementation or cell.method)
    return factory(work.model, work.target, BatchSizes(**cell.batch), **options)


def _first(cell: Cell, work: Workbench, n: int, count: int) -> ReadyCell:
    positions = nested_positions(work.x.shape[1], count, work.seed)
    work.step(cell, "build")
    start = time.perf_counter()
    explainer = build_method(cell, work, positions)
    built = time.perf_counter() - start
    work.step(cell, "first call")
    call = timed_call(explainer, shuffled(work.x[:n], work.seed, cell.order, 0, count), positions)
    return ReadyCell(cell, explainer, n, positions, built, call.seconds, call.seconds)


def _again(ready: ReadyCell, work: Workbench) -> None:
    """Calls a second time, which compiles nothing, unless the first call alone is far above the limit."""
    if ready.first_call_seconds * work.budget.repetitions.min <= 2 * work.budget.limit:
        _call(ready, work)


def _warm(ready: ReadyCell, work: Workbench) -> ReadyCell:
    """Calls with the final work until two calls in a row agree; one is enough for long calls."""
    most, spent, before = work.budget.cell / 4, 0.0, np.inf
    if ready.settled and ready.seconds > most:
        return ready
    while spent <= most:
        _call(ready, work)
        spent += ready.seconds
        if abs(ready.seconds - before) <= _STABLE * before:
            break
        before = ready.seconds
    return ready


def _call(ready: ReadyCell, work: Workbench) -> None:
    work.step(ready.cell, "warm-up")
    ready.seconds = timed_call(ready.explainer, unseen(ready, work), ready.positions).seconds
    ready.settled = True


def _smallest(cell: Cell, length: int) -> int:
    """Sequences that fill one batch."""
    method = cell.declared
    rows = method.rows(length, method.settings(cell.batch, cell.options))
    varied = cell.batch[method.batch_column()] or 1
    return max(cell.sequences_per_call or 1, ceil(varied / rows))


def _unit(cell: Cell, length: int) -> int:
    """Positions whose mutants fill whole batches; a padded batch would be timed in vain."""
    batch = cell.mutants_per_forward or 1
    return min(length, max(16, batch // gcd(batch, 3)))
