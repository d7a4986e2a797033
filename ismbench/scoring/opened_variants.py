"""Variants of a store, read chunk by chunk: allele by allele, or by the lines of the input that they stand in."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.scoring.opened import Opened

__all__ = ["Allele", "VariantLine", "alleles", "lines_of_variants"]

NOT_REACHED = "the run has not come to it"


@dataclass(frozen=True, eq=False)
class Allele:
    """One other allele of a variant.

    Attributes:
        name: From the input.
        chrom: Sequence of the genome.
        pos: First base of the reference allele, from 1.
        ref: Reference allele.
        alt: The other allele.
        reason: Why it was not scored; empty if it was.
        values: By the names of the store's variables, (K,) each.
        line: Number of its line in the input; -1 where that is none of a VCF.
        text: That line, with its first allele.
    """

    name: str
    chrom: str
    pos: int
    ref: str
    alt: str
    reason: str
    values: dict[str, NDArray[Any]]
    line: int
    text: str


@dataclass(frozen=True, eq=False)
class VariantLine:
    """A line of the input.

    Attributes:
        text: As it was.
        alleles: Its other alleles.
    """

    text: str
    alleles: list[Allele]


def alleles(opened: Opened) -> Iterator[Allele]:
    """Reads every allele in order."""
    texts = ("variant", "chrom", "pos", "ref", "alt", "reason", "line", "line_text")
    keys = opened.variant_values
    step = int(opened.group["effects"].chunks[0])
    for first in range(0, opened.count, step):
        rows = slice(first, first + step)
        columns = [opened.group[name][rows] for name in texts]
        values = {key: np.asarray(opened.group[key][rows]) for key in keys}
        for i, (name, chrom, pos, ref, alt, reason, line, text) in enumerate(zip(*columns, strict=True)):
            mine = {key: value[i] for key, value in values.items()}
            why = str(reason)
            if not why and np.isnan(mine["effects"]).all():
                why = NOT_REACHED
            yield Allele(str(name), str(chrom), int(pos), str(ref), str(alt), why, mine, int(line), str(text))


def lines_of_variants(opened: Opened) -> Iterator[VariantLine]:
    """Reads the lines of the input, with what was found for their alleles."""
    for number, group in groupby(alleles(opened), key=lambda allele: allele.line):
        if number >= 0:
            together = list(group)
            yield VariantLine(together[0].text, together)
