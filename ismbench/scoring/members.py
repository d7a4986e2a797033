"""The models of an ensemble, loaded and checked against each other."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ismbench.engine.graph import read_graph
from ismbench.engine.model import as_model
from ismbench.errors import InputError
from ismbench.identity import model_identity
from ismbench.model_loading import check_input, load_model
from ismbench.scoring.allele_comparisons import AlleleComparison, read_comparisons
from ismbench.scoring.orientation import check_orientation
from ismbench.scoring.outputs import Outputs, Term, choose_outputs, read_heads
from ismbench.scoring.outputs.strand_turns import turned
from ismbench.scoring.spec import ModelSource, ScoreSpec, window
from ismbench.user_imports import import_all

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
        turned: The same in the outputs of the reverse complement; of one strand alone as ``outputs``.
        hashes: Identity of each model.
        comparisons: Of variants' alleles.
        compared: The outputs that these need, one head after the other.
        compared_turned: The same in the outputs of the reverse complement.
    """

    models: "tuple[keras.Model, ...]"
    length: int
    outputs: Outputs
    turned: Outputs
    hashes: tuple[str, ...]
    comparisons: tuple[AlleleComparison, ...]
    compared: Outputs
    compared_turned: Outputs


def load_ensemble(spec: ScoreSpec) -> Ensemble:
    """Loads every model.

    Raises:
        InputError: One cannot be loaded, takes no one-hot DNA of the length, or they differ in their outputs.
    """
    models = tuple(_open(source, spec.length) for source in spec.models)
    for source, model in zip(spec.models, models, strict=True):
        check_orientation(model, source.name)
    length = spec.length or _own_length(spec, models)
    for source, model in zip(spec.models, models, strict=True):
        check_input(model, source.name, length, ALPHABET)
    heads = read_heads(models[0], spec.labels)
    for source, model in zip(spec.models[1:], models[1:], strict=True):
        other = read_heads(model, spec.labels)
        if len(other.labels) != len(heads.labels):
            raise InputError(
                f"Models of an ensemble must have as many outputs each. Received: {spec.models[0].name} with"
                f" {len(heads.labels)}, {source.name} with {len(other.labels)}"
            )
    if spec.window is not None and spec.window > length:
        raise InputError(
            f"A window must not be wider than the model's input, {length}. Received: {spec.window}"
        )
    if spec.flank >= length:
        raise InputError(f"Shifts must be smaller than the model's input, {length}. Received: {spec.shifts}")
    _check_reach(spec, length)
    outputs = choose_outputs(spec.target, heads, models[0], length)
    comparisons = read_comparisons(spec.compare, heads)
    compared = Outputs(heads, tuple(Term(tuple(c.head.columns)) for c in comparisons), ())
    return Ensemble(
        models, length, outputs, _turned(spec, outputs, models[0], length), tuple(map(model_identity, models)),
        comparisons, compared, _turned(spec, compared, models[0], length),
    )  # fmt: skip


def _turned(spec: ScoreSpec, outputs: Outputs, model: "keras.Model", length: int) -> Outputs:
    return turned(outputs, model, length, spec.rc_outputs) if spec.rc else outputs


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


def _own_length(spec: ScoreSpec, models: "tuple[keras.Model, ...]") -> int:
    shapes = {source.name: model.inputs[0].shape for source, model in zip(spec.models, models, strict=True)}
    other = next((name for name, shape in shapes.items() if len(shape) != 3), None)
    if other is not None:
        raise InputError(
            f"A model must take one-hot sequences (length, {ALPHABET}). Received: {other} with"
            f" {tuple(shapes[other][1:])}"
        )
    found = {name: int(s[1]) for name, s in shapes.items() if len(s) == 3 and s[1] is not None}
    if not found:
        raise InputError(
            f"The model takes sequences of any length; give --length. Received: {spec.models[0].name} without it"
        )
    if len(set(found.values())) > 1:
        raise InputError(f"Models of an ensemble must take one length. Received: {found}; give --length")
    return next(iter(found.values()))


def _open(source: ModelSource, length: int | None) -> "keras.Model":
    model = _opened(source, length)
    try:
        read_graph(model)
    except InputError as error:
        raise InputError(f"{source.name}: {error}") from None
    return model


def _opened(source: ModelSource, length: int | None) -> "keras.Model":
    if source.path is None:
        import_all(source.imports)
        return as_model(source.live)
    return load_model(
        source.path, source.weights, length, source.options, source.custom_objects,
        unsafe=source.unsafe, imports=source.imports,
    )  # fmt: skip
