"""Sizes of chromosomes."""

from pathlib import Path

from ismbench.errors import InputError

__all__ = ["read_sizes"]


def read_sizes(path: Path | None) -> dict[str, int]:
    """Names and sizes, in the file's order: the first two columns, as in chrom.sizes and `.fai` files.

    Raises:
        InputError: No file, or no such columns.
    """
    if path is None:
        raise InputError("A bigWig needs --sizes, a file of chromosome names and sizes. Received: none")
    try:
        rows = [
            line.split("\t")[:2] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
        ]
        return {name: int(size) for name, size in rows}
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"A file of chromosome sizes has tab-separated names and numbers. Received: {path}: {reason}"
        ) from None
