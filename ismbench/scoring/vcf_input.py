"""Variants of a VCF or BCF file, each allele with its surroundings."""

import re
from pathlib import Path
from typing import Any

from ismbench.errors import InputError
from ismbench.scoring.genome import Genome
from ismbench.scoring.records import Broken, Record, Records, Variant

__all__ = ["vcf_records"]

_LETTERS = re.compile("[ACGTN]+")


def vcf_records(path: Path, genome: Genome, width: int) -> Records:
    """Reads a VCF or BCF file: plain, gzip or bgzip. A line with several other alleles becomes several records.

    The model sees ``width`` letters with the variant's first base in the middle. With an insertion or deletion
    the letters left of it stay, and the right end moves: letters fall off, or come in from the genome.

    Args:
        path: The file.
        genome: Where the letters are; the reference allele must be what they say.
        width: Positions that the model sees.

    Raises:
        InputError: The file cannot be read.
    """
    import pysam

    try:
        with pysam.VariantFile(str(path)) as file:
            for number, line in enumerate(file, start=1):
                ref = (line.ref or "").upper()
                for alt in line.alts or ("",):
                    # Names within symbolic alleles and breakends keep their case.
                    letters = alt.upper()
                    yield _read(
                        line, number, ref, letters if _LETTERS.fullmatch(letters) else alt, genome, width
                    )
    except (OSError, ValueError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"A VCF file must be plain, gzip or bgzip, with its header. Received: {path}: {reason}"
        ) from None


def _read(line: Any, number: int, ref: str, alt: str, genome: Genome, width: int) -> Record | Broken:
    place = line.pos - 1
    name = line.id or f"{line.chrom}:{line.pos}:{ref}>{alt or '.'}"

    def broken(reason: str) -> Broken:
        return Broken(name, reason, line.chrom, place, place + len(ref), ref, alt)

    if not _LETTERS.fullmatch(ref) or not _LETTERS.fullmatch(alt):
        return broken(
            "A variant to score needs alleles of letters A, C, G, T, N. Received:"
            f" {ref or '.'}>{alt or '.'} in record {number} ({name})"
        )
    start = place - width // 2
    # A long deletion needs letters from beyond the window.
    end = start + width + max(0, len(ref) - len(alt))
    reason = genome.check(line.chrom, start, max(end, place + len(ref)))
    if reason is not None:
        return broken(f"{reason} (record {number}, {name})")
    letters = genome.letters(line.chrom, start, max(end, place + len(ref)))
    middle = width // 2
    found = letters[middle : middle + len(ref)]
    if found != ref:
        return broken(
            f"The reference allele must be what the genome has. Received: {ref} in record {number} ({name}), where"
            f" {genome.path.name} has {found}; is it the same assembly?"
        )
    other = (letters[:middle] + alt + letters[middle + len(ref) :])[:width]
    return Record(
        name, letters[:width], line.chrom, start, start + width, ".", Variant(line.pos, ref, alt, other)
    )
