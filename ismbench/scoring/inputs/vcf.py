"""Variants of a VCF or BCF file, each allele with its surroundings.

The model sees ``width`` letters, the variant's first base at position ``width // 2``. With an insertion or deletion the
letters left of it stay where they are, and the right end moves: letters fall off, or come in from the genome. Outputs
are compared place by place, not aligned.
"""

import re
from collections.abc import Iterator

from ismbench.scoring.inputs.genome import Genome
from ismbench.scoring.inputs.input_record import Broken, Line, Record, Records, Variant
from ismbench.scoring.inputs.vcf_lines import VcfFile, VcfLine

__all__ = ["vcf_records"]

_LETTERS = re.compile("[ACGT]+")


def vcf_records(file: VcfFile, genome: Genome, width: int) -> Records:
    """Reads variants; a line with several other alleles becomes several records.

    Args:
        file: The file.
        genome: Where the letters are; the reference allele must be what they say.
        width: Positions that the model sees.

    Raises:
        InputError: The file cannot be read.
    """
    for line in file.lines():
        if line.fault:
            yield Broken(f"record {line.number}", line.fault)
        else:
            yield from _alleles(line, genome, width)


def _alleles(line: VcfLine, genome: Genome, width: int) -> Iterator[Record | Broken]:
    # The text is kept once, with the first allele.
    texts = (line.text, *[""] * (len(line.alts) - 1))
    for alt, text in zip(line.alts, texts, strict=True):
        # Names within symbolic alleles and breakends keep their case.
        letters = alt.upper() if _LETTERS.fullmatch(alt.upper()) else alt
        yield _read(line, letters, Line(line.number, text), genome, width)


def _read(line: VcfLine, alt: str, source: Line, genome: Genome, width: int) -> Record | Broken:
    place, ref = line.position - 1, line.ref
    name = line.name or f"{line.chrom}:{line.position}:{ref}>{alt or '.'}"

    def broken(reason: str) -> Broken:
        return Broken(name, reason, line.chrom, place, place + len(ref), ref, alt, source)

    if not _LETTERS.fullmatch(ref) or not _LETTERS.fullmatch(alt):
        return broken(
            "A variant to score needs alleles of letters A, C, G, T. Received:"
            f" {ref or '.'}>{alt or '.'} in record {line.number} ({name})"
        )
    start = place - width // 2
    # A long deletion needs letters from beyond the window.
    end = max(start + width + max(0, len(ref) - len(alt)), place + len(ref))
    reason = genome.check(line.chrom, start, end)
    if reason is not None:
        return broken(f"{reason} (record {line.number}, {name})")
    letters = genome.letters(line.chrom, start, end)
    middle = width // 2
    found = letters[middle : middle + len(ref)]
    if found != ref:
        return broken(
            f"The reference allele must be what the genome has. Received: {ref} in record {line.number} ({name}),"
            f" where {genome.path.name} has {found}; is it the same assembly?"
        )
    other = (letters[:middle] + alt + letters[middle + len(ref) :])[:width]
    change = Variant(line.position, ref, alt, other)
    return Record(name, letters[:width], line.chrom, start, start + width, ".", change, source)
