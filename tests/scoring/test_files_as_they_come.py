"""Files as people have them: every name, format, line end and mark is read for what it is, or refused in one line."""

import bz2
import gzip
import lzma
import os
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pysam
import pytest

import ismbench as package
from ismbench.errors import InputError
from tests.faults import permits

FILES = Path(__file__).parent / "files"
WIDTH = 100
SUMMIT, MIDDLE = 1000 + 120, 1250
TEN = "chr1\t1000\t1500\ta\t0\t+\t1\t2\t3\t120\n"
GAPPED = "chr1\t1000\t1500\ta\t0\t.\t1000\t1500\t0\t2\t10,10\t0,490\t1\t2\t3\n"
PACKED = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


@pytest.fixture(scope="module")
def wide() -> keras.Model:
    x = keras.Input((WIDTH, 4))
    return keras.Model(x, keras.layers.Dense(1, name="head")(keras.layers.Flatten()(x)))


@pytest.fixture
def genome(tmp_path: Path) -> Path:
    return Path(shutil.copy(FILES / "genome.fa", tmp_path / "genome.fa"))


@pytest.fixture
def scored(wide, genome, tmp_path):
    def score(path, **options):
        options = {"genome": genome, "method": "gradient", **options}
        return package.score(wide, path, tmp_path / "out.zarr", **options)

    return score


@pytest.mark.parametrize(
    ("name", "text", "centre"),
    [
        ("a.narrowPeak", TEN, SUMMIT),
        ("a.narrowPeak", TEN.replace("\n", "\t1\t1\n"), SUMMIT),  # IDR's columns come after
        ("a.narrowPeak", TEN.replace("\t120\n", "\t-1\n"), MIDDLE),
        ("a.narrowPeak.txt", TEN, SUMMIT),
        ("a.bed", TEN, MIDDLE),
        ("a.bed", 'track type=narrowPeak name="x"\n' + TEN, SUMMIT),
        ("a.bed6", "chr1\t1000\t1500\ta\t0\t+\n", MIDDLE),
        ("a.broadPeak", "chr1\t1000\t1500\ta\t0\t.\t1\t2\t3\n", MIDDLE),
        ("a.gappedPeak", GAPPED, MIDDLE),
        ("a.txt", "chr1\t1000\t1500\n", MIDDLE),
        ("A.BED", "chr1\t1000\t1500\n", MIDDLE),
        ("a.bed", "\n#x\nbrowser position chr1\nchr1\t1000\t1500\r\n\r\n", MIDDLE),
        ("a.bed", "\ufeffchr1\t1000\t1500", MIDDLE),
        ("a.bed", "#x\rtrack name=y\rchr1\t1000\t1500\r", MIDDLE),  # as old Macs end lines
        ("a.bed", "chr1\t1000\t1500\r\r\n", MIDDLE),
        ("a.bed", "chr1 \t 1000\t1500 \ta\t\t\t\n", MIDDLE),  # empty columns, as spreadsheets leave them
    ],
)
@pytest.mark.parametrize("packed", PACKED)
def test_formats_are_known_by_name(name, text, centre, packed, scored, tmp_path):
    path = tmp_path / f"{name}{packed}"
    path.write_bytes(PACKED[packed](text.encode()))
    assert scored(path).start.values.tolist() == [centre - WIDTH // 2]


def test_a_format_can_be_given(scored, ismbench, wide, genome, tmp_path):
    path = tmp_path / "ENCFF000AAA.bed"
    path.write_text(TEN)
    assert scored(path, input_format="narrowpeak").start.values.tolist() == [SUMMIT - WIDTH // 2]
    wide.save(tmp_path / "wide.keras")
    words = ["score", tmp_path / "wide.keras", path, "--genome", genome, "--method", "gradient", "-o"]
    done = ismbench(*words, tmp_path / "bed.zarr")
    assert "ten columns of a narrowPeak" in done.err
    assert ismbench(*words, tmp_path / "narrow.zarr", "--input-format", "narrowpeak").err == ""
    assert "did you mean 'bed'" in ismbench(*words, tmp_path / "x.zarr", "--input-format", "bde").err


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("no_newline.bed", ["chr1:701-1000"]),
        ("byte_order_mark.bed", ["chr1:701-1000"]),
        ("not_ascii.bed", ["pic-é"]),
        ("crlf_comments.bed", ["one"]),
        ("idr.narrowPeak", ["chr1:1001-1500"]),
    ],
)
def test_files_that_failed(file, names, scored):
    assert scored(FILES / file).sequence.values.tolist() == names


