"""What is kept of the maps of one model: numbers for each sequence and output."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.papers.tism.studies.agreement import centered, map_pearson, motif_effects
from ismbench.papers.tism.studies.explain import Maps
from ismbench.scores import first_order

__all__ = ["KEPT", "judged"]

Array = NDArray[Any]
KEPT = (
    "tism_ism", "gradient_ism", "tism_ism_centered", "gradient_ism_centered", "ism_truth", "tism_truth", "inside",
    "outside", "prediction",
)  # fmt: skip
"""Names of what ``judged`` finds."""


def judged(maps: Maps, x: NDArray[np.float32], truth: Array | None, motifs: Array | None) -> dict[str, Array]:
    """Arrays (N, K): agreement with ISM of the model, and with that of the generating function where it is known."""
    tism = first_order(maps.gradient, x)
    ism_centered = centered(maps.ism, x)
    unknown = np.full(maps.prediction.shape, np.nan)
    inside, outside = (unknown, unknown) if motifs is None else motif_effects(maps.ism, tism, x, motifs)
    return {
        "tism_ism": map_pearson(tism, maps.ism),
        "gradient_ism": map_pearson(maps.gradient, maps.ism),
        "tism_ism_centered": map_pearson(centered(tism, x), ism_centered),
        "gradient_ism_centered": map_pearson(maps.gradient, ism_centered),
        "ism_truth": unknown if truth is None else map_pearson(maps.ism, truth),
        "tism_truth": unknown if truth is None else map_pearson(tism, truth),
        "inside": inside,
        "outside": outside,
        "prediction": maps.prediction,
    }
