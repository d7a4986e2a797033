"""`ismbench plot`: pictures of a store of scores, and a page to browse it."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["plot"]


def plot(
    store: Annotated[Path, typer.Argument(help="A store that `ismbench score` wrote.", metavar="STORE.zarr")],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE", help="A .png, .svg or .pdf; of a viewer .html.")
    ],
    kind: Annotated[
        str, typer.Option(metavar="region|clusters|average|viewer", help="What to draw.")
    ] = "region",
    region: Annotated[
        str | None, typer.Option(metavar="NAME|CHROM:START-END", help="Which region; the first by default.")
    ] = None,
    outputs: Annotated[
        str | None,
        typer.Option(
            "--output", metavar="NAME,..", help="Which outputs, by name or number; a viewer shows one."
        ),
    ] = None,
) -> None:
    """Draw one region (logo, heat map, tracks), a set (clusters, average), or write a page to browse regions.

    Example: ismbench plot scores.zarr --kind average -o average.png
    """
    from ismbench.scoring.opened import open_scores
    from ismbench.scoring.plot import plot as draw

    typer.echo(str(draw(store, kind, out, region=region, outputs=outputs)))
    for remark in open_scores(store).remarks():
        typer.echo(f"note: {remark}", err=True)
