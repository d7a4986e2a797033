"""Pictures of a store: one region, a set of regions, or a page to browse them."""

from pathlib import Path

from ismbench.errors import InputError
from ismbench.files import whole_file
from ismbench.scoring import store
from ismbench.scoring.chunk_progress import full_disk_is_told
from ismbench.scoring.opened import open_scores

__all__ = ["KINDS", "plot"]

KINDS = ("region", "clusters", "average", "viewer")
_ENDINGS = ("png", "svg", "pdf")
_MOST_OUTPUTS = 4


def plot(path: Path, kind: str, out: Path, *, region: str | None = None, outputs: str | None = None) -> Path:
    """Draws a store.

    Args:
        path: The store.
        kind: One of KINDS.
        out: The picture, .png, .svg or .pdf; of a viewer .html.
        region: A record's name, or chrom:start-end; the first record by default.
        outputs: Names or numbers of outputs, separated by commas. By default all; for one region the first 4, for the
            average the first 7; a viewer takes one. Clusters of one output are of its regions.

    Returns:
        The file.

    Raises:
        InputError: No such store, record or output, or another ending.
    """
    store.require("logomaker")
    ending = out.suffix.removeprefix(".")
    if kind not in KINDS or (ending != "html" if kind == "viewer" else ending not in _ENDINGS):
        raise InputError(
            f"A picture is one of {', '.join(KINDS)}, in a file .png, .svg or .pdf (a viewer: .html). Received:"
            f" {kind!r} in {out.name}"
        )
    if not out.resolve().parent.is_dir():
        raise InputError(f"The folder of a picture must exist. Received: {out}")
    opened = open_scores(path)
    opened.check_sequences()
    with full_disk_is_told(out), whole_file(out) as temporary:
        if kind == "viewer":
            from ismbench.scoring.plot.viewer import write_viewer

            write_viewer(opened, opened.output(outputs), temporary)
        else:
            _draw(path, kind, temporary, ending, region, outputs)
    return out


def _draw(path: Path, kind: str, out: Path, ending: str, region: str | None, outputs: str | None) -> None:
    from ismbench.report.figures import LIGHT, save
    from ismbench.scoring.plot.pick import pick
    from ismbench.scoring.plot.region import draw_region
    from ismbench.scoring.plot.whole import draw_average, draw_clusters

    opened = open_scores(path)
    if kind == "clusters":
        figure = draw_clusters(opened, opened.chosen(outputs))
    elif kind == "average":
        figure = draw_average(opened, opened.chosen(outputs))
    else:
        chosen = opened.chosen(outputs) if outputs else opened.chosen(None)[:_MOST_OUTPUTS]
        figure = draw_region(opened, pick(opened, region, chosen[0]), chosen)
    save(figure, out, ending, LIGHT)
