import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from ismbench.errors import InputError
from ismbench.sequence import decode, one_hot, reverse_complement, shipped_dm3
from ismbench.simulate import Motif, simulate

SURE = {"up": Motif("up", "up", one_hot(["GGAAC"])[0].astype(float))}
"""A motif with one possible instance, so that it can be found again."""


@given(st.integers(1, 4), st.integers(25, 60), st.integers(0, 5), st.integers(0, 1000))
def test_planted_motifs_are_where_the_record_says(n: int, length: int, per_sequence: int, seed: int) -> None:
    sequences = simulate(n, length, motifs=SURE, per_sequence=per_sequence, seed=seed)
    assert sequences.x.shape == (n, length, 4)
    assert sequences.motifs is not None
    for x, sites in zip(sequences.x, sequences.motifs, strict=True):
        assert len(sites) == per_sequence
        ends = [0, *(site.end for site in sites)]
        assert all(site.start >= end for site, end in zip(sites, ends, strict=False))
        for site in sites:
            found = x[site.start : site.end]
            found = found if site.strand == "+" else reverse_complement(found)
            assert decode(found[None]) == ["GGAAC"]


def test_every_placement_is_equally_likely() -> None:
    sequences = simulate(3000, 12, motifs=SURE, per_sequence=2, seed=0)
    assert sequences.motifs is not None
    placements = [tuple(site.start for site in sites) for sites in sequences.motifs]
    counts = np.unique(np.array(placements), axis=0, return_counts=True)[1]
    assert len(counts) == 6  # two free positions over three gaps
    assert chisquare(counts).pvalue > 1e-3


def test_the_background_is_shuffled() -> None:
    background = shipped_dm3(200, limit=2)
    sequences = simulate(3, 200, background=background, per_sequence=0)
    assert sequences.motif_mask() is not None
    assert "shuffled dm3" in sequences.source
    composition = sequences.x.sum(axis=1)
    np.testing.assert_array_equal(composition, background.x.sum(axis=1)[[0, 1, 0]])
    assert (sequences.x[0] != sequences.x[2]).any()


def test_the_shipped_background_by_name() -> None:
    named, given = (simulate(2, 60, background=b, per_sequence=1, seed=3) for b in ("dm3", shipped_dm3(60)))
    np.testing.assert_array_equal(named.x, given.x)
    assert named.source == given.source


def test_the_seed_decides() -> None:
    first, again, other = (simulate(2, 100, motifs=["CTCF", "GATA2"], seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.x, again.x)
    assert first.motifs == again.motifs
    assert (first.x != other.x).any()
    assert {site.name for sites in first.motifs or () for site in sites} <= {"CTCF", "GATA2"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"motifs": ["CTCF", "nothing"]}, "Received: nothing"),
        ({"motifs": []}, "needs motifs"),
        ({"per_sequence": -1}, "count >= 0"),
        ({"per_sequence": 100}, "must fit"),
        ({"background": shipped_dm3(50, limit=1)}, "must have the length 100"),
        ({"background": "hg38"}, "'random', 'dm3' or"),
    ],
)
def test_bad_requests_get_one_clear_line(options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        simulate(1, 100, **options)
    assert "\n" not in str(raised.value)
