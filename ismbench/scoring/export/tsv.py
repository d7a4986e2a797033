"""Tab-separated text: a line for every scored position, or for every variant."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from ismbench.files import whole_file
from ismbench.scoring.export import ExportOptions
from ismbench.scoring.export.quantiles import Quantiles
from ismbench.scoring.opened import Opened, Passage
from ismbench.scoring.opened_variants import alleles
from ismbench.scoring.store_layout import BASES

__all__ = ["write"]

_PLACE = ("name", "chrom", "position_from_0", "base")


def write(opened: Opened, out: Path, options: ExportOptions) -> list[Path]:
    """Writes text, compressed if the name ends in .gz; positions are counted from 0, those of variants from 1.

    Of one output, the contribution and what each base would contribute; of several, a column of contributions each.
    """
    if opened.variants:
        lines = _variants(opened, options)
    elif options.output is None or len(opened.chosen(options.output)) == 1:
        lines = _positions(opened, opened.output(options.output))
    else:
        lines = _of_several(opened, opened.chosen(options.output))
    with whole_file(out) as temporary, _open(temporary) as file:
        for words in lines:
            file.write("\t".join(words) + "\n")
    return [out]


def _open(path: Path) -> IO[str]:
    if path.name.endswith(".gz"):
        return gzip.open(path, "wt", encoding="utf-8", newline="\n")
    return path.open("w", encoding="utf-8", newline="\n")


def _positions(opened: Opened, output: int) -> Iterator[list[str]]:
    whole = "hypothetical contribution of "
    heads = [*_PLACE, "contribution"]
    started = False
    for block in opened.blocks(output):
        per_base = block.hypothetical is not None
        if not started:
            yield [*heads, *((whole + base) for base in BASES if per_base)]
            started = True
        for i in range(len(block.names)):
            yield from _of_record(block, i, opened.first)
    if not started:
        yield heads


def _of_several(opened: Opened, outputs: list[int]) -> Iterator[list[str]]:
    yield [*_PLACE, *(f"contribution to {opened.labels[k]}" for k in outputs)]
    for blocks in opened.blocks_of(outputs):
        for i in range(len(blocks[0].names)):
            values = np.stack([block.contribution[i] for block in blocks], axis=1)
            for place, row in zip(_places(blocks[0], i, opened.first), values, strict=True):
                yield [*place, *(f"{value:.6g}" for value in row)]


def _of_record(block: Passage, i: int, first: int) -> Iterator[list[str]]:
    for p, place in enumerate(_places(block, i, first)):
        words = [*place, f"{block.contribution[i, p]:.6g}"]
        if block.hypothetical is not None:
            words += [f"{value:.6g}" for value in block.hypothetical[i, p]]
        yield words


def _places(block: Passage, i: int, first: int) -> Iterator[list[str]]:
    """Name, chromosome, position from 0 and letter of every scored position of a record."""
    start = int(block.start[i]) if block.start[i] >= 0 else first
    letters = np.where(block.x[i].any(axis=1), block.x[i].argmax(axis=1), -1)
    for p, code in enumerate(letters.tolist()):
        yield [block.names[i], block.chrom[i] or ".", str(start + p), BASES[code] if code >= 0 else "N"]


def _variants(opened: Opened, options: ExportOptions) -> Iterator[list[str]]:
    numbers, compared = opened.chosen(options.output), opened.comparisons
    rank = None if options.background is None else Quantiles.of(opened, options.background)
    values = ["effect", "prediction", "alternate_prediction"]
    yield [
        "variant", "chrom", "pos", "ref", "alt", "output", *values, *compared,
        *(["quantile"] if rank else []), "reason",
    ]  # fmt: skip
    for allele in alleles(opened):
        place = [allele.name, allele.chrom, str(allele.pos), allele.ref, allele.alt]
        quantile = None if rank is None else rank(allele.values["effects"])
        for k in numbers:
            found = [allele.values[key][k] for key in ("effects", "prediction", "alternate_prediction")]
            found += [*allele.values.get("comparisons", ()), *([] if quantile is None else [quantile[k]])]
            words = ("" if np.isnan(value) else f"{value:.6g}" for value in found)
            yield [*(word or "." for word in place), opened.labels[k], *words, allele.reason]
