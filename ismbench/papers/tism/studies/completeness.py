"""Completeness: do the contributions of a sequence add up to what makes its prediction differ from a shuffle's?"""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench.engine.target import Target
from ismbench.errors import UnsupportedError
from ismbench.methods import METHODS, BatchSizes, load
from ismbench.papers.core.study import Tell
from ismbench.papers.tism.studies.methods_asked import METHODS_ASKED
from ismbench.scores import contribution_track
from ismbench.sequence import dinucleotide_shuffle

if TYPE_CHECKING:
    import keras

__all__ = ["completeness"]

OUTPUTS = 2
"""Outputs that are looked at."""
SHUFFLES = 10


def completeness(model: "keras.Model", x: NDArray[np.float32], seed: int, tell: Tell) -> pd.DataFrame:
    """Sums of contributions against changes of the prediction.

    Args:
        model: What is explained.
        x: (N, L, A).
        seed: Of the dinucleotide shuffles.
        tell: Takes reports of progress.

    Returns:
        A row for each method, sequence and output: ``sum`` of the contributions, and ``change``, the prediction minus
        its mean over ten shuffles of the sequence. Methods that cannot explain the model are left out.
    """
    target = Target(index=tuple(range(min(OUTPUTS, int(model.outputs[0].shape[-1])))))
    change = _change(model, x, target, seed)
    frames = []
    for name in METHODS_ASKED:
        tell(f"completeness of {name}")
        try:
            scores = load(name)(model, target, BatchSizes())(x)
        except UnsupportedError:
            continue
        total = contribution_track(scores, x, METHODS[name].kind).sum(axis=1)
        sequence, output = (axis.ravel() for axis in np.indices(change.shape))
        frames.append(
            pd.DataFrame(
                {
                    "method": name,
                    "sequence": sequence,
                    "output": output,
                    "sum": np.round(total.ravel().astype(float), 5),
                    "change": np.round(change.ravel().astype(float), 5),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _change(model: "keras.Model", x: NDArray[np.float32], target: Target, seed: int) -> NDArray[Any]:
    rng = np.random.default_rng(seed)
    shuffles = np.concatenate([dinucleotide_shuffle(row, SHUFFLES, rng) for row in x])
    columns = list(target.index) if isinstance(target.index, tuple) else [0]
    here, there = (np.asarray(model.predict(a, verbose=0))[:, columns] for a in (x, shuffles))
    return np.asarray(here - there.reshape(len(x), SHUFFLES, -1).mean(axis=1))
