"""The reader of ImmGen's and AI-TAC's files."""

from pathlib import Path

import numpy as np
import pytest

from ismbench.errors import InputError
from ismbench.measured import read_immgen
from ismbench.sequence import decode, one_hot


@pytest.fixture
def fasta(tmp_path: Path) -> Path:
    path = tmp_path / "peaks.fa"
    path.write_text(">p1\nACGTA\n>p2\nCCCCC\n>p3\nGGGTT\n")
    return path


@pytest.mark.shared_data
def test_the_sample_of_ai_tac(shared_data: Path) -> None:
    folder = shared_data / "aitac_sample"
    data = read_immgen(folder / "one_hot_seqs.npy", folder / "cell_type_array.npy", folder / "peak_names.npy")
    assert data.sequences.x.shape == (100, 251, 4)
    assert data.signals.shape == (100, 81)
    assert (data.sequences.x.sum(axis=2) <= 1).all()
    assert data.sequences.names[0].startswith("ImmGenATAC")
    raw = np.load(folder / "one_hot_seqs.npy")
    np.testing.assert_array_equal(data.sequences.x[7], raw[7].T)


@pytest.mark.shared_data
def test_a_model_trains_on_the_sample_from_a_data_block(shared_data: Path) -> None:
    from ismbench.bench.experiment.data import load_data
    from ismbench.bench.experiment.training import DataEntry

    entry = DataEntry(source="immgen", sequences="one_hot_seqs.npy", signals="cell_type_array.npy", test=0.2)
    split = load_data(entry, 250, shared_data / "aitac_sample")
    assert [len(part) for part in (split.train, split.validation, split.test)] == [70, 10, 20]
    assert split.train.sequences.length == 250
    assert split.test_truth is None


def test_a_table_of_signals_is_joined_by_name(fasta: Path, tmp_path: Path) -> None:
    table = tmp_path / "signals.csv"
    table.write_text("peak,B,T\np3,3,30\np1,1,10\nother,9,90\n")
    data = read_immgen(fasta, table)
    assert data.outputs == ("B", "T")
    assert data.sequences.names == ("p1", "p3")
    np.testing.assert_array_equal(data.signals, [[1, 10], [3, 30]])


def test_longer_sequences_take_their_centre(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", one_hot(["ACGTA", "TTGCC"]).swapaxes(1, 2))
    np.save(tmp_path / "y.npy", np.ones((2, 3)))
    data = read_immgen(tmp_path / "x.npy", tmp_path / "y.npy", length=3)
    assert decode(data.sequences.x) == ["CGT", "TGC"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("peak,B\nnone,1\n", "names none of them"),
        ("peak,B\np1,x\n", "must be numbers"),
        ("peak,B,T\np1,1\n", "must have 3 columns"),
    ],
)
def test_bad_tables(fasta: Path, tmp_path: Path, text: str, message: str) -> None:
    table = tmp_path / "signals.csv"
    table.write_text(text)
    with pytest.raises(InputError, match=message):
        read_immgen(fasta, table)


def test_arrays_that_do_not_belong_together(fasta: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "y.npy", np.ones((2, 3)))
    with pytest.raises(InputError, match="one row for each of the 3 sequences"):
        read_immgen(fasta, tmp_path / "y.npy")
    np.save(tmp_path / "x.npy", np.zeros((2, 5, 5)))
    with pytest.raises(InputError, match="must be \\(N, 4, L\\)"):
        read_immgen(tmp_path / "x.npy", tmp_path / "y.npy")
    with pytest.raises(InputError, match="must exist"):
        read_immgen(tmp_path / "none.npy", tmp_path / "y.npy")
