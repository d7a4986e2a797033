"""What an experiment says twice would be measured twice, and its samples count twice: it is refused, line and value."""

import json
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np

from ismbench.bench.experiment.blocks import MethodEntry, ModelEntry, TargetEntry
from ismbench.bench.experiment.located_yaml import Located
from ismbench.bench.records.schema import BATCH_COLUMNS
from ismbench.errors import InputError
from ismbench.sequence import SequenceSet

__all__ = ["refuse_repeated_sequences", "refuse_repeats"]

Path = tuple[str | int, ...]


class Lists(Protocol):
    """The parts of an experiment whose items become cells."""

    @property
    def models(self) -> Sequence[ModelEntry]: ...
    @property
    def lengths(self) -> Sequence[int]: ...
    @property
    def backends(self) -> Sequence[str]: ...
    @property
    def targets(self) -> Sequence[TargetEntry]: ...
    @property
    def methods(self) -> Mapping[str, MethodEntry]: ...


def refuse_repeats(experiment: Lists, document: Located) -> None:
    """Refuses a length, target, backend or batch size that a list holds twice.

    Args:
        experiment: What the document says.
        document: Knows the lines.

    Raises:
        InputError: There is one; the message names its line and the value.
    """
    seen: dict[Path, set[Hashable]] = defaultdict(set)
    for path, value in _listed(experiment):
        *parents, _ = path
        if value in seen[tuple(parents)]:
            key = ".".join(map(str, parents))
            raise InputError(
                f"{document.where(path)}: {key} must have different values. Received: {value} twice"
            )
        seen[tuple(parents)].add(value)


def _listed(experiment: Lists) -> Iterator[tuple[Path, Hashable]]:
    """Every item of a list whose items become cells: its path in the document, and its value, alike for alike."""
    for i, length in enumerate(experiment.lengths):
        yield ("lengths", i), length
    for m, model in enumerate(experiment.models):
        for i, length in enumerate(model.lengths or ()):
            yield ("models", m, "lengths", i), length
    for i, backend in enumerate(experiment.backends):
        yield ("backends", i), backend
    for i, target in enumerate(experiment.targets):
        given = json.dumps(target.model_dump(exclude_none=True))
        yield ("targets", i), "every" if given == "{}" else given
    for name, entry in experiment.methods.items():
        for column in BATCH_COLUMNS:
            yield from _sizes(("methods", name, column), getattr(entry, column))


def _sizes(path: Path, value: object) -> Iterator[tuple[Path, Hashable]]:
    if isinstance(value, dict):
        for device, own in value.items():
            yield from _sizes((*path, device), own)
    elif isinstance(value, list):
        for i, size in enumerate(value):
            yield (*path, i), "auto" if size is None else size


def refuse_repeated_sequences(records: SequenceSet) -> None:
    """Refuses two records of one name or of one content: a method that remembers would gain, and means would lie.

    Raises:
        InputError: There are two; the message names them.
    """
    names: set[str] = set()
    contents: dict[bytes, str] = {}
    for name, x in zip(records.names, records.x.astype(np.uint8), strict=True):
        other = contents.setdefault(x.tobytes(), name)
        if name in names:
            raise InputError(f"Sequences must have different names. Received: {name!r} twice; rename one")
        if other is not name:
            raise InputError(
                f"Sequences must differ, here in their {x.shape[0]} central letters. Received: {name!r}, which is"
                f" {other!r} again; leave one out, or give a larger length"
            )
        names.add(name)
