"""Saturation mutagenesis of regulatory elements in reporter assays.

Kircher et al., Nature Communications 10:3583, 2019.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ismbench.errors import InputError
from ismbench.sequence import DNA, OneHot, one_hot

__all__ = ["Element", "MeasuredVariant", "effects", "elements_of", "read_elements", "read_satmut"]

_COLUMNS = ("Chrom", "Pos", "Ref", "Alt", "Barcodes", "Coefficient", "pValue", "Element", "Release")
_HEADER = re.compile(r"(?P<name>\S+) (?P<release>\S+) (?P<chrom>\w+):(?P<start>\d+)-(?P<end>\d+)")


@dataclass(frozen=True)
class MeasuredVariant:
    """The measured effect of one substitution.

    Attributes:
        element: Name of the regulatory element.
        chrom: Chromosome.
        position: On it, from 1.
        ref: Reference base.
        alt: New base.
        barcodes: How many tags carried it; few make it unreliable.
        effect: Log2 of the change of expression, a coefficient of their regression.
        p_value: Of the effect.
    """

    element: str
    chrom: str
    position: int
    ref: str
    alt: str
    barcodes: int
    effect: float
    p_value: float


@dataclass(frozen=True)
class Element:
    """The sequence of a regulatory element.

    Attributes:
        name: As in the variants.
        chrom: Chromosome.
        start: Position of its first base, from 1.
        x: float32 (L, 4), one-hot; an all-zero column where no variant tells the base.
    """

    name: str
    chrom: str
    start: int
    x: OneHot


def read_satmut(path: Path, release: str = "GRCh38", *, min_barcodes: int = 10) -> list[MeasuredVariant]:
    """Reads the table of all elements; deletions and insertions are left out.

    Args:
        path: Tab-separated, plain or compressed, with the columns of Kircher et al.
        release: Of the genome; the table has each variant in several.
        min_barcodes: Variants with fewer are left out, as the authors do.

    Raises:
        InputError: The file is missing, has other columns, or a value that is no number.
    """
    if not path.is_file():
        raise InputError(f"A table of measured variants must exist. Received: {path}")
    found = []
    for line, row in _rows(path):
        if row["Release"] != release or row["Ref"] not in DNA or row["Alt"] not in DNA:
            continue
        try:
            variant = MeasuredVariant(
                row["Element"], row["Chrom"], int(row["Pos"]), row["Ref"], row["Alt"],
                int(row["Barcodes"]), float(row["Coefficient"]), float(row["pValue"]),
            )  # fmt: skip
        except ValueError as error:
            raise InputError(
                f"A measured variant must have numbers. Received: {path}, line {line}: {error}"
            ) from None
        if variant.barcodes >= min_barcodes:
            found.append(variant)
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    from xopen import xopen

    with xopen(path, threads=0) as file:
        reader = csv.DictReader(file, delimiter="\t")
        missing = [c for c in _COLUMNS if c not in (reader.fieldnames or ())]
        if missing:
            raise InputError(
                f"Measured variants need the columns {', '.join(_COLUMNS)}. Received: {path} without {missing[0]}"
            )
        for row in reader:
            if None in row.values():
                raise InputError(f"A row must be whole. Received: {path}, line {reader.line_num}")
            yield reader.line_num, row


def read_elements(path: Path) -> dict[str, Element]:
    """Reads the sequences of elements: FASTA whose headers are ``NAME RELEASE CHROM:START-END ...``.

    Raises:
        InputError: The file is missing, or a header tells no place.
    """
    if not path.is_file():
        raise InputError(f"A FASTA file must exist. Received: {path}")
    found: dict[str, Element] = {}
    for record in path.read_text(encoding="utf-8").split(">")[1:]:
        header, _, letters = record.partition("\n")
        place = _HEADER.match(header)
        sequence = "".join(letters.split())
        if place is None or int(place["end"]) - int(place["start"]) + 1 != len(sequence):
            raise InputError(
                f"An element's header must be NAME RELEASE CHROM:START-END of its sequence. Received: {header[:80]!r}"
                f" in {path}, with {len(sequence)} bases"
            )
        x = one_hot([sequence], names=[place["name"]])[0]
        found[place["name"]] = Element(place["name"], place["chrom"], int(place["start"]), x)
    return found


def elements_of(variants: Iterable[MeasuredVariant]) -> dict[str, Element]:
    """Elements as far as their variants tell the reference; N where none does."""
    by_name: dict[str, list[MeasuredVariant]] = {}
    for variant in variants:
        by_name.setdefault(variant.element, []).append(variant)
    found = {}
    for name, own in by_name.items():
        start, end = min(v.position for v in own), max(v.position for v in own)
        x = np.zeros((end - start + 1, len(DNA)), np.float32)
        for variant in own:
            x[variant.position - start, DNA.index(variant.ref)] = 1
        found[name] = Element(name, own[0].chrom, start, x)
    return found


def effects(element: Element, variants: Iterable[MeasuredVariant]) -> npt.NDArray[np.float64]:
    """Measured effects (L, 4) of an element, NaN where nothing was measured.

    Raises:
        InputError: A variant of the element lies outside of it, or contradicts its sequence.
    """
    found = np.full(element.x.shape, np.nan)
    for variant in variants:
        if variant.element != element.name:
            continue
        i = variant.position - element.start
        inside = 0 <= i < len(element.x)
        if not inside or not element.x[i, DNA.index(variant.ref)]:
            raise InputError(
                f"A variant must fit the sequence of its element. Received: {variant.ref} at {variant.chrom}:"
                f"{variant.position} of {element.name}"
            )
        found[i, DNA.index(variant.alt)] = variant.effect
    return found
