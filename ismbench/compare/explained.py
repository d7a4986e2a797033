"""What may explain a ratio of times besides the revision: other work, another machine state, a busy machine.

A verdict on time needs a ratio beyond all of it together. Each explanation is a bound, in the direction in which it
works:

- Fewer sequences in a repetition: up to half of a call is taken to be overhead, which fewer sequences share.
- Fewer cores or threads on the same host: at most the ratio of the threads that either side may have used.
- A busier machine: the ratio of the rates at which both runs multiplied one and the same matrix, where it differs by
  more than the threshold.
- Another host, an unknown one, or other settings of the linear algebra libraries: no bound is known, so there is no
  verdict on time, unless the user answers for it (``--allow-other-machine``, which takes states as alike).
"""

import math
from dataclasses import dataclass

import numpy as np

from ismbench.compare.machine_state import same_host, state_differences, threads_factor
from ismbench.compare.measured import MeasuredCell

__all__ = ["Explained", "explain"]

_OVERHEAD = 0.5


@dataclass(frozen=True)
class Explained:
    """How far the head may be slower, or faster, for reasons that are not the revision's.

    Attributes:
        slower: Natural logarithm of the factor, 0 or more.
        faster: Likewise.
        reasons: In words, one for each thing that differs.
    """

    slower: float = 0.0
    faster: float = 0.0
    reasons: tuple[str, ...] = ()


def explain(base: MeasuredCell, head: MeasuredCell, threshold: float, *, alike: bool) -> Explained:
    """Everything that may explain the ratio of a cell's times.

    Args:
        base: One side.
        head: The other.
        threshold: Smallest relative change that counts; the machine's rate must differ by more.
        alike: The user answers for the machines being alike.
    """
    work = _work(base, head)
    if alike:
        return work
    state, rate = _state(base, head), _rate(base, head, threshold)
    # Fewer cores make the machine multiply more slowly too: one cause, counted once.
    return Explained(
        work.slower + max(state.slower, rate.slower),
        work.faster + max(state.faster, rate.faster),
        (*work.reasons, *state.reasons, *rate.reasons),
    )


def _work(base: MeasuredCell, head: MeasuredCell) -> Explained:
    if base.work == head.work:
        return Explained()
    share = head.work / base.work
    factor = math.log1p(_OVERHEAD * (max(share, 1 / share) - 1))
    words = f"a repetition of the head did {share:.3g} times the work of one of the base"
    # Fewer sequences pay more overhead for each.
    return Explained(factor, 0.0, (words,)) if share < 1 else Explained(0.0, factor, (words,))


def _state(base: MeasuredCell, head: MeasuredCell) -> Explained:
    differences = state_differences(base.state, head.state)
    if not differences:
        return Explained()
    words = f"another machine state ({'; '.join(differences)})"
    if not same_host(base.state, head.state) or base.state.blas != head.state.blas:
        words += ", whose part in a ratio has no known bound; run both on one, or give --allow-other-machine"
        return Explained(math.inf, math.inf, (words,))
        return
    slower, faster = threads_factor(base.state, head.state)
    words += f", which explains a factor of up to {max(slower, faster):.3g}"
    return Explained(math.log(slower), math.log(faster), (words,))


def _rate(base: MeasuredCell, head: MeasuredCell, threshold: float) -> Explained:
    if not base.rates or not head.rates:
        return Explained()
    share = float(np.median(head.rates) / np.median(base.rates))
    if 1 / (1 + threshold) <= share <= 1 + threshold:
        return Explained()
    factor = abs(math.log(share))
    busy = "head" if share < 1 else "base"
    words = f"the machine itself multiplied {share:.2g} times as fast in the head's run"
    words += f": something else ran in the {busy}'s"
    return Explained(factor, 0.0, (words,)) if share < 1 else Explained(0.0, factor, (words,))
