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
        ceiling: The metric that says what can be reached, of the same sequences; "" where that is 1.
        ceiling_words: What reaches it.
        of_model: What exact ISM reaches stands in the heading: it is the model's own, for better or worse.
        lower: Lower is better.
        pooled: One number of a method, not one a sequence: it has no interval and no rank.
    """

    metric: str
    versus: str | None
    head: str
    words: str
    ceiling: str = ""
    ceiling_words: str = "at most"
    of_model: bool = False
    lower: bool = False
    pooled: bool = False


AGREEMENT = Track(
    "pearson_track",
    "naive_ism",
    "Agreement with ISM",
    "Pearson correlation of each position's contribution with that of exact ISM on the same model: 1 is the same"
    " picture, 0 is unrelated to it.",
)
_TRUTHS = (
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
)
_RULES = (
    Track(
        "decoys_auroc",
        "truth",
        "Decoys",
        "How often a position of a planted motif that counts for this output has a larger score than one of a motif"
        " that does not: 0.5 is a method that shows motifs, whatever the output.",
        "decoys_auroc_attainable",
    ),
    Track(
        "rule_order",
        "rules",
        "Rules: order",
        "Of two sites, or one site in two sequences, that contribute differently to a rule (and, or, not, spacing,"
        " orientation): how often the method orders them as the rule does. 0.5 is silence; one of two redundant sites"
        " has next to no effect alone, so that exact ISM does not reach 1, and ISM of pairs does. n counts groups of"
        " four sequences.",
        "rule_order_attainable",
        "ISM of pairs",
    ),
    Track(
        "rule_interaction",
        "rules",
        "Rules: interaction",
        "Whether a site gains or loses by the other site's presence as the rule has it: 1 is the right sign, 0.5 no"
        " change, 0 the wrong one. n counts groups of four sequences.",
    ),
)
_PAIRS = (
    Track(
        "discordance_auroc",
        "pairs",
        "Discordance",
        "How often two positions that interact, by exact ISM of pairs, differ more from exact ISM than two that do not:"
        " whether a method's error tells where interactions are. 0.5 is chance; it is no praise of the scores.",
        "discordance_auroc_attainable",
    ),
)
_MOTIFS = (
    Track(
        "motif_recall",
        "planted",
        "Motifs: found",
        "Share of the planted motifs that matter which TF-MoDISco finds in the scores; n counts motifs.",
    ),
    Track(
        "motif_precision",
        "planted",
        "Motifs: true",
        "Share of the patterns that TF-MoDISco finds in the scores which are such motifs; n counts patterns.",
        pooled=True,
    ),
)
_BESIDE = (
    " n counts regulatory elements. What the model itself could tell is what exact ISM reaches; what the assay could"
    " tell is how well a second measurement of an element agrees with the first."
)
_EXPERIMENT = (
    Track(
        "pearson_delta",
        "experiment",
        "Truth: experiment",
        "Correlation, over all substitutions, with their effects measured in a reporter assay; not asked of methods"
        " that have one number for all substitutions of a position." + _BESIDE,
        "pearson_replicates",
        "a second measurement",
        of_model=True,
    ),
    Track(
        "pearson_position",
        "experiment",
        "Truth: experiment, positions",
        "Correlation, over the positions, with the mean of their measured effects; asked of all methods."
        + _BESIDE,
        of_model=True,
    ),
)
_OWN = " What exact ISM reaches is the model's own: models may tell them apart."
_CHECKS = (
    Track(
        "faithfulness",
        None,
        "Faithfulness",
        "Correlation of summed scores with what the model does when positions are exchanged: 1 is what it does.",
    ),
    Track(
        "unchanged_by_randomisation",
        "random weights",
        "Random weights",
        "Correlation, whatever its sign, of the scores before and after the model's weights are shuffled, layer by"
        " layer from the output on. Lower is better: a method near 1 shows the same picture whatever the model has"
        " learned, so it does not explain the model.",
        of_model=True,
        lower=True,
    ),
    Track(
        "stability",
        "shift",
        "Stability: window",
        "Correlation with the scores of the same bases in a window that is moved by some positions: 1 is the same"
        " picture." + _OWN,
        of_model=True,
    ),
    Track(
        "stability",
        "reverse complement",
        "Stability: strand",
        "Correlation with the scores of the other strand, turned back: 1 is the same picture." + _OWN,
        of_model=True,
    ),
    Track(
        "stability",
        "seed",
        "Stability: seed",
        "Correlation with what the same method says with another seed: 1 is the same picture. Only of methods that draw"
        " at random.",
    ),
    Track(
        "stability",
        "other weights",
        "Stability: training",
        "Correlation with the scores of models of the same kind from other trainings: 1 is the same picture."
        + _OWN,
        of_model=True,
    ),
)
TRACKS = (AGREEMENT, *_TRUTHS, *_RULES, *_MOTIFS, *_EXPERIMENT, *_CHECKS, *_PAIRS)
"""Higher is better unless a track says otherwise. A page shows those on record, in this order."""


def tracks_of(metrics: pd.DataFrame) -> list[Track]:
    """The tracks that were measured.

    Args:
        metrics: The table ``metrics``.
    """
    keys = metrics[["scope", "metric", "versus"]].drop_duplicates()
    versus = keys["versus"].where(keys["versus"].notna(), None)
    found = set(zip(keys["scope"], keys["metric"], versus, strict=True))
    return [t for t in TRACKS if ("pooled" if t.pooled else "sequence", t.metric, t.versus) in found]
