"""The record that carries sequences, their names and where they came from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ismbench.errors import InputError
from ismbench.sequence.encoding import OneHot

__all__ = ["MotifSite", "SequenceSet"]


@dataclass(frozen=True)
class MotifSite:
    """Where a motif was planted.

    Attributes:
        name: Of the motif.
        start: First position, from 0.
        end: One past the last position.
        strand: "+" or "-".
    """

    name: str
    start: int
    end: int
    strand: str


@dataclass(frozen=True)
class SequenceSet:
    """Sequences of one length.

    Attributes:
        names: One per sequence.
        x: float32 (N, L, A), one-hot.
        source: Where they came from, in words, for the records of a run.
        motifs: The planted sites of each sequence, where they are known.
    """

    names: tuple[str, ...]
    x: OneHot
    source: str
    motifs: tuple[tuple[MotifSite, ...], ...] | None = None

    def __post_init__(self) -> None:
        if len(self.names) != len(self.x) or (self.motifs is not None and len(self.motifs) != len(self.x)):
            raise InputError(
                "A SequenceSet needs one name (and, if any, one tuple of motifs) per sequence. Received:"
                f" {len(self.names)} names, {len(self.x)} sequences"
            )

    def __len__(self) -> int:
        return len(self.x)

    @property
    def length(self) -> int:
        """L, the positions of each sequence."""
        return int(self.x.shape[1])

    def take(self, which: Sequence[int] | slice) -> "SequenceSet":
        """Returns the chosen sequences, in that order."""
        chosen = range(len(self))[which] if isinstance(which, slice) else which
        return replace(
            self,
            names=tuple(self.names[i] for i in chosen),
            x=self.x[list(chosen)],
            motifs=None if self.motifs is None else tuple(self.motifs[i] for i in chosen),
        )

    def window(self, start: int, length: int) -> "SequenceSet":
        """Returns a stretch of every sequence; of motifs, those that lie in it."""
        sites = tuple(
            tuple(
                replace(site, start=site.start - start, end=site.end - start)
                for site in row
                if start <= site.start and site.end <= start + length
            )
            for row in self.motifs or ()
        )
        x = np.ascontiguousarray(self.x[:, start : start + length])
        return replace(self, x=x, motifs=None if self.motifs is None else sites)

    def motif_mask(self) -> npt.NDArray[np.bool_] | None:
        """Returns bool (N, L), True inside of planted motifs; None where the motifs are not known."""
        if self.motifs is None:
            return None
        mask = np.zeros(self.x.shape[:2], dtype=bool)
        for row, sites in zip(mask, self.motifs, strict=True):
            for site in sites:
                row[site.start : site.end] = True
        return mask
