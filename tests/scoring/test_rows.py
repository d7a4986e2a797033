"""Records that were skipped: exports say which rows are whose, and an export of nothing is none."""

import h5py
import numpy as np
import pytest

import ismbench as package
from ismbench.errors import InputError
from ismbench.scoring.export import FORMATS, ExportOptions, export
from ismbench.scoring.plot import plot
from tests.scoring.conftest import LENGTH, bed_lines, vcf_text


@pytest.fixture
def skipped(model, genome, tmp_path):
    """The second of three regions is at the edge."""
    bed = tmp_path / "in.bed"
    bed.write_text("chr1\t700\t740\ta\t0\t-\nchr2\t0\t10\tedge\nchr2\t300\t341\tb\n")
    out = tmp_path / "out.zarr"
    package.score(model, bed, out, genome=genome, target="0", on_error="skip", window=20)
    return out


LINES = ["chr1\t710\t730\ta\t0\t-\t0\t-1\t-1\t10\n", "chr2\t310\t330\tb\t0\t.\t0\t-1\t-1\t10\n"]


@pytest.mark.parametrize(
    ("kind", "name", "rows"),
    [("hdf5", "a.h5", "a.rows.bed"), ("modisco", "m", "m.rows.bed"), ("bed", "b.bed", None)],
)
def test_what_is_matched_by_order_comes_with_its_rows(kind, name, rows, skipped, ismbench, tmp_path):
    done = ismbench("export", skipped, "--to", kind, "-o", tmp_path / name)
    assert done.code == 0, done.err
    bed = tmp_path / (rows or name)
    assert bed.read_text() == "".join(LINES)
    assert str(bed) in done.out.split()
    assert ("1 of 3 records have no scores" in done.err) == (rows is not None)


def test_the_rows_are_those_of_the_file(skipped, tmp_path):
    export(skipped, "hdf5", tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5") as file:
        names = file["names"].asstr()[:].tolist()
        assert names == [line.split("\t")[3] for line in LINES]
        assert file["coords_start"][:].tolist() == [int(line.split("\t")[1]) for line in LINES]


def test_the_bed_gives_the_same_regions_again(skipped, model, genome, tmp_path):
    """Read as a narrowPeak, or by its middle."""
    export(skipped, "bed", tmp_path / "b.narrowPeak")
    export(skipped, "bed", tmp_path / "b.bed")
    first = package.score(model, tmp_path / "b.bed", tmp_path / "x.zarr", genome=genome, method="gradient")
    other = package.score(
        model, tmp_path / "b.narrowPeak", tmp_path / "y.zarr", genome=genome, method="gradient"
    )
    assert first.start.values.tolist() == other.start.values.tolist() == [700, 300]


def test_a_fasta_record_is_a_sequence_of_its_name(model, fasta, tmp_path):
    package.score(model, fasta, tmp_path / "out.zarr", method="gradient")
    export(tmp_path / "out.zarr", "bed", tmp_path / "a.bed")
    assert (tmp_path / "a.bed").read_text().splitlines()[3].split("\t")[:4] == ["s3", "0", str(LENGTH), "s3"]


@pytest.mark.parametrize("kind", ["regions", "variants"])
def test_everything_skipped_is_no_success(kind, saved, genome, chromosomes, ismbench, tmp_path):
    if kind == "regions":
        path = tmp_path / "in.bed"
        path.write_text(bed_lines(2, "chr7"))
    else:
        path = tmp_path / "in.vcf"
        wrong = "A" if chromosomes["chr1"][99] != "A" else "C"
        path.write_text(vcf_text([("chr1", 100, "v", wrong, "G")]))
    out = tmp_path / "out.zarr"
    words = ("score", saved, path, "--genome", genome, "-o", out, "--on-error", "skip")
    assert [ismbench(*words).code, ismbench(*words).code] == [4, 4]
    (tmp_path / "sizes").write_text("chr1\t1500\n")
    before = sorted(tmp_path.iterdir())
    for format_name in FORMATS:
        with pytest.raises(InputError, match="needs scored records"):
            export(out, format_name, tmp_path / "a.x", ExportOptions(sizes=tmp_path / "sizes", output="0"))
    if kind == "regions":
        for picture in ("region", "average", "clusters"):
            with pytest.raises(InputError, match="needs"):
                plot(out, picture, tmp_path / "a.png")
    assert sorted(tmp_path.iterdir()) == before


def test_several_outputs_are_columns_of_a_table_and_files_of_bigwigs(model, bed, genome, tmp_path):
    pyBigWig = pytest.importorskip("pyBigWig")
    out = tmp_path / "out.zarr"
    data = package.score(model, bed, out, genome=genome, reduction="contribution")
    tables = [tmp_path / f"{word}.tsv" for word in ("every", "head", "0,1")]
    for path in tables:
        export(out, "tsv", path, ExportOptions(output=path.stem))
    assert len({path.read_text() for path in tables}) == 1
    head, *rows = [line.split("\t") for line in tables[0].read_text().splitlines()]
    assert head[2:] == ["position_from_0", "base", "contribution to head.0", "contribution to head.1"]
    values = np.array([[float(word) for word in row[4:]] for row in rows[:LENGTH]])
    np.testing.assert_allclose(values, data.scores.values[0], rtol=1e-4, atol=1e-6)
    assert int(rows[0][2]) == int(data.start[0])
    (tmp_path / "sizes").write_text("chr1\t1500\n")
    files = export(out, "bigwig", tmp_path / "a.bw", ExportOptions("head.1,0", tmp_path / "sizes", "nearest"))
    assert [file.name for file in files] == ["a.head.1.bw", "a.head.0.bw"]
    with pyBigWig.open(str(files[0])) as file:
        found = file.values("chr1", int(data.start[0]), int(data.start[0]) + 20)
    np.testing.assert_allclose(found, data.scores.values[0, :20, 1], atol=1e-6)
