"""Metrics: arrays in, numbers out."""

from ismbench.metrics.concordance import TOP_K, concordance, pooled_concordance
from ismbench.metrics.faithfulness import faithfulness
from ismbench.metrics.planted import planted_truth
from ismbench.metrics.summary import Summary, summarize

__all__ = [
    "TOP_K",
    "Summary",
    "concordance",
    "faithfulness",
    "planted_truth",
    "pooled_concordance",
    "summarize",
]
