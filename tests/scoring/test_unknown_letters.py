"""One rule at an N: not scored. NaN and counted in stores of every reduction, in exports and in pictures."""

from pathlib import Path

import h5py
import numpy as np
import pytest

import ismbench as package
from ismbench.scores import REDUCTIONS
from ismbench.scoring.export import ExportOptions, export
from ismbench.scoring.opened import open_scores
from ismbench.scoring.plot import plot
from tests.scoring.conftest import LENGTH

pyBigWig = pytest.importorskip("pyBigWig")  # noqa: N816

UNKNOWN = slice(7, 12)


@pytest.fixture
def genome(chromosomes, tmp_path) -> Path:
    letters = chromosomes["chr1"][:200]
    path = tmp_path / "n.fa"
    path.write_text(f">chr1\n{letters[:107]}NNrNN{letters[112:]}\n")
    return path


@pytest.fixture
def bed(tmp_path) -> Path:
    path = tmp_path / "n.bed"
    path.write_text(f"chr1\t100\t{100 + LENGTH}\ta\nchr1\t20\t{20 + LENGTH}\tb\n")
    return path


@pytest.mark.parametrize(
    ("method", "reduction"),
    [
        *[("fast_ism", name) for name in REDUCTIONS if name != "log2fc"],
        *[(m, r) for m in ("gradient", "gradient_x_input", "taylor_ism") for r in ("delta", "contribution")],
    ],
)
def test_every_store_and_every_reading_of_it(method, reduction, model, bed, genome, tmp_path):
    out = tmp_path / "out.zarr"
    data = package.score(model, bed, out, genome=genome, method=method, reduction=reduction)
    lost = np.isnan(data.scores.values)
    assert lost[0, UNKNOWN].all()
    assert lost.sum() == lost[0, UNKNOWN].size
    assert data.unknown.values.tolist() == [5, 0]
    first, second = (next(open_scores(out).blocks(0, range(i, i + 1))) for i in (0, 1))
    assert np.flatnonzero(np.isnan(first.contribution[0])).tolist() == list(range(7, 12))
    assert not np.isnan(second.contribution).any()
    if first.hypothetical is not None:
        assert np.isnan(first.hypothetical[0, UNKNOWN]).all()


@pytest.mark.parametrize("reduction", ["delta", "contribution"])
def test_exports_and_pictures(reduction, model, bed, genome, ismbench, saved, tmp_path):
    out = tmp_path / "out.zarr"
    done = ismbench(
        "score", saved, bed, "--genome", genome, "-o", out, "--target", "0", "--reduction", reduction
    )
    assert "Not scored: 5 positions whose letter is not known" in done.out
    export(out, "tsv", tmp_path / "a.tsv")
    rows = [line.split("\t") for line in (tmp_path / "a.tsv").read_text().splitlines()[1 : 1 + LENGTH]]
    assert [row[4] for row in rows if row[3] == "N"] == ["nan"] * 5
    (tmp_path / "sizes").write_text("chr1 200\n")
    for rule in ("mean", "max", "nearest"):
        export(out, "bigwig", tmp_path / "a.bw", ExportOptions(sizes=tmp_path / "sizes", overlap=rule))
        with pyBigWig.open(str(tmp_path / "a.bw")) as file:
            missing = np.flatnonzero(np.isnan(file.values("chr1", 100, 140)))
        assert missing.tolist() == list(range(7, 12))
    for kind, name in (
        ("region", "a.png"),
        ("clusters", "b.png"),
        ("average", "c.png"),
        ("viewer", "d.html"),
    ):
        assert plot(out, kind, tmp_path / name).stat().st_size > 2000


def test_formats_without_nan_say_that_they_have_zeros(model, bed, genome, ismbench, tmp_path):
    out = tmp_path / "out.zarr"
    package.score(model, bed, out, genome=genome, target="0")
    done = ismbench("export", out, "--to", "hdf5", "-o", tmp_path / "a.h5")
    assert "5 positions whose letter is not known (N) are 0" in done.err
    with h5py.File(tmp_path / "a.h5") as file:
        assert not file["shap/seq"][0, :, UNKNOWN].any()
        assert np.isfinite(file["shap/seq"][:]).all()


def test_a_record_without_a_known_letter_is_no_record(model, genome, tmp_path):
    genome.write_text(f">chr1\n{'N' * 60}{'ACGT' * 20}\n")
    bed = tmp_path / "n.bed"
    bed.write_text(f"chr1\t10\t{10 + LENGTH}\tnone\nchr1\t80\t{80 + LENGTH}\tall\n")
    data = package.score(model, bed, tmp_path / "out.zarr", genome=genome, method="gradient", on_error="skip")
    assert "a known letter" in str(data.reason.values[0])
    assert str(data.reason.values[1]) == ""
