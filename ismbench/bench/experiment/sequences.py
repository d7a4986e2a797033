"""The sequences that an experiment names, loaded by the parent."""

from typing import TYPE_CHECKING

import numpy as np

from ismbench.bench.experiment.blocks import Sequences
from ismbench.bench.experiment.experiment import Experiment
from ismbench.bench.experiment.repeats import refuse_repeated_sequences
from ismbench.errors import InputError
from ismbench.sequence import SequenceSet, dinucleotide_shuffle, random_dna, read_fasta, shipped_dm3

if TYPE_CHECKING:
    from ismbench.bench.experiment.data import Split
    from ismbench.measured import MeasuredWindows
    from ismbench.simulate import Response
    from ismbench.simulate.rule_sequences import RuleSequences

__all__ = ["find_measured", "find_response", "find_rules", "load_sequences"]

_MOST_LETTERS = 2**28
"""One-hot they take sixteen times as many bytes."""
_TRIES = 50
"""For a shuffle that is not there yet; a short sequence has few of them, and may have none."""


def load_sequences(experiment: Experiment, length: int, n: int, spec: Sequences | None = None) -> SequenceSet:
    """Loads sequences of an experiment, no two of them alike.

    Args:
        experiment: Says where they come from.
        length: Positions of each; longer records take their centre.
        n: How many at most.
        spec: The block that names them; the experiment's own by default.

    Raises:
        InputError: The file is missing or broken, a record is too short or comes twice, or there are fewer than
            ``n`` and nothing shall fill them up.
    """
    spec = spec or experiment.sequences
    if n * length > _MOST_LETTERS:
        raise InputError(
            f"All sequences together must have at most {_MOST_LETTERS:,} letters; lower sequences.n or the"
            f" length. Received: {n} of {length}"
        )
    available = _available(experiment, spec, length, n)
    if len(available) >= n or spec.source == "satmut":
        records = available.take(slice(n))
    elif spec.fill is not None:
        records = _filled(available, n, spec.seed)
    else:
        raise InputError(
            f"sequences.n must not be above the {len(available)} records of {spec.source}; lower it, or set"
            f" sequences.fill to shuffle. Received: {n}"
        )
    refuse_repeated_sequences(records)
    return records


def find_response(experiment: Experiment, length: int, spec: Sequences | None = None) -> "Response | None":
    """The function that the signals of sequences were simulated with; None where none was.

    Args:
        experiment: Says where they come from.
        length: Positions of each.
        spec: The block that names them; the experiment's own by default.

    Raises:
        InputError: Its file, or the data, is broken.
    """
    spec = spec or experiment.sequences
    if spec.source == "simulated" and spec.path is not None:
        from ismbench.simulate import read_response

        return read_response(experiment.root / spec.path)
    if spec.source == "held_out":
        return _split(experiment, length).response
    return None


def find_measured(
    experiment: Experiment, length: int, spec: Sequences | None = None
) -> "MeasuredWindows | None":
    """What was measured of sequences; None where nothing was.

    Args:
        experiment: Says where they come from.
        length: Positions of each.
        spec: The block that names them; the experiment's own by default.

    Raises:
        InputError: Its table is missing or broken, or no element is long enough.
    """
    spec = spec or experiment.sequences
    if spec.source != "satmut":
        return None
    from ismbench.measured import element_windows, elements_of, read_satmut

    assert spec.path is not None
    variants = read_satmut(experiment.root / spec.path)
    try:
        return element_windows(elements_of(variants), variants, length, **spec.options)
    except TypeError as error:
        raise InputError(
            f"sequences.options must fit ismbench.measured.element_windows. Received: {error}"
        ) from None


def find_rules(experiment: Experiment, length: int, n: int, spec: Sequences) -> "RuleSequences | None":
    """What is known of sequences that show what rules do; None of others.

    Args:
        experiment: Says where they come from.
        length: Positions of each.
        n: How many.
        spec: The block that names them.

    Raises:
        InputError: They do not come in whole groups, or are too short.
    """
    if spec.source != "rules":
        return None
    from ismbench.simulate.rule_sequences import simulate_rules

    if spec.options:
        raise InputError(f"sequences.options must be empty for source rules. Received: {spec.options}")
    return simulate_rules(n, length, seed=spec.seed)


def _available(experiment: Experiment, spec: Sequences, length: int, n: int) -> SequenceSet:
    if spec.source == "random":
        x = random_dna(n, length, spec.seed)
        return SequenceSet(tuple(f"random_{i}" for i in range(n)), x, f"random, seed {spec.seed}")
    if spec.source == "simulated":
        return _simulated(experiment, spec, length, n)
    if spec.source == "held_out":
        return _split(experiment, length).test.sequences
    if spec.source == "dm3":
        return shipped_dm3(length)
    placed = find_rules(experiment, length, n, spec)
    if placed is not None:
        return placed.sequences
    measured = find_measured(experiment, length, spec)
    if measured is not None:
        return measured.sequences
    assert spec.path is not None
    return read_fasta(experiment.root / spec.path, length, limit=n)


def _simulated(experiment: Experiment, spec: Sequences, length: int, n: int) -> SequenceSet:
    from ismbench.simulate import simulate, simulate_new

    response = find_response(experiment, length, spec)
    try:
        if response is not None:
            return simulate_new(response, n, length, seed=spec.seed, **spec.options)
        return simulate(n, length, seed=spec.seed, **spec.options)
    except (TypeError, AttributeError) as error:
        name = "simulate" if response is None else "simulate_new"
        raise InputError(f"sequences.options must fit ismbench.simulate.{name}. Received: {error}") from None


def _split(experiment: Experiment, length: int) -> "Split":
    from ismbench.bench.experiment.data import load_data

    assert experiment.data is not None
    return load_data(experiment.data, length, experiment.root)


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