@pytest.mark.parametrize("name", ["pic-\N{GREEK SMALL LETTER ALPHA}", "plain"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("packed", PACKED)
def test_fasta_as_people_have_it(name, mark, end, packed, wide, tmp_path):
    letters = "acgtN" * (WIDTH // 5)
    text = end.join([f"{mark}>{name} more words", letters[:50], letters[50:], "", ">second", letters])
    path = tmp_path / f"in file.fas{packed}"
    path.write_bytes(PACKED[packed](text.encode()))
    data = package.score(wide, path, tmp_path / "out.zarr", method="gradient")
    assert data.sequence.values.tolist() == [name, "second"]
    assert data.unknown.values.tolist() == [WIDTH // 5] * 2


@pytest.mark.parametrize(
    "words", ["chr1\t1_000\t1_500", "chr1\t\u0661\t\u0669", "chr1\t1e3\t1500", "chr1\t-1\t5"]
)
def test_numbers_are_written_in_digits(words, scored, tmp_path):
    (tmp_path / "a.bed").write_text(f"{words}\n")
    with pytest.raises(InputError, match="0 <= start < end"):
        scored(tmp_path / "a.bed")


def test_a_stream_is_refused(scored, tmp_path):
    os.mkfifo(tmp_path / "stream")
    for word in ("-", tmp_path / "stream"):
        with pytest.raises(InputError, match="a stream; write it to a file"):
            scored(word)


def test_latin_1_is_read_and_utf_16_is_told(scored, tmp_path):
    path = tmp_path / "a.bed"
    path.write_bytes("chr1\t700\t1000\tpicé\n".encode("latin-1"))
    assert scored(path).sequence.values.tolist() == ["picé"]
    path.write_bytes("chr1\t700\t1000\ta\n".encode("utf-16"))
    with pytest.raises(InputError, match="save it as UTF-8"):
        scored(path)


def test_names_of_sequences_may_hold_colons(scored, tmp_path):
    data = scored("HLA-A*01:01:01:201-300")
    assert data.chrom.values.tolist() == ["HLA-A*01:01:01"]
    assert data.start.values.tolist() == [200]


def test_a_narrow_peak_without_its_columns_is_refused(scored, tmp_path):
    path = tmp_path / "a.narrowPeak"
    path.write_text("chr1\t1000\t1500\n")
    with pytest.raises(InputError, match="in narrowPeak at least 10 columns"):
        scored(path)


def test_a_vcf_in_plain_gzip(scored):
    data = scored(FILES / "plain_gzip.vcf.gz", method="fast_ism")
    assert (data.variant.values.tolist(), data.pos.values.tolist()) == (["rs1"], [1200])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("chr1\tx\trs2\tC\tG\t50\tLowQ\tAF=1\n", "in line 8 of b.vcf"),
        ("chr1\t1300\n", "in line 8 of b.vcf"),
        ("chr1 1300 . C G . . .\n", "in line 8 of b.vcf"),
    ],
)
def test_a_bad_line_of_a_vcf_is_named_and_can_be_skipped(line, words, scored, tmp_path):
    path = tmp_path / "b.vcf"
    path.write_text(gzip.decompress((FILES / "plain_gzip.vcf.gz").read_bytes()).decode() + line)
    with pytest.raises(InputError, match=words):
        scored(path, method="fast_ism")
    data = scored(path, method="fast_ism", on_error="skip")
    assert [bool(str(reason)) for reason in data.reason.values] == [False, True]


def test_a_vcf_without_its_header_is_told(scored, tmp_path):
    path = tmp_path / "b.vcf"
    path.write_text("chr1\t1200\trs1\tC\tG\t50\t.\t.\n")
    with pytest.raises(InputError, match="##fileformat=VCF"):
        scored(path, method="fast_ism")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("known", [False, True])
def test_two_sequences_of_one_name_are_refused(packed, known, scored, genome, tmp_path):
    """Whether the index was there, as samtools makes it, or not."""
    genome.write_text(genome.read_text().rstrip() + "\n>chr1 again\nACGTACGT\n>chr9\nACGT\n")
    if packed:
        pysam.tabix_compress(str(genome), str(tmp_path / "genome.fa.gz"))
        genome = tmp_path / "genome.fa.gz"
    if known:
        pysam.faidx(str(genome))
    with pytest.raises(InputError, match="'chr1' twice"):
        scored(FILES / "no_newline.bed", genome=genome)


def test_the_index_of_another_genome_is_found_in_bgzip_too(scored, genome, tmp_path):
    packed = tmp_path / "packed.fa.gz"
    pysam.tabix_compress(str(genome), str(packed))
    data = scored(FILES / "no_newline.bed", genome=packed)
    genome.write_text(genome.read_text().replace(">chr2", "ACGT\n>chr2"))
    packed.unlink()
    pysam.tabix_compress(str(genome), str(packed))
    with pytest.raises(InputError, match="index must have been made from it"):
        scored(FILES / "no_newline.bed", genome=packed)
    assert data.sizes["sequence"] == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.encode("utf-16"), "UTF-16"),
        (lambda text: text.encode("utf-8-sig"), "byte-order mark"),
        (lambda text: b"", "it is empty"),
        (lambda text: b"AC" + text.encode(), "does not begin with >"),
        (lambda text: text.replace("\n>chr2", "\nAC\n\nAC\n>chr2").encode(), "a line of another width"),
        (lambda text: bytes(60), "is no text"),
    ],
)
def test_what_is_no_genome_is_told_why(change, words, scored, genome):
    genome.write_bytes(change(genome.read_text()))
    with pytest.raises(InputError, match=words) as told:
        scored(FILES / "no_newline.bed", genome=genome)
    assert "samtools" not in str(told.value)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("packed", [False, True])
