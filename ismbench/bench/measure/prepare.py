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


def prepare(cell: Cell, bench: Workbench) -> ReadyCell:
    """Builds a method, calls it, decides how much it is timed on, and warms that up.

    Raises:
        OverBudgetError: The smallest work is too much.
        UnsupportedError: The method cannot do this.
        BrokenPromiseError: See timed_call.
    """
    spec = cell.declared
    ready = _in_part(cell, bench) if spec.exact and spec.subset else _in_full(cell, bench)
    return _warm(ready, bench)


def _in_full(cell: Cell, bench: Workbench) -> ReadyCell:
    """Prepares a method that always scores all positions; the budget decides how many sequences it gets."""
    at_least = _at_least(cell, bench)
    if at_least is not None:
        _refuse_above_limit(at_least, bench, "at least ")
    smallest = min(_smallest(cell, bench.x.shape[1]), len(bench.x))
    ready = _first(cell, bench, smallest, bench.x.shape[1])
    _again(ready, bench)
    _refuse_above_limit(ready.seconds, bench)
    return _enlarged(ready, ready.seconds, smallest, bench)


def _in_part(cell: Cell, bench: Workbench) -> ReadyCell:
    """Prepares a method that may score a subset of positions; the budget decides how many."""
    length, unit = bench.x.shape[1], _unit(cell, bench.x.shape[1])
    at_least = _at_least(cell, bench)
    ready = _first(cell, bench, 1, length if at_least is None else _positions(at_least / length, unit, bench))
    _again(ready, bench)
    count = len(ready.positions)
    per_position = ready.seconds / count
    _refuse_above_limit(per_position * unit, bench)
    fits = _positions(per_position, unit, bench)
    if fits < count / 2 or fits > 1.5 * count or fits == length != count:
        ready, count = _first(cell, bench, 1, fits), fits
    if count < length:
        return ready
    smallest = min(_smallest(cell, length), len(bench.x))
    return _enlarged(ready, per_position * length * smallest, smallest, bench)


def _at_least(cell: Cell, bench: Workbench) -> float | None:
    """Seconds for one sequence at the rate of a matmul, which no method exceeds; None where unknown."""
    price = bench.price(cell)
    return None if price is None else price / bench.per_second


def _positions(per_position: float, unit: int, bench: Workbench) -> int:
    """Positions that a repetition's share of the budget allows, in whole units."""
    affordable = int(_share(bench) / per_position) // unit * unit
    return min(bench.x.shape[1], max(unit, affordable))


def _enlarged(ready: ReadyCell, seconds: float, smallest: int, bench: Workbench) -> ReadyCell:
    """Gives a cell as many sequences as the budget allows; so many seconds are for the smallest number."""
    wanted = int(_share(bench) / seconds) * smallest
    n = max(smallest, min(wanted, len(bench.x) // smallest * smallest))
    ready.settled = ready.settled and n == ready.n
    ready.n = n
    return ready


def _share(bench: Workbench) -> float:
    """Seconds that one repetition may take if there are only the fewest of them."""
    return bench.budget.cell / bench.budget.repetitions.min


def _refuse_above_limit(seconds: float, bench: Workbench, qualifier: str = "") -> None:
    repetitions, limit = bench.budget.repetitions.min, bench.budget.limit
    if seconds * repetitions > limit:
        raise OverBudgetError(
            f"one repetition takes {qualifier}{seconds:.3g} s;"
            f" {repetitions} of them are above the limit of {limit:g} s"
        )


def build_method(cell: Cell, bench: Workbench, positions: NDArray[np.intp]) -> Explainer:
    """Builds the method of a cell for some positions, or for all."""
    options = dict(cell.options)
    if len(positions) < bench.x.shape[1]:
        options["positions"] = [int(p) for p in positions]
    factory = load(cell.implementation or cell.method)
    return factory(bench.model, bench.target, BatchSizes(**cell.batch), **options)


def _first(cell: Cell, bench: Workbench, n: int, count: int) -> ReadyCell:
    positions = nested_positions(bench.x.shape[1], count, bench.seed)
    bench.step(cell, "build")
    start = time.perf_counter()
    explainer = build_method(cell, bench, positions)
    built = time.perf_counter() - start
    bench.step(cell, "first call")
    call = timed_call(explainer, shuffled(bench.x[:n], bench.seed, cell.order, 0, count), positions)
    return ReadyCell(cell, explainer, n, positions, built, call.seconds, call.seconds)


def _again(ready: ReadyCell, bench: Workbench) -> None:
    """Calls a second time, which compiles nothing, unless the first call alone is far above the limit."""
    if ready.first_call_seconds * bench.budget.repetitions.min <= 2 * bench.budget.limit:
        _call(ready, bench)


def _warm(ready: ReadyCell, bench: Workbench) -> ReadyCell:
    """Calls with the final work until two calls in a row agree; one is enough for long calls."""
    most, spent, before = bench.budget.cell / 4, 0.0, np.inf
    if ready.settled and ready.seconds > most:
        return ready
    while spent <= most:
        _call(ready, bench)
        spent += ready.seconds
        if abs(ready.seconds - before) <= _STABLE * before:
            break
        before = ready.seconds
    return ready


def _call(ready: ReadyCell, bench: Workbench) -> None:
    bench.step(ready.cell, "warm-up")
    ready.seconds = timed_call(ready.explainer, unseen(ready, bench), ready.positions).seconds
    ready.settled = True


def _smallest(cell: Cell, length: int) -> int:
    """Number of sequences that fill one batch."""
    method = cell.declared
    rows = method.rows(length, method.settings(cell.batch, cell.options))
    varied = cell.batch[method.batch_column()] or 1
    return max(cell.sequences_per_call or 1, ceil(varied / rows))


def _unit(cell: Cell, length: int) -> int:
    """Positions whose mutants fill whole batches; a padded batch would be timed in vain."""
    batch = cell.mutants_per_forward or 1
    return min(length, max(16, batch // gcd(batch, 3)))
