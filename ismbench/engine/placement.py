"""Moving differences between windows: padding, cutting, shifting, and grouping positions into blocks."""

from typing import Any, Protocol

from keras import ops

from ismbench.engine.fusion import force, lazy
from ismbench.engine.span import Blocks, Level, Starts, Window

__all__ = ["Placing", "fit"]

# Shifts by up to 2^3 - 1 places are done by halves inside the fused work; larger ones by a gather.
MOST_BITS = 3


class Placing(Protocol):
    """What must be known of a chunk to move its differences.

    Attributes:
        blocks: How positions share windows.
        positions: Positions of the chunk that share one window.
    """

    @property
    def blocks(self) -> Blocks:
        """See above."""

    @property
    def positions(self) -> int:
        """See above."""

    def rows(self, window: Window) -> tuple[int, int]:
        """Rows that have a window each, and mutants of a row."""

    def starts(self, window: Window) -> Any:
        """The first position of each row's window, (rows,) int32."""


def fit(chunk: Placing, x: Any, window: Window, to: Window) -> Any:
    """Moves a difference from one window to another of the same axis, or to a higher level.

    Args:
        chunk: The chunk that ``x`` belongs to.
        x: (R, Q, *shape) on ``window``, Lazy or tensor; zero past the ends of the axis.
        window: Where it is.
        to: Where it must go; what lies outside is cut, what is new is zero.
    """
    if window.axis is not None and not window.same(to):
        x = _move(chunk, x, window, to)
    if window.level is to.level:
        return x
    rows, mutants = chunk.rows(to)
    return lazy(lambda d: ops.reshape(d, (rows, mutants, *d.shape[2:])), x)


def _move(chunk: Placing, x: Any, window: Window, to: Window) -> Any:
    axis = window.axis
    assert axis is not None
    offsets = _offsets(chunk, window, to)
    least, most = int(offsets.min()), int(offsets.max())
    if least == most:
        return lazy(lambda d: _place(d, axis + 1, least, to.width), x)
    start_to = _starts_at_level(chunk, to, window.level)
    offset = chunk.starts(window) - start_to
    if (most - least).bit_length() <= MOST_BITS:
        return _shift(x, axis, offset, least, most, window.width, to.width)
    return _gather(x, axis, offset, window.width, to.width)


def _offsets(chunk: Placing, window: Window, to: Window) -> Starts:
    """Start of ``window`` relative to ``to``, for every position or block."""
    if window.level is Level.OWN and to.level is Level.SHARED:
        return window.starts - to.starts[chunk.blocks.of_position]
    return window.starts - to.starts


def _starts_at_level(chunk: Placing, window: Window, level: Level) -> Any:
    starts = chunk.starts(window)
    if window.level is Level.SHARED and level is Level.OWN:
        return ops.repeat(starts, chunk.positions)
    return starts


def _place(x: Any, axis: int, offset: int, width: int) -> Any:
    """``x`` at ``offset`` of a stretch of zeros ``width`` wide; what hangs over is cut."""
    first, last = max(0, -offset), min(x.shape[axis], width - offset)
    if first >= last:
        shape = list(x.shape)
        shape[axis] = width
        return ops.zeros(shape, dtype=x.dtype)
    index = [slice(None)] * len(x.shape)
    index[axis] = slice(first, last)
    part = x[tuple(index)]
    padding = [(0, 0)] * len(x.shape)
    padding[axis] = (max(offset, 0), width - max(offset, 0) - (last - first))
    return part if padding[axis] == (0, 0) else ops.pad(part, padding)


def _shift(x: Any, axis: int, offset: Any, least: int, most: int, width: int, to_width: int) -> Any:
    """Places every row at its own offset, by conditional shifts of 1, 2, 4 places."""
    low, high = min(0, least), max(to_width, most + width)

    def run(d: Any, rest: Any) -> Any:
        d = _place(d, axis + 1, least - low, high - low)
        shape = [-1] + [1] * (len(d.shape) - 1)
        for bit in range((most - least).bit_length()):
            moved = _place(d, axis + 1, 1 << bit, high - low)
            chosen = ops.reshape((rest // (1 << bit)) % 2 == 1, shape)
            d = ops.where(chosen, moved, d)
        return _place(d, axis + 1, low, to_width)

    return lazy(run, x, offset - least)


def _gather(x: Any, axis: int, offset: Any, width: int, to_width: int) -> Any:
    """Places every row at its own offset, by reading from there."""
    d = ops.moveaxis(force(x), axis + 1, 2)
    rows, mutants, rest = d.shape[0], d.shape[1], d.shape[3:]
    source = ops.arange(to_width, dtype="int32")[None] - offset[:, None]
    inside = ops.logical_and(source >= 0, source < width)
    row = ops.arange(rows * mutants, dtype="int32") * width
    index = ops.reshape(row, (rows, mutants, 1)) + ops.clip(source, 0, width - 1)[:, None]
    moved = ops.take(ops.reshape(d, (-1, *rest)), index, axis=0)

    def run(values: Any, here: Any) -> Any:
        shape = (rows, 1, to_width, *(1 for _ in rest))
        return ops.moveaxis(ops.where(ops.reshape(here, shape), values, ops.zeros_like(values)), 2, axis + 1)

    return lazy(run, moved, inside)
