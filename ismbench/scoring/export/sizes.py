"""Sizes of chromosomes."""

from pathlib import Path

from ismbench.errors import InputError
from ismbench.scoring.inputs.text import text_lines

__all__ = ["read_sizes"]


def read_sizes(path: Path | None) -> dict[str, int]:
    """Names and sizes, in the file's order: the first two columns, as in chrom.sizes and `.fai` files.

    Columns stand apart by tabs or spaces; lines that begin with # are comments.

    Raises:
        InputError: No file, or no such columns.
    """
    if path is None:
        raise InputError("A bigWig needs --sizes, a file of chromosome names and sizes. Received: none")
    if not path.is_file():
        raise InputError(f"A file of chromosome sizes must exist. Received: {path}")
    sizes: dict[str, int] = {}
    for number, line in text_lines(path, "A file of chromosome sizes"):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if len(words) < 2 or not words[1].isdecimal() or words[0] in sizes:
            raise InputError(
                "A line of chromosome sizes has a name, of its own, and a number. Received:"
                f" {line[:80]!r} in line {number} of {path}"
            )
        sizes[words[0]] = int(words[1])
    return sizes
