"""What the calls of the original fastISM package take, checked; and its form of results."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ismbench.engine import backend
from ismbench.engine.base_engine import Floats
from ismbench.errors import InputError

__all__ = ["Ranges", "checked_ranges", "content_of", "input_index", "layer_names", "per_output"]

Ranges = Sequence[tuple[int, int]]
Shape = tuple[int, ...]


def checked_ranges(ranges: "Ranges | NDArray[np.int64]", length: int | None) -> NDArray[np.int64]:
    """(n, 2) ranges of equal width inside a sequence.

    Raises:
        InputError: They are no such ranges.
    """
    if isinstance(ranges, Iterator):  # zip(starts, ends), say
        ranges = list(ranges)
    array = _as_array(ranges, "change_ranges must be pairs of whole numbers (start, end)")
    if array.ndim != 2 or array.shape[1] != 2 or not array.size or array.dtype.kind not in "iu":
        raise InputError(
            f"change_ranges must be pairs of whole numbers (start, end). Received: {_short(ranges)}"
        )
    array = array.astype(np.int64)
    backward = array[array[:, 1] < array[:, 0]]
    if len(backward):
        raise InputError(
            f"change_ranges must be (start, end), with the end behind the start. Received: {_short(backward.tolist())}"
        )
    widths = np.unique(array[:, 1] - array[:, 0])
    if len(widths) > 1 or widths[0] < 1:
        raise InputError(
            f"change_ranges must be of one width, at least 1. Received: widths {_short(widths.tolist())}"
        )
    outside = array[(array[:, 0] < 0) | (array[:, 1] > (np.inf if length is None else length))]
    if len(outside):
        size = "" if length is None else f" of length {length}"
        raise InputError(
            f"change_ranges must lie inside the sequence{size}. Received: {_short(outside.tolist())}"
        )
    return array


def content_of(replace_with: ArrayLike, width: int, letters: int) -> Floats:
    """(width, letters) what is written into each range.

    Args:
        replace_with: 0 for all-zero columns, a column (letters,) where ranges are one wide, or (width, letters).
        width: Of the ranges.
        letters: Of the alphabet.

    Raises:
        InputError: It is nothing of these.
    """
    content = _as_array(replace_with, "replace_with must hold finite numbers")
    if content.ndim == 0 and content == 0:
        return np.zeros((width, letters), np.float32)
    columns = content[None] if content.ndim == 1 else content
    if columns.shape != (width, letters):
        raise InputError(
            f"replace_with must be 0, or of width and alphabet ({width}, {letters}) of the ranges. "
            f"Received: {f'shape {content.shape}' if content.ndim else repr(replace_with)}"
        )
    if columns.dtype.kind not in "biuf" or not np.isfinite(columns).all():
        raise InputError(f"replace_with must hold finite numbers. Received: {_short(content.tolist())}")
    return columns.astype(np.float64)


def layer_names(names: str | Sequence[str] | None) -> tuple[str, ...]:
    """The names of ``early_stop_layers`` as a tuple.

    Raises:
        InputError: They are no names.
    """
    several = isinstance(names, Iterable) and not isinstance(names, str)
    wanted: tuple[Any, ...] = () if names is None else tuple(names) if several else (names,)
    if not all(isinstance(name, str) for name in wanted):
        raise InputError(
            f"early_stop_layers must be a name of a layer, or a list of them. Received: {_short(names)}"
        )
    return wanted


def input_index(index: Any) -> int:
    """The index of the mutated input.

    Raises:
        InputError: It is no whole number.
    """
    if isinstance(index, bool) or not isinstance(index, (int, np.integer)):
        raise InputError(f"seq_input_idx must be the number of an input, from 0. Received: {index!r}")
    return int(index)


def per_output(values: Floats, shapes: Sequence[Shape]) -> Any:
    """(N, R, K) to (N, R, *out); a list with one array per output where there are several."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    parts = np.split(values, ends[:-1], axis=2)
    shaped = [part.reshape(*part.shape[:2], *shape) for part, shape in zip(parts, shapes, strict=True)]
    return shaped if len(shaped) > 1 else shaped[0]


def _as_array(values: Any, rule: str) -> NDArray[Any]:
    try:
        return backend.to_numpy(values) if hasattr(values, "dtype") else np.asarray(values)
    except (ValueError, TypeError):  # ragged, or nothing of numbers
        raise InputError(f"{rule}. Received: {_short(values)}") from None


def _short(values: Any) -> str:
    text = str(values)
    return text if len(text) <= 80 else f"{text[:77]}..."
