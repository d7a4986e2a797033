"""What a lane works on: its model, built in the worker, and its sequences, loaded by the parent."""

import importlib.util
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ismbench.bench.spec import Experiment
from ismbench.errors import InputError
from ismbench.sequence import SequenceSet, dinucleotide_shuffle, random_dna, read_fasta, shipped_dm3

if TYPE_CHECKING:
    import keras

__all__ = ["build_from_file", "check_input", "load_model", "load_sequences", "open_model"]

_MOST_LETTERS = 2**28
"""One-hot they take sixteen times as many bytes."""


def load_sequences(experiment: Experiment, length: int, n: int) -> SequenceSet:
    """Loads an experiment's sequences.

    Args:
        experiment: Says where they come from.
        length: Positions of each; longer records take their centre.
        n: How many at most.

    Raises:
        InputError: The file is missing or broken, a record is too short, or there are fewer than ``n`` and
            nothing shall fill them up.
    """
    spec = experiment.sequences
    if n * length > _MOST_LETTERS:
        raise InputError(
            f"All sequences together must have at most {_MOST_LETTERS:,} letters; lower sequences.n or the"
            f" length. Received: {n} of {length}"
        )
    if spec.source == "random":
        x = random_dna(n, length, spec.seed)
        return SequenceSet(tuple(f"random_{i}" for i in range(n)), x, f"random, seed {spec.seed}")
    if spec.source == "simulated":
        from ismbench.simulate import simulate

        try:
            return simulate(n, length, seed=spec.seed, **spec.options)
        except (TypeError, AttributeError) as error:
            raise InputError(
                f"sequences.options must fit ismbench.simulate.simulate. Received: {error}"
            ) from None
    if spec.source == "held_out":
        from ismbench.bench.training.data import load_data

        assert experiment.data is not None
        available = load_data(experiment.data, length, experiment.root).test.sequences
    elif spec.source == "dm3":
        available = shipped_dm3(length)
    else:
        assert spec.path is not None
        available = read_fasta(experiment.root / spec.path, length, limit=n)
    if len(available) >= n:
        return available.take(slice(n))
    if spec.fill is None:
        raise InputError(
            f"sequences.n must not be above the {len(available)} records of {spec.source}; lower it, or set"
            f" sequences.fill to shuffle. Received: {n}"
        )
    return _filled(available, n, spec.seed)


def _filled(records: SequenceSet, n: int, seed: int) -> SequenceSet:
    rng = np.random.default_rng(seed)
    names, x = list(records.names), [records.x]
    for i in range(n - len(records)):
        names.append(f"{records.names[i % len(records)]}_shuffle{1 + i // len(records)}")
        x.append(dinucleotide_shuffle(records.x[i % len(records)], 1, rng))
    return SequenceSet(
        tuple(names), np.concatenate(x), f"{records.source}, filled with shuffles, seed {seed}"
    )


def load_model(
    path: Path,
    length: int,
    options: dict[str, Any],
    weights: Path | None,
    n_channels: int = 4,
    *,
    unsafe: bool = False,
) -> "keras.Model":
    """Builds or loads a model and checks that it takes one-hot sequences of this length.

    Args:
        path: A Python file with ``build``, or a saved model.
        length: Positions of a sequence.
        options: Keyword arguments of ``build``.
        weights: Weights to load, or None.
        n_channels: Channels of a sequence.
        unsafe: A saved model may run the code that it holds.

    Raises:
        InputError: It cannot be built or loaded, is subclassed, or takes something else.
    """
    model = open_model(path, length, options, weights, unsafe=unsafe)
    check_input(model, str(path), length, n_channels)
    return model


def open_model(
    path: Path,
    length: int | None,
    options: Mapping[str, Any],
    weights: Path | None = None,
    *,
    unsafe: bool = False,
) -> "keras.Model":
    """Builds or loads a model, of whatever form; a Python file chooses the length where none is given.

    Raises:
        InputError: It cannot be built or loaded, or options are given for a saved model.
    """
    if path.suffix == ".py":
        return build_from_file(path, length, dict(options), weights)
    if options:
        raise InputError(
            f"Options are for a Python file with build(...). Received: {dict(options)} and {path}"
        )
    from ismbench.saved_models import load_saved

    model = load_saved(path, unsafe=unsafe)
    if weights is not None:
        from ismbench.weights import load_weights

        load_weights(model, weights)
    return model


def build_from_file(
    path: Path, length: int | None, options: dict[str, Any], weights: Path | None
) -> "keras.Model":
    """Calls ``build`` of a model file, with ``length`` and ``weights`` where given, and the options that it takes.

    Raises:
        InputError: There is no ``build``, or it does not take an option.
    """
    spec = importlib.util.spec_from_file_location(f"ismbench_model_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    build = getattr(module, "build", None)
    if not callable(build):
        raise InputError(f"A model file must define build(...). Received: {path}")
    given = {
        **({} if length is None else {"length": length}),
        **options,
        **({} if weights is None else {"weights": str(weights)}),
    }
    takes = inspect.signature(build).parameters
    if not any(p.kind is p.VAR_KEYWORD for p in takes.values()):
        unknown = sorted(set(given) - set(takes))
        if unknown:
            raise InputError(f"build of {path} takes {', '.join(takes)}. Received: {unknown[0]}")
    return build(**given)


def check_input(model: Any, name: str, length: int, n_channels: int = 4) -> None:
    """Checks that a model takes one-hot sequences of this length and nothing else.

    Raises:
        InputError: It does not, or it is subclassed; ``name`` says which model.
    """
    from ismbench.engine.graph import read_graph

    try:
        shapes = read_graph(model).input_shapes
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    fits = len(shapes) == 1 and len(shapes[0]) == 2 and shapes[0][0] in (None, length)
    if not fits or shapes[0][1] != n_channels:
        raise InputError(
            f"A model must have one input of one-hot sequences ({length}, {n_channels})."
            f" Received: {name} with {', '.join(map(str, shapes))}"
        )
