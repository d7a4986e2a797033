"""What a model computes, as a value to compare: is it still the model that something was built for?

Weights are told apart by identity and not by value: they are read at each call. Everything else that compiled code
holds on to counts: how the layers are wired, their options as they are now, their functions and what these refer to,
the rules in force, and Keras' own settings.
"""

from typing import Any

import keras

from ismbench.engine.functions import registered
from ismbench.engine.rules import RULES
from ismbench.engine.state_reader import StateReader

__all__ = ["fingerprint", "variables_of"]


def fingerprint(*values: Any) -> tuple[Any, ...]:
    """What models, functions and options are now; equal as long as they compute the same with the same weights.

    Args:
        values: Keras models, functions (known by their code, closure and defaults), and plain data.
    """
    return StateReader().read_all(values), tuple(RULES.items()), registered(), _settings()


def variables_of(model: keras.Model, *others: Any) -> list[Any]:
    """The variables of a model, and those that its functions and ``others`` refer to besides.

    A variable in the closure of a function is none of the model's, but is read at each call all the same.

    Args:
        model: The model.
        others: Functions and plain data.
    """
    reader = StateReader()
    reader.read_all((model, *others))
    own = list(model.variables)
    known = {id(v) for v in own}
    return own + [v for v in reader.variables if id(v) not in known]


def _settings() -> tuple[Any, ...]:
    """Of Keras, which some operations look up when they are traced."""
    config = keras.config
    return config.epsilon(), config.floatx(), config.image_data_format()
