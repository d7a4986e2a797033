"""Regions that overlap become one value a position, by a stated rule; no more is held than may still change."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["OVERLAPS", "Run", "merged_runs"]

OVERLAPS = ("mean", "max", "nearest")
_EMPTY = {"mean": 0.0, "max": 0.0, "nearest": np.inf}

Run = tuple[int, NDArray[np.float32]]
"""First position, and values from there on."""


@dataclass
class _Pile:
    """Regions that overlap, until nothing more can come."""

    start: int = 0
    value: NDArray[Any] = field(default_factory=lambda: np.empty(0))
    weight: NDArray[Any] = field(default_factory=lambda: np.empty(0))

    def add(self, start: int, values: NDArray[np.float32], rule: str) -> None:
        end = start - self.start + len(values)
        if end > len(self.value):
            more = end - len(self.value)
            self.value = np.append(self.value, np.zeros(more))
            self.weight = np.append(self.weight, np.full(more, _EMPTY[rule]))
        here = slice(start - self.start, end)
        value, weight = self.value[here], self.weight[here]
        known = ~np.isnan(values)  # where a letter is N, nothing was scored
        if rule == "mean":
            value[known] += values[known]
            weight[known] += 1
            return
        if rule == "max":
            mark = np.abs(values)
            better = known & ((mark > np.abs(value)) | (weight == 0))
            weight[known] = 1
        else:
            mark = np.abs(np.arange(len(values)) - (len(values) - 1) / 2)
            better = known & (mark < weight)
            weight[better] = mark[better]
        value[better] = values[better]

    def flush(self, before: int, rule: str) -> Iterator[Run]:
        """Takes off what lies before a position, as runs of positions that have a value."""
        count = min(max(before - self.start, 0), len(self.value))
        if not count:
            self.start = max(self.start, before) if not len(self.value) else self.start
            return
        there = self.weight[:count] != _EMPTY[rule]
        value = self.value[:count] / (np.where(there, self.weight[:count], 1) if rule == "mean" else 1)
        edges = np.flatnonzero(np.diff(there.astype(np.int8), prepend=0, append=0))
        begin = self.start
        self.value, self.weight, self.start = self.value[count:], self.weight[count:], self.start + count
        for first, end in edges.reshape(-1, 2).tolist():
            yield begin + first, value[first:end].astype(np.float32)


def merged_runs(regions: Iterator[Run], rule: str) -> Iterator[Run]:
    """Runs of positions that have a value, in order.

    Args:
        regions: Sorted by start; NaN where nothing was scored.
        rule: One of OVERLAPS.
    """
    pile = _Pile()
    for start, values in regions:
        yield from pile.flush(start, rule)
        if not len(pile.value):
            pile.start = start
        pile.add(start, values, rule)
    yield from pile.flush(pile.start + len(pile.value), rule)
