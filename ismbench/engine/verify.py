"""Compares the fast engine with the naive pass on a few telling mutants."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.base_engine import BaseEngine, Floats
from ismbench.engine.edits import Edits
from ismbench.engine.fast import FastEngine
from ismbench.engine.graph import Graph
from ismbench.engine.naive import NaiveEngine
from ismbench.engine.precision import coarsest_step
from ismbench.engine.rules.geometry import first
from ismbench.errors import UnsupportedError

__all__ = ["VerificationError", "phases", "probes", "verify"]

EDGE = 8
"""Positions compared at each end."""
MOST_PHASES = 96
"""Neighbouring positions compared in the middle, at most; a model's pooling may have more phases."""
RANDOM = 4
"""Runs of EDGE positions that begin at random."""
SEQUENCES = 2


class VerificationError(UnsupportedError):
    """The fast engine and the naive pass differ by more than rounding."""


def verify(
    fast: FastEngine,
    inputs: Sequence[Floats],
    edits: Edits,
    *,
    naive: NaiveEngine | None = None,
    seed: int = 0,
) -> float:
    """Scores some of the mutants both ways: both edges, every pooling phase, and random positions.

    The plan, the compiled functions and the batch are those that ``fast.deltas(inputs, edits)`` will use. The
    naive pass runs on the first two sequences only.

    Args:
        fast: The engine to check.
        inputs: One array per input of the model.
        edits: The mutants of the call.
        naive: The engine to compare with; one for the same model and target by default.
        seed: Of the random positions.

    Returns:
        The largest deviation, as a fraction of what rounding may explain (see _allowances); at most 1.

    Raises:
        VerificationError: Naming the worst mutant.
    """
    naive = naive or NaiveEngine(fast.model, fast.target, sequence_input=fast.sequence_input, norm=fast.norm)
    slots = probes(edits.positions[0], phases(fast.graph), seed)
    few = [x[:SEQUENCES] for x in inputs]
    part = _at(edits, slots)
    reference = naive.no_reference(few)
    expected = _collect(naive, few, part[:SEQUENCES], len(few[0]), reference)
    received = _collect(fast, inputs, part, len(few[0]))
    allowed = _allowances(fast, few, expected, reference)
    excess = _excess(received, expected, allowed)
    worst = tuple(int(i) for i in np.unravel_index(np.argmax(excess), excess.shape))
    if excess[worst] > 1:
        raise VerificationError(_message(part, worst, received[worst], expected[worst], allowed[worst[-1]]))
    return float(excess[worst])


def phases(graph: Graph) -> int:
    """Neighbouring positions after which windows meet the strides of a model in the same way again."""
    count = 1
    for node in graph.nodes:
        if "Transpose" not in node.kind.__name__:
            count *= first(getattr(node.layer, "strides", 1) or 1)
    return count


def probes(positions: NDArray[np.int64], phases: int, seed: int) -> NDArray[np.int64]:
    """Which of the scored positions to compare: indices into ``positions``, as runs of neighbours."""
    order = np.argsort(positions, kind="stable")
    count = len(order)
    run = min(max(phases, EDGE), MOST_PHASES)
    middle = max((count - run) // 2, 0)
    starts = [0, *np.random.default_rng(seed).integers(0, max(count - EDGE, 1), RANDOM), count - EDGE]
    chosen = [np.arange(middle, middle + run), *(np.arange(start, start + EDGE) for start in starts)]
    return np.sort(order[np.unique(np.clip(np.concatenate(chosen), 0, count - 1))])


def _at(edits: Edits, slots: NDArray[np.int64]) -> Edits:
    """The edits of some of the positions."""
    return Edits(
        edits.positions[:, slots],
        edits.content[:, slots],
        edits.wanted[:, slots],
        edits.base[:, slots],
        edits.common,
    )


def _collect(
    engine: FastEngine | NaiveEngine,
    inputs: Sequence[Floats],
    edits: Edits,
    rows: int,
    values: Floats | None = None,
) -> Floats:
    """(rows, P, B, K) differences of the first sequences; 0 where a mutant equals the reference."""
    result: Floats | None = None
    for (row, slot, alternative), delta in engine.deltas(inputs, edits, values):
        if result is None:
            result = np.zeros((rows, *edits.wanted.shape[1:], delta.shape[1]), delta.dtype)
        here = row < rows
        result[row[here], slot[here], alternative[here]] = delta[here]
    return np.zeros((rows, *edits.wanted.shape[1:], 1)) if result is None else result


def _allowances(engine: BaseEngine, inputs: Sequence[Floats], expected: Floats, reference: Floats) -> Floats:
    """(K,) deviation that rounding may explain, per number of the target.

    The naive pass subtracts two predictions, so its rounding grows with the prediction; that of the engine
    grows with the difference. Both are judged by the largest value of the output that a number belongs to.
    """
    epsilon = max(float(np.finfo(engine.dtype).eps), coarsest_step(engine.graph))
    sizes = [int(np.prod(shape)) for shape in engine.output_shapes(inputs)]
    if engine.norm or sum(sizes) != expected.shape[-1]:
        sizes = [expected.shape[-1]]
        reference = np.broadcast_to(_largest(reference), (1, sizes[0]))
    ends = np.cumsum(sizes)
    parts = [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]
    scale = [
        np.sqrt(epsilon) * _largest(expected[..., p]) + 100 * epsilon * _largest(reference[:, p])
        for p in parts
    ]
    return np.repeat(np.maximum(scale, np.finfo(expected.dtype).tiny), sizes)


def _largest(values: Floats) -> float:
    """The largest size of a number; infinities are none."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))


def _excess(received: Floats, expected: Floats, allowed: Floats) -> Floats:
    """Deviation as a fraction of what is allowed; none where both are the same infinity, or no number."""
    with np.errstate(invalid="ignore"):
        excess = np.abs(received - expected) / allowed
    same = (received == expected) | (np.isnan(received) & np.isnan(expected))
    # A deviation that is no number is found before any other.
    return np.where(same, 0.0, np.where(np.isnan(excess), np.inf, excess))


def _message(edits: Edits, worst: tuple[int, ...], received: float, expected: float, allowed: float) -> str:
    sequence, slot, alternative, column = worst
    position = int(edits.positions[sequence, slot])
    content = np.array2string(edits.content[sequence, slot, alternative], separator=",").replace("\n", "")
    return (
        f"The fast engine must equal the naive pass. Received for sequence {sequence}, position {position} "
        f"set to {content}, value {column} of the target: a change of {received:.6g}, where the naive pass gives "
        f"{expected:.6g} (rounding explains {allowed:.2g}). Score with method='naive', and check any rule "
        f"registered for this model"
    )
