"""`ismbench export`: a store of scores as the files that other tools read."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["export", "tell_unfinished"]


def export(
    store: Annotated[Path, typer.Argument(help="A store that `ismbench score` wrote.", metavar="STORE.zarr")],
    to: Annotated[str, typer.Option(metavar="hdf5|modisco|bigwig|vcf|tsv", help="The format.")],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE", help="The file to write; for modisco a beginning.")
    ],
    output: Annotated[
        str | None, typer.Option(metavar="NAME|N", help="Which output, if the store has several.")
    ] = None,
    sizes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Chromosome names and sizes, or a genome's .fai.")
    ] = None,
    overlap: Annotated[
        str,
        typer.Option(metavar="mean|max|nearest", help="What a position of several regions gets in a bigWig."),
    ] = "mean",
) -> None:
    """Write scores as HDF5, npz for TF-MoDISco, bigWig, VCF or TSV."""
    from ismbench.scoring.export import ExportOptions
    from ismbench.scoring.export import export as write

    for path in write(store, to, out, ExportOptions(output, sizes, overlap)):
        typer.echo(str(path))
    tell_unfinished(store)


def tell_unfinished(store: Path) -> None:
    """Says so where the run that wrote a store has not come to its end."""
    from ismbench.scoring.opened import open_scores

    if not open_scores(store).complete:
        typer.echo(f"note: the run of {store} is not finished; what it has not come to is left out", err=True)
