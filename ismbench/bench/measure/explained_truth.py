"""The truth of a lane's sequences for what is explained: the target of the generating function's outputs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.records.sequence_file import LaneSequences
from ismbench.engine.target import Target

if TYPE_CHECKING:
    import keras

__all__ = ["ExplainedTruth", "explained_truth", "is_explained", "selected"]

Array = NDArray[Any]


@dataclass(frozen=True)
class ExplainedTruth:
    """What is true of the numbers that are explained; None where it is not known.

    Attributes:
        effects: (N, L, A, K), exact ISM of the function that the signals were simulated with.
        sites: (N, L), True where motifs were planted, or (N, L, K), where those that matter to the number were.
        decoys: (N, L, K), True where motifs were planted that do not matter to the number.
    """

    effects: Array | None = None
    sites: NDArray[np.bool_] | None = None
    decoys: NDArray[np.bool_] | None = None


def explained_truth(model: "keras.Model", target: Target, sequences: LaneSequences) -> ExplainedTruth:
    """What is known of the numbers that are explained.

    Args:
        model: The lane's model; the truth is its own where it has one output, of as many values as were simulated.
        target: Which of them are explained.
        sequences: With what is true of them, where that is known.
    """
    effects, sites, planted = sequences.effects, sequences.sites, sequences.planted
    if sites is None or not is_explained(model, target, sites.shape[-1]):
        return ExplainedTruth(sites=planted)
    # A site matters to a sum or a mean if it matters to any of the values in it.
    matters = selected(sites.astype(np.float32), model, target) > 0
    return ExplainedTruth(
        None if effects is None else selected(effects, model, target),
        matters,
        None if planted is None else planted[: len(matters), :, None] & ~matters,
    )


def is_explained(model: "keras.Model", target: Target, count: int) -> bool:
    """Whether what is explained is a linear function of this many values, the model's only output."""
    shapes = [tuple(output.shape[1:]) for output in model.outputs]
    return shapes == [(count,)] and target.linear


def selected(values: Array, model: "keras.Model", target: Target) -> Array:
    """The target of values (..., K) of the model's only output."""
    from keras import ops

    flat = values.reshape(-1, values.shape[-1])
    chosen = target.select([ops.convert_to_tensor(flat)], list(model.output_names))
    return np.asarray(ops.convert_to_numpy(chosen)).reshape(*values.shape[:-1], -1)
