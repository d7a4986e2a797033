"""The methods of an experiment: a name of the table, a setting of one under a name of its own, or a user's file."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ismbench.bench.experiment.blocks import MethodEntry
from ismbench.bench.experiment.experiment import Experiment
from ismbench.bench.experiment.refusals import explain, short
from ismbench.bench.records.schema import BATCH_COLUMNS
from ismbench.errors import InputError
from ismbench.methods import Method, find
from ismbench.methods.options import defaults, options_of
from ismbench.methods.user_file import source_of

__all__ = ["MethodChoice", "find_methods"]


@dataclass(frozen=True)
class MethodChoice:
    """One method of an experiment.

    Attributes:
        name: What records call it.
        implementation: What `ismbench.methods.find` finds it by: a key of the table, or the path of a file.
        method: What it is.
        label: Its name in print.
        options: Those that the experiment gives.
    """

    name: str
    implementation: str
    method: type[Method]
    label: str
    options: Mapping[str, Any]

    def record(self) -> dict[str, Any]:
        """What reports need to know of it, as plain values; of a file only its name."""
        of_file = self.implementation.endswith(".py")
        return {
            "method": Path(self.implementation).name if of_file else self.implementation,
            "source": source_of(self.method),
            "label": self.label,
            "kind": self.method.kind,
            "exact": self.method.exact,
            "place": self.method.place,
            "colour": self.method.colour,
            "marker": self.method.marker,
            "line": self.method.line,
            "options": dict(self.options),
        }


def find_methods(experiment: Experiment) -> dict[str, MethodChoice]:
    """Finds every method of an experiment and checks its options and batch sizes; imports no backend.

    Raises:
        InputError: A file defines no method, or an option or batch size is none of the method's; with its line.
    """
    choices = {name: _find(name, entry, experiment) for name, entry in experiment.methods.items()}
    twice = Counter(choice.label for choice in choices.values())
    return {
        name: choice
        if twice[choice.label] == 1 or name == choice.implementation
        else replace(choice, label=f"{choice.label} ({name})")
        for name, choice in choices.items()
    }


def _find(name: str, entry: MethodEntry, experiment: Experiment) -> MethodChoice:
    implementation = entry.method or name
    if entry.file is not None:
        implementation = str((experiment.root / entry.file).resolve())
    try:
        method = find(implementation)
    except InputError as error:
        raise InputError(f"{experiment.where('methods', name)}{error}") from None
    _check_batch(name, entry, method, experiment)
    _check_options(name, entry, method, experiment)
    _check_lengths(name, entry, method, experiment)
    return MethodChoice(
        name, implementation, method, entry.label or _label(name, entry, method), entry.options
    )


def _check_batch(name: str, entry: MethodEntry, method: type[Method], experiment: Experiment) -> None:
    for column in BATCH_COLUMNS:
        if getattr(entry, column) is not None and column not in method.batch:
            raise InputError(
                f"{experiment.where('methods', name, column)}{name} has no {column}; it has"
                f" {', '.join(method.batch)}. Received: {short(repr(getattr(entry, column)))}"
            )


def _check_options(name: str, entry: MethodEntry, method: type[Method], experiment: Experiment) -> None:
    try:
        options_of(method).model_validate(entry.options)
    except ValidationError as error:
        first = error.errors()[0]
        first["loc"] = ("methods", name, "options", *first["loc"])
        raise InputError(explain(experiment.located, first, options_of(method))) from None


def _check_lengths(name: str, entry: MethodEntry, method: type[Method], experiment: Experiment) -> None:
    for length in experiment.lengths:
        reason = method.misfit(length, method.settings({}, entry.options))
        if reason is not None:
            raise InputError(f"{experiment.where('methods', name)}{name}: {reason}")


def _label(name: str, entry: MethodEntry, method: type[Method]) -> str:
    """The method's own label, with the options that differ from its defaults."""
    usual = defaults(method)
    changed = [f"{key}={value}" for key, value in entry.options.items() if value != usual[key]]
    label = method.label or (name if entry.method is None else entry.method)
    return f"{label} ({', '.join(changed)})" if changed else label
