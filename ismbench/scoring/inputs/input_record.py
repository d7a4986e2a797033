"""What a line of the input becomes: a sequence with its place, or a reason why it cannot be scored."""

from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Broken", "Line", "Record", "Records", "Variant"]


@dataclass(frozen=True)
class Line:
    """The line of a VCF file that a variant stands in.

    Attributes:
        number: Of the line, from 1; headers do not count.
        text: The line, with its first allele; empty with the others.
    """

    number: int
    text: str = field(repr=False)


@dataclass(frozen=True)
class Variant:
    """The change that a variant makes.

    Attributes:
        position: First base of the reference allele, counted from 1 as in VCF.
        ref: Reference allele.
        alt: The other allele.
        letters: The model's input with the other allele in it.
    """

    position: int
    ref: str
    alt: str
    letters: str


@dataclass(frozen=True)
class Record:
    """One sequence to score.

    Attributes:
        name: From the input; where it gives none, the place in words.
        letters: What the model sees, with as many letters more on both sides as the largest shift.
        chrom: Sequence of the genome; empty for a FASTA record.
        start: First position that the model sees, from 0; -1 for a FASTA record.
        end: One past the last; -1 for a FASTA record.
        strand: "+", "-" or "." as the input says; letters are always of the forward strand.
        variant: For a line of a VCF file.
        line: For a line of a VCF file.
    """

    name: str
    letters: str = field(repr=False)
    chrom: str = ""
    start: int = -1
    end: int = -1
    strand: str = "."
    variant: Variant | None = None
    line: Line | None = None


@dataclass(frozen=True)
class Broken:
    """A record that cannot be scored.

    Attributes:
        name: Which.
        reason: Why, in one line: the rule, what was received and what to do.
        chrom: Where it says it is.
        start: As it says, from 0; -1 if it does not.
        end: As it says; -1 if it does not.
        ref: Its reference allele, if it is a variant.
        alt: Its other allele, if it is a variant.
        line: Where it stands, if it is a variant that an export can hold.
    """

    name: str
    reason: str
    chrom: str = ""
    start: int = -1
    end: int = -1
    ref: str = ""
    alt: str = ""
    line: Line | None = None


Records = Iterator[Record | Broken]
"""Read one at a time, so that memory does not grow with the file."""
