"""A model with other weights for as long as a block lasts: of another training, or without what its layers learned.

The latter is the cascading randomisation of Adebayo et al., "Sanity checks for saliency maps", NeurIPS 2018. The
values of each weight are shuffled among its places instead of drawn anew: scales stay, so that no activation dies or
overflows, and variances of a normalisation stay positive, whatever layers a model has.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

__all__ = ["other_weights", "random_last_layers", "stages_of", "weighted_layers"]


@contextmanager
def other_weights(model: "keras.Model", path: Path) -> Iterator[None]:
    """Sets the weights of a file, and puts the model's own back at the end.

    Raises:
        InputError: They do not fit the model.
    """
    from ismbench.weights import load_weights

    kept = model.get_weights()
    try:
        load_weights(model, path)
        yield
    finally:
        model.set_weights(kept)


def weighted_layers(model: "keras.Model") -> list[list[Any]]:
    """The floating-point weights of each layer that has some, from input to output; a shared layer counts once."""
    found: dict[int, list[Any]] = {}
    for layer in _plain_layers(model):
        weights = [w for w in layer.weights if "float" in str(w.dtype)]
        if weights:
            found.setdefault(id(layer), weights)
    return list(found.values())


def _plain_layers(model: Any) -> Iterator[Any]:
    for layer in model.layers:
        if getattr(layer, "layers", None):  # a model within the model
            yield from _plain_layers(layer)
        else:
            yield layer


def stages_of(n_layers: int, most: int) -> list[int]:
    """How many layers are randomised at each stage: from the last one alone to all, evenly spaced, no stage twice."""
    return sorted({int(n) for n in np.linspace(1, n_layers, most if most > 1 else 2).round()})[-most:]


@contextmanager
def random_last_layers(layers: Sequence[Sequence[Any]], count: int, seed: int) -> Iterator[None]:
    """Shuffles the values of every weight of the last ``count`` layers; puts them back at the end.

    Args:
        layers: See `weighted_layers`.
        count: Layers, counted from the output.
        seed: Of the shuffles; those of a layer do not depend on how many others are shuffled.
    """
    from keras import ops

    kept = [
        (weight, np.array(ops.convert_to_numpy(weight)))
        for layer in layers[len(layers) - count :]
        for weight in layer
    ]
    try:
        for i, (weight, values) in enumerate(reversed(kept)):
            rng = np.random.default_rng([seed, i])
            weight.assign(rng.permutation(values.ravel()).reshape(values.shape))
        yield
    finally:
        for weight, values in kept:
            weight.assign(values)
