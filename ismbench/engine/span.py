"""Where a mutation reaches: integer geometry of windows. No tensors here.

A *window* is a run of ``width`` positions on one axis of a tensor. Its start differs from mutant to mutant and its
width does not, so that shapes are static and one compiled function serves every chunk. A window has one of two levels:

- own: every mutated position has a window of its own; ``starts`` is indexed by position;
- shared: the neighbouring positions of a block share one window; ``starts`` is indexed by block.

A window may reach past either end of its axis; there the difference to the reference is zero by definition.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Blocks",
    "Level",
    "Starts",
    "Stretch",
    "Window",
    "align",
    "convolve",
    "cut",
    "everything",
    "fixed",
    "frame",
    "share",
    "transpose_convolve",
    "union",
    "whole",
]

Starts = NDArray[np.int64]


class Level(IntEnum):
    """Who has a window: each position (OWN), or a block of neighbouring positions together (SHARED)."""

    OWN = 0
    SHARED = 1


@dataclass(frozen=True)
class Blocks:
    """The division of the mutable positions 0..n-1 into blocks of ``size`` neighbours (the last may be shorter)."""

    n_positions: int
    size: int

    @property
    def count(self) -> int:
        """Number of blocks."""
        return -(-self.n_positions // self.size)

    @property
    def of_position(self) -> Starts:
        """(n_positions,) block of each position."""
        return np.arange(self.n_positions) // self.size


@dataclass(frozen=True, eq=False)
class Window:
    """A run of positions that may differ from the reference.

    Attributes:
        starts: (n_positions,) or (n_blocks,) first position, by level; may be negative.
        width: Number of positions.
        length: Size of the axis.
        level: Whether ``starts`` is indexed by position or by block.
        axis: The axis, counted with the batch axis (1 is the first after it); None for a tensor that has no length
            axis any more and is carried whole.
    """

    starts: Starts
    width: int
    length: int
    level: Level
    axis: int | None = 1

    @property
    def full(self) -> bool:
        """Whether the window is the whole axis (or the tensor has none)."""
        return self.axis is None or (self.width == self.length and not self.starts.any())

    @property
    def inside(self) -> bool:
        """Whether no start puts any part of the window past an end of the axis."""
        return bool(self.starts.min() >= 0 and self.starts.max() + self.width <= self.length)

    def within(self, needed: "Stretch | None") -> bool:
        """Whether no start puts any part of the window outside of what is needed (of this axis)."""
        if needed is None:
            return self.inside
        return bool(self.starts.min() >= needed.start and self.starts.max() + self.width <= needed.stop)

    def same(self, other: "Window") -> bool:
        """Whether both name the same positions for every mutant."""
        return (
            self.level == other.level
            and (self.axis, self.width, self.length) == (other.axis, other.width, other.length)
            and np.array_equal(self.starts, other.starts)
        )


@dataclass(frozen=True)
class Stretch:
    """Positions ``start`` to ``stop - 1`` of one axis, the same for all mutants: what of a tensor is needed.

    Attributes:
        axis: The axis, counted with the batch axis.
        start: First position.
        stop: One behind the last.
    """

    axis: int
    start: int
    stop: int

    @property
    def width(self) -> int:
        """Number of positions."""
        return self.stop - self.start

    def hull(self, other: "Stretch") -> "Stretch | None":
        """The run that holds both; None (all of the tensor) where they lie on different axes."""
        if self.axis != other.axis:
            return None
        return Stretch(self.axis, min(self.start, other.start), max(self.stop, other.stop))

    def within(self, length: int, offset: int = 0) -> "Stretch":
        """Moved by ``offset`` and cut to an axis of ``length`` positions; at least one of them."""
        start = min(max(self.start + offset, 0), length - 1)
        return Stretch(self.axis, start, max(min(self.stop + offset, length), start + 1))


def whole(window: Window, length: int | None = None, axis: int | None = None) -> Window:
    """The window of this level that covers all ``length`` positions of an axis (or a tensor without one)."""
    return Window(np.zeros_like(window.starts), length or 1, length or 1, window.level, axis)


def everything(window: Window, shape: tuple[int, ...], blocks: Blocks) -> Window:
    """The shared window that covers the whole axis of a tensor of this shape (or a tensor without one)."""
    window = share(window, blocks)
    return whole(window) if window.axis is None else whole(window, shape[window.axis - 1], window.axis)


def fixed(window: Window, stretch: Stretch) -> Window:
    """The window of this level that is the stretch itself, for every mutant."""
    return replace(window, starts=np.full_like(window.starts, stretch.start), width=stretch.width)


def cut(window: Window, needed: Stretch | None) -> Window:
    """The window without what is not needed, where that makes it narrower.

    A window that would not become narrower keeps its place, and is masked outside of what is needed.
    """
    if needed is None or needed.axis != window.axis:
        return window
    low = np.maximum(window.starts, needed.start)
    high = np.minimum(window.starts + window.width, needed.stop)
    width = max(int((high - low).max()), 1)
    if width >= window.width:
        return window
    return replace(window, starts=np.clip(window.starts, needed.start, needed.stop - width), width=width)


def share(window: Window, blocks: Blocks) -> Window:
    """The narrowest shared window that holds the windows of every position of a block."""
    if window.level is Level.SHARED:
        return window
    edges = np.arange(0, blocks.n_positions, blocks.size)
    low = np.minimum.reduceat(window.starts, edges)
    high = np.maximum.reduceat(window.starts, edges)
    return replace(window, starts=low, width=window.width + int((high - low).max()), level=Level.SHARED)


def convolve(
    window: Window, length: int, *, kernel: int, stride: int = 1, dilation: int = 1, left: int = 0
) -> Window:
    """Outputs of a sliding operation that see a changed input.

    Output o reads inputs ``o * stride - left + t * dilation`` for t in 0..kernel-1.

    Args:
        window: What changed in the input.
        length: Number of outputs.
        kernel: Taps.
        stride: Step between outputs.
        dilation: Step between taps.
        left: Padding before the first input.
    """
    reach = (kernel - 1) * dilation
    starts = -((-(window.starts + left - reach)) // stride)
    last = (window.starts + window.width - 1 + left) // stride
    # A window that a stride jumps over changes nothing; it keeps one position, whose difference is zero.
    width = max(int((last - starts).max()) + 1, 1)
    return replace(window, starts=starts, width=width, length=length)


def frame(
    window: Window, length: int, *, kernel: int, stride: int = 1, dilation: int = 1, left: int = 0
) -> Window:
    """Inputs that a window of outputs of a sliding operation reads (see convolve); ``length`` is the input's."""
    width = (window.width - 1) * stride + (kernel - 1) * dilation + 1
    return replace(window, starts=window.starts * stride - left, width=width, length=length)


def transpose_convolve(window: Window, length: int, *, reach: int, stride: int, left: int) -> Window:
    """Outputs of a transposed convolution: input i adds to outputs ``i * stride - left + (0 .. reach)``."""
    width = (window.width - 1) * stride + reach + 1
    return replace(window, starts=window.starts * stride - left, width=width, length=length)


def align(window: Window, stride: int, phase: int) -> Window:
    """Widens a window so that it starts at ``phase`` and is a multiple of ``stride`` wide."""
    starts = (window.starts - phase) // stride * stride + phase
    over = int((window.starts - starts).max())
    width = -(-(window.width + over) // stride) * stride
    return replace(window, starts=starts, width=width)


def union(windows: list[Window], blocks: Blocks) -> Window:
    """The narrowest window that holds all of these (of one axis), at the highest of their levels."""
    level = max(w.level for w in windows)
    if level is Level.SHARED:
        windows = [share(w, blocks) for w in windows]
    low = np.minimum.reduce([w.starts for w in windows])
    high = np.maximum.reduce([w.starts + w.width for w in windows])
    return replace(windows[0], starts=low, width=int((high - low).max()))
