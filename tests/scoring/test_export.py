"""Exports, read back by the libraries that the field's tools use."""

import sys

import h5py
import numpy as np
import pysam
import pysam.bcftools
import pytest

import ismbench
from ismbench.errors import InputError
from ismbench.scoring.export import FORMATS, ExportOptions, export
from ismbench.sequence import decode
from tests.scoring.conftest import LENGTH, vcf_text

pyBigWig = pytest.importorskip("pyBigWig")  # noqa: N816


@pytest.fixture
def regions(model, bed, genome, tmp_path):
    out = tmp_path / "regions.zarr"
    return out, ismbench.score(model, bed, out, genome=genome, target="1", window=20, chunk=5)


@pytest.fixture
def sizes(tmp_path):
    path = tmp_path / "sizes"
    path.write_text("chr1\t1500\nchr2\t700\n")
    return path


def hypothetical(data):
    values = data.scores.values[:, 10:30, :, 0]
    return values - values.mean(axis=2, keepdims=True)


def test_hdf5_has_the_groups_of_chrombpnet_and_the_coordinates_of_bpreveal(regions, sizes, tmp_path):
    path, data = regions
    assert export(path, "hdf5", tmp_path / "a.h5", ExportOptions(sizes=sizes)) == [tmp_path / "a.h5"]
    x, values = data.one_hot.values[:, 10:30], hypothetical(data)
    with h5py.File(tmp_path / "a.h5") as file:
        assert file["raw/seq"].shape == (12, 4, 20)
        np.testing.assert_array_equal(file["raw/seq"], np.swapaxes(x, 1, 2))
        np.testing.assert_allclose(file["shap/seq"], np.swapaxes(values, 1, 2), atol=1e-6)
        np.testing.assert_allclose(file["projected_shap/seq"], np.swapaxes(values * x, 1, 2), atol=1e-6)
        assert file["chrom_names"].asstr()[:].tolist() == ["chr1", "chr2"]
        assert file["chrom_sizes"][:].tolist() == [1500, 700]
        assert set(file["coords_chrom"][:]) == {0}
        np.testing.assert_array_equal(file["coords_start"], data.start.values + 10)
        np.testing.assert_array_equal(file["coords_end"], data.start.values + 30)


def test_npz_files_are_what_modisco_reads(regions, tmp_path):
    path, data = regions
    files = export(path, "modisco", tmp_path / "m")
    ohe, shap = (np.load(file)["arr_0"] for file in files)
    np.testing.assert_array_equal(ohe, np.swapaxes(data.one_hot.values[:, 10:30], 1, 2))
    np.testing.assert_allclose(shap, np.swapaxes(hypothetical(data), 1, 2), atol=1e-6)


@pytest.fixture
def overlapping(model, genome, tmp_path):
    bed = tmp_path / "over.bed"
    places = [(300, 0), (315, 1), (302, 2), (900, 3), (350, 4)]
    bed.write_text("".join(f"chr1\t{s}\t{s + LENGTH}\tr{i}\n" for s, i in places) + "chr2\t50\t90\n")
    out = tmp_path / "over.zarr"
    return out, ismbench.score(model, bed, out, genome=genome, target="0", reduction="contribution")


@pytest.mark.parametrize("rule", ["mean", "max", "nearest"])
def test_a_bigwig_follows_its_rule_where_regions_overlap(rule, overlapping, sizes, tmp_path):
    path, data = overlapping
    export(path, "bigwig", tmp_path / "a.bw", ExportOptions(sizes=sizes, overlap=rule))
    piles: dict[tuple[str, int], list[tuple[float, int, float]]] = {}
    for chrom, start, values in zip(
        data.chrom.values, data.start.values, data.scores.values[..., 0], strict=True
    ):
        for p, value in enumerate(values):
            piles.setdefault((str(chrom), int(start) + p), []).append(
                (abs(p - (LENGTH - 1) / 2), int(start), float(value))
            )
    pick = {
        "mean": lambda pile: np.mean([v for *_, v in pile]),
        "max": lambda pile: max((v for *_, v in pile), key=abs),
        "nearest": lambda pile: min(pile)[2],
    }[rule]
    expected = {place: pick(pile) for place, pile in piles.items()}
    with pyBigWig.open(str(tmp_path / "a.bw")) as file:
        for chrom, size in (("chr1", 1500), ("chr2", 700)):
            found = np.array(file.values(chrom, 0, size))
            whole = np.array([expected.get((chrom, p), np.nan) for p in range(size)])
            np.testing.assert_allclose(found, whole, atol=1e-6)


