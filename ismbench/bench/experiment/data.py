"""The data of an experiment, split into what trains, what stops the training, and what nothing sees before the end."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from ismbench import digest
from ismbench.bench.experiment.training import DataEntry
from ismbench.errors import InputError
from ismbench.measured import read_immgen, read_regions
from ismbench.sequence import SignalSet
from ismbench.simulate import Response, simulate_cell_types

__all__ = ["Split", "load_data"]


@dataclass(frozen=True)
class Split:
    """Data for training.

    Attributes:
        train: What models learn from; its sequences may be longer than the others, so that shifts have what to show.
        validation: What decides when they stop.
        test: What they are judged by.
        response: The signals of any sequence without noise, where they are known.
    """

    train: SignalSet
    validation: SignalSet
    test: SignalSet
    response: Response | None = None

    @property
    def length(self) -> int:
        """L, the positions that a model takes."""
        return self.test.sequences.length

    @property
    def identity(self) -> str:
        """Hash of the sequences and signals of all parts."""
        parts = (self.train, self.validation, self.test)
        return digest.of_arrays(*(array for part in parts for array in (part.sequences.x, part.signals)))

    def centred(self, data: SignalSet) -> SignalSet:
        """Data with the centre of its sequences alone."""
        return _centre(data, self.length)


@dataclass(frozen=True)
class _Loaded:
    """Data with its flanks, and what is known of it."""

    data: SignalSet
    response: Response | None = None


def load_data(entry: DataEntry, length: int, root: Path) -> Split:
    """Loads or simulates data and splits it, always in the same way: at random, or by chromosomes.

    Args:
        entry: What to load.
        length: Positions of each sequence; longer ones take their centre.
        root: The folder that its file names are relative to.

    Raises:
        InputError: A file is broken, a setting is out of its range, or a split would be empty.
    """
    loaded = (
        _simulated(entry.model_dump_json(), length)
        if entry.source == "simulated"
        else _immgen(entry, length, root)
    )
    train, validation, test = _split(loaded.data, entry, root)
    return Split(
        loaded.data.take(train),
        _centre(loaded.data.take(validation), length),
        _centre(loaded.data.take(test), length),
        loaded.response,
    )


@lru_cache(maxsize=1)
def _simulated(written: str, length: int) -> _Loaded:
    """Simulated once for whoever asks in a row; what is found is not changed."""
    entry = DataEntry.model_validate_json(written)
    assert entry.n is not None
    try:
        found = simulate_cell_types(entry.n, length, flank=entry.flank, seed=entry.seed, **entry.options)
    except TypeError as error:
        raise InputError(
            f"data.options must fit ismbench.simulate.simulate_cell_types. Received: {error}"
        ) from None
    return _Loaded(found.with_flanks(), found.response)


def _immgen(entry: DataEntry, length: int, root: Path) -> _Loaded:
    assert entry.sequences is not None
    assert entry.signals is not None
    names = None if entry.names is None else root / entry.names
    data = read_immgen(root / entry.sequences, root / entry.signals, names, limit=entry.n)
    if data.sequences.length < length:
        raise InputError(
            f"Sequences must be at least as long as the model's input, {length}. Received: {entry.sequences} with"
            f" {data.sequences.length}"
        )
    if (data.signals <= -2).any():
        raise InputError(
            f"Cuts x become log2(x + 2) and must be above -2. Received: {data.signals.min()} in {entry.signals}"
        )
    flank = min(entry.flank, (data.sequences.length - length) // 2)
    return _Loaded(_centre(replace(data, signals=np.log2(data.signals + 2)), length + 2 * flank))


def _centre(data: SignalSet, length: int) -> SignalSet:
    start = (data.sequences.length - length) // 2
    return replace(data, sequences=data.sequences.window(start, length))


def _split(data: SignalSet, entry: DataEntry, root: Path) -> tuple[list[int], list[int], list[int]]:
    parts = _by_share(len(data), entry) if entry.regions is None else _by_chromosome(data, entry, root)
    if min(map(len, parts)) < 2:
        raise InputError(
            f"Every part of the data needs at least two sequences. Received: {[len(p) for p in parts]} of {len(data)}"
            " for training, validation and test; use more data"
        )
    return parts


def _by_share(n: int, entry: DataEntry) -> tuple[list[int], list[int], list[int]]:
    assert isinstance(entry.validation, float)
    assert isinstance(entry.test, float)
    order = np.random.default_rng(entry.seed).permutation(n).tolist()
    n_test, n_validation = round(n * entry.test), round(n * entry.validation)
    return order[n_test + n_validation :], order[n_test : n_test + n_validation], order[:n_test]


def _by_chromosome(data: SignalSet, entry: DataEntry, root: Path) -> tuple[list[int], list[int], list[int]]:
    """The training part is mixed, so that a share of it is one of every chromosome."""
    assert entry.regions is not None
    known = read_regions(root / entry.regions)
    missing = [name for name in data.sequences.names if name not in known]
    if missing:
        raise InputError(
            f"Regions must name every sequence. Received: {entry.regions}, which lacks {missing[0]}"
        )
    chromosomes = [known[name] for name in data.sequences.names]
    validation, test = ([i for i, c in enumerate(chromosomes) if c in part] for part in entry.chromosomes)
    held_out = {*validation, *test}
    train = [i for i in range(len(data)) if i not in held_out]
    np.random.default_rng(entry.seed).shuffle(train)
    return train, validation, test
