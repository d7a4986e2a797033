"""Tracks of the same sequence seen in another way: known answers, and NumPy's correlation."""

import numpy as np
import pytest

from ismbench.errors import InputError
from ismbench.metrics.stability import reverse_complement, shift_agreement, shifted, strand_agreement
from ismbench.metrics.track_correlation import track_correlation
from ismbench.sequence import decode, random_dna

RNG = np.random.default_rng(0)
TRACK = RNG.normal(size=(3, 40, 2))


def test_it_is_numpys_correlation_of_each_sequence_and_output() -> None:
    other = TRACK + RNG.normal(size=TRACK.shape)
    found = track_correlation(TRACK, other)
    for n, k in np.ndindex(3, 2):
        assert found[n, k] == pytest.approx(np.corrcoef(TRACK[n, :, k], other[n, :, k])[0, 1])
    np.testing.assert_allclose(track_correlation(TRACK, 3 * TRACK - 1), 1)


def test_what_is_constant_or_not_finite_is_undefined_and_no_more() -> None:
    other = TRACK.copy()
    other[0, :, 0], other[1, 5, 1] = 2.0, np.inf
    found = track_correlation(TRACK, other)
    assert np.isnan(found).tolist() == [[True, False], [False, True], [False, False]]
    with pytest.raises(InputError, match="must both be"):
        track_correlation(TRACK, TRACK[:2])


@pytest.mark.parametrize("by", [1, 7, -1, -12])
def test_a_track_that_moves_with_its_bases_is_the_same(by: int) -> None:
    moved = np.roll(TRACK, by, axis=1)
    moved[:, :by] if by > 0 else moved[:, by:]
    entered = slice(0, by) if by > 0 else slice(by, None)
    moved[:, entered] = RNG.normal(size=moved[:, entered].shape)  # other bases came in
    np.testing.assert_allclose(shift_agreement(TRACK, moved, by), 1)
    assert np.abs(shift_agreement(TRACK, TRACK, by)).max() < 0.6, "one that stays has moved over the bases"


def test_shifts_and_strands_of_sequences() -> None:
    x = random_dna(2, 12, 0)
    text = decode(x)
    assert decode(shifted(x, 3)) == [t[-3:] + t[:-3] for t in text]
    pairs = str.maketrans("ACGT", "TGCA")
    assert decode(reverse_complement(x)) == [t.translate(pairs)[::-1] for t in text]
    np.testing.assert_array_equal(reverse_complement(reverse_complement(x)), x)
    np.testing.assert_allclose(strand_agreement(TRACK, TRACK[:, ::-1]), 1)
