"""The response: exact ISM against all mutants one by one, files, and which planted motifs matter."""

import json
from pathlib import Path

import numpy as np
import pytest

from ismbench.errors import InputError
from ismbench.simulate import (
    Grammar,
    mutant_occupancy,
    occupancy,
    read_motifs,
    read_response,
    simulate_cell_types,
    simulate_new,
    write_response,
)

LENGTH = 60


@pytest.fixture(scope="module")
def simulated():
    return simulate_cell_types(14, LENGTH, n_outputs=3, most_motifs=2, seed=5)


def _mutants(x: np.ndarray) -> np.ndarray:
    """(L, 4, L, 4): every substitution."""
    found = np.broadcast_to(x, (len(x), 4, *x.shape)).copy()
    for p in range(len(x)):
        found[p, :, p] = np.eye(4)
    return found


def test_occupancies_of_mutants_are_those_of_the_sequences(simulated):
    motifs = list(read_motifs().values())[:6]
    for unknown in (False, True):
        x = simulated.data.sequences.x[3].copy()
        x[10:12] = 0 if unknown else x[10:12]
        expected = occupancy(_mutants(x).reshape(-1, LENGTH, 4), motifs).reshape(LENGTH, 4, -1)
        np.testing.assert_allclose(mutant_occupancy(x, motifs), expected, rtol=1e-9, atol=1e-12)


def test_exact_ism_is_the_change_of_each_mutant(simulated):
    response, x = simulated.response, simulated.data.sequences.x[:3]
    found = response.ism(x)
    for row, sequence in zip(found, x, strict=True):
        mutants = response(_mutants(sequence).reshape(-1, LENGTH, 4)).reshape(LENGTH, 4, -1)
        np.testing.assert_allclose(row, mutants - response(sequence[None]), atol=1e-12)
    assert (found[x != 0] == 0).all()
    assert np.abs(found).max() > 0.1


def test_it_gives_the_signals_without_noise(simulated):
    np.testing.assert_allclose(simulated.response(simulated.data.sequences.x), simulated.expected)


def test_a_file_gives_the_same_function(simulated, tmp_path: Path):
    path = tmp_path / "response.json"
    write_response(simulated.response, path)
    x = simulated.data.sequences.x
    np.testing.assert_array_equal(read_response(path)(x), simulated.response(x))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"motifs": ["CTCF"]}, "do not fit together"),
        ({"spread": [0.0, 1.0, 1.0]}, "above 0"),
        ({"pairs": [[0, 99]] * 10}, "pairs of its motifs"),
        ({"single": "text"}, "could not convert"),
        ({"motifs": ["unknown"] * 8}, "no motif 'unknown' ships"),
    ],
)
def test_a_broken_file_is_refused(simulated, tmp_path: Path, change, reason):
    path = tmp_path / "response.json"
    write_response(simulated.response, path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError, match=reason):
        read_response(path)
    with pytest.raises(InputError, match="must be a file that a training wrote"):
        read_response(tmp_path / "missing.json")


def test_a_partner_that_is_missing_matters_not() -> None:
    """Alone the motifs 0 and 1 have no effect; 2 always has one, and 3 none."""
    grammar = Grammar(
        ("CTCF", "Spi1", "SP1", "REST"),
        ((0, 1),),
        np.array([[0.0, 0, 1, 0], [0, 0, 0, 0]]),
        np.array([[2.0], [0.0]]),
        3.0,
    )
    present = np.array([[1, 1, 1, 1], [1, 0, 1, 1], [0, 1, 0, 1]], dtype=bool)
    matters = grammar.matters(present)
    assert matters[:, 0].tolist() == [[True, True, True, False], [False, False, True, False], [False] * 4]
    assert not matters[:, 1].any()


def test_sites_that_matter_lie_in_planted_motifs_and_move_the_signal(simulated) -> None:
    response, sequences = simulated.response, simulated.data.sequences
    sites = response.sites_that_matter(sequences)
    assert sites.shape == (14, LENGTH, 3)
    assert not (sites & ~sequences.motif_mask()[..., None]).any()
    effects = np.abs(response.ism(sequences.x)).max(axis=2)
    assert effects[sites].mean() > 10 * effects[~sites].mean()


def test_new_sequences_are_others_of_the_same_kind(simulated) -> None:
    new = simulate_new(simulated.response, 14, LENGTH, most_motifs=2, seed=6)
    again = simulate_new(simulated.response, 14, LENGTH, most_motifs=2, seed=6)
    np.testing.assert_array_equal(new.x, again.x)
    assert {len(sites) for sites in new.motifs or ()} == {0, 1, 2}
    known = {x.tobytes() for x in simulated.data.sequences.x}
    assert not any(x.tobytes() in known for x in new.x)
