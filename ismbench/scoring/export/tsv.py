"""Tab-separated text: a line for every scored position, or for every variant."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from ismbench.files import whole_file
from ismbench.scoring.export import ExportOptions
from ismbench.scoring.layout import BASES
from ismbench.scoring.opened import Block, Opened

__all__ = ["write"]


def write(opened: Opened, out: Path, options: ExportOptions) -> list[Path]:
    """Writes text, compressed if the name ends in .gz; positions are counted from 0."""
    if opened.variants:
        lines = _variants(opened, opened.chosen(options.output))
    else:
        lines = _positions(opened, opened.output(options.output))
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
    heads = ["name", "chrom", "position", "base", "contribution"]
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


def _of_record(block: Block, i: int, first: int) -> Iterator[list[str]]:
    start = int(block.start[i]) if block.start[i] >= 0 else first
    letters = np.where(block.x[i].any(axis=1), block.x[i].argmax(axis=1), -1)
    for p, code in enumerate(letters.tolist()):
        base = BASES[code] if code >= 0 else "N"
        words = [
            block.names[i],
            block.chrom[i] or ".",
            str(start + p),
            base,
            f"{block.contribution[i, p]:.6g}",
        ]
        if block.hypothetical is not None:
            words += [f"{value:.6g}" for value in block.hypothetical[i, p]]
        yield words


def _variants(opened: Opened, numbers: list[int]) -> Iterator[list[str]]:
    names = ["variant", "chrom", "pos", "ref", "alt"]
    yield [*names, "output", "effect", "prediction", "alternate_prediction", "reason"]
    step = int(opened.group["effects"].chunks[0])
    for first in range(0, opened.count, step):
        rows = slice(first, first + step)
        columns: dict[str, Any] = {name: opened.group[name][rows] for name in [*names, "reason"]}
        keys = ("effects", "prediction", "alternate_prediction")
        values = [np.asarray(opened.group[key][rows]) for key in keys]
        for i in range(len(columns["pos"])):
            place = [str(columns[name][i]) or "." for name in names]
            for k in numbers:
                found = ["" if np.isnan(v[i, k]) else f"{v[i, k]:.6g}" for v in values]
                yield [*place, opened.labels[k], *found, str(columns["reason"][i])]
