"""What may be given as a model, told in one line where it is something else."""

from os import PathLike
from typing import Any

import keras

from ismbench.errors import InputError

__all__ = ["check_model"]


def check_model(model: Any) -> None:
    """Refuses what is no Keras 3 model, and says what to do with it.

    Raises:
        InputError: For a path, a model of another library, a class, or anything else.
    """
    if isinstance(model, keras.Model):
        return
    if isinstance(model, (str, PathLike)):
        raise InputError(
            f"A model must be a Keras model. Received: the path {str(model)!r}; load it first, with "
            "keras.saving.load_model(path, compile=False)"
        )
    if isinstance(model, type) or (callable(model) and hasattr(model, "__code__")):
        raise InputError(
            f"A model must be a Keras model. Received: the {'class' if isinstance(model, type) else 'function'} "
            f"{model.__name__!r}; call it first, and give what it returns"
        )
    kind, library = type(model).__name__, _library(model)
    if library == "tf_keras":
        raise InputError(
            f"A model must be of Keras 3. Received: {kind} of tf_keras (Keras 2); save its architecture and weights, "
            "and build it with keras"
        )
    if library == "torch" and not isinstance(model, keras.Layer):
        raise InputError(
            f"A model must be a Keras model. Received: the torch module {kind}; build the same layers in Keras, and "
            "copy its weights"
        )
    if isinstance(model, keras.Layer):
        raise InputError(
            f"A model must be a Keras model. Received: the layer {model.name!r} ({kind}); "
            "wrap it: keras.Model(inputs, layer(inputs))"
        )
    raise InputError(f"A model must be a Keras model. Received: {kind}")


def _library(thing: Any) -> str:
    """The library that an object's class comes from: "tf_keras", "torch", or ""."""
    for base in type(thing).__mro__:
        package = base.__module__.split(".")[0]
        if package == "tf_keras" or base.__module__.startswith("keras.src.engine"):
            return "tf_keras"
        if package == "torch":
            return "torch"
    return ""
