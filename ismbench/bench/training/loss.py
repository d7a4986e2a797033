"""Losses of training, for any backend."""

from collections.abc import Callable
from typing import Any

from keras import ops

__all__ = ["LOSSES", "mse", "mse_and_correlation"]

CORRELATION_SHARE = 0.05
"""Of the correlation in the loss of Sasse et al. 2024 (their training script)."""
_TINY = 1e-6


def mse(y: Any, prediction: Any) -> Any:
    """Mean squared error."""
    return ops.mean(ops.square(prediction - y))


def mse_and_correlation(y: Any, prediction: Any) -> Any:
    """0.95 times the mean squared error plus 0.05 times one minus Pearson's correlation of each sequence's outputs.

    Args:
        y: Signals (N, K), K >= 3.
        prediction: Likewise.
    """
    a, b = (v - ops.mean(v, axis=1, keepdims=True) for v in (y, prediction))
    norm = ops.sqrt((ops.sum(a * a, axis=1) + _TINY) * (ops.sum(b * b, axis=1) + _TINY))
    correlation = ops.mean(ops.sum(a * b, axis=1) / norm)
    return (1 - CORRELATION_SHARE) * mse(y, prediction) + CORRELATION_SHARE * (1 - correlation)


LOSSES: dict[str, Callable[[Any, Any], Any]] = {"mse": mse, "mse_and_correlation": mse_and_correlation}
"""By the word of an experiment."""
