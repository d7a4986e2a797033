"""A call that does not fill its last batch: where an exact method is most easily wrong, and what timing avoids."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.measure.prepare import build_method
from ismbench.bench.measure.ready_cell import ReadyCell
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.timed_call import timed_call
from ismbench.bench.measure.workbench import Workbench

__all__ = ["remainder_size", "score_with_remainder"]


def score_with_remainder(
    ready: ReadyCell, bench: Workbench, names: tuple[str, ...], known: int
) -> Scored | None:
    """Scores sequences, in random order, in a call whose last batch is not full; naive ISM knows the last of them.

    Where the positions that are timed fill whole batches whatever the sequences, the method is built once more, for
    one position fewer; both ends stay.

    Args:
        ready: A cell that has been timed.
        bench: The lane's workbench.
        names: Names of all sequences (N,).
        known: Naive ISM has scored so many of the first sequences.

    Returns:
        None where every call fills its batches.
    """
    cell, method, explainer, positions = (
        ready.cell,
        ready.cell.declared,
        ready.explainer,
        ready.positions,
    )
    settings, most = method.settings(cell.batch, cell.options), len(bench.x)
    n = remainder_size(method, settings, len(positions), ready.n, most)
    if n is None and method.subset and len(positions) > 2:
        positions = np.delete(positions, len(positions) // 2)
        n = remainder_size(method, settings, len(positions), ready.n, most)
        explainer = build_method(cell, bench, positions)
    if n is None:
        return None
    bench.step(cell, "call with a remainder")
    numbers = _choose(n, known, most, np.random.default_rng((bench.seed, cell.order, 3)))
    x = bench.x[numbers]
    scores = timed_call(explainer, x, positions).scores
    return Scored(method.kind, numbers, [names[i] for i in numbers], x, scores, positions)


def remainder_size(
    method: Any, settings: Mapping[str, Any], n_positions: int, timed: int, most: int
) -> int | None:
    """The fewest sequences that leave a last batch unfilled, after a full one where that can be; None if none do.

    Args:
        method: A class of a method.
        settings: Its batch sizes and options.
        n_positions: Positions that are scored of each.
        timed: Sequences of a timed repetition; not many more are taken.
        most: Sequences that there are.
    """
    together, varied = settings.get("sequences_per_call"), settings.get(method.batch_column())
    rows = method.rows(n_positions, settings)
    if (
        together is None and varied is None
    ):  # the method's own choice, for each model: what it was not warmed up for
        return timed + 1 if timed < most else max(1, timed - 1)

    def is_left(n: int) -> bool:
        last = n % (together or n)
        return last > 0 or (together or n) * rows % (varied or 1) > 0

    sizes = [n for n in range(1, min(most, timed + (together or 1)) + 1) if is_left(n)]
    full = [n for n in sizes if n > (together or 0) and n * rows > (varied or 0)]
    return next(iter(full or sizes), None)


def _choose(n: int, known: int, most: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Numbers of n sequences: as many as can be that naive ISM knows, in random order, one of these at the end."""
    inside = rng.permutation(min(known, most))[:n]
    outside = min(known, most) + rng.permutation(most - min(known, most))[: n - len(inside)]
    last, rest = inside[:1], np.concatenate([inside[1:], outside])
    numbers: NDArray[np.intp] = np.concatenate([rng.permutation(rest), last]).astype(np.intp)
    return numbers
