"""Files of regions as people have them: each is read for what it is, or refused in one line."""

import gzip
import os

import pytest

from ismbench.errors import InputError
from tests.scoring.files_as_they_come.conftest import FILES, PACKED, WIDTH

TEN = "chr1\t1000\t1500\ta\t0\t+\t1\t2\t3\t120\n"
GAPPED = "chr1\t1000\t1500\ta\t0\t.\t1000\t1500\t0\t2\t10,10\t0,490\t1\t2\t3\n"
SUMMIT, MIDDLE = 1000 + 120, 1250


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


def test_latin_1_is_read_and_utf_16_is_told(scored, tmp_path):
    path = tmp_path / "a.bed"
    path.write_bytes("chr1\t700\t1000\tpicé\n".encode("latin-1"))
    assert scored(path).sequence.values.tolist() == ["picé"]
    path.write_bytes("chr1\t700\t1000\ta\n".encode("utf-16"))
    with pytest.raises(InputError, match="save it as UTF-8"):
        scored(path)


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


def test_a_file_is_what_it_holds_whatever_its_name_says(scored, tmp_path):
    for name, data in (("a.bed.gz", b"chr1\t700\t1000\n"), ("b.bed", gzip.compress(b"chr1\t700\t1000\n"))):
        (tmp_path / name).write_bytes(data)
        assert scored(tmp_path / name).start.values.tolist() == [800]


def test_names_of_sequences_may_hold_colons(scored, tmp_path):
    data = scored("HLA-A*01:01:01:201-300")
    assert data.chrom.values.tolist() == ["HLA-A*01:01:01"]
    assert data.start.values.tolist() == [200]


def test_a_narrow_peak_without_its_columns_is_refused(scored, tmp_path):
    path = tmp_path / "a.narrowPeak"
    path.write_text("chr1\t1000\t1500\n")
    with pytest.raises(InputError, match="in narrowPeak at least 10 columns"):
        scored(path)
