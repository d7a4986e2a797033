"""A bigWig of contributions; where regions overlap, a stated rule decides."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ismbench.errors import InputError
from ismbench.files import whole_file
from ismbench.scoring.export import ExportOptions
from ismbench.scoring.export.overlaps import OVERLAPS, Run, merged_runs
from ismbench.scoring.export.sizes import read_sizes
from ismbench.scoring.opened import Opened

__all__ = ["write"]

_KEPT_BYTES = 2**28
_WINDOW = 10**6

Places = list[tuple[str, NDArray[np.int64]]]


def write(opened: Opened, out: Path, options: ExportOptions) -> list[Path]:
    """Writes one value a position that was scored; positions that were not have none.

    Of several outputs, a file each: OUT.LABEL.bw.
    """
    opened.check_sequences()
    opened.check_places()
    if options.overlap not in OVERLAPS:
        raise InputError(f"Overlaps are decided by {', '.join(OVERLAPS)}. Received: {options.overlap!r}")
    sizes = read_sizes(options.sizes)
    chosen = opened.chosen(options.output) if options.output else [opened.output(None)]
    files = _named(out, chosen, opened.labels) if len(chosen) > 1 else {chosen[0]: out}
    return [_write_output(opened, k, files[k], options.overlap, sizes) for k in files]


def _named(out: Path, chosen: list[int], labels: Sequence[str]) -> dict[int, Path]:
    """The file of each of several outputs; a label may hold what no name of a file may."""
    ending = out.suffix if out.suffix in (".bw", ".bigwig", ".bigWig") else ""
    stem = out.name.removesuffix(ending)
    safe = {k: re.sub(r"[^\w.+-]", "_", labels[k]) for k in chosen}
    same = Counter(safe.values())
    names = {k: name if same[name] == 1 else f"{name}-{k}" for k, name in safe.items()}
    return {k: out.with_name(f"{stem}.{name}{ending or '.bw'}") for k, name in names.items()}


def _write_output(opened: Opened, output: int, out: Path, overlap: str, sizes: dict[str, int]) -> Path:
    places = _sorted_places(opened, sizes)
    with whole_file(out) as temporary:
        try:
            count = _write(temporary, sizes, _entries(opened, output, places, overlap))
            whole = _positions(temporary) == count
        except RuntimeError:  # pyBigWig's, without a reason
            whole = False
        if not whole:
            raise InputError(
                f"A bigWig must be written whole, which takes room on its disk. Received: {out}, of which a part is"
                " missing; make room, and give the same command again"
            )
    return out


def _entries(opened: Opened, output: int, places: Places, overlap: str) -> Iterator[tuple[str, Run]]:
    for chrom, rows in places:
        for run in merged_runs(_regions(opened, output, rows), overlap):
            yield chrom, run


def _write(path: Path, sizes: dict[str, int], entries: Iterator[tuple[str, Run]]) -> int:
    """Writes the entries; returns how many positions they have."""
    import pyBigWig

    count = 0
    file = pyBigWig.open(str(path), "w")
    try:
        file.addHeader(list(sizes.items()))
        for chrom, (start, values) in entries:
            file.addEntries(chrom, start, values=values.tolist(), span=1, step=1)
            count += len(values)
    finally:
        file.close()
    return count


def _positions(path: Path) -> int:
    """Positions with a value, read back: the library that writes says nothing of blocks that a full disk lost."""
    import pyBigWig

    with pyBigWig.open(str(path)) as file:
        return sum(
            len(file.intervals(chrom, first, min(first + _WINDOW, size)) or ())
            for chrom, size in file.chroms().items()
            for first in range(0, size, _WINDOW)
        )


def _sorted_places(opened: Opened, sizes: dict[str, int]) -> Places:
    """For each chromosome in the order of the sizes: numbers of its records, sorted by start."""
    chrom = np.asarray(opened.group["chrom"][:], dtype=object).astype(str)
    start, end = (np.asarray(opened.group[name][:]) for name in ("start", "end"))
    scored = np.asarray(opened.group["reason"][:], dtype=object) == ""
    for name in np.unique(chrom[scored]):
        rows = np.flatnonzero(scored & (chrom == name))
        if name not in sizes or end[rows].max() > sizes[name]:
            raise InputError(
                f"The file of sizes must have every chromosome, and be of the same genome. Received: {name} to"
                f" {end[rows].max():,}, and {sizes.get(name, 'none')} in the file"
            )
    found = []
    for name in sizes:
        rows = np.flatnonzero(scored & (chrom == name))
        if len(rows):
            found.append((name, rows[np.argsort(start[rows], kind="stable")]))
    return found


def _regions(opened: Opened, output: int, rows: NDArray[np.int64]) -> Iterator[Run]:
    """(start, contributions) of records, one after the other; chunks of the store that were read last are kept."""
    step = int(opened.group["scores"].chunks[0])

    @lru_cache(max(1, _KEPT_BYTES // (4 * step * opened.width)))
    def chunk(number: int) -> dict[int, Run]:
        last = min((number + 1) * step, opened.count)
        return {
            row: (start, values.astype(np.float32))
            for block in opened.blocks(output, range(number * step, last))
            for row, start, values in zip(
                block.rows.tolist(), block.start.tolist(), block.contribution, strict=True
            )
        }

    for row in rows.tolist():
        found = chunk(row // step).get(row)
        if found is not None:
            yield found
