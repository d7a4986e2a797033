"""The sequences that an experiment names, loaded by the parent."""

import numpy as np

from ismbench.bench.experiment.experiment import Experiment
from ismbench.bench.experiment.repeats import refuse_repeated_sequences
from ismbench.errors import InputError
from ismbench.sequence import SequenceSet, dinucleotide_shuffle, random_dna, read_fasta, shipped_dm3

__all__ = ["load_sequences"]

_MOST_LETTERS = 2**28
"""One-hot they take sixteen times as many bytes."""
_TRIES = 50
"""For a shuffle that is not there yet; a short sequence has few of them, and may have none."""


def load_sequences(experiment: Experiment, length: int, n: int) -> SequenceSet:
    """Loads an experiment's sequences, no two of them alike.

    Args:
        experiment: Says where they come from.
        length: Positions of each; longer records take their centre.
        n: How many at most.

    Raises:
        InputError: The file is missing or broken, a record is too short or comes twice, or there are fewer than
            ``n`` and nothing shall fill them up.
    """
    records = _load(experiment, length, n)
    refuse_repeated_sequences(records)
    return records


def _load(experiment: Experiment, length: int, n: int) -> SequenceSet:
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
        from ismbench.bench.experiment.data import load_data

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
    seen = {record.tobytes() for record in records.x}
    for i in range(n - len(records)):
        names.append(f"{records.names[i % len(records)]}_shuffle{1 + i // len(records)}")
        for _ in range(_TRIES):
            shuffle = dinucleotide_shuffle(records.x[i % len(records)], 1, rng)
            if shuffle.tobytes() not in seen:
                break
        seen.add(shuffle.tobytes())
        x.append(shuffle)
    return SequenceSet(
        tuple(names), np.concatenate(x), f"{records.source}, filled with shuffles, seed {seed}"
    )
