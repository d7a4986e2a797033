"""The data of an experiment, split into what trains, what stops the training, and what nothing sees before the end."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ismbench import digest
from ismbench.bench.experiment.training import DataEntry
from ismbench.errors import InputError
from ismbench.sequence import SignalSet

__all__ = ["Split", "load_data"]


@dataclass(frozen=True)
class Split:
    """Data for training.

    Attributes:
        train: What models learn from.
        validation: What decides when they stop.
        test: What they are judged by.
        test_truth: Bool (N, L, K) for the test split, True inside of planted motifs that matter to the output; None
            where nothing was planted.
        test_expected: float64 (N, K), signals of the test split without noise, where they are known.
    """

    train: SignalSet
    validation: SignalSet
    test: SignalSet
    test_truth: npt.NDArray[np.bool_] | None = None
    test_expected: npt.NDArray[np.float64] | None = None

    @property
    def identity(self) -> str:
        """Hash of the sequences and signals of all parts."""
        parts = (self.train, self.validation, self.test)
        return digest.of_arrays(*(array for part in parts for array in (part.sequences.x, part.signals)))


def load_data(entry: DataEntry, length: int, root: Path) -> Split:
    """Loads or simulates data and splits it at random, always in the same way.

    Args:
        entry: What to load.
        length: Positions of each sequence; longer ones take their centre.
        root: The folder that its file names are relative to.

    Raises:
        InputError: A file is broken, a setting is out of its range, or a split would be empty.
    """
    truth = expected = None
    if entry.source == "simulated":
        from ismbench.simulate import simulate_cell_types

        assert entry.n is not None
        try:
            found = simulate_cell_types(entry.n, length, seed=entry.seed, **entry.options)
        except TypeError as error:
            raise InputError(
                f"data.options must fit ismbench.simulate.simulate_cell_types. Received: {error}"
            ) from None
        data, truth, expected = found.data, found.truth, found.expected
    else:
        from ismbench.measured import read_immgen

        assert entry.sequences is not None
        assert entry.signals is not None
        names = None if entry.names is None else root / entry.names
        data = read_immgen(root / entry.sequences, root / entry.signals, names, length=length, limit=entry.n)
    train, validation, test = _split(len(data), entry)
    return Split(
        data.take(train),
        data.take(validation),
        data.take(test),
        None if truth is None else truth()[test],
        None if expected is None else expected[test],
    )


def _split(n: int, entry: DataEntry) -> tuple[list[int], list[int], list[int]]:
    order = np.random.default_rng(entry.seed).permutation(n).tolist()
    n_test, n_validation = round(n * entry.test), round(n * entry.validation)
    parts = order[n_test + n_validation :], order[n_test : n_test + n_validation], order[:n_test]
    if min(map(len, parts)) < 2:
        raise InputError(
            f"Every part of the data needs at least two sequences. Received: {[len(p) for p in parts]} of {n} for"
            " training, validation and test; use more data"
        )
    return parts
