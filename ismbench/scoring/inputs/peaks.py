"""Regions in files: BED and its relatives. What a file's columns mean follows from its name or its track line."""

import re
from dataclasses import dataclass
from pathlib import Path

from ismbench.scoring.inputs.genome import Genome
from ismbench.scoring.inputs.input_record import Broken, Records
from ismbench.scoring.inputs.regions import Region, centred
from ismbench.scoring.inputs.text import text_lines

__all__ = ["PEAK_FORMATS", "PeakFormat", "has_columns_of_narrow_peaks", "peak_records"]

_FARTHEST = 2**62
"""Larger numbers are no coordinates, and no array could hold them."""
_TRACK_TYPE = re.compile(r"\btype=[\"']?(\w+)")


@dataclass(frozen=True)
class PeakFormat:
    """A relative of BED.

    Attributes:
        name: As people write it.
        columns: That a record must have.
        summit: Number of the column, from 1, of the summit, counted from the region's start; -1 there is none.
    """

    name: str
    columns: int
    summit: int | None = None


PEAK_FORMATS = {
    "bed": PeakFormat("BED", 3),
    "narrowpeak": PeakFormat("narrowPeak", 10, summit=10),
    "broadpeak": PeakFormat("broadPeak", 9),
    "gappedpeak": PeakFormat("gappedPeak", 15),
}
"""By their names in small letters; https://genome.ucsc.edu/FAQ/FAQformat.html says what the columns are."""


def peak_records(path: Path, kind: str, genome: Genome, width: int, flank: int) -> Records:
    """Reads regions: plain, gzip or bgzip text.

    Args:
        path: The file.
        kind: A key of PEAK_FORMATS; a track line of the file with another type stands above it.
        genome: Where the letters are.
        width: Positions that the model sees, around the summit, or around the middle where there is none.
        flank: Letters to read beyond on both sides.

    Raises:
        InputError: The file cannot be read.
    """
    about = PEAK_FORMATS[kind]
    number = 0
    for line_number, line in text_lines(path, "A file of regions"):
        if _is_heading(line):
            about = _declared(line) or about
            continue
        number += 1
        columns = line.split("\t")
        try:
            region = _parse(columns, about)
        except ValueError:
            yield Broken(f"record {number}", _wrong_columns(line, about, line_number, path))
        else:
            yield centred(region, genome, width, flank)


def _is_heading(line: str) -> bool:
    return not line.strip() or line.startswith("#") or line.split(maxsplit=1)[0] in ("track", "browser")


def _declared(line: str) -> PeakFormat | None:
    found = _TRACK_TYPE.search(line) if line.startswith("track") else None
    return PEAK_FORMATS.get(found[1].lower()) if found else None


def _parse(columns: list[str], about: PeakFormat) -> Region:
    if len(columns) < about.columns:
        raise ValueError("too few columns")
    columns = [column.strip() for column in columns]
    start, end = _number(columns[1]), _number(columns[2])
    if not columns[0] or end <= start or end > _FARTHEST:
        raise ValueError("no region")
    name = columns[3] if len(columns) > 3 and columns[3] not in ("", ".") else ""
    strand = (columns[5] if len(columns) > 5 else "") or "."
    if strand not in ("+", "-", "."):
        raise ValueError("no strand")
    summit = -1 if about.summit is None else _summit(columns[about.summit - 1])
    if summit >= end - start:
        raise ValueError("no summit")
    centre = start + summit if summit >= 0 else (start + end) // 2
    return Region(name or f"{columns[0]}:{start + 1}-{end}", columns[0], start, end, strand, centre)


def _number(text: str) -> int:
    # What int takes besides, such as 1_000 and the digits of other scripts, is no coordinate.
    if not (text.isascii() and text.isdecimal()):
        raise ValueError("no number")
    return int(text)


def _summit(text: str) -> int:
    return -1 if text == "-1" else _number(text)


def _wrong_columns(line: str, about: PeakFormat, number: int, path: Path) -> str:
    summit = f", and in column {about.summit} the summit within the region" if about.summit else ""
    return (
        "A record of regions has tab-separated chrom, start and end with 0 <= start < end; then, if any, name, score"
        f" and strand (+, - or .){summit}; in {about.name} at least {about.columns} columns."
        f" Received: {line[:80]!r} in line {number} of {path.name}"
    )


def has_columns_of_narrow_peaks(path: Path) -> bool:
    """Whether the first record of a file has the columns of a narrowPeak, with a summit that fits."""
    for _, line in text_lines(path, "A file of regions"):
        if not _is_heading(line):
            columns = line.split("\t")
            try:
                _parse(columns, PEAK_FORMATS["narrowpeak"])
            except ValueError:
                return False
            return len(columns) == PEAK_FORMATS["narrowpeak"].columns
    return False