def test_genomes_as_people_have_them(packed, end, scored, genome, tmp_path):
    first = scored(FILES / "no_newline.bed").one_hot.values
    other = tmp_path / "a genome.fa"
    other.write_bytes(genome.read_text().lower().replace(">CHR", ">chr").replace("\n", end).encode())
    if packed:
        pysam.tabix_compress(str(other), f"{other}.gz")
        other = tmp_path / "a genome.fa.gz"
    shutil.rmtree(tmp_path / "out.zarr")
    assert np.array_equal(scored(FILES / "no_newline.bed", genome=other).one_hot.values, first)


def test_a_file_is_what_it_holds_whatever_its_name_says(scored, tmp_path):
    for name, data in (("a.bed.gz", b"chr1\t700\t1000\n"), ("b.bed", gzip.compress(b"chr1\t700\t1000\n"))):
        (tmp_path / name).write_bytes(data)
        assert scored(tmp_path / name).start.values.tolist() == [800]


SCORE = "from ismbench.cli import main; main()"


def test_bgzip_without_gzi_in_a_folder_that_cannot_be_written(wide, genome, tmp_path):
    """pysam ends the process there."""
    folder = tmp_path / "closed"
    folder.mkdir()
    pysam.tabix_compress(str(genome), str(folder / "genome.fa.gz"))
    pysam.faidx(str(genome))
    shutil.copy(f"{genome}.fai", folder / "genome.fa.gz.fai")
    wide.save(tmp_path / "wide.keras")
    folder.chmod(0o555)
    words = ["score", tmp_path / "wide.keras", FILES / "no_newline.bed", "--genome", folder / "genome.fa.gz"]
    command = [*permits.HELD_BY_PERMISSIONS, sys.executable, "-c", SCORE, *words, "-o", tmp_path / "out.zarr"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    folder.chmod(0o755)
    assert done.returncode == 2, done.stderr
    assert "without genome.fa.gz.gzi, in a folder that cannot be written" in done.stderr
    assert package.score(
        wide, FILES / "no_newline.bed", tmp_path / "out.zarr", genome=folder / "genome.fa.gz"
    )


def shaped(*shape: int) -> keras.Model:
    x = keras.Input(shape)
    return keras.Model(x, keras.layers.Dense(1)(keras.layers.Flatten()(x)))


@pytest.mark.parametrize("shape", [(4, 100), (100, 4, 1), (1, 100, 4), (4, 100, 1), (4, 1, 100), (100, 1, 4)])
def test_models_that_take_turned_input_are_told_how_to_mend_it(shape, genome, tmp_path):
    model = shaped(*shape)
    with pytest.raises(InputError, match="channels last") as told:
        package.score(model, FILES / "no_newline.bed", tmp_path / "out.zarr", genome=genome)
    mended = eval(str(told.value).partition("x = keras.Input((100, 4)); ")[2], {  # the line of the message itself
        "keras": keras, "model": model, "x": keras.Input((100, 4)),
    })  # fmt: skip
    data = package.score(
        mended, FILES / "no_newline.bed", tmp_path / "out.zarr", genome=genome, method="gradient"
    )
    one_hot = data.one_hot.values.astype("float32")
    turned = one_hot.swapaxes(1, 2) if next(n for n in shape if n != 1) == 4 else one_hot
    expected = model.predict(turned.reshape(1, *shape), verbose=0)
    np.testing.assert_allclose(data.prediction.values, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"shifts": 3}, "which leave 3 of 100 out"),
        ({"shifts": "1,2"}, "Shifts are whole numbers"),
        ({"shifts": (0, 0.5)}, "Shifts are whole numbers"),
        ({"on_error": "ignore"}, "'stop' or 'skip'"),
        ({"rc": "yes"}, "True or False"),
        ({"target": 0.5}, "of type float"),
        ({"window": "3"}, "whole number"),
        ({"window": True}, "whole number"),
        ({"input_format": "peaks"}, "format of inputs"),
        ({"rc_outputs": "turn"}, "without --rc"),
        ({"compare": "log2fc:head"}, "for variants"),
    ],
    ids=str,
)
def test_what_python_is_given_is_checked(options, words, scored, tmp_path):
    with pytest.raises(InputError, match=words):
        scored(FILES / "no_newline.bed", **options)
    assert not [path for path in tmp_path.iterdir() if ".zarr" in path.name]


def test_sizes_may_have_comments_and_spaces():
    from ismbench.scoring.export.sizes import read_sizes

    assert read_sizes(FILES / "comments.sizes") == {"chr1": 6000, "chr2": 3000}


@pytest.mark.parametrize("text", ["chr1\n", "chr1\tx\n", "chr1\t5\nchr1\t6\n"])
def test_a_bad_line_of_sizes_is_named(text, tmp_path):
    from ismbench.scoring.export.sizes import read_sizes

    (tmp_path / "s").write_text("# sizes\n" + text)
    with pytest.raises(InputError, match=f"in line {1 + text.count(chr(10))} of"):
        read_sizes(tmp_path / "s")
