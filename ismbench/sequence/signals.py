"""The record that carries sequences with measured (or simulated) signals: what a model is trained on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ismbench.errors import InputError
from ismbench.sequence.sequence_set import SequenceSet

__all__ = ["SignalSet"]


@dataclass(frozen=True)
class SignalSet:
    """Sequences and one signal for each output, such as the accessibility of a peak in each cell type.

    Attributes:
        sequences: N sequences.
        signals: float32 (N, K).
        outputs: Names of the K outputs.
    """

    sequences: SequenceSet
    signals: npt.NDArray[np.float32]
    outputs: tuple[str, ...]

    def __post_init__(self) -> None:
        shape = (len(self.sequences), len(self.outputs))
        if self.signals.shape != shape or not np.isfinite(self.signals).all():
            raise InputError(
                f"Signals must be finite numbers, one for each of {shape[0]} sequences and {shape[1]} outputs."
                f" Received: shape {self.signals.shape}"
                + (" with NaN or infinity" if self.signals.shape == shape else "")
            )

    def __len__(self) -> int:
        return len(self.sequences)

    def take(self, which: Sequence[int] | slice) -> "SignalSet":
        """Returns the chosen sequences with their signals, in that order."""
        index = which if isinstance(which, slice) else list(which)
        return replace(self, sequences=self.sequences.take(which), signals=self.signals[index])
