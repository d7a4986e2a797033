import gzip
from pathlib import Path

import numpy as np
import pytest

from ismbench.errors import InputError
from ismbench.sequence import decode, read_fasta, shipped_dm3


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str, name: str = "in.fa") -> Path:
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return write


@pytest.mark.parametrize("name", ["in.fa", "in.fasta", "in.fa.gz", "in.txt"])
def test_plain_and_compressed(write, name: str) -> None:
    sequences = read_fasta(write(">one first\nACG\nTN\n\n>two\nacgta\n", name))
    assert sequences.names == ("one", "two")
    assert decode(sequences.x) == ["ACGTN", "ACGTA"]
    assert sequences.source == f"fasta:{name}"
    assert sequences.motifs is None


def test_windows_line_ends_and_unnamed_records(write) -> None:
    sequences = read_fasta(write(">\r\nAC\r\nGT\r\n"))
    assert sequences.names == ("record 1",)
    assert decode(sequences.x) == ["ACGT"]


@pytest.mark.parametrize(("length", "centres"), [(4, ["ACGT", "CCCC"]), (3, ["ACG", "CCC"]), (1, ["C", "C"])])
def test_longer_records_take_the_centre(write, length: int, centres: list[str]) -> None:
    assert decode(read_fasta(write(">a\nACGT\n>b\nAACCCCTT\n"), length).x) == centres


def test_limit_reads_only_the_first(write) -> None:
    assert read_fasta(write(">a\nA\n>b\nC\n>c\n!\n"), limit=2).names == ("a", "b")


@pytest.mark.parametrize(
    ("text", "length", "message"),
    [
        ("", None, "which has none"),
        ("ACGT\n", None, "must be FASTA"),
        ("@r\nACGT\n+\nIIII\n", None, "must be FASTA"),
        (">a\nACGT\n>b\n\n>c\nACGT\n", None, "b in .*, which is empty"),
        (">a\nACGT\n>b\nAC*T\n", None, r"'\*' in b at position 3"),
        (">a\n*ACGTA\n", 4, r"'\*' in a at position 1"),
        (">a\nAC GT\n", None, "' ' in a at position 3"),
        (">a\nACG\n", 4, "length as the model|a, which has 3 letters"),
        (">a\nACG\n>b\nACGT\n", None, "3 in a and 4 in b"),
        (">a\nACG\n", 0, "at least 1"),
    ],
)
def test_bad_files_get_one_clear_line(write, text: str, length: int | None, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        read_fasta(write(text), length)
    assert "\n" not in str(raised.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must exist"):
        read_fasta(tmp_path / "nothing.fa")
    with pytest.raises(InputError, match="must exist"):
        read_fasta(tmp_path)


def test_a_truncated_gzip_file(write, tmp_path: Path) -> None:
    whole = write(">a\n" + "ACGT" * 1000 + "\n", "whole.fa.gz").read_bytes()
    (tmp_path / "cut.fa.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"must be FASTA.*cut\.fa\.gz"):
        read_fasta(tmp_path / "cut.fa.gz")


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "binary.fa").write_bytes(b">a\n\xff\xfe\x00")
    with pytest.raises(InputError):
        read_fasta(tmp_path / "binary.fa")


def test_the_shipped_regions_are_a_hundred_different_ones() -> None:
    sequences = shipped_dm3()
    assert sequences.x.shape == (100, 2000, 4)
    assert len(set(decode(sequences.x))) == len(set(sequences.names)) == 100
    assert sequences.x.any(axis=2).all()


def test_shorter_models_take_the_centre_of_the_shipped_regions() -> None:
    np.testing.assert_array_equal(shipped_dm3(1000, limit=3).x, shipped_dm3().x[:3, 500:1500])


def test_more_than_ships_is_refused() -> None:
    with pytest.raises(InputError, match="has 100 sequences"):
        shipped_dm3(limit=101)
    with pytest.raises(InputError, match="2000 letters"):
        shipped_dm3(2001)


def test_the_shipped_regions_are_unchanged(shared_data: Path) -> None:
    (path,) = (shared_data / "dm3_upstream").glob("*.fa.gz")
    whole = read_fasta(path)
    assert len(whole) == 1000
    known = dict(zip(whole.names, decode(whole.x), strict=True))
    shipped = shipped_dm3()
    assert [known[name] for name in shipped.names] == decode(shipped.x)


@pytest.mark.parametrize("ending", [".fa.gz", ".fa.bz2", ".fa.xz", ".fa.zst"])
def test_files_that_are_not_compressed_as_they_say(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"in{ending}").write_bytes(b"\x1f\x8b\xfd7zXZ\x00BZh9(\xb5/\xfd nothing")
    with pytest.raises(InputError, match="must be FASTA, plain or compressed"):
        read_fasta(tmp_path / f"in{ending}")


@pytest.mark.parametrize("text", [">a\n" + "A" * 50_000_000, ">" + "a" * 50_000_000, "\n" * 50_000_000])
def test_a_small_file_that_unfolds_to_a_large_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr("ismbench.sequence.fasta.MOST_BYTES", 10_000_000)
    path = tmp_path / "bomb.fa.gz"
    path.write_bytes(gzip.compress(text.encode(), 1))
    with pytest.raises(InputError, match=r"at most 10,000,000 letters.*bomb\.fa\.gz"):
        read_fasta(path)


def test_what_comes_after_the_last_record_that_is_read_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ismbench.sequence.fasta.MOST_BYTES", 1_000_000)
    (tmp_path / "long.fa").write_text(">a\nACGT\n>b\nACGT\n" + ">c\nACGT\n" * 300_000)
    assert len(read_fasta(tmp_path / "long.fa", limit=1)) == 1


def test_names_are_short_and_act_on_no_terminal(write) -> None:
    with pytest.raises(InputError, match=r"at most 255 letters\. Received: aaaaaaaaaa.*with 256"):
        read_fasta(write(">" + "a" * 256 + "\nA\n"))
    (name,) = read_fasta(write(">\x1b[31mred\x07\nA\n")).names
    assert name == "\ufffd[31mred\ufffd"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("gène_α première".encode(), "gène_α"),
        ("遺伝子".encode(), "遺伝子"),
        ("\ufeff".encode() + b"x", "x"),
        ("g\u202eene".encode(), "g\N{REPLACEMENT CHARACTER}ene"),  # would turn a terminal's writing around
        ("gène".encode("latin-1"), "g\N{REPLACEMENT CHARACTER}ne"),
    ],
)
def test_headers_are_utf_8(tmp_path: Path, header: bytes, name: str) -> None:
    path = tmp_path / "x.fa"
    mark = header.startswith(b"\xef\xbb\xbf")
    path.write_bytes((header[:3] + b">" + header[3:] if mark else b">" + header) + b"\nACGT\n>b\nACGT\n")
    assert read_fasta(path).names == (name, "b")


def test_letters_that_are_not_ascii_are_refused_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "x.fa"
    path.write_text(">a\nACGÄ\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"'Ä' in a at position 4"):
        read_fasta(path)
