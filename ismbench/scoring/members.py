"""The models of an ensemble, loaded and checked against each other."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ismbench.bench.workload import build_from_file
from ismbench.engine.graph import read_graph
from ismbench.errors import InputError
from ismbench.saved_models import load_saved
from ismbench.scoring.outputs import Outputs, choose_outputs, output_names
from ismbench.scoring.spec import ModelSource, ScoreSpec, window
from ismbench.weights import load_weights

if TYPE_CHECKING:
    import keras

__all__ = ["Ensemble", "load_ensemble"]

ALPHABET = 4


@dataclass(frozen=True)
class Ensemble:
    """Loaded models with one shape of input and the same outputs.

    Attributes:
        models: The models.
        length: Positions of their input.
        outputs: What is explained.
    """

    models: "tuple[keras.Model, ...]"
    length: int
    outputs: Outputs


def load_ensemble(spec: ScoreSpec) -> Ensemble:
    """Loads every model.

    Raises:
        InputError: One cannot be loaded, takes no one-hot DNA of the length, or they differ in their outputs.
    """
    length = _length(spec)
    models = tuple(_load(source, length) for source in spec.models)
    names = output_names(models[0], spec.labels)
    for source, model in zip(spec.models[1:], models[1:], strict=True):
        other = output_names(model, spec.labels)
        if len(other) != len(names):
            raise InputError(
                f"Models of an ensemble must have as many outputs each. Received: {spec.models[0].name} with"
                f" {len(names)}, {source.name} with {len(other)}"
            )
    if spec.window is not None and spec.window > length:
        raise InputError(
            f"A window must not be wider than the model's input, {length}. Received: {spec.window}"
        )
    if spec.flank >= length:
        raise InputError(f"Shifts must be smaller than the model's input, {length}. Received: {spec.shifts}")
    _check_reach(spec, length)
    return Ensemble(models, length, choose_outputs(spec.target, names))


def _check_reach(spec: ScoreSpec, length: int) -> None:
    reached = np.zeros(length, bool)
    for shift in spec.shifts:
        reached[max(0, shift) : length + min(0, shift)] = True
    first, end = window(length, spec.window)
    if not reached[first:end].all():
        raise InputError(
            "Shifts must together reach every position that is scored; 0 alone does. Received:"
            f" {','.join(map(str, spec.shifts))}, which leave {np.count_nonzero(~reached[first:end]):,} of"
            f" {end - first:,} out"
        )


def _length(spec: ScoreSpec) -> int:
    if spec.length is not None:
        return spec.length
    found = {
        name: length for s in spec.models if (length := _own_length(s)) is not None for name in (s.name,)
    }
    if not found:
        raise InputError(
            f"The model takes sequences of any length; give --length. Received: {spec.models[0].name} without it"
        )
    if len(set(found.values())) > 1:
        raise InputError(f"Models of an ensemble must take one length. Received: {found}; give --length")
    return next(iter(found.values()))


def _own_length(source: ModelSource) -> int | None:
    shape = _open(source, None).inputs[0].shape
    return int(shape[1]) if len(shape) == 3 and shape[1] is not None else None


def _load(source: ModelSource, length: int) -> "keras.Model":
    model = _open(source, length)
    try:
        shapes = read_graph(model).input_shapes
    except InputError as error:
        raise InputError(f"{source.name}: {error}") from None
    fits = len(shapes) == 1 and len(shapes[0]) == 2 and shapes[0][0] in (None, length)
    if not fits or shapes[0][1] != ALPHABET:
        raise InputError(
            f"A model must have one input of one-hot DNA ({length}, {ALPHABET}). Received: {source.name} with"
            f" {', '.join(map(str, shapes))}"
        )
    return model


def _open(source: ModelSource, length: int | None) -> "keras.Model":
    """Builds or loads a model; a Python file chooses the length where none is given."""
    if source.path is None:
        assert source.live is not None
        return source.live
    if source.path.suffix == ".py":
        return build_from_file(source.path, length, dict(source.options), source.weights)
    if source.options:
        raise InputError(
            f"Options are for a Python file with build(...). Received: {dict(source.options)} and {source.path}"
        )
    model = load_saved(source.path, unsafe=source.unsafe)
    if source.weights is not None:
        load_weights(model, source.weights)
    return model
