"""Windows over regulatory elements, as models of short inputs see them, with what was measured of each."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ismbench.errors import InputError
from ismbench.measured.satmut import Element, MeasuredVariant, effects
from ismbench.sequence import SequenceSet

__all__ = ["MeasuredWindows", "element_windows", "nearest_windows"]


@dataclass(frozen=True)
class MeasuredWindows:
    """Windows of elements, and their measured effects.

    Attributes:
        sequences: N windows, called ``ELEMENT:START``.
        effects: float64 (N, L, 4), NaN where nothing was measured, or where another window's centre is nearer.
        replicates: Effects (L, 4) of two measurements of an element, by its name, where it was measured twice.
    """

    sequences: SequenceSet
    effects: npt.NDArray[np.float64]
    replicates: Mapping[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]


def nearest_windows(whole: int, length: int, step: int) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
    """Starts of windows, each with the positions that it is the nearest one for.

    Args:
        whole: Positions of the element.
        length: Positions of a window.
        step: Positions from one start to the next.

    Yields:
        The start, and positions of the element; together all positions, each once.
    """
    last = whole - length
    starts = np.unique([*range(0, last + 1, step), last])
    centres = starts + length / 2
    owner = np.abs(np.arange(whole)[:, None] + 0.5 - centres[None]).argmin(axis=1)
    for i, start in enumerate(starts.tolist()):
        yield start, np.flatnonzero(owner == i)


def element_windows(
    elements: Mapping[str, Element], variants: Iterable[MeasuredVariant], length: int, *, step: int = 48
) -> MeasuredWindows:
    """Windows over every element that is long enough; of several measurements of one place, of the first.

    Raises:
        InputError: No element is long enough, or a variant contradicts its element.
    """
    variants = list(variants)
    names, x, measured, taken, replicates = list[str](), [], [], list[Element](), {}
    for element in sorted(elements.values(), key=lambda element: len(element.name)):
        if len(element.x) < length:
            continue
        known = effects(element, variants)
        beside = next((other for other in taken if _overlap(element, other)), None)
        if beside is not None:
            same = beside.start == element.start and len(beside.x) == len(element.x)
            if same and element.name == f"{beside.name}.2":  # the others are of other cells or times
                replicates[beside.name] = (effects(beside, variants), known)
            continue
        taken.append(element)
        for start, positions in nearest_windows(len(element.x), length, step):
            window = np.full((length, 4), np.nan)
            window[positions - start] = known[positions]
            names.append(f"{element.name}:{start}")
            x.append(element.x[start : start + length])
            measured.append(window)
    if not names:
        raise InputError(
            f"An element must be at least as long as the model's input, {length}. Received: {len(elements)} that are"
            " shorter"
        )
    return MeasuredWindows(
        SequenceSet(tuple(names), np.stack(x), "windows of elements"), np.stack(measured), replicates
    )


def _overlap(one: Element, other: Element) -> bool:
    apart = one.start >= other.start + len(other.x) or other.start >= one.start + len(one.x)
    return one.chrom == other.chrom and not apart
