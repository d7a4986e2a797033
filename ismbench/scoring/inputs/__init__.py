"""What the words after the model's name are: a file of sequences, regions or variants, or regions themselves."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ismbench.bench.experiment.refusals import hint
from ismbench.errors import InputError
from ismbench.scoring.inputs.fasta import fasta_records
from ismbench.scoring.inputs.genome import Genome
from ismbench.scoring.inputs.input_record import Records
from ismbench.scoring.inputs.peaks import PEAK_FORMATS, has_columns_of_narrow_peaks, peak_records
from ismbench.scoring.inputs.regions import is_region, region_records
from ismbench.scoring.inputs.vcf import vcf_records
from ismbench.scoring.inputs.vcf_lines import VcfFile
from ismbench.scoring.store import require

__all__ = ["FORMATS", "Reading", "Source", "find_source"]

_ENDINGS = {
    ".fa": "fasta", ".fasta": "fasta", ".fna": "fasta", ".fas": "fasta", ".ffn": "fasta",
    **{f".{name}": name for name in PEAK_FORMATS},
    ".bed3": "bed", ".bed6": "bed", ".bed12": "bed",
    ".vcf": "vcf", ".bcf": "vcf",
}  # fmt: skip
_COMPRESSED = (".gz", ".bgz", ".bgzf", ".bz2", ".xz", ".zst")
FORMATS = ("fasta", *PEAK_FORMATS, "vcf")
"""Formats of files, as --input-format takes them."""


class Reading(NamedTuple):
    """An input that is being read.

    Attributes:
        records: In order, read lazily.
        vcf: The file of variants, whose header is complete after the records.
    """

    records: Records
    vcf: VcfFile | None = None


@dataclass(frozen=True)
class Source:
    """Where the sequences come from.

    Attributes:
        kind: One of FORMATS, or "regions" for regions given as words.
        words: One file, or regions.
        genome: FASTA file of the genome; None for a FASTA input.
        given: The format was given, not taken from the file's name.
    """

    kind: str
    words: tuple[str, ...]
    genome: Path | None
    given: bool = False

    @property
    def variants(self) -> bool:
        """Whether records are variants."""
        return self.kind == "vcf"

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

    def remark(self) -> str | None:
        """What a user may want to know of how the input is read."""
        if self.kind == "bed" and not self.given and has_columns_of_narrow_peaks(Path(self.words[0])):
            return (
                f"{self.text} has the ten columns of a narrowPeak and the name of a BED file: regions are taken around"
                " their middle; around the summits with --input-format narrowpeak"
            )
        return None

    @contextmanager
    def open(self, width: int, flank: int) -> Iterator[Reading]:
        """Yields the records, read lazily.

        Args:
            width: Positions that the model sees.
            flank: Letters to read beyond on both sides.

        Raises:
            InputError: A file cannot be read.
        """
        if self.kind == "fasta":
            yield Reading(fasta_records(Path(self.words[0]), width + 2 * flank))
            return
        assert self.genome is not None
        with closing(Genome(self.genome)) as genome:
            if self.kind == "regions":
                yield Reading(region_records(self.words, genome, width, flank))
            elif self.variants:
                file = VcfFile(Path(self.words[0]))
                yield Reading(vcf_records(file, genome, width), file)
            else:
                yield Reading(peak_records(Path(self.words[0]), self.kind, genome, width, flank))


def find_source(words: Sequence[str], genome: Path | None, kind: str | None = None) -> Source:
    """Decides what an input is.

    Args:
        words: One file, or regions.
        genome: FASTA file of the genome.
        kind: One of FORMATS; by default the file's name says it.

    Raises:
        InputError: It is none of the kinds, does not exist, or needs a genome.
    """
    words = tuple(words)
    if words and not Path(words[0]).is_file() and all(is_region(word) for word in words):
        return _with_genome("regions", words, genome)
    if len(words) != 1:
        raise InputError(
            f"An input must be one file, or regions such as chr1:1,001-2,000. Received: {' '.join(words) or 'none'}"
        )
    path = Path(words[0])
    if words[0] == "-" or path.is_fifo():
        raise InputError(
            f"An input must be a file, since a run that goes on reads it again. Received: {path}, a stream; write"
            " it to a file first"
        )
    if not path.is_file():
        raise InputError(f"An input must be a file that exists, or regions chrom:start-end. Received: {path}")
    if kind is not None and kind not in FORMATS:
        raise InputError(
            f"A format of inputs must be one of the table. Received: {kind!r}{hint(kind, FORMATS)}"
        )
    found = kind or _kind(path)
    return _with_genome(found, words, genome, given=kind is not None)


def _kind(path: Path) -> str:
    """The format that a name says; a .txt is what stands before it, or BED."""
    name = path.name.lower()
    for ending in _COMPRESSED:
        name = name.removesuffix(ending)
    is_text = name.endswith(".txt")
    kind = _ENDINGS.get(Path(name.removesuffix(".txt")).suffix)
    if kind is None and not is_text:
        raise InputError(
            f"An input file must end in {', '.join(_ENDINGS)} or .txt, and .gz or .bgz if compressed, or have"
            f" --input-format. Received: {path.name}"
        )
    return kind or "bed"


def _with_genome(kind: str, words: tuple[str, ...], genome: Path | None, *, given: bool = False) -> Source:
    if kind == "fasta":
        return Source(kind, words, None, given)
    if genome is None:
        raise InputError(f"Regions and variants need --genome FASTA. Received: {words[0]} without it")
    return Source(kind, words, genome, given)
