"""Scored records of a store, a chunk at a time, as what each base contributes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ismbench.scores import Kind, contribution_track

__all__ = ["Passage", "Reading", "read_passages"]

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Passage:
    """Scored records that follow each other, cut to the positions that were scored.

    Attributes:
        rows: Numbers of the records in the store.
        names: One per record.
        chrom: Sequence of the genome; empty for FASTA records.
        strand: As the input says.
        start: First scored position in the genome, from 0; -1 for FASTA records.
        x: (n, W, 4) one-hot.
        hypothetical: (n, W, 4) what each base would contribute; None where scores are one number a position.
        contribution: (n, W) what the base that is there contributes; both NaN where no letter is known (N).
    """

    rows: NDArray[np.int64]
    names: list[str]
    chrom: list[str]
    strand: list[str]
    start: NDArray[np.int64]
    x: Array
    hypothetical: Array | None
    contribution: Array


class Reading(NamedTuple):
    """How the scores of a store are read.

    Attributes:
        kind: What the method's values mean.
        reduction: A key of REDUCTIONS.
    """

    kind: Kind
    reduction: str

    def __call__(self, scores: Array, x: Array, output: int) -> tuple[Array | None, Array]:
        """Hypothetical contributions (n, W, 4) or None, and contributions (n, W), of one output.

        Both are NaN where no letter is known (N), however a method reads a base that is not there.
        """
        hypothetical, contribution = self._values(scores, x, output)
        unknown = ~x.any(axis=2)
        contribution = np.where(unknown, np.float32(np.nan), contribution)
        if hypothetical is not None:
            hypothetical = np.where(unknown[..., None], np.float32(np.nan), hypothetical)
        return hypothetical, contribution

    def _values(self, scores: Array, x: Array, output: int) -> tuple[Array | None, Array]:
        if self.reduction == "l2_outputs":
            return None, scores.max(axis=2)
        scores = scores[..., output]
        if scores.ndim == 2:
            return None, scores
        if self.kind != "delta":
            return self._by_base(scores, x)
        if self.reduction != "centered":
            scores = scores - scores.mean(axis=2, keepdims=True)
        return scores, (scores * x).sum(axis=2)

    def _by_base(self, scores: Array, x: Array) -> tuple[Array, Array]:
        """Values of a method that is not ISM; one that says nothing of absent bases has zeros there."""
        contribution = contribution_track(scores[..., None], x, self.kind)[..., 0]
        return (scores if self.kind == "map" else contribution[:, :, None] * x), contribution


def read_passages(
    group: Any, reading: Reading, window: tuple[int, int], outputs: Sequence[int], rows: range
) -> Iterator[list[Passage]]:
    """Reads records, each chunk of the store once.

    Args:
        group: Of the store.
        reading: What its scores mean.
        window: First scored position, and one past the last.
        outputs: Which.
        rows: Records to read.

    Yields:
        A block for each output, of the same records; those without scores are left out.
    """
    step = int(group["scores"].chunks[0])
    first = rows.start
    while first < rows.stop:
        last = min(rows.stop, (first // step + 1) * step)
        blocks = _read(group, reading, window, outputs, slice(first, last))
        if blocks[0].names:
            yield blocks
        first = last


def _read(
    group: Any, reading: Reading, window: tuple[int, int], outputs: Sequence[int], rows: slice
) -> list[Passage]:
    first, end = window
    fine = np.asarray(group["reason"][rows], dtype=object) == ""
    scores = np.asarray(group["scores"][rows], np.float32)[fine, first:end]
    # What no run has come to yet is NaN too.
    done = ~np.isnan(scores).all(axis=tuple(range(1, scores.ndim)))
    fine[fine] = done
    x = np.asarray(group["one_hot"][rows])[fine, first:end]
    start = np.asarray(group["start"][rows])[fine]
    names, chrom, strand = ([str(t) for t in group[n][rows][fine]] for n in ("sequence", "chrom", "strand"))
    start = np.where(start < 0, start, start + first)
    numbers = rows.start + np.flatnonzero(fine)
    return [
        Passage(numbers, names, chrom, strand, start, x, *reading(scores[done], x, output))
        for output in outputs
    ]
