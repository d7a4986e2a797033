"""The scored records as regions, in the order of the rows of the other exports."""

from collections.abc import Iterator
from pathlib import Path

from ismbench.files import whole_file
from ismbench.scoring.export import ExportOptions
from ismbench.scoring.opened import Opened, Passage

__all__ = ["write"]


def write(opened: Opened, out: Path, options: ExportOptions) -> list[Path]:
    """Writes the ten columns of a narrowPeak: the scored positions, and the summit where the region was centred.

    A FASTA record is a sequence of its own name.
    """
    opened.check_sequences()
    with whole_file(out) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        for block in opened.blocks(0):
            file.writelines(_lines(block, opened))
    return [out]


def _lines(block: Passage, opened: Opened) -> Iterator[str]:
    summit = str(opened.width // 2)
    for i, name in enumerate(block.names):
        start = int(block.start[i]) if block.start[i] >= 0 else opened.first
        chrom = block.chrom[i] or name
        columns = [chrom, str(start), str(start + opened.width), name, "0", block.strand[i]]
        yield "\t".join([*columns, "0", "-1", "-1", summit]) + "\n"
