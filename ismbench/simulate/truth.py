"""What is true of simulated sequences: the exact effects of their substitutions, and the motifs that matter."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ismbench.sequence import SequenceSet
from ismbench.simulate.response import Response

__all__ = ["Truth", "truth_of"]


@dataclass(frozen=True)
class Truth:
    """What the response says of N sequences.

    Attributes:
        effects: float32 (N, L, 4, K), its exact ISM, in standard deviations of each signal.
        sites: Bool (N, L, K), True inside of planted motifs that the output answers to; see
            `Response.sites_that_matter`.
    """

    effects: npt.NDArray[np.float32]
    sites: npt.NDArray[np.bool_]


def truth_of(response: Response, sequences: SequenceSet) -> Truth:
    """The truth of sequences whose planted motifs are known."""
    effects = response.ism(sequences.x).astype(np.float32)
    return Truth(effects, response.sites_that_matter(sequences))
