"""Programs of the field on exports of runs with skipped records: their results lie where the user's peaks are."""

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

import ismbench
from ismbench.scoring.export import ExportOptions, export
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
def test_modisco_finds_the_motif_where_it_is_in_the_genome(tmp_path: Path) -> None:
    """400 peaks that hold it, three more that were skipped, and the real program: its seqlets lie on the motifs."""
    pytest.importorskip("modiscolite")
    peaks, store = score(tmp_path, 400)
    ohe, shap, bed = export(store, "modisco", tmp_path / "p")
    program = Path(sys.executable).with_name("modisco")
    options = ["-s", ohe, "-a", shap, "-n", "800", "-w", str(WIDTH), "-o", tmp_path / "m.h5"]
    subprocess.run([str(word) for word in (program, "motifs", *options)], check=True, capture_output=True)
    rows, on_motif = read_bed(bed), []
    with h5py.File(tmp_path / "m.h5") as file:
        for pattern in file["pos_patterns"].values():
            found = pattern["seqlets"]
            for row, start, end in zip(
                *(found[key][:] for key in ("example_idx", "start", "end")), strict=True
            ):
                _, first, _, name = rows[row]
                middle = peaks.places[name] - first + MOTIF.width // 2
                on_motif.append(start <= middle < end)
    assert len(on_motif) > 200
    assert np.mean(on_motif) > 0.95


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
