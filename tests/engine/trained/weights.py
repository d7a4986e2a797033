"""Weights of Keras 2 files, by layer name."""

from pathlib import Path

import h5py
import keras
import numpy as np

__all__ = ["load_by_name"]


def load_by_name(model: keras.Model, path: Path) -> keras.Model:
    """Sets every layer that has weights from the group of its name; returns the model.

    Layer names of Keras 3 may not hold "/", those of the file may.
    """
    with h5py.File(path) as file:
        root = file.get("model_weights", file)
        for layer in model.layers:
            if layer.weights:
                group = root[layer.name]
                layer.set_weights([np.asarray(group[name]) for name in group.attrs["weight_names"]])
    return model
