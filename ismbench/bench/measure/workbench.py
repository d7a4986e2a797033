"""What the cells of a lane work with: one model, one target, one pool of sequences."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.experiment.budget import Budget
from ismbench.bench.records.cell import Cell
from ismbench.engine.target import Target

if TYPE_CHECKING:
    import keras

__all__ = ["Workbench"]


@dataclass(frozen=True)
class Workbench:
    """What a lane's cells work with.

    Attributes:
        model: The model that is explained.
        target: The numbers of its outputs that are explained.
        x: All sequences (N, L, A).
        predict: The target's numbers (N, K) for sequences (N, L, A).
        budget: Seconds and repetitions that a cell may take.
        seed: Chooses subsets of positions.
        price: Multiply-adds that a cell's method needs for one sequence; None if unknown.
        per_second: Multiply-adds per second of a matmul, which no method exceeds.
        step: Told before everything that may take long.
    """

    model: "keras.Model"
    target: Target
    x: NDArray[np.float32]
    predict: Callable[[NDArray[Any]], NDArray[Any]]
    budget: Budget
    seed: int
    price: Callable[[Cell], float | None]
    per_second: float
    step: Callable[[Cell, str], None]
