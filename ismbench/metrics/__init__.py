"""Metrics: arrays in, numbers out."""

from ismbench.metrics.concordance import TOP_K, concordance, numbers_compared, pooled_concordance
from ismbench.metrics.faithfulness import DEFAULT_FRACTIONS, faithfulness
from ismbench.metrics.planted import planted_truth
from ismbench.metrics.summary import Summary, summarize

__all__ = [
    "DEFAULT_FRACTIONS",
    "TOP_K",
    "Summary",
    "concordance",
    "faithfulness",
    "numbers_compared",
    "planted_truth",
    "pooled_concordance",
    "summarize",
]
