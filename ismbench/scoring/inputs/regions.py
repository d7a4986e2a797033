"""Regions of a genome, and words that name them, such as chr1:1,000-2,000."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ismbench.scoring.inputs.genome import Genome
from ismbench.scoring.inputs.input_record import Broken, Record, Records

__all__ = ["Region", "centred", "is_region", "read_words", "region_records"]

# The names of some sequences hold colons (HLA-A*01:01:01): the last one stands before the numbers.
_WORDS = re.compile(r"(?P<chrom>\S+):(?P<start>\d[\d,]{,17})-(?P<end>\d[\d,]{,17})", re.ASCII)


@dataclass(frozen=True)
class Region:
    """A region as the input has it.

    Attributes:
        name: From the input, or its place in words.
        chrom: Sequence of the genome.
        start: First position, from 0.
        end: One past the last.
        strand: "+", "-" or ".".
        centre: Summit of a peak, otherwise the middle: the right one of two.
    """

    name: str
    chrom: str
    start: int
    end: int
    strand: str
    centre: int


def read_words(text: str) -> tuple[str, int, int] | None:
    """Chromosome, first and last position of a region such as chr1:1,000-2,000; None for any other word."""
    found = _WORDS.fullmatch(text)
    if found is None:
        return None
    return found["chrom"], int(found["start"].replace(",", "")), int(found["end"].replace(",", ""))


def is_region(text: str) -> bool:
    """Whether a word is a region such as chr1:1,000-2,000."""
    return read_words(text) is not None


def region_records(words: Iterable[str], genome: Genome, width: int, flank: int) -> Records:
    """Reads regions given as words, counted from 1 with both ends included, as genome browsers do."""
    for word in words:
        found = read_words(word)
        assert found is not None
        chrom, start, end = found
        if start < 1 or end < start:
            yield Broken(word, f"A region must be chrom:start-end with 1 <= start <= end. Received: {word}")
            continue
        region = Region(word, chrom, start - 1, end, ".", (start - 1 + end) // 2)
        yield centred(region, genome, width, flank)


def centred(region: Region, genome: Genome, width: int, flank: int) -> Record | Broken:
    """The record of a region: ``width`` positions around its centre, however wide it is, and flanks."""
    start = region.centre - width // 2
    reason = genome.check(region.chrom, start - flank, start + width + flank)
    if reason is not None:
        return Broken(region.name, f"{reason} ({region.name})", region.chrom, region.start, region.end)
    letters = genome.letters(region.chrom, start - flank, start + width + flank)
    return Record(region.name, letters, region.chrom, start, start + width, region.strand)
