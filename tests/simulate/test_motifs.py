import gzip
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chisquare

from ismbench.errors import InputError
from ismbench.sequence import decode
from ismbench.simulate import Motif, read_motifs


def test_the_shipped_motifs() -> None:
    motifs = read_motifs()
    assert len(motifs) == 27
    assert motifs["CTCF"].matrix_id == "MA0139.2"
    for motif in motifs.values():
        assert motif.counts.shape == (motif.width, 4)
    consensus = decode(np.eye(4)[motifs["GATA2"].counts.argmax(axis=1)][None])
    assert consensus == ["CTTATCT"]


def test_the_shipped_motifs_are_unchanged(shared_data: Path, tmp_path: Path) -> None:
    (path,) = (shared_data / "motifs").glob("*.jaspar.gz")
    whole = gzip.decompress(path.read_bytes()).decode()
    records = {r.split()[0]: r for r in whole.split(">")[1:]}
    for motif in read_motifs().values():
        (tmp_path / "one").write_text(">" + records[motif.matrix_id])
        (original,) = read_motifs(tmp_path / "one").values()
        np.testing.assert_array_equal(motif.counts, original.counts)


def test_instances_follow_the_matrix() -> None:
    motif = Motif("id", "name", np.array([[1.0, 2, 3, 4], [0, 0, 1, 1]]))
    rng = np.random.default_rng(0)
    total = sum(motif.draw(rng) for _ in range(4000))
    assert chisquare(total[0], motif.counts[0] * 400).pvalue > 1e-3
    assert (total[1, :2] == 0).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at least one"),
        (">M1\tx\nA [ 1 2 ]\nC [ 1 2 ]\nG [ 1 2 ]\n", "rows ACG"),
        (">M1\tx\nA [ 1 2 ]\nC [ 1 2 ]\nG [ 1 2 ]\nT [ 1 ]\n", "M1"),
        (">M1\tx\nA [ 0 ]\nC [ 0 ]\nG [ 0 ]\nT [ 0 ]\n", "M1"),
        (">M1\tx\nA [ -1 ]\nC [ 0 ]\nG [ 5 ]\nT [ 0 ]\n", "M1"),
        (">M1\tx\nA [ a ]\nC [ 0 ]\nG [ 5 ]\nT [ 0 ]\n", "M1"),
        (">M1\tx\nA [ 1 ]\nC [ 0 ]\nG [ 5 ]\nT [ 0 ]\n" * 2, "x twice"),
        (">", "no header"),
    ],
)
def test_bad_motif_files(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "m.jaspar").write_text(text)
    with pytest.raises(InputError, match=message):
        read_motifs(tmp_path / "m.jaspar")


def test_a_missing_motif_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must exist"):
        read_motifs(tmp_path / "nothing")


def test_a_motif_without_a_name_takes_its_id(tmp_path: Path) -> None:
    (tmp_path / "m.jaspar").write_text(">M1\nA [ 1 ]\nC [ 0 ]\nG [ 5 ]\nT [ 0 ]\n")
    assert list(read_motifs(tmp_path / "m.jaspar")) == ["M1"]
