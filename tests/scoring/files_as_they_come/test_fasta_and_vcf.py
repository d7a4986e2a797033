"""Sequences and variants as people have them."""

import gzip

import pytest

import ismbench as package
from ismbench.errors import InputError
from tests.scoring.files_as_they_come.conftest import FILES, PACKED, WIDTH


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
