"""Weights in half the space: a compressed ``.npz`` of float16 arrays, which runs no code when it is read."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ismbench.files import whole_file

if TYPE_CHECKING:
    import keras

__all__ = ["read_compact", "write_compact"]


def write_compact(model: "keras.Model", path: Path) -> None:
    """Writes the weights of a model by their paths, rounded to float16.

    Raises:
        ValueError: One is too large for float16, or two have one path.
    """
    with np.errstate(over="ignore"):
        arrays = {w.path: np.asarray(w).astype(np.float16) for w in model.weights}
    if len(arrays) != len(model.weights):
        raise ValueError("two weights have the same path")
    large = [name for name, array in arrays.items() if not np.isfinite(array).all()]
    if large:
        raise ValueError(f"{large[0]} is too large for float16")
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


def read_compact(model: "keras.Model", path: Path) -> None:
    """Sets the weights of a built model from what ``write_compact`` wrote; in their own type again.

    Raises:
        ValueError: The file has other weights than the model, or others' shapes.
    """
    with np.load(path, allow_pickle=False) as found:
        names = [w.path for w in model.weights]
        missing, unknown = sorted(set(names) - set(found.files)), sorted(set(found.files) - set(names))
        if missing or unknown:
            words = f"lacks {missing[0]}" if missing else f"has {unknown[0]}, which the model has not"
            raise ValueError(f"it {words}")
        arrays = [found[name] for name in names]
    for weight, array in zip(model.weights, arrays, strict=True):
        if array.shape != tuple(weight.shape) or array.dtype.kind != "f" or not np.isfinite(array).all():
            raise ValueError(
                f"{weight.path} must be {tuple(weight.shape)} finite numbers, it has {array.shape}"
            )
    model.set_weights([array.astype(np.float32) for array in arrays])
