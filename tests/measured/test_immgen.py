"""The reader of ImmGen's and AI-TAC's files."""

from pathlib import Path

import numpy as np
import pytest

from ismbench.bench.experiment.data import load_data
from ismbench.bench.experiment.training import DataEntry
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
    entry = DataEntry(source="immgen", sequences="one_hot_seqs.npy", signals="cell_type_array.npy", test=0.2)
    split = load_data(entry, 251, shared_data / "aitac_sample")
    assert [len(part) for part in (split.train, split.validation, split.test)] == [70, 10, 20]
    assert split.train.sequences.length == 251
    assert split.response is None
    raw = np.load(shared_data / "aitac_sample" / "cell_type_array.npy")
    learned = np.concatenate([part.signals for part in (split.train, split.validation, split.test)])
    np.testing.assert_allclose(np.sort(learned, axis=None), np.sort(np.log2(raw + 2), axis=None), rtol=1e-6)


@pytest.mark.shared_data
def test_the_chromosomes_of_the_paper_are_held_out(shared_data: Path, tmp_path: Path) -> None:
    """Validation is chromosomes 8 and 11, test 19; here made up for the sample, whose files do not tell them."""
    folder = shared_data / "aitac_sample"
    names = [name.decode() for name in np.load(folder / "peak_names.npy").ravel()]
    (tmp_path / "peaks.bed").write_text(
        "".join(f"chr{1 + i % 19}\t{i}\t{i + 251}\t{name}\n" for i, name in enumerate(names))
    )
    entry = DataEntry(
        source="immgen",
        sequences=str(folder / "one_hot_seqs.npy"),
        signals=str(folder / "cell_type_array.npy"),
        names=str(folder / "peak_names.npy"),
        regions="peaks.bed",
        validation=("chr8", "chr11"),
        test=("chr19",),
    )
    split = load_data(entry, 251, tmp_path)
    chromosome = {name: 1 + i % 19 for i, name in enumerate(names)}
    held = {
        part: {chromosome[n] for n in getattr(split, part).sequences.names} for part in ("validation", "test")
    }
    assert held == {"validation": {8, 11}, "test": {19}}
    assert len(split.train) + len(split.validation) + len(split.test) == 100
    assert not {chromosome[n] for n in split.train.sequences.names} & {8, 11, 19}


def made_up(folder: Path, length: int) -> DataEntry:
    np.save(
        folder / "x.npy", np.eye(4, dtype=np.int8)[np.random.default_rng(0).integers(4, size=(30, length))]
    )
    np.save(folder / "y.npy", np.random.default_rng(1).gamma(1, 5, size=(30, 3)))
    return DataEntry(source="immgen", sequences="x.npy", signals="y.npy", flank=10)


def test_shifts_get_real_sequence_where_the_source_has_it(tmp_path: Path) -> None:
    entry = made_up(tmp_path, 57)
    assert load_data(entry, 51, tmp_path).train.sequences.length == 57
    assert load_data(entry, 31, tmp_path).train.sequences.length == 51
    assert load_data(entry, 57, tmp_path).train.sequences.length == 57
    with pytest.raises(InputError, match="at least as long as the model's input, 60"):
        load_data(entry, 60, tmp_path)


@pytest.mark.parametrize(
    ("bed", "message"),
    [
        ("chr8\t1\t2\tpeak_0\n", "must name every sequence"),
        ("chr8\t1\t2\n", "must have chromosome, start, end and name"),
        ("chr8\t1\t2\tp\nchr9\t1\t2\tp\n", "must have different names"),
    ],
)
def test_regions_that_do_not_belong_to_the_sequences(tmp_path: Path, bed: str, message: str) -> None:
    (tmp_path / "r.bed").write_text(bed)
    entry = made_up(tmp_path, 20)
    entry = DataEntry(
        **{**entry.model_dump(), "regions": "r.bed", "validation": ("chr8",), "test": ("chr9",)}
    )
    with pytest.raises(InputError, match=message):
        load_data(entry, 20, tmp_path)


def test_cuts_below_what_a_logarithm_takes(tmp_path: Path) -> None:
    entry = made_up(tmp_path, 20)
    np.save(tmp_path / "y.npy", np.full((30, 3), -2.0))
    with pytest.raises(InputError, match="must be above -2"):
        load_data(entry, 20, tmp_path)


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
