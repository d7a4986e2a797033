"""Motifs that count against decoys, on contributions whose answer is known."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from ismbench.errors import InputError
from ismbench.metrics.decoys import against_decoys

SITES, DECOYS = np.zeros((2, 1, 30, 1), bool)
SITES[0, 2:8] = True
DECOYS[0, 12:20] = True
EXACT = np.where(SITES, 1.0, 0.1)


def values(track: np.ndarray, **more: np.ndarray) -> dict[str, float]:
    known = {"sites": SITES, "decoys": DECOYS, "attainable": EXACT, **more}
    return {name: float(found[0, 0]) for name, found in against_decoys(track, **known).items()}


def test_what_shows_only_the_motifs_that_count_is_perfect() -> None:
    assert values(np.where(SITES, -3.0, 0.0)) == {
        "decoys_auroc": 1,
        "decoys_share": 1,
        "decoys_auroc_attainable": 1,
        "decoys_share_attainable": pytest.approx(6 / 6.8),
    }


def test_what_shows_every_motif_is_chance_and_what_shows_decoys_is_worse() -> None:
    both = values(np.where(SITES | DECOYS, 1.0, 0.0))
    assert both["decoys_auroc"] == 0.5
    assert both["decoys_share"] == pytest.approx(6 / 14)
    assert values(DECOYS.astype(float))["decoys_auroc"] == 0


def test_positions_outside_of_motifs_do_not_count() -> None:
    elsewhere = np.where(SITES | DECOYS, EXACT, 1e6)
    assert values(elsewhere) == values(EXACT)


def test_against_scikit_learn() -> None:
    track = np.random.default_rng(0).normal(size=(1, 30, 1))
    some = (SITES | DECOYS)[0, :, 0]
    expected = roc_auc_score(SITES[0, some, 0], np.abs(track[0, some, 0]))
    assert values(track)["decoys_auroc"] == pytest.approx(expected)


@pytest.mark.parametrize("lacking", ["sites", "decoys"])
def test_without_one_of_the_two_nothing_is_told(lacking: str) -> None:
    found = values(EXACT, **{lacking: np.zeros_like(SITES)})
    assert all(np.isnan(value) for value in found.values())


def test_a_method_that_is_silent_has_no_share() -> None:
    found = values(np.zeros_like(EXACT))
    assert found["decoys_auroc"] == 0.5
    assert np.isnan(found["decoys_share"])


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match=r"must all be \(N, L, K\)"):
        values(EXACT[:, :20])
