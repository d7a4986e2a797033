"""The arguments of a layer of Keras 2 as Keras 3 takes them; one that would change the numbers is refused."""

import inspect
from collections.abc import Mapping
from typing import Any

import keras

from ismbench.errors import InputError
from ismbench.extensions import load_extensions
from ismbench.layers import KNOWN_FUNCTIONS, hard_sigmoid_of_keras2
from ismbench.saved_models import CODE_LAYERS, GIVEN

__all__ = ["layer_class", "modern_layer"]

_RENAMED = {
    ("LeakyReLU", "alpha"): "negative_slope",
    ("Dropout", "p"): "rate",
    ("Dense", "output_dim"): "units",
}

_EVALUATION_NEEDS_NO = ("_initializer", "_regularizer", "_constraint")
"""Endings of what matters to training only: the weights come from the file."""

_IDLE = frozenset(
    {
        "batch_input_shape", "input_dim", "input_length", "input_dtype", "sparse", "ragged", "implementation", "fused",
        "renorm", "renorm_clipping", "renorm_momentum", "virtual_batch_size", "adjustment", "unit_forget_bias",
        "query_shape", "key_shape", "value_shape", "output_shape_type", "autocast", "seed", "trainable", "synchronized",
    }
)  # fmt: skip
"""Arguments that change no number of an evaluated model."""

_NEUTRAL: Mapping[str, Any] = {
    "groups": 1, "time_major": False, "output_padding": None, "keepdims": False, "softmax_robust_masking": False,
}  # fmt: skip
"""Arguments that some layers of Keras 3 lack, and the value that they had in its place."""

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "GRU": {"reset_after": False, "recurrent_activation": "hard_sigmoid"},
    "LSTM": {"recurrent_activation": "hard_sigmoid"},
}
"""What a description that lacks the argument meant, where Keras 3 means something else."""


def layer_class(kind: str, custom: Mapping[str, Any]) -> Any:
    """The class of a layer by its name; None where no one has it, or it would run what a file holds."""
    given = _given(kind, custom)
    if given is not None:
        return given
    found = None if kind in CODE_LAYERS else getattr(keras.layers, kind, None)
    if isinstance(found, type) and issubclass(found, keras.layers.Layer):
        return found
    load_extensions()
    return _given(kind, custom)


def _given(kind: str, custom: Mapping[str, Any]) -> Any:
    """What the user gave or something registered, by its name with or without the package."""
    return keras.saving.get_registered_object(kind, custom_objects=dict(custom)) or custom.get(
        kind.rpartition(">")[2]
    )


def modern_layer(entry: Mapping[str, Any], custom: Mapping[str, Any]) -> keras.layers.Layer:
    """A layer of Keras 3 from the description of one of Keras 2.

    Args:
        entry: With ``class_name`` and ``config``.
        custom: The user's own classes and functions by name.

    Raises:
        InputError: There is no such layer, or an argument that Keras 3 lacks would change what it computes.
    """
    kind, config = str(entry["class_name"]), dict(entry["config"])
    cls = layer_class(kind, custom)
    name = config.get("name")
    if cls is None:
        raise InputError(f"Keras 3 has no layer {kind}, of which {name!r} is one; give its class: {GIVEN}")
    if cls.__module__.split(".")[0] != "keras":
        return cls.from_config({**config, "name": _plain(name), "dtype": _dtype(config)})
    taken = inspect.signature(cls.__init__).parameters
    given = {**_DEFAULTS.get(kind, {}), "name": name, **config}
    arguments = {"dtype": _dtype(config)}
    for key, value in given.items():
        key = _RENAMED.get((kind, key), key)
        if key == "dtype" or key in _IDLE or key.endswith(_EVALUATION_NEEDS_NO):
            continue
        if key != "name" and key not in taken:
            if value != _NEUTRAL.get(key):
                raise InputError(f"Keras 3's {kind} has no {key}. Received: {name!r} with {key}={value!r}")
            continue
        arguments[key] = _value(key, value, custom)
    arguments["name"] = _plain(name)
    return cls(**arguments)


def _value(key: str, value: Any, custom: Mapping[str, Any]) -> Any:
    if key in ("activation", "recurrent_activation"):
        return _activation(value, custom)
    if key in ("layer", "forward_layer", "backward_layer") and isinstance(value, dict):
        return modern_layer(value, custom)
    if key == "axis" and isinstance(value, list) and len(value) == 1:
        return value[0]
    return value


def _activation(value: Any, custom: Mapping[str, Any]) -> Any:
    """A function by its name; Keras 2 had another hard sigmoid, max(0, min(1, 0.2 x + 0.5))."""
    if isinstance(value, dict):
        inner = value.get("config")
        if isinstance(inner, dict) and value.get("class_name") not in (None, "function"):
            return modern_layer(value, custom)
        value = inner
    if value == "hard_sigmoid":
        return hard_sigmoid_of_keras2
    if value is None:
        return None
    return _function(value, custom)


def _function(name: str, custom: Mapping[str, Any]) -> Any:
    """What the user gave or something registered; else Keras' own, or one that is known.

    A registered name, "package>name", is not Keras' function of that name: gelu of another package may be another one.
    """
    found = _given(name, custom) or KNOWN_FUNCTIONS.get(name)
    if found is not None:
        return found
    try:
        return keras.activations.get(name)
    except ValueError:
        load_extensions()
    found = _given(name, custom)
    if found is None:
        raise InputError(f"Keras 3 has no activation {name!r}; give the function: {GIVEN}")
    return found


def _dtype(config: Mapping[str, Any]) -> str:
    """Of a layer's numbers; a model of mixed precision is computed in float32, in which its weights are kept."""
    return "float64" if config.get("dtype") == "float64" else "float32"


def _plain(name: Any) -> str:
    """A name without the slash, which Keras 3 does not take."""
    return str(name).replace("/", "_")
