from collections import Counter
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import chisquare

from ismbench.errors import InputError
from ismbench.sequence import decode, dinucleotide_shuffle, one_hot, random_dna


def dinucleotides(sequence: str) -> Counter[tuple[str, str]]:
    return Counter(pairwise(sequence))


@given(st.text("ACGT", min_size=1, max_size=200), st.integers(0, 2**32))
@example("A", 0)
@example("AAAA", 0)
@example("A" * 300 + "C" * 300 + "A", 0)
def test_every_dinucleotide_count_is_kept(sequence: str, seed: int) -> None:
    for shuffled in decode(dinucleotide_shuffle(one_hot([sequence])[0], 3, seed)):
        assert dinucleotides(shuffled) == dinucleotides(sequence)
        assert (shuffled[0], shuffled[-1]) == (sequence[0], sequence[-1])


@given(st.text("ACGTN", min_size=1, max_size=200), st.integers(0, 2**32))
def test_n_stays_in_place_and_counts_are_kept_between(sequence: str, seed: int) -> None:
    (shuffled,) = decode(dinucleotide_shuffle(one_hot([sequence])[0], 1, seed))
    assert [c == "N" for c in shuffled] == [c == "N" for c in sequence]
    for before, after in zip(sequence.split("N"), shuffled.split("N"), strict=True):
        assert dinucleotides(after) == dinucleotides(before)


@pytest.mark.parametrize("sequence", ["ACAGATA", "AACAGATCA", "ACCAACGTA", "GATTACA", "CAACAAGA"])
def test_every_possible_shuffle_is_equally_likely(sequence: str) -> None:
    middle = {"".join(p) for p in permutations(sequence[1:-1])}
    possible = [
        s
        for m in sorted(middle)
        if dinucleotides(s := sequence[0] + m + sequence[-1]) == dinucleotides(sequence)
    ]
    assert len(possible) > 1
    seen = Counter(decode(dinucleotide_shuffle(one_hot([sequence])[0], 2000 * len(possible), seed=1)))
    assert set(seen) == set(possible)
    assert chisquare([seen[s] for s in possible]).pvalue > 1e-3


def test_the_seed_decides() -> None:
    x = random_dna(1, 100, 0)[0]
    first, again, other = (dinucleotide_shuffle(x, 2, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (first[0] != first[1]).any()


def test_the_input_is_not_changed() -> None:
    x = random_dna(1, 50, 0)[0]
    before = x.copy()
    dinucleotide_shuffle(x, 3, 0)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize(("shape", "n"), [((1, 5, 4), 1), ((5,), 1), ((5, 4), 0)])
def test_bad_shapes_and_counts(shape: tuple[int, ...], n: int) -> None:
    with pytest.raises(InputError, match="Received"):
        dinucleotide_shuffle(np.zeros(shape), n, 0)


def test_soft_columns_are_refused() -> None:
    with pytest.raises(InputError, match="one-hot"):
        dinucleotide_shuffle(np.full((5, 4), 0.25), 1, 0)


def test_random_dna_is_one_hot_and_seeded() -> None:
    x = random_dna(50, 400, 3)
    assert x.shape == (50, 400, 4)
    assert x.dtype == np.float32
    np.testing.assert_array_equal(x.sum(axis=2), 1)
    np.testing.assert_array_equal(x, random_dna(50, 400, 3))
    assert chisquare(x.sum(axis=(0, 1))).pvalue > 1e-3


@pytest.mark.parametrize(("n", "length"), [(0, 5), (5, 0)])
def test_random_dna_needs_something_to_draw(n: int, length: int) -> None:
    with pytest.raises(InputError, match="at least one"):
        random_dna(n, length, 0)
