"""Whatever a user can do wrong ends in one line and exit code 2, and leaves nothing behind."""

import errno
import gzip

import pytest

import ismbench as package
from ismbench.errors import InputError
from ismbench.scoring import store
from tests.scoring.conftest import LENGTH, bed_lines, vcf_text

BEDS = {
    "past the end": ("chr1\t1480\t1500\n", r"within the 1,500 letters of chr1"),
    "before the start": ("chr1\t0\t10\n", r"within the 1,500 letters"),
    "missing chromosome": ("chr9\t100\t200\n", r"'chr9'; genome.fa has chr1, chr2"),
    "other naming": ("1\t100\t200\n", r"calls it 'chr1'"),
    "two columns": ("chr1\t100\n", r"tab-separated chrom, start and end"),
    "spaces": ("chr1 100 200\n", r"tab-separated chrom, start and end"),
    "words for numbers": ("chr1\tx\ty\n", r"tab-separated chrom, start and end"),
    "end before start": ("chr1\t200\t100\n", r"0 <= start < end"),
    "strand": ("chr1\t100\t200\ta\t0\tx\n", r"strand"),
    "empty": ("# nothing\n", r"at least one record"),
}


def left_over(folder):
    return [p.name for p in folder.iterdir() if ".zarr" in p.name]


def one_line(outcome):
    assert outcome.code == 2, outcome
    lines = outcome.err.splitlines()
    own = [line for line in lines if line.startswith("ismbench: ")]
    assert len(own) == 1, outcome.err
    assert "Traceback" not in outcome.err
    return own[0]


@pytest.mark.parametrize("case", BEDS)
def test_regions(case, ismbench, saved, genome, tmp_path):
    text, words = BEDS[case]
    bed = tmp_path / "bad.bed"
    bed.write_text((bed_lines(3) if case != "empty" else "") + text)
    done = ismbench(
        "score", saved, bed, "--genome", genome, "-o", tmp_path / "out.zarr", "--method", "gradient"
    )
    assert words.replace("\\", "") in one_line(done) or __import__("re").search(words, done.err)
    assert left_over(tmp_path) == []


def test_broken_records_can_be_skipped_and_are_listed(ismbench, saved, genome, tmp_path):
    bed = tmp_path / "bad.bed"
    bed.write_text(bed_lines(2) + "chr9\t1\t5\tbad\n" + bed_lines(1, "chr2"))
    out = tmp_path / "out.zarr"
    done = ismbench(
        "score", saved, bed, "--genome", genome, "-o", out, "--on-error", "skip", "--method", "gradient"
    )
    assert done.code == 0, done.err
    assert "Scored 3 of 4 records" in done.out
    assert "Not scored: 1" in done.out
    assert "bad: " in done.out
    data = store.open_dataset(out)
    assert [bool(r) for r in data.reason.values] == [False, False, True, False]
    assert data.scores.isnull().all(dim=("position", "base", "output")).values.tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--target", "nobody"], "'nobody'"),
        (["--target", "7"], "0..1"),
        (["--method", "fast_is"], "did you mean 'fast_ism'"),
        (["--reduction", "nothing"], "reduction"),
        (["--window", "999"], "must not be wider"),
        (["--dtype", "int8"], "float16"),
        (["--shifts", "a,b"], "whole numbers"),
        (["--length", "30"], "one-hot sequences (30, 4)"),
        (["--max-memory", "lots"], "512MiB"),
        (["--on-error", "cry"], "stop or skip"),
        (["--method", "gradient", "--reduction", "mean_effect"], "no change for each base"),
        (["--labels", "LABELS"], "2 outputs"),
        (["--weights", "nothing.h5"], "weights file must exist"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else "",
)
def test_options(options, words, ismbench, saved, fasta, tmp_path):
    (tmp_path / "labels").write_text("one\n")
    options = [str(tmp_path / "labels") if o == "LABELS" else o for o in options]
    done = ismbench("score", saved, fasta, "-o", tmp_path / "out.zarr", *options)
    assert words in one_line(done)
    assert left_over(tmp_path) == []


def test_records_of_another_length_than_the_model(ismbench, saved, tmp_path):
    fasta = tmp_path / "long.fa"
    fasta.write_text(">a\n" + "ACGT" * 20 + "\n")
    line = one_line(ismbench("score", saved, fasta, "-o", tmp_path / "out.zarr"))
    assert f"model's input (and its shifts), {LENGTH}" in line
    assert left_over(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.doc", "x", "must end in"),
        ("a.fa", "no fasta", "FASTA"),
        ("a.fa", ">a\n" + "ACGJ" * 10 + "\n", "'J' in a at position 4"),
    ],
)
def test_files_that_are_not_what_they_say(name, text, words, ismbench, saved, tmp_path):
    (tmp_path / name).write_text(text)
    assert words in one_line(ismbench("score", saved, tmp_path / name, "-o", tmp_path / "out.zarr"))
    assert left_over(tmp_path) == []


