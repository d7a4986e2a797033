"""Naive ISM of a lane's first sequences: what exact methods must equal and the others are compared with."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.experiment.budget import Concordance
from ismbench.bench.measure.nested_positions import nested_positions
from ismbench.bench.measure.workbench import Workbench
from ismbench.bench.records.array_files import read_arrays, write_arrays
from ismbench.methods import BatchSizes, load

__all__ = ["NaiveReference", "find_or_score", "score"]

_PROBE = 64


@dataclass(frozen=True)
class NaiveReference:
    """Naive scores, off the clock.

    Attributes:
        delta: (N, L, A, K); NaN at positions that were not scored.
        reference: (N, K), the unmutated predictions.
    """

    delta: NDArray[Any]
    reference: NDArray[Any]

    def save(self, path: Path, computed_with: Mapping[str, str]) -> None:
        """Writes a file that is whole or not there, with the hashes of what it was computed with."""
        hashes = {name: np.array(value) for name, value in computed_with.items()}
        write_arrays(path, delta=self.delta, reference=self.reference, **hashes)

    @classmethod
    def read(cls, path: Path, computed_with: Mapping[str, str], note: Callable[[str], None]) -> Self | None:
        """Reads what ``save`` wrote.

        Args:
            path: The file.
            computed_with: Hashes that it must bear.
            note: Told why it is refused, where it is.

        Returns:
            None where there is nothing that can be read, or it was computed with something else.
        """
        arrays = read_arrays(path, "delta", "reference", *computed_with)
        if arrays is None:
            return None
        delta, reference, *hashes = arrays
        others = [
            name for (name, value), kept in zip(computed_with.items(), hashes, strict=True) if kept != value
        ]
        if others:
            note(
                f"the kept naive reference was computed with another {' and '.join(others)}; it is computed again"
            )
            return None
        return cls(delta, reference)


def find_or_score(
    bench: Workbench,
    concordance: Concordance,
    file: Path,
    computed_with: Mapping[str, str],
    step: Callable[[str], None],
    note: Callable[[str], None],
) -> NaiveReference:
    """The naive reference that an earlier worker left in a file; else it is scored now and left there.

    Args:
        bench: The lane's workbench.
        concordance: Number of sequences and budget.
        file: Where it is kept.
        computed_with: Hashes of the model, the sequences and the target, which it must bear.
        step: Told before everything that may take long.
        note: Told why a kept one is refused, where it is.

    Raises:
        NoRoomError: The file cannot be written.
    """
    known = NaiveReference.read(file, computed_with, note)
    if known is None:
        known = score(bench, concordance, step)
        known.save(file, computed_with)
    return known


def score(bench: Workbench, concordance: Concordance, step: Callable[[str], None]) -> NaiveReference:
    """Scores as many of the first sequences as the budget allows.

    If it is short of ``min_sequences``, so many are scored at a subset of their positions: several sequences
    say more about a method than one.

    Args:
        bench: The lane's workbench.
        concordance: Number of sequences and budget.
        step: Told before everything that may take long.
    """
    length = bench.x.shape[1]
    step("naive reference")
    seconds = _seconds_per_position(bench, min(length, _PROBE))
    most = min(concordance.sequences, len(bench.x))
    n = int(np.clip(concordance.budget / (seconds * length), min(concordance.min_sequences, most), most))
    count = int(np.clip(concordance.budget / n / seconds, min(2, length), length))  # both edges at least
    explainer = _naive(bench, count)
    rows = []
    for i in range(n):
        step(f"naive reference {i + 1} of {n}")
        rows.append(explainer(bench.x[i : i + 1]))
    return NaiveReference(np.concatenate(rows), bench.predict(bench.x[:n]))


def _seconds_per_position(bench: Workbench, count: int) -> float:
    explainer = _naive(bench, count)
    explainer(bench.x[:1])
    start = time.perf_counter()
    explainer(bench.x[:1])
    return (time.perf_counter() - start) / count


def _naive(bench: Workbench, count: int) -> Any:
    length = bench.x.shape[1]
    positions = None if count == length else [int(p) for p in nested_positions(length, count, bench.seed)]
    return load("naive_ism")(bench.model, bench.target, BatchSizes(), positions=positions)
