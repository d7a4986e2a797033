"""Genomes as people have them, and what is none."""

import shutil
import subprocess
import sys

import numpy as np
import pysam
import pytest

import ismbench as package
from ismbench.errors import InputError
from tests.faults import permits
from tests.scoring.files_as_they_come.conftest import FILES

SCORE = "from ismbench.cli import main; main()"


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
