"""Columns of the table ``cells`` that follow from raw samples: times, rates, and what a precomputation is worth."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["break_even", "per_100_sequences", "speed"]

Record = Mapping[str, Any]


def per_100_sequences(samples: Sequence[Record], length: int) -> NDArray[np.float64]:
    """Seconds for 100 sequences, from each sample.

    A sample of a subset of positions is scaled to all positions: ISM costs the same at each.
    """
    return np.array(
        [s["seconds"] * 100 / s["n_sequences"] * length / s["n_positions"] for s in samples], dtype=float
    )


def speed(samples: Sequence[Record], cell: Record, matmul_per_second: float | None) -> dict[str, Any]:
    """Time and rate of a cell, by the names of their columns; empty without samples.

    Args:
        samples: Rows of the table samples.
        cell: Its row so far; length and multiply_adds are read.
        matmul_per_second: The rate that the fraction of the peak refers to.
    """
    if not samples:
        return {}
    seconds = per_100_sequences(samples, cell["length"])
    low, middle, high = np.quantile(seconds, (0.1, 0.5, 0.9)).tolist()
    adds, peak = cell.get("multiply_adds"), None
    if adds is not None and matmul_per_second:
        peak = adds * 100 / middle / matmul_per_second
    return {
        "n_samples": len(samples),
        "seconds_per_100_sequences": middle,
        "seconds_per_100_sequences_low": low,
        "seconds_per_100_sequences_high": high,
        "seconds_per_100_sequences_min": float(seconds.min()),
        "mutants_per_second": 3 * cell["length"] * 100 / middle,
        "fraction_of_matmul_peak": peak,
    }


def break_even(
    naive: NDArray[np.float64], own: NDArray[np.float64], precompute_seconds: float
) -> dict[str, float]:
    """After how many sequences a precomputation has paid off; empty where it never does.

    Args:
        naive: Seconds per 100 sequences of the best naive cell, from each sample.
        own: Seconds per 100 sequences of the cell in question, without the precomputation.
        precompute_seconds: Seconds that the precomputation takes, once.
    """
    gain = float(np.median(naive) - np.median(own)) / 100
    return {"break_even_sequences": precompute_seconds / gain} if gain > 0 else {}
