"""ISM and gradients of models that share an architecture: built and compiled once, with new weights for each."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.experiment.train_job import TrainJob
from ismbench.engine import saturation_mutagenesis
from ismbench.engine.target import EVERY
from ismbench.methods import BatchSizes, Explainer, load
from ismbench.weights import load_weights

if TYPE_CHECKING:
    import keras

__all__ = ["Architecture", "Maps"]

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Maps:
    """Scores of N sequences for every output.

    Attributes:
        ism: Deltas (N, L, A, K).
        gradient: (N, L, A, K).
        prediction: (N, K).
    """

    ism: Array
    gradient: Array
    prediction: Array


class Architecture:
    """A model whose weights come and go.

    Args:
        job: Any job of this architecture.
        n_outputs: Of its data.
    """

    def __init__(self, job: TrainJob, n_outputs: int) -> None:
        from ismbench.bench.training.fit import build_for

        self.model: keras.Model = build_for(job, n_outputs)
        self._gradient: Explainer = load("gradient")(self.model, EVERY, BatchSizes())

    def maps(self, weights: Path, x: NDArray[np.float32]) -> Maps:
        """Scores of x (N, L, A) with these weights; the engine reads them at each call."""
        load_weights(self.model, weights)
        found = saturation_mutagenesis(self.model, x)
        return Maps(np.asarray(found.delta), self._gradient(x), np.asarray(found.reference))