@pytest.mark.parametrize("name", ["a.bed.gz", "a.fa.gz"])
def test_a_compressed_file_that_was_damaged(name, ismbench, saved, genome, fasta, tmp_path):
    text = bed_lines(200) if "bed" in name else fasta.read_text()
    data = bytearray(gzip.compress(text.encode()))
    data[len(data) // 2 : len(data) // 2 + 8] = b"\xff" * 8
    (tmp_path / name).write_bytes(data)
    done = ismbench("score", saved, tmp_path / name, "--genome", genome, "-o", tmp_path / "out.zarr")
    assert "plain, gzip or bgzip" in one_line(done)
    assert left_over(tmp_path) == []


def test_nothing_of_htslib_stands_beside_our_line(ismbench, saved, genome, tmp_path, capfd):
    vcf = tmp_path / "in.vcf"
    vcf.write_text(vcf_text([("chr9", 500, "a", "A", "C")]))
    one_line(ismbench("score", saved, vcf, "--genome", genome, "-o", tmp_path / "out.zarr"))
    assert "[W::" not in capfd.readouterr().err


def test_regions_without_a_genome_and_a_genome_in_gzip(ismbench, saved, bed, genome, tmp_path):
    assert "--genome" in one_line(ismbench("score", saved, bed, "-o", tmp_path / "out.zarr"))
    packed = tmp_path / "packed.fa.gz"
    packed.write_bytes(gzip.compress(genome.read_bytes()))
    done = ismbench("score", saved, bed, "--genome", packed, "-o", tmp_path / "out.zarr")
    assert "bgzip" in one_line(done)


def test_a_reference_allele_that_the_genome_does_not_have(ismbench, saved, genome, chromosomes, tmp_path):
    wrong = "A" if chromosomes["chr1"][499] != "A" else "C"
    vcf = tmp_path / "in.vcf"
    vcf.write_text(vcf_text([("chr1", 500, "rs1", wrong, "G" if wrong != "G" else "T")]))
    done = ismbench("score", saved, vcf, "--genome", genome, "-o", tmp_path / "out.zarr")
    assert "same assembly?" in one_line(done)
    assert left_over(tmp_path) == []


def test_a_store_of_another_run_is_left_alone(ismbench, saved, fasta, tmp_path):
    out = tmp_path / "out.zarr"
    assert ismbench("score", saved, fasta, "-o", out, "--method", "gradient").code == 0
    before = sorted((p, p.read_bytes()) for p in out.rglob("*") if p.is_file())
    line = one_line(ismbench("score", saved, fasta, "-o", out, "--method", "gradient_x_input"))
    assert "same run" in line
    assert sorted((p, p.read_bytes()) for p in out.rglob("*") if p.is_file()) == before
    (tmp_path / "other.zarr").mkdir()
    assert "Zarr" in one_line(ismbench("score", saved, fasta, "-o", tmp_path / "other.zarr"))


def test_a_full_disk_is_told_and_the_run_goes_on_later(model, fasta, tmp_path, monkeypatch):
    out, write, calls = tmp_path / "out.zarr", store.write, []

    def full(*arguments):
        calls.append(arguments)
        if len(calls) == 4:  # the input and two chunks were written
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(*arguments)

    monkeypatch.setattr(store, "write", full)
    with pytest.raises(InputError, match="disk is full"):
        package.score(model, fasta, out, chunk=16, method="gradient")
    monkeypatch.setattr(store, "write", write)
    done = []
    data = package.score(model, fasta, out, chunk=16, method="gradient", progress=lambda d, _: done.append(d))
    assert done[0] == 32
    assert not data.scores.isnull().any()


def test_log_ratios_of_negative_outputs_leave_nothing(ismbench, saved, fasta, tmp_path):
    line = one_line(ismbench("score", saved, fasta, "-o", tmp_path / "out.zarr", "--reduction", "log2fc"))
    assert "positive outputs" in line
    assert left_over(tmp_path) == []


def test_two_runs_do_not_write_one_store(model, fasta, tmp_path):
    from ismbench.scoring.chunk_progress import started

    with started(tmp_path / "out.zarr"), pytest.raises(InputError, match="another run"):
        package.score(model, fasta, tmp_path / "out.zarr")
