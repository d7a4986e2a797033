"""What the scores of a method promise to add up to, remembered from its last call."""

from typing import Any

from numpy.typing import NDArray

from ismbench.methods._baselines import Baselines, completeness

__all__ = ["PromisesSums"]

Array = NDArray[Any]


class PromisesSums:
    """A method whose scores of a sequence sum to its prediction minus the mean prediction of its baselines.

    Attributes:
        baselines: Of a sequence; the class sets them.
    """

    baselines: Baselines
    _predict: Any
    """Sequences (M, L, A) to predictions (M, K); likewise."""
    _last: tuple[Array, Array] | None = None

    def _remember(self, x: Array, scores: Array) -> None:
        """Keeps the sequences (N, L, A) of a call and the sums of their scores (N, L, A, K)."""
        self._last = x, scores.sum(axis=(1, 2), dtype=float)

    def diagnostics(self) -> dict[str, Array]:
        """The completeness gap and change (N,) of the last call; see `completeness`."""
        if self._last is None:
            return {}
        return completeness(self.baselines, *self._last, self._predict)
