"""Regions of a genome: BED and narrowPeak files, and words such as chr1:1,000-2,000."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ismbench.errors import InputError
from ismbench.scoring.genome import Genome
from ismbench.scoring.records import Broken, Record, Records

__all__ = ["bed_records", "is_region", "read_words", "region_records"]

_WORDS = re.compile(r"(?P<chrom>[^:\s]+):(?P<start>\d[\d,]{,17})-(?P<end>\d[\d,]{,17})", re.ASCII)
_HEADERS = ("track", "browser")
_FEWEST = 3
_FARTHEST = 2**62
"""Larger numbers are no coordinates, and no array could hold them."""
_NARROW_PEAK = 10
"""Columns of a narrowPeak file; the last is the summit, counted from the start of the peak, or -1."""


@dataclass(frozen=True)
class _Region:
    """A region as the input has it; centre is the summit of a peak, otherwise its middle."""

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
        region = _Region(word, chrom, start - 1, end, ".", (start - 1 + end) // 2)
        yield _read(region, genome, width, flank)


def bed_records(path: Path, genome: Genome, width: int, flank: int) -> Records:
    """Reads a BED or narrowPeak file: plain, gzip or bgzip.

    Args:
        path: The file.
        genome: Where the letters are.
        width: Positions that the model sees, around the summit, or around the middle where there is none.
        flank: Letters to read beyond on both sides.

    Raises:
        InputError: The file cannot be read.
    """
    for number, columns in enumerate(_lines(path), start=1):
        try:
            region = _parse(columns)
        except ValueError:
            yield Broken(f"record {number}", _wrong_columns(columns, number, path))
        else:
            yield _read(region, genome, width, flank)


def _lines(path: Path) -> Iterator[tuple[str, ...]]:
    import pysam
    from xopen import xopen

    try:
        with xopen(path, "rb", threads=0) as file:
            for row in pysam.tabix_iterator(file, pysam.asTuple()):
                columns = tuple(row)
                if columns and columns[0].split(" ")[0] not in _HEADERS:
                    yield columns
    except Exception as error:  # every compression has an error of its own
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(
            f"A BED file must be plain, gzip or bgzip text. Received: {path}: {reason}"
        ) from None


def _parse(columns: tuple[str, ...]) -> _Region:
    if len(columns) < _FEWEST:
        raise ValueError("no region")
    start, end = int(columns[1]), int(columns[2])
    if not columns[0] or start < 0 or end <= start or end > _FARTHEST:
        raise ValueError("no region")
    name = columns[3] if len(columns) > 3 and columns[3] not in ("", ".") else ""
    strand = columns[5] if len(columns) > 5 else "."
    if strand not in ("+", "-", "."):
        raise ValueError("no strand")
    summit = int(columns[9]) if len(columns) == _NARROW_PEAK else -1
    if summit >= end - start:
        raise ValueError("no summit")
    centre = start + summit if summit >= 0 else (start + end) // 2
    return _Region(name or f"{columns[0]}:{start + 1}-{end}", columns[0], start, end, strand, centre)


def _wrong_columns(columns: tuple[str, ...], number: int, path: Path) -> str:
    return (
        "A BED record has tab-separated chrom, start and end with 0 <= start < end; then, if any, name, score and"
        f" strand (+, - or .), and in column {_NARROW_PEAK} of a narrowPeak file the summit within the peak."
        f" Received: {' '.join(columns)[:80]!r} as record {number} of {path.name}"
    )


def _read(region: _Region, genome: Genome, width: int, flank: int) -> Record | Broken:
    start = region.centre - width // 2
    reason = genome.check(region.chrom, start - flank, start + width + flank)
    if reason is not None:
        return Broken(region.name, f"{reason} ({region.name})", region.chrom, region.start, region.end)
    letters = genome.letters(region.chrom, start - flank, start + width + flank)
    return Record(region.name, letters, region.chrom, start, start + width, region.strand)
