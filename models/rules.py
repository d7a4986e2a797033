"""Rules of two motifs as a network: AND, OR, NOT, a spacing, an orientation; its exact ISM is the truth of all methods.

Nothing is trained. A filter for each motif and strand gives the chance that a window is bound, and products of chances
are the outputs: the function of `ismbench.simulate.rules`, layer by layer. 666 parameters.
"""

import keras
import numpy as np
from keras import layers

from ismbench.simulate.rules import GAP, Rule, SiteFilter, rules, site_filter

__all__ = ["build"]


def build(length: int = 160) -> keras.Model:
    """Builds the model.

    Args:
        length: Positions of the input.

    Returns:
        A model from (N, length, 4) to (N, K), from 0 to 1, one number for each rule.
    """
    inputs = keras.Input((length, 4), name="sequence")
    outputs = [_FUNCTIONS[rule.name](inputs, rule) for rule in rules()]
    return keras.Model(inputs, layers.Concatenate(name="rules")(outputs), name="rules")


def _bound(inputs: keras.KerasTensor, one: SiteFilter, name: str) -> keras.KerasTensor:
    """(N, windows, 1), the chance that each window is bound."""
    layer = layers.Conv1D(1, len(one.weights), activation="sigmoid", name=name)
    found = layer(inputs)
    layer.set_weights([one.weights[..., None].astype(np.float32), np.array([one.bias], np.float32)])
    return found


def _strands(inputs: keras.KerasTensor, rule: Rule, which: str) -> list[keras.KerasTensor]:
    """(N, 1) for either strand, the chance that a site stands on it."""
    one = site_filter(getattr(rule, which))
    windows = [
        _bound(inputs, each, f"{rule.name}_{which}_{strand}")
        for strand, each in (("plus", one), ("minus", one.turned()))
    ]
    return [layers.GlobalMaxPooling1D()(each) for each in windows]


def _any(inputs: keras.KerasTensor, rule: Rule, which: str) -> keras.KerasTensor:
    return layers.Maximum()(_strands(inputs, rule, which))


def _less_than_one(value: keras.KerasTensor) -> keras.KerasTensor:
    """1 - value."""
    layer = layers.Dense(1)
    found = layer(value)
    layer.set_weights([np.array([[-1.0]], np.float32), np.array([1.0], np.float32)])
    return found


def _and(inputs: keras.KerasTensor, rule: Rule) -> keras.KerasTensor:
    return layers.Multiply()([_any(inputs, rule, "first"), _any(inputs, rule, "second")])


def _or(inputs: keras.KerasTensor, rule: Rule) -> keras.KerasTensor:
    free = [_less_than_one(_any(inputs, rule, which)) for which in ("first", "second")]
    return _less_than_one(layers.Multiply()(free))


def _not(inputs: keras.KerasTensor, rule: Rule) -> keras.KerasTensor:
    free = _less_than_one(_any(inputs, rule, "second"))
    return layers.Multiply()([_any(inputs, rule, "first"), free])


def _spacing(inputs: keras.KerasTensor, rule: Rule) -> keras.KerasTensor:
    first, second = (
        _bound(inputs, site_filter(getattr(rule, which)), f"{rule.name}_{which}_plus")
        for which in ("first", "second")
    )
    shift = rule.first.width + GAP
    ahead = layers.Cropping1D((shift, 0))(second)
    behind = layers.Cropping1D((0, first.shape[1] - ahead.shape[1]))(first)
    return layers.GlobalMaxPooling1D()(layers.Multiply()([behind, ahead]))


def _orientation(inputs: keras.KerasTensor, rule: Rule) -> keras.KerasTensor:
    pairs = zip(_strands(inputs, rule, "first"), _strands(inputs, rule, "second"), strict=True)
    return layers.Maximum()([layers.Multiply()([one, other]) for one, other in pairs])


_FUNCTIONS = {"and": _and, "or": _or, "not": _not, "spacing": _spacing, "orientation": _orientation}
