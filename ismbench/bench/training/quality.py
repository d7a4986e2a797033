"""How well a model predicts the signals of a split."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from ismbench.metrics.vectors import pearson
from ismbench.sequence import SignalSet

__all__ = ["FEWEST_OUTPUTS", "performance", "performance_of"]

FEWEST_OUTPUTS = 3
"""Two numbers always correlate by 1 or -1."""
_PREDICT_BATCH = 256


def performance(model: keras.Model, data: SignalSet) -> float | None:
    """How well a model does on sequences (N, L, A); see ``performance_of``."""
    prediction = model.predict(data.sequences.x, batch_size=_PREDICT_BATCH, verbose=0)
    return performance_of(np.asarray(prediction), data.signals)


def performance_of(prediction: npt.NDArray[Any], signals: npt.NDArray[Any]) -> float | None:
    """Pearson's correlation of each sequence's outputs with its signals, mean of the sequences.

    This is the axis of Sasse et al. 2024: over cell types. With fewer than three outputs, over which nothing
    correlates, it is that of each output over the sequences, mean of the outputs.

    Args:
        prediction: (N, K).
        signals: Likewise.

    Returns:
        None where no correlation is defined.
    """
    turned = prediction.shape[1] < FEWEST_OUTPUTS
    values = pearson(prediction.T, signals.T) if turned else pearson(prediction, signals)
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if len(defined) else None
