"""`ismbench export`: a store of scores as the files that other tools read."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["export"]


def export(
    store: Annotated[Path, typer.Argument(help="A store that `ismbench score` wrote.", metavar="STORE.zarr")],
    to: Annotated[str, typer.Option(metavar="hdf5|modisco|bigwig|bed|vcf|tsv|anndata", help="The format.")],
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--out",
            metavar="FILE",
            help="The file to write; a beginning for modisco, and for a bigWig of several outputs.",
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,..|every", help="Which outputs, by name or number, if the store has several."
        ),
    ] = None,
    sizes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Chromosome names and sizes, or a genome's .fai.")
    ] = None,
    overlap: Annotated[
        str,
        typer.Option(metavar="mean|max|nearest", help="What a position of several regions gets in a bigWig."),
    ] = "mean",
    background: Annotated[
        Path | None,
        typer.Option(
            metavar="STORE.zarr", help="Variants scored in the same way, among which effects are ranked."
        ),
    ] = None,
) -> None:
    """Write scores as HDF5, npz for TF-MoDISco, bigWig, BED of the rows, VCF or BCF, TSV or AnnData.

    Positions in a TSV are counted from 0, as in BED; those of variants from 1, as in VCF.

    Example: ismbench export scores.zarr --to modisco -o scores
    """  # fmt: skip
    from ismbench.scoring.export import ExportOptions, remarks
    from ismbench.scoring.export import export as write

    for path in write(store, to, out, ExportOptions(output, sizes, overlap, background)):
        typer.echo(str(path))
    for remark in remarks(store, to, out):
        typer.echo(f"note: {remark}", err=True)
