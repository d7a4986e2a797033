"""Where regions of a genome lie: BED files, read for the chromosome of each."""

from pathlib import Path

from ismbench.errors import InputError

__all__ = ["read_regions"]

_COLUMNS = 4


def read_regions(path: Path) -> dict[str, str]:
    """Chromosome of each region of a BED file, by the region's name.

    Args:
        path: Tab-separated: chromosome, start, end, name; further columns do not matter.

    Raises:
        InputError: The file is missing, a line has fewer columns, or a name comes twice.
    """
    if not path.is_file():
        raise InputError(f"A file of regions must exist. Received: {path}")
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith(("#", "track", "browser")):
            continue
        columns = line.split("\t")
        if len(columns) < _COLUMNS:
            raise InputError(
                f"A region must have chromosome, start, end and name, with tabs between. Received: {path}, line"
                f" {number}"
            )
        if columns[3] in found:
            raise InputError(
                f"Regions must have different names. Received: {path}, line {number}: {columns[3]}"
            )
        found[columns[3]] = columns[0]
    return found
