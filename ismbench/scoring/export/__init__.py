"""Stores of scores as the files that other tools read; one format a file, this table names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from ismbench.bench.experiment.refusals import hint
from ismbench.errors import InputError
from ismbench.scoring.opened import open_scores
from ismbench.scoring.progress import full_disk_is_told

__all__ = ["FORMATS", "ExportOptions", "export"]


@dataclass(frozen=True)
class ExportOptions:
    """What exports may need.

    Attributes:
        output: Name or number of an output; None is the only one.
        sizes: File of chromosome names and sizes, or a genome's `.fai`.
        overlap: What a position of several regions gets in a bigWig: "mean", "max" (of the absolute value) or
            "nearest" (the region whose centre is nearest, the first of two).
    """

    output: str | None = None
    sizes: Path | None = None
    overlap: str = "mean"


FORMATS: Mapping[str, str] = {
    "hdf5": "raw/seq, shap/seq, projected_shap/seq (N, 4, L) as chrombpnet's tools read, coordinates as BPReveal's",
    "modisco": "two npz files (N, 4, L) for `modisco motifs -s ... -a ...`",
    "bigwig": "contributions along the genome",
    "vcf": "variants with their effects in INFO",
    "tsv": "a line for every position, or for every variant",
}


def export(path: Path, kind: str, out: Path, options: ExportOptions | None = None) -> list[Path]:
    """Writes a store in another format; the files appear when they are complete.

    Args:
        path: The store.
        kind: A key of FORMATS.
        out: The file to write; for modisco the two files' common beginning.
        options: What some formats need.

    Returns:
        The files.

    Raises:
        InputError: The store does not have what the format needs.
    """
    if kind not in FORMATS:
        raise InputError(f"A format must be one of the table. Received: {kind!r}{hint(kind, FORMATS)}")
    if out.is_dir():
        raise InputError(
            f"An export is a file, or the beginning of its name. Received: {out}, which is a folder"
        )
    if not out.resolve().parent.is_dir():
        raise InputError(f"The folder of an export must exist. Received: {out}")
    opened = open_scores(path)
    module = import_module(f"ismbench.scoring.export.{kind}")
    with full_disk_is_told(out):
        files: list[Path] = module.write(opened, out, options or ExportOptions())
    return files
