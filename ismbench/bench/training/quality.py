"""How well a model predicts the signals of a split."""

import keras
import numpy as np
import numpy.typing as npt

from ismbench.metrics.vectors import pearson
from ismbench.sequence import SignalSet

__all__ = ["mean_of_defined", "pearson_by_output"]

_PREDICT_BATCH = 256


def pearson_by_output(model: keras.Model, data: SignalSet) -> npt.NDArray[np.float64]:
    """Pearson's correlation of each output (K,) with its signal, over the sequences."""
    prediction = model.predict(data.sequences.x, batch_size=_PREDICT_BATCH, verbose=0)
    return pearson(prediction.T, data.signals.T)


def mean_of_defined(values: npt.NDArray[np.float64]) -> float | None:
    """Mean of the finite values (K,); None where none is."""
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if len(defined) else None
