"""Weights for the model files of `models/`: seeded numbers by default, a saved file by path."""

import warnings
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ismbench.compact_weights import read_compact
from ismbench.errors import InputError
from ismbench.saved_models import load_saved

if TYPE_CHECKING:
    import keras

__all__ = ["initialise", "load_weights", "seed_weights"]


def initialise(model: "keras.Model", seed: int, weights: str | PathLike[str] | None = None) -> "keras.Model":
    """Fills a model with the weights of a file or, without one, with seeded numbers; returns the model."""
    if weights is None:
        seed_weights(model, seed)
    else:
        load_weights(model, weights)
    return model


def seed_weights(model: "keras.Model", seed: int) -> None:
    """Sets all weights to numbers that depend on the seed alone, so that every backend gets the same model.

    Kernels follow He et al. 2015 (normal, variance 2 / fan-in). Biases, and the scale, shift, mean and
    variance of normalisations, are drawn too: with the usual zeros and ones, a method that forgets one looks
    exact. Weights of other roles, such as the seed of a Dropout, stay.

    Args:
        model: A built Keras model; changed in place.
        seed: Of the generator.
    """
    rng = np.random.default_rng(seed)
    drawn = [_draw(rng, w.name, tuple(w.shape)) for w in model.weights]
    model.set_weights(
        [old if new is None else new for old, new in zip(model.get_weights(), drawn, strict=True)]
    )


def load_weights(
    model: "keras.Model", path: str | PathLike[str], custom_objects: Mapping[str, Any] | None = None
) -> None:
    """Sets the weights of a model from a file.

    Args:
        model: A built Keras model; changed in place.
        path: A whole model (`.keras`, read in safe mode), or weights alone (`.weights.h5`, `.h5` of Keras 2). A
            `.weights.h5` that Keras 2 wrote is read by the names of the layers; it may hold more of them. Or float16
            arrays (`.npz`, see `ismbench.compact_weights`).
        custom_objects: Classes and functions of the user's own that a whole model names, by name.

    Raises:
        InputError: No such file, another ending, or weights that do not fit the model.
    """
    path = Path(path)
    if not path.is_file() or path.suffix not in (".keras", ".h5", ".npz"):
        raise InputError(f"A weights file must exist and end in .keras, .h5 or .npz. Received: {path}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # Keras only warns where it leaves a layer as it was
            if path.suffix == ".npz":
                read_compact(model, path)
            elif path.suffix == ".keras":
                _set_all(model, load_saved(path, custom_objects=custom_objects))
            elif path.name.endswith(".weights.h5") and (old := _old_layout(path)) is not None:
                _set_by_name(model, old)
            else:
                model.load_weights(path)
    except (
        Exception
    ) as error:  # Keras raises what the file's reader raises: OSError, KeyError, ValueError, TypeError
        reason = " ".join(str(error).split()).rstrip(".")[:400]
        raise InputError(
            f"{reason}. A weights file must fit the model {model.name}. Received: {path}"
        ) from error


def _old_layout(path: Path) -> dict[str, list[npt.NDArray[np.float32]]] | None:
    """Weights of each layer by its name in a file of Keras 2; None where the file is not one."""
    import h5py

    with h5py.File(path) as file:
        root = file.get("model_weights", file)
        if "layer_names" not in root.attrs:
            return None
        groups = {_text(name): root[name] for name in root.attrs["layer_names"]}
        return {
            name: [np.asarray(group[w]) for w in group.attrs["weight_names"]]
            for name, group in groups.items()
        }


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name


def _set_all(model: "keras.Model", source: "keras.Model") -> None:
    """The weights of a whole model, which must have as many, each of the same shape."""
    pairs = list(zip(model.weights, source.weights, strict=False))
    bad = next(((a, b) for a, b in pairs if tuple(a.shape) != tuple(b.shape)), None)
    if bad is not None:
        raise ValueError(
            f"{bad[0].path} has the shape {tuple(bad[0].shape)} here and {tuple(bad[1].shape)} in the file"
        )
    if len(model.weights) != len(source.weights):
        raise ValueError(f"there are {len(model.weights)} weights here and {len(source.weights)} in the file")
    model.set_weights(source.get_weights())


def _set_by_name(model: "keras.Model", old: dict[str, list[npt.NDArray[np.float32]]]) -> None:
    missing = [layer.name for layer in model.layers if layer.weights and not old.get(layer.name)]
    if missing:
        raise ValueError(f"it has no weights for the layer {missing[0]!r}")
    for layer in model.layers:
        if layer.weights:
            layer.set_weights(old[layer.name])


def _draw(rng: np.random.Generator, role: str, shape: tuple[int, ...]) -> npt.NDArray[np.float32] | None:
    """Draws one weight by its name in Keras; None for one of another role."""
    if role == "kernel":
        values = rng.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape)
    elif role in ("gamma", "moving_variance"):
        values = rng.uniform(0.5, 1.5, shape)
    elif role in ("bias", "beta", "moving_mean"):
        values = rng.normal(0, 0.1, shape)
    else:
        return None
    return values.astype(np.float32)
