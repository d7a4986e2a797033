"""An experiment on a user's own model that ends within minutes: a handful of methods, one batch size each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ismbench.bench.experiment.experiment import Experiment
from ismbench.errors import InputError
from ismbench.methods import find

__all__ = ["METHODS", "Trial", "trial_experiment"]

METHODS = (
    "naive_ism",
    "fast_ism",
    "gradient_x_input",
    "corrected_gradient",
    "taylor_ism",
    "integrated_gradients",
    "integrated_gradients_shuffled",
    "expected_gradients",
    "deepshap",
)
"""What is tried: exact ISM both ways, and of each kind of approximation the one that is used most."""

SEQUENCES = 16
_JUDGED_AT_LEAST = 5
_SHARES = {"naive reference": 0.3, "timed": 0.3}
"""Parts of the minutes; starting, compiling and judging take the rest."""


@dataclass(frozen=True)
class Trial:
    """What is tried.

    Attributes:
        model: File of the model.
        sequences: FASTA file.
        length: Positions of the model's input.
        n: Sequences to read.
        target: Keys of a target: output, index, reduce.
        minutes: That it may take, about.
        more: Further methods: names of the table, or Python files.
        weights: File of weights to load.
        options: Arguments of ``build`` of a Python file.
    """

    model: Path
    sequences: Path
    length: int
    n: int
    target: Mapping[str, Any]
    minutes: float
    more: Sequence[str] = ()
    weights: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def trial_experiment(trial: Trial) -> Experiment:
    """The experiment that tries methods on a model.

    Args:
        trial: What is tried.

    Raises:
        InputError: A further method does not exist or is named twice.
    """
    methods: dict[str, Any] = {name: {} for name in METHODS}
    for text in trial.more:
        name, entry = _method(text)
        if name in methods and entry:
            raise InputError(
                f"Methods must have different names. Received: {text!r}; there is a {name} already"
            )
        methods[name] = entry
    seconds = 60 * trial.minutes
    timed = max(0.1, _SHARES["timed"] * seconds / len(methods))
    name = _name(trial.model.stem)
    weights = {} if trial.weights is None else {"weights": str(trial.weights.resolve())}
    spec = {
        "name": f"recommend-{name}"[:64].rstrip("."),
        "models": [
            {"name": name, "file": str(trial.model.resolve()), "options": dict(trial.options), **weights}
        ],
        "lengths": [trial.length],
        "sequences": {"source": "fasta", "path": str(trial.sequences.resolve()), "n": trial.n},
        "targets": [dict(trial.target)],
        "methods": methods,
        "budget": {"cell": timed, "limit": max(10.0, 0.2 * seconds), "repetitions": {"min": 3}},
        "concordance": {
            "sequences": trial.n,
            "min_sequences": min(trial.n, _JUDGED_AT_LEAST),
            "budget": _SHARES["naive reference"] * seconds,
        },
    }
    try:
        return Experiment.model_validate(spec)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(f"{place}: {first['msg']}. Received: {first['input']!r}") from None


def _method(text: str) -> tuple[str, dict[str, Any]]:
    """The name of a further method, and its entry."""
    method = find(text)
    if not text.endswith(".py"):
        return method.name, {}
    return _name(Path(text).stem), {"file": str(Path(text).resolve())}


def _name(stem: str) -> str:
    """A file's name as the name of something in an experiment."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", stem).lstrip("_.-")[:50].rstrip(".") or "model"
