"""What may be given as a model: converted where that can be, told in one line where it is something else."""

from os import PathLike
from typing import Any

import keras

from ismbench.errors import InputError

__all__ = ["as_model", "check_model"]


def as_model(model: Any) -> keras.Model:
    """A Keras 3 model as it is; one of tf_keras converted, with the weights that it has now.

    Raises:
        InputError: It is neither; or it is one of tf_keras that cannot be converted.
    """
    if _library(model) == "tf_keras" and hasattr(model, "to_json"):
        from ismbench.frontends.keras2 import as_it_is_now

        return as_it_is_now(model)
    check_model(model)
    return model


def check_model(model: Any) -> None:
    """Refuses what is no Keras 3 model, and says what to do with it.

    Raises:
        InputError: For a path, a model of another library, a class, or anything else.
    """
    if isinstance(model, keras.Model):
        return
    raise InputError(f"A model must be a Keras 3 model. Received: {_received(model)}")


def _received(model: Any) -> str:
    kind, library = type(model).__name__, _library(model)
    if isinstance(model, (str, PathLike)):
        return f"the path {str(model)!r}; open it first: ismbench.load_model({str(model)!r})"
    if isinstance(model, type) or (callable(model) and hasattr(model, "__code__")):
        what = "class" if isinstance(model, type) else "function"
        return f"the {what} {model.__name__!r}; call it first, and give what it returns"
    if library == "tf_keras":
        return f"{kind} of tf_keras (Keras 2); convert it: ismbench.from_tf_keras(model)"
    if library == "torch" and not isinstance(model, keras.Layer):
        return (
            f"the torch module {kind}; convert it: ismbench.from_torch(module, example_inputs), such as"
            " torch.zeros(1, 4, length)"
        )
    if isinstance(model, keras.Layer):
        return f"the layer {model.name!r} ({kind}); wrap it: keras.Model(inputs, layer(inputs))"
    return kind


def _library(thing: Any) -> str:
    """The library that an object's class comes from: "tf_keras", "torch", or ""."""
    for base in type(thing).__mro__:
        package = base.__module__.split(".")[0]
        if package == "tf_keras" or base.__module__.startswith("keras.src.engine"):
            return "tf_keras"
        if package == "torch":
            return "torch"
    return ""
