import numpy as np
import pytest

from ismbench.errors import InputError
from ismbench.sequence import MotifSite, SequenceSet, random_dna

SITES = ((MotifSite("m", 1, 3, "+"), MotifSite("n", 4, 5, "-")), (), (MotifSite("m", 0, 2, "+"),))


@pytest.fixture
def sequences() -> SequenceSet:
    return SequenceSet(("a", "b", "c"), random_dna(3, 5, 0), "test", SITES)


def test_sizes(sequences: SequenceSet) -> None:
    assert len(sequences) == 3
    assert sequences.length == 5


@pytest.mark.parametrize("which", [[2, 0], slice(None, None, -2)])
def test_take_keeps_names_and_motifs_together(sequences: SequenceSet, which: list[int] | slice) -> None:
    taken = sequences.take(which)
    assert taken.names == ("c", "a")
    assert taken.motifs == (SITES[2], SITES[0])
    np.testing.assert_array_equal(taken.x, sequences.x[[2, 0]])


def test_the_mask_covers_the_motifs(sequences: SequenceSet) -> None:
    mask = sequences.motif_mask()
    assert mask is not None
    np.testing.assert_array_equal(mask, np.array([[0, 1, 1, 0, 1], [0] * 5, [1, 1, 0, 0, 0]], dtype=bool))


def test_no_motifs_no_mask() -> None:
    assert SequenceSet(("a",), random_dna(1, 5, 0), "test").motif_mask() is None


def test_names_and_motifs_must_fit() -> None:
    with pytest.raises(InputError, match="2 names, 1 sequences"):
        SequenceSet(("a", "b"), random_dna(1, 5, 0), "test")
    with pytest.raises(InputError, match="motifs"):
        SequenceSet(("a",), random_dna(1, 5, 0), "test", ())
