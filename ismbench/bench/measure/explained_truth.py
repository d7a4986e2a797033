"""The truth of a lane's sequences for what is explained: the target of the generating function's outputs."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.records.sequence_file import LaneSequences
from ismbench.engine.target import Target

if TYPE_CHECKING:
    import keras

__all__ = ["explained_truth"]

Array = NDArray[Any]


def explained_truth(
    model: "keras.Model", target: Target, sequences: LaneSequences
) -> tuple[Array | None, NDArray[np.bool_] | None]:
    """Exact effects and planted sites for the numbers that are explained.

    Args:
        model: The lane's model; the truth is its own where it has one output, of as many values as were simulated.
        target: Which of them are explained.
        sequences: With what is true of them, where that is known.

    Returns:
        Effects (N, L, A, K), or None where nothing was simulated or the model has other outputs; and where motifs were
        planted, (N, L), or (N, L, K) of those that matter to the number, or None.
    """
    effects, sites = sequences.effects, sequences.sites
    if effects is None or sites is None:
        return None, sequences.planted
    shapes = [tuple(output.shape[1:]) for output in model.outputs]
    if shapes != [effects.shape[-1:]] or not target.linear:
        return None, sequences.planted
    names = list(model.output_names)
    # A site matters to a sum or a mean if it matters to any of the values in it.
    matters = _select(sites.astype(np.float32), target, names) > 0
    return _select(effects, target, names), matters


def _select(values: Array, target: Target, names: list[str]) -> Array:
    """The target of values (..., K)."""
    from keras import ops

    flat = values.reshape(-1, values.shape[-1])
    chosen = np.asarray(ops.convert_to_numpy(target.select([ops.convert_to_tensor(flat)], names)))
    return chosen.reshape(*values.shape[:-1], -1)