@pytest.mark.parametrize("name", ["a.vcf", "a.vcf.gz"])
def test_bcftools_reads_the_annotated_vcf(name, model, genome, chromosomes, tmp_path):
    vcf = tmp_path / "in.vcf"
    chrom = chromosomes["chr1"]
    lines = [("chr1", p, f"rs{p}", chrom[p - 1], "A" if chrom[p - 1] != "A" else "C") for p in (200, 400, 5)]
    vcf.write_text(vcf_text(lines))
    data = ismbench.score(model, vcf, tmp_path / "v.zarr", genome=genome, on_error="skip")
    export(tmp_path / "v.zarr", "vcf", tmp_path / name)
    query = ["-f", "%CHROM\t%POS\t%ID\t%REF\t%ALT\t%INFO/ISM_EFFECT\t%INFO/ISM_NOT_SCORED\n"]
    rows = [line.split("\t") for line in pysam.bcftools.query(*query, str(tmp_path / name)).splitlines()]
    assert [tuple(row[:5]) for row in rows] == [(c, str(p), i, r, a) for c, p, i, r, a in lines]
    effects = [[float(v) for v in row[5].split(",")] for row in rows[:2]]
    np.testing.assert_allclose(effects, data.effects.values[:2], rtol=1e-4)
    assert rows[2][5] == "."
    assert "lie_within" in rows[2][6]


def test_a_table_has_a_line_for_every_scored_position(regions, tmp_path):
    path, data = regions
    export(path, "tsv", tmp_path / "a.tsv")
    rows = [line.split("\t") for line in (tmp_path / "a.tsv").read_text().splitlines()]
    assert len(rows) == 1 + 12 * 20
    assert rows[1][:3] == ["peak0", "chr1", str(int(data.start[0]) + 10)]
    assert "".join(row[3] for row in rows[1:21]) == decode(data.one_hot.values[:1, 10:30])[0]
    np.testing.assert_allclose([float(v) for v in rows[1][5:]], hypothetical(data)[0, 0], rtol=1e-4)


def test_what_a_format_does_not_get_is_told(regions, overlapping, fasta, model, tmp_path):
    ismbench.score(model, fasta, tmp_path / "f.zarr", method="gradient")
    cases = [
        (regions[0], "bigwig", ExportOptions(), "--sizes"),
        (regions[0], "vcf", ExportOptions(), "needs scores of variants"),
        (regions[0], "hdf", ExportOptions(), "did you mean 'hdf5'"),
        (overlapping[0], "modisco", ExportOptions(), "score for every base"),
        (tmp_path / "f.zarr", "modisco", ExportOptions(), "give one with --output, of"),
        (tmp_path / "f.zarr", "bigwig", ExportOptions(output="0"), "coordinates in a genome"),
        (tmp_path / "nothing.zarr", "tsv", ExportOptions(), "must exist"),
    ]
    for path, kind, options, words in cases:
        with pytest.raises(InputError, match=words):
            export(path, kind, tmp_path / "out", options)
    assert not list(tmp_path.glob("*tmp*"))


def test_the_table_names_every_module():
    from importlib import import_module

    assert all(callable(import_module(f"ismbench.scoring.export.{name}").write) for name in FORMATS)
    assert sys.modules["ismbench.scoring.export"]


def test_the_only_output_may_be_called_by_its_head_or_every(overlapping, sizes, tmp_path):
    path, _ = overlapping
    for word in ("every", "head.0", "0", "head"):
        export(path, "tsv", tmp_path / f"{word}.tsv", ExportOptions(output=word))
        export(path, "bigwig", tmp_path / f"{word}.bw", ExportOptions(output=word, sizes=sizes))
    assert len({(tmp_path / f"{word}.tsv").read_bytes() for word in ("every", "head.0", "0", "head")}) == 1


def test_outputs_of_similar_names_have_files_of_their_own(model, bed, genome, sizes, tmp_path):
    (tmp_path / "labels").write_text("a b\na/b\n")
    ismbench.score(
        model, bed, tmp_path / "o.zarr", genome=genome, labels=tmp_path / "labels", reduction="contribution"
    )
    files = export(tmp_path / "o.zarr", "bigwig", tmp_path / "x.bw", ExportOptions("every", sizes))
    assert [file.name for file in files] == ["x.a_b-0.bw", "x.a_b-1.bw"]
    assert files[0].read_bytes() != files[1].read_bytes()
