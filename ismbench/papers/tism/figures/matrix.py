"""Fig 3A: four initialisations, each against each, as a matrix."""

import numpy as np
import pandas as pd

from ismbench.papers.core.figure_look import column_figure
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.tism.figures.drawing import note_simulated
from ismbench.papers.tism.panels import INITIALISATIONS
from ismbench.papers.tism.tables.read import STUDY, Values, agreement
from ismbench.report.figures.style import LIGHT

__all__ = ["initialisations"]

_DARK = 0.6
"""Share of the colour scale from which on numbers are white."""


def initialisations(records: PaperRecords) -> Drawn:
    """ISM against ISM above the diagonal, TISM against TISM below it, TISM against ISM of one model on it."""
    means = _means(records)
    figure, (axis,) = column_figure(1, 3.1)
    image = axis.imshow(means, cmap="Blues", vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(means):
        ink = LIGHT.page if value > _DARK else LIGHT.ink
        axis.annotate(f"{value:.2f}", (column, row), ha="center", va="center", color=ink, fontsize=8)
    labels = [shown.label for shown in INITIALISATIONS]
    axis.set_xticks(range(len(labels)), labels)
    axis.set_yticks(range(len(labels)), labels)
    axis.set_xlabel("Above the diagonal: ISM of both")
    axis.set_ylabel("Below it: TISM of both")
    axis.set_title("On it: TISM and ISM of one model")
    axis.grid(visible=False)
    figure.colorbar(image, ax=axis, shrink=0.75, label="Mean Pearson correlation")
    note_simulated(figure)
    return Drawn(figure, _data(means), records.ids(STUDY))


def _means(records: PaperRecords) -> Values:
    table, names = records.table(STUDY, "pairs"), [shown.model for shown in INITIALISATIONS]
    found = np.full((len(names), len(names)), np.nan)
    for i, name in enumerate(names):
        values = agreement(records, name)
        found[i, i] = np.nanmean(values) if np.isfinite(values).any() else np.nan
    for (one, other), part in table.groupby(["model", "other"]):
        if one in names and other in names:
            i, k = sorted((names.index(one), names.index(other)))
            found[i, k], found[k, i] = part["ism_ism"].mean(), part["tism_tism"].mean()
    if np.isnan(found).all():
        raise MissingRecordsError(f"the study {STUDY} has no initialisations")
    return found


def _data(means: Values) -> pd.DataFrame:
    labels = [shown.label for shown in INITIALISATIONS]
    return pd.DataFrame(
        {
            "row": labels[i],
            "column": labels[k],
            "compared": "TISM with ISM" if i == k else "ISM" if i < k else "TISM",
            "mean": means[i, k],
        }
        for i in range(len(labels))
        for k in range(len(labels))
    )
