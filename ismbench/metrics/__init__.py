"""Metrics: arrays in, numbers out."""

from ismbench.metrics.concordance import TOP_K, concordance, numbers_compared, pooled_concordance
from ismbench.metrics.faithfulness import Perturbed, faithfulness, perturb
from ismbench.metrics.interval import Interval, mean_interval, paired_difference, ratio_interval
from ismbench.metrics.planted import positions_found
from ismbench.metrics.summary import Summary, summarize
from ismbench.metrics.truth import LEAST_EFFECT, agreement_with_truth, positions_that_matter

__all__ = [
    "LEAST_EFFECT",
    "TOP_K",
    "Interval",
    "Perturbed",
    "Summary",
    "agreement_with_truth",
    "concordance",
    "faithfulness",
    "mean_interval",
    "numbers_compared",
    "paired_difference",
    "perturb",
    "pooled_concordance",
    "positions_found",
    "positions_that_matter",
    "ratio_interval",
    "summarize",
]
