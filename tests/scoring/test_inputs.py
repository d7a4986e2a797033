"""Regions of every kind become the letters that the genome has there."""

import gzip

import numpy as np
import pysam
import pytest

import ismbench
from ismbench.errors import InputError
from ismbench.sequence import decode
from tests.scoring.conftest import LENGTH, bed_lines


def letters(data):
    return decode(data.one_hot.values.astype("float32"))


def expected(data, chromosomes):
    places = zip(data.chrom.values, data.start.values, data.end.values, strict=True)
    return [chromosomes[str(c)][s:e] for c, s, e in places]


def test_bed_regions_are_centred_on_their_middle(model, bed, genome, chromosomes, tmp_path):
    data = ismbench.score(model, bed, tmp_path / "out.zarr", genome=genome, method="gradient")
    assert list(data.sequence.values) == [f"peak{i}" for i in range(12)]
    assert (data.end - data.start).values.tolist() == [LENGTH] * 12
    assert data.start.values[0] == 130 - LENGTH // 2
    assert letters(data) == expected(data, chromosomes)


def test_narrow_peaks_are_centred_on_their_summit(model, genome, chromosomes, tmp_path):
    peaks = tmp_path / "in.narrowPeak"
    peaks.write_text("chr2\t200\t300\tp\t0\t.\t1\t1\t1\t75\nchr2\t200\t300\tq\t0\t.\t1\t1\t1\t-1\n")
    data = ismbench.score(model, peaks, tmp_path / "out.zarr", genome=genome, method="gradient")
    assert data.start.values.tolist() == [275 - LENGTH // 2, 250 - LENGTH // 2]
    assert letters(data) == expected(data, chromosomes)


def test_regions_as_words_are_counted_from_one(model, genome, chromosomes, tmp_path):
    words = [f"chr1:101-{100 + LENGTH}", "chr2:1-40"]
    data = ismbench.score(model, words, tmp_path / "out.zarr", genome=genome, method="gradient")
    assert data.start.values.tolist() == [100, 0]
    assert letters(data)[0] == chromosomes["chr1"][100 : 100 + LENGTH]


@pytest.mark.parametrize("how", ["gzip", "bgzip"])
def test_compressed_inputs_and_genomes(how, model, genome, chromosomes, tmp_path):
    bed = tmp_path / "in.bed.gz"
    if how == "gzip":
        bed.write_bytes(gzip.compress(bed_lines(3).encode()))
    else:
        (tmp_path / "in.bed").write_text(bed_lines(3))
        pysam.tabix_compress(str(tmp_path / "in.bed"), str(bed))
        pysam.tabix_compress(str(genome), str(tmp_path / "genome.fa.gz"))
        genome = tmp_path / "genome.fa.gz"
    data = ismbench.score(model, bed, tmp_path / "out.zarr", genome=genome, method="gradient")
    assert letters(data) == expected(data, chromosomes)


@pytest.mark.parametrize("how", ["gzip", "bgzip"])
def test_compressed_fasta(how, model, fasta, sequences, tmp_path):
    packed = tmp_path / "packed.fa.gz"
    if how == "gzip":
        packed.write_bytes(gzip.compress(fasta.read_bytes()))
    else:
        pysam.tabix_compress(str(fasta), str(packed))
    data = ismbench.score(model, packed, tmp_path / "out.zarr", method="gradient")
    np.testing.assert_array_equal(data.one_hot.values, sequences)


def test_an_n_is_a_column_of_zeros_and_is_not_scored(model, tmp_path):
    fasta = tmp_path / "n.fa"
    fasta.write_text(">a\nN" + "acgt" * 9 + "ACG\n")
    data = ismbench.score(model, fasta, tmp_path / "out.zarr")
    assert not data.one_hot.values[0, 0].any()
    assert np.isnan(data.scores.values).all(axis=(0, 2, 3)).tolist() == [True] + [False] * 39
    assert data.unknown.values.tolist() == [1]


def test_an_index_of_another_file_is_refused(model, bed, genome, chromosomes, tmp_path):
    """It would give other letters, and nobody would know."""
    ismbench.score(model, bed, tmp_path / "a.zarr", genome=genome, method="gradient")
    text = genome.read_text()
    for changed in (
        text.replace(">chr1", ">chr1 and more"),
        text.replace("\n>chr2", "ACGT\n>chr2"),
        text[:-30],
    ):
        genome.write_text(changed)
        with pytest.raises(InputError, match="index must have been made from it"):
            ismbench.score(model, bed, tmp_path / "b.zarr", genome=genome, method="gradient")
    genome.write_text(">chr0 with a word\nACGT\n" + text.replace("\n", "\r\n"), newline="")
    genome.with_name("genome.fa.fai").unlink()
    data = ismbench.score(model, bed, tmp_path / "c.zarr", genome=genome, method="gradient")
    assert letters(data) == expected(data, chromosomes)
