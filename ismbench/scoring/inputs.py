"""What the words after the model's name are: a FASTA, BED, narrowPeak, VCF or BCF file, or regions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ismbench.errors import InputError
from ismbench.scoring.fasta_input import fasta_records
from ismbench.scoring.genome import Genome
from ismbench.scoring.hashes import file_hash
from ismbench.scoring.records import Records
from ismbench.scoring.region_input import bed_records, is_region, region_records
from ismbench.scoring.store import require
from ismbench.scoring.vcf_input import vcf_records

__all__ = ["Kind", "Source", "find_source"]

Kind = Literal["fasta", "bed", "vcf", "regions"]

_ENDINGS: dict[str, Kind] = {
    ".fa": "fasta", ".fasta": "fasta", ".fna": "fasta",
    ".bed": "bed", ".narrowpeak": "bed",
    ".vcf": "vcf", ".bcf": "vcf",
}  # fmt: skip
_COMPRESSED = (".gz", ".bgz", ".bgzf")


@dataclass(frozen=True)
class Source:
    """Where the sequences come from.

    Attributes:
        kind: How to read it.
        words: One file, or regions.
        genome: FASTA file of the genome; None for a FASTA input.
    """

    kind: Kind
    words: tuple[str, ...]
    genome: Path | None

    @property
    def text(self) -> str:
        """What records call it: the name of the file, or the regions."""
        return " ".join(self.words) if self.kind == "regions" else Path(self.words[0]).name

    def check(self) -> None:
        """Opens the genome, which also makes its index.

        Raises:
            InputError: It cannot be read.
        """
        if self.genome is not None:
            require("pysam")
            Genome(self.genome).close()

    def identity(self) -> list[str]:
        """Changes when the input changes: hashes of the files, of a genome its index and size."""
        content = " ".join(self.words) if self.kind == "regions" else file_hash(Path(self.words[0]))
        if self.genome is None:
            return [self.kind, content]
        index = self.genome.with_name(f"{self.genome.name}.fai")
        return [self.kind, content, file_hash(index), str(self.genome.stat().st_size)]

    @contextmanager
    def open(self, width: int, flank: int) -> Iterator[Records]:
        """Yields the records, read lazily.

        Args:
            width: Positions that the model sees.
            flank: Letters to read beyond on both sides.

        Raises:
            InputError: A file cannot be read.
        """
        if self.kind == "fasta":
            yield fasta_records(Path(self.words[0]), width + 2 * flank)
            return
        assert self.genome is not None
        with Genome(self.genome) as genome:
            if self.kind == "regions":
                yield region_records(self.words, genome, width, flank)
            elif self.kind == "bed":
                yield bed_records(Path(self.words[0]), genome, width, flank)
            else:
                yield vcf_records(Path(self.words[0]), genome, width)


def find_source(words: Sequence[str], genome: Path | None) -> Source:
    """Decides what an input is.

    Raises:
        InputError: It is none of the kinds, does not exist, or needs a genome.
    """
    words = tuple(words)
    if words and all(is_region(word) for word in words):
        return _with_genome("regions", words, genome)
    if len(words) != 1:
        raise InputError(
            f"An input must be one file, or regions such as chr1:1,001-2,000. Received: {' '.join(words) or 'none'}"
        )
    path = Path(words[0])
    if not path.is_file():
        raise InputError(f"An input must be a file that exists, or regions chrom:start-end. Received: {path}")
    name = path.name.lower()
    for ending in _COMPRESSED:
        name = name.removesuffix(ending)
    kind = _ENDINGS.get(Path(name).suffix)
    if kind is None:
        raise InputError(
            f"An input file must end in {', '.join(_ENDINGS)}, and .gz or .bgz if compressed. Received: {path.name}"
        )
    if kind == "fasta":
        return Source(kind, words, None)
    return _with_genome(kind, words, genome)


def _with_genome(kind: Kind, words: tuple[str, ...], genome: Path | None) -> Source:
    if genome is None:
        raise InputError(f"Regions and variants need --genome FASTA. Received: {words[0]} without it")
    return Source(kind, words, genome)
