"""Stores of scores as the files that other tools read; one format a file, this table names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from ismbench.bench.experiment.refusals import hint
from ismbench.errors import InputError
from ismbench.scoring.chunk_progress import full_disk_is_told
from ismbench.scoring.opened import Opened, open_scores

__all__ = ["FORMATS", "ExportOptions", "export", "remarks"]


@dataclass(frozen=True)
class ExportOptions:
    """What exports may need.

    Attributes:
        output: Names or numbers of outputs, separated by commas, or "every"; None is the only one, of variants all.
        sizes: File of chromosome names and sizes, or a genome's `.fai`.
        overlap: What a position of several regions gets in a bigWig: "mean", "max" (of the absolute value) or
            "nearest" (the region whose centre is nearest, the first of two).
        background: Store of other variants, scored by the same model, against which effects are ranked.
    """

    output: str | None = None
    sizes: Path | None = None
    overlap: str = "mean"
    background: Path | None = None


FORMATS: Mapping[str, str] = {
    "hdf5": "raw/seq, shap/seq, projected_shap/seq (N, 4, L) as chrombpnet's tools read, coordinates as BPReveal's",
    "modisco": "two npz files (N, 4, L) for `modisco motifs -s ... -a ...`",
    "bigwig": "contributions along the genome, a file an output",
    "bed": "the scored records, in the order of the rows of hdf5 and modisco",
    "vcf": "variants with their effects in INFO; .vcf, .vcf.gz or .bcf",
    "tsv": "a line for every position, or for every variant",
    "anndata": "variants x outputs (.h5ad)",
}
_BY_ORDER = ("hdf5", "modisco")
"""Formats whose readers match rows with a file of regions by their order."""


def export(path: Path, kind: str, out: Path, options: ExportOptions | None = None) -> list[Path]:
    """Writes a store in another format; the files appear when they are complete.

    Where records are left out of a format that is read by order, a BED file of the rows is written too.

    Args:
        path: The store.
        kind: A key of FORMATS.
        out: The file to write; for modisco, and a bigWig of several outputs, the files' common beginning.
        options: What some formats need.

    Returns:
        The files.

    Raises:
        InputError: The store does not have what the format needs, or no scores.
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
    if not opened.any_scored():
        raise InputError(f"An export needs scored records. Received: {path}, which has none")
    options = options or ExportOptions()
    module = import_module(f"ismbench.scoring.export.{kind}")
    with full_disk_is_told(out):
        files: list[Path] = module.write(opened, out, options)
        if kind in _BY_ORDER and _left_out(opened):
            from ismbench.scoring.export import bed

            files += bed.write(opened, _rows_file(out), options)
    return files


def remarks(path: Path, kind: str, out: Path) -> list[str]:
    """What a user should know of an export that was just written."""
    opened = open_scores(path)
    found = opened.remarks()
    if kind in _BY_ORDER and _left_out(opened):
        found.append(
            f"{_left_out(opened):,} of {opened.count:,} records have no scores and no rows;"
            f" {_rows_file(out)} has the records of the rows, in their order"
        )
    if kind in _BY_ORDER and opened.unknown():
        found.append(
            f"{opened.unknown():,} positions whose letter is not known (N) are 0, since readers of {kind} know no NaN"
        )
    return found


def _left_out(opened: Opened) -> int:
    return opened.count - opened.rows_with_scores()


def _rows_file(out: Path) -> Path:
    """Named after the export; a user's own file of regions is not overwritten."""
    stem = out.name
    for ending in (".h5", ".hdf5", ".npz"):
        stem = stem.removesuffix(ending)
    return out.with_name(f"{stem}.rows.bed")
