"""The sequences of a lane on their way from the run to its workers, with the hash that both know them by."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench import digest
from ismbench.bench.records.array_files import write_arrays
from ismbench.sequence import SequenceSet

__all__ = ["LaneSequences"]


@dataclass(frozen=True)
class LaneSequences:
    """Sequences of one length.

    Attributes:
        x: uint8 (N, L, A), one-hot.
        names: Text (N,).
        truth: Bool (N, L), True where motifs were planted; None if nothing was.
    """

    x: NDArray[np.uint8]
    names: NDArray[np.str_]
    truth: NDArray[np.bool_] | None

    @classmethod
    def of(cls, records: SequenceSet, seed: int) -> "LaneSequences":
        """Those of an experiment, in random order: the first ones are those that naive ISM scores."""
        records = records.take(np.random.default_rng(seed).permutation(len(records)).tolist())
        return cls(records.x.astype(np.uint8), np.array(records.names), records.motif_mask())

    @property
    def identity(self) -> str:
        """Hash of all arrays."""
        return digest.of_arrays(*self._arrays().values())

    def write(self, path: Path) -> None:
        """Writes a file that is whole or not there; NoRoomError where there is no room."""
        write_arrays(path, **self._arrays())

    @classmethod
    def read(cls, path: Path) -> "LaneSequences":
        """What ``write`` wrote."""
        with np.load(path, allow_pickle=False) as data:
            return cls(data["x"], data["names"], data.get("truth"))

    def _arrays(self) -> dict[str, NDArray[Any]]:
        truth = {} if self.truth is None else {"truth": self.truth}
        return {"x": self.x, "names": self.names, **truth}
