"""The columns in which methods are judged: which metric each is, and what its number means in plain words."""

from dataclasses import dataclass

import pandas as pd

__all__ = ["AGREEMENT", "TRACKS", "Track", "tracks_of"]


@dataclass(frozen=True)
class Track:
    """A metric that has a column.

    Attributes:
        metric: Its name in the records.
        versus: What it compares with; None for metrics that compare with nothing.
        head: Heading.
        words: What a number means.
        ceiling: The metric that says what can be reached at most, of the same sequences; "" where that is 1.
    """

    metric: str
    versus: str | None
    head: str
    words: str
    ceiling: str = ""


AGREEMENT = Track(
    "pearson_track",
    "naive_ism",
    "Agreement with ISM",
    "Pearson correlation of each position's contribution with that of exact ISM on the same model: 1 is the same"
    " picture, 0 is unrelated to it.",
)
TRACKS = (
    AGREEMENT,
    Track(
        "pearson_track",
        "truth",
        "Truth: effects",
        "Correlation with the exact effects in the function that the signals were simulated with. The model itself is"
        " not that function, so exact ISM does not reach 1 either.",
    ),
    Track(
        "auroc",
        "truth",
        "Truth: positions",
        "How often a position that matters in that function has a larger score than one that does not: 0.5 is chance.",
        "auroc_attainable",
    ),
    Track(
        "auroc",
        "planted",
        "Planted motifs",
        "How often a position inside of a planted motif has a larger score than one outside: 0.5 is chance.",
    ),
    Track(
        "pearson_effect",
        "measured",
        "Truth: experiment",
        "Correlation with the effects of variants that were measured in a reporter assay.",
    ),
    Track(
        "faithfulness",
        None,
        "Faithfulness",
        "Correlation of summed scores with what the model does when positions are exchanged: 1 is what it does.",
    ),
)
"""Higher is better in all of them. A page shows those on record, in this order."""


def tracks_of(metrics: pd.DataFrame) -> list[Track]:
    """The tracks that were measured.

    Args:
        metrics: The table ``metrics``.
    """
    rows = metrics[metrics["scope"] == "sequence"]
    pairs = zip(rows["metric"], rows["versus"].where(rows["versus"].notna(), None), strict=True)
    found = set(pairs)
    return [track for track in TRACKS if (track.metric, track.versus) in found]
