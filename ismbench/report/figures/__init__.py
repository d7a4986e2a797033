"""Figures of a run: one file each, all drawn from records alone."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from matplotlib.figure import Figure

from ismbench.report.figures import (
    agreement,
    discordance,
    pareto,
    per_sequence,
    randomisation,
    rules,
    speedup,
    time_vs_batch,
)
from ismbench.report.figures.style import DARK, LIGHT, Theme, themed
from ismbench.report.run_records import Records

__all__ = [
    "DARK",
    "FIGURES",
    "FORMATS",
    "LIGHT",
    "FigureSpec",
    "Theme",
    "draw_figures",
    "save",
    "write_figures",
]

FORMATS = ("png", "svg", "pdf")
_UNDATED = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}


@dataclass(frozen=True)
class FigureSpec:
    """One figure of the report.

    Attributes:
        name: Stem of its files.
        title: Its heading.
        caption: How to read it, in a sentence or two.
        draw: Draws it in a theme; None where the records hold nothing to draw.
    """

    name: str
    title: str
    caption: str
    draw: Callable[[Records, Theme], Figure | None]


FIGURES = (
    FigureSpec(
        "time_vs_batch",
        "Time against batch size",
        "Median seconds per 100 sequences with the 10% to 90% range of the repetitions. A gap in a line is a "
        "cell without a valid time; the band at the top marks it with a cross and its status.",
        time_vs_batch.draw,
    ),
    FigureSpec(
        "speedup",
        "Speed-up over naive ISM",
        "Best batch size of each method over the best of naive ISM; bars are 90% bootstrap intervals of the "
        "ratio of medians. A star marks times scaled up from a subset of the positions.",
        speedup.draw,
    ),
    FigureSpec(
        "pareto",
        "Time against concordance",
        "Median over the n sequences that all methods shown have scored, bars from the first to the third "
        "quartile. No method lies above and left of the dashed line.",
        pareto.draw,
    ),
    FigureSpec(
        "per_sequence",
        "Concordance by sequence",
        "One dot for each of the n sequences that all methods shown have scored, the quartiles as a bar, the "
        "median as a stroke. Undefined correlations, of constant vectors, are counted beside the name.",
        per_sequence.draw,
    ),
    FigureSpec(
        "agreement",
        "Agreement between methods",
        "Median over the n sequences that all pairs have scored, over the positions that both scored; methods "
        "that were timed on fewer positions are compared on these. A dash: the two were not compared.",
        agreement.draw,
    ),
    FigureSpec(
        "randomisation",
        "Scores of a model that forgets",
        "Mean over sequences while the weights are shuffled layer by layer, from the output on. A line that "
        "stays high is a method that shows the same picture whatever the model has learned.",
        randomisation.draw,
    ),
    FigureSpec(
        "rules",
        "Rules of two sites",
        "How far each method's scores have the order that each rule gives to its sites: 1 is the rule's, 0.5 "
        "silence, 0 the reverse. ISM of pairs is what sees interactions.",
        rules.draw,
    ),
    FigureSpec(
        "discordance",
        "Discordance and interactions",
        "One dot a sequence: how far a first-order approximation is from exact ISM, and how strongly its positions "
        "interact by exact ISM of pairs. AUROC: do two positions that interact differ more than two that do not?",
        discordance.draw,
    ),
)
"""Every figure, in the order of the report."""


def draw_figures(records: Records, theme: Theme) -> dict[str, Figure]:
    """Draws every figure for which the records hold something.

    Args:
        records: What the run left.
        theme: The page.

    Returns:
        Figures by the names of FIGURES, laid out and ready to save.
    """
    drawn = {}
    with themed(theme):
        for spec in FIGURES:
            figure = spec.draw(records, theme)
            if figure is not None:
                # Laid out once here, not again for every format.
                figure.draw_without_rendering()
                figure.set_layout_engine("none")
                drawn[spec.name] = figure
    return drawn


def save(figure: Figure, to: Path | IO[bytes], kind: str, theme: Theme) -> None:
    """Saves a figure in one of FORMATS, without a date, so that the same records give the same bytes.

    Args:
        figure: One of `draw_figures`.
        to: Where.
        kind: Its format.
        theme: The page that it was drawn for.
    """
    with themed(theme):
        figure.savefig(to, format=kind, dpi=200, metadata=_UNDATED.get(kind))


def write_figures(figures: dict[str, Figure], folder: Path) -> list[Path]:
    """Writes figures of a light page as PNG, SVG and PDF.

    Args:
        figures: From `draw_figures`.
        folder: Where to write; it must exist. Files of figures that are not drawn any more are removed.

    Returns:
        The files written.
    """
    written = []
    for spec in FIGURES:
        for kind in FORMATS:
            path = folder / f"{spec.name}.{kind}"
            path.unlink(missing_ok=True)
            if spec.name in figures:
                save(figures[spec.name], path, kind, LIGHT)
                written.append(path)
    return written
