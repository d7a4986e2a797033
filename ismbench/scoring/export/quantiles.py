"""How large an effect is among those of a background, such as common or random variants."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.errors import InputError
from ismbench.scoring.opened import Opened, open_scores
from ismbench.scoring.store_identity import differences

__all__ = ["Quantiles"]


@dataclass(frozen=True, eq=False)
class Quantiles:
    """Ranks effects.

    Attributes:
        sizes: (B, K) absolute effects of the background, sorted.
    """

    sizes: NDArray[Any]

    @classmethod
    def of(cls, opened: Opened, background: Path) -> "Quantiles":
        """Reads a background.

        Args:
            opened: The store whose effects are ranked.
            background: Store of other variants.

        Raises:
            InputError: It was scored by another model or in another way, or has no scores.
        """
        other = open_scores(background)
        known: dict[str, str] = opened.attributes["identity"]
        mine = {key: known[key] for key in ("model", "settings")}
        apart = differences(mine, other.attributes["identity"])
        if apart:
            raise InputError(
                "A background must be variants scored by the same model in the same way. Received:"
                f" {background}, which differs in: {apart}"
            )
        effects = np.asarray(other.group["effects"][:], np.float32)
        effects = effects[~np.isnan(effects).any(axis=1)]
        if not len(effects):
            raise InputError(f"A background needs scored variants. Received: {background}, which has none")
        return cls(np.sort(np.abs(effects), axis=0))

    def __call__(self, effects: NDArray[Any]) -> NDArray[np.float64]:
        """For effects (K,) the share of the background, 0 to 1, whose absolute effect is at most as large."""
        counts = [np.searchsorted(self.sizes[:, k], abs(value), "right") for k, value in enumerate(effects)]
        return np.where(np.isnan(effects), np.nan, np.array(counts) / len(self.sizes))
