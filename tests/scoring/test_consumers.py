"""Programs of the field on exports of runs with skipped records: their results lie where the user's peaks are."""

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

import ismbench
from ismbench.scoring.export import ExportOptions, export
from ismbench.sequence import decode
from tests.scoring.planted_peaks import CHROM, MOTIF, WIDTH, PlantedPeaks, motif_model, write_peaks

Scored = tuple[PlantedPeaks, Path]


def score(folder: Path, count: int) -> Scored:
    peaks, out = write_peaks(folder, count), folder / "scores.zarr"
    data = ismbench.score(motif_model(), peaks.bed, out, genome=peaks.genome, on_error="skip")
    assert int((data.reason != "").sum()) == peaks.broken
    return peaks, out


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    return score(tmp_path_factory.mktemp("few"), 40)


def read_bed(path: Path) -> list[tuple[str, int, int, str]]:
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    return [(row[0], int(row[1]), int(row[2]), row[3]) for row in rows]


def check_rows(bed: Path, peaks: PlantedPeaks, shap: np.ndarray) -> None:
    """Rows are the user's peaks without the broken ones, and each is highest on its own motif."""
    rows = read_bed(bed)
    assert [row[3] for row in rows] == list(peaks.places)
    assert len(shap) == len(rows)
    for (_, start, end, name), values in zip(rows, np.abs(shap).sum(axis=1), strict=True):
        assert end - start == WIDTH
        place = peaks.places[name] - start
        assert values[place : place + MOTIF.width].sum() > 0.5 * values.sum()


@pytest.mark.parametrize("kind", ["modisco", "hdf5"])
def test_arrays_and_their_bed_are_the_users_peaks(kind: str, few: Scored, tmp_path: Path) -> None:
    peaks, store = few
    files = export(store, kind, tmp_path / "m.h5")
    if kind == "modisco":
        ohe, shap = (np.load(file)["arr_0"] for file in files[:2])
    else:
        with h5py.File(files[0]) as file:
            ohe, shap = file["raw/seq"][:], file["shap/seq"][:]
    check_rows(files[-1], peaks, shap)
    assert not shap[ohe.sum(axis=1) == 0].any() if shap.ndim == 2 else not np.isnan(shap).any()
    hidden = (ohe.sum(axis=1) == 0).sum(axis=1)
    names = [row[3] for row in read_bed(files[-1])]
    assert [name for name, count in zip(names, hidden, strict=True) if count] == list(peaks.unknown)


def test_a_bigwig_has_the_scores_where_they_are_in_the_genome(few: Scored, tmp_path: Path) -> None:
    pyBigWig = pytest.importorskip("pyBigWig")
    peaks, store = few
    (tmp_path / "sizes").write_text(f"{CHROM}\t{len(peaks.genome.read_text().split()[1])}\n")
    export(store, "bigwig", tmp_path / "a.bw", ExportOptions(sizes=tmp_path / "sizes"))
    export(store, "modisco", tmp_path / "m")
    ohe, shap = (np.load(tmp_path / f"m.{end}.npz")["arr_0"] for end in ("ohe", "shap"))
    known = ohe.any(axis=1)
    letters = peaks.genome.read_text().split()[1]
    with pyBigWig.open(str(tmp_path / "a.bw")) as file:
        rows = read_bed(tmp_path / "m.rows.bed")
        for (chrom, start, end, _), x, values, there in zip(rows, ohe, shap, known, strict=True):
            found = np.array(file.values(chrom, start, end))
            assert np.array_equal(np.isnan(found), ~there)
            assert [c == "N" for c in letters[start:end]] == (~there).tolist()
            np.testing.assert_allclose(found[there], (x * values).sum(axis=0)[there], rtol=1e-5)
        covered = sum(end - start for start, end, _ in file.intervals(CHROM))
    assert covered == known.sum()


@pytest.mark.slow
@pytest.mark.nightly
def test_modisco_finds_a_planted_motif(tmp_path):
    """A model that knows one motif, 400 sequences that hold it, and the real program."""
    pytest.importorskip("modiscolite")
    import keras

    from ismbench.sequence import one_hot
    from ismbench.simulate import read_motifs, simulate

    motif = read_motifs()["CTCF"]
    planted = simulate(400, 200, motifs=["CTCF"], per_sequence=1, seed=0)
    (tmp_path / "p.fa").write_text("".join(f">s{i}\n{s}\n" for i, s in enumerate(decode(planted.x))))
    weights = np.log((motif.counts + 1) / (motif.counts + 1).sum(axis=1, keepdims=True) / 0.25)
    kernel = np.stack([weights, weights[::-1, ::-1]], axis=2).astype(np.float32)
    x = keras.Input((200, 4))
    conv = keras.layers.Conv1D(2, motif.width, activation="relu")
    y = keras.layers.Dense(1)(keras.layers.GlobalMaxPooling1D()(conv(x)))
    model = keras.Model(x, y)
    conv.set_weights([kernel, np.full(2, -2, np.float32)])
    model.layers[-1].set_weights([np.ones((2, 1), np.float32), np.zeros(1, np.float32)])
    ismbench.score(model, tmp_path / "p.fa", tmp_path / "p.zarr")
    ohe, shap = export(tmp_path / "p.zarr", "modisco", tmp_path / "p")
    command = [
        Path(sys.executable).with_name("modisco"),
        "motifs",
        "-s",
        ohe,
        "-a",
        shap,
        "-n",
        "800",
        "-w",
        "200",
        "-o",
        tmp_path / "m.h5",
    ]
    subprocess.run([str(c) for c in command], check=True, capture_output=True)
    consensus = one_hot(["".join("ACGT"[i] for i in motif.counts.argmax(axis=1))])[0]
    with h5py.File(tmp_path / "m.h5") as file:
        pattern = file["pos_patterns/pattern_0/sequence"][:]
    scores = [
        np.vdot(pattern[i : i + motif.width], c) / motif.width
        for c in (consensus, consensus[::-1, ::-1])
        for i in range(len(pattern) - motif.width + 1)
    ]
    assert max(scores) > 0.6


@pytest.mark.parametrize("kind", ["modisco", "hdf5"])
def test_finemo_reads_the_rows_as_the_peaks_of_the_bed(kind: str, few: Scored, tmp_path: Path) -> None:
    data_io = pytest.importorskip("finemo.data_io", reason="finemo is not installed")
    peaks, store = few
    files = [str(file) for file in export(store, kind, tmp_path / "m.h5")]
    if kind == "modisco":
        found = data_io.load_regions_from_modisco_fmt([files[1]], files[0], WIDTH // 2)
    else:
        found = data_io.load_regions_from_chrombpnet_h5([files[0]], WIDTH // 2)
    sequences, contributions = (np.asarray(part) for part in found)
    check_rows(Path(files[-1]), peaks, contributions)
    rows = data_io.load_peaks(files[-1], None, WIDTH // 2)
    letters = peaks.genome.read_text().split()[1]
    assert rows["peak_name"].to_list() == list(peaks.places)
    for start, sequence in zip(rows["peak_region_start"].to_list(), sequences, strict=True):
        here = "".join("ACGTN"[k] for k in np.where(sequence.any(axis=0), sequence.argmax(axis=0), 4))
        assert here == letters[start : start + WIDTH]
