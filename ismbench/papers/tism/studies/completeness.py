"""Completeness: do contributions add up to what their method promises, the change from its own baselines?"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench.engine.target import Target
from ismbench.errors import UnsupportedError
from ismbench.methods import BatchSizes, load
from ismbench.papers.core.study import Tell
from ismbench.papers.tism.studies.methods_asked import METHODS_ASKED

if TYPE_CHECKING:
    import keras

__all__ = ["completeness"]

OUTPUTS = 2
"""Outputs that are looked at."""


def completeness(model: "keras.Model", x: NDArray[np.float32], tell: Tell) -> pd.DataFrame:
    """How far contributions are from adding up, for the methods that promise it.

    Args:
        model: What is explained.
        x: (N, L, A).
        tell: Takes reports of progress.

    Returns:
        A row for each method, sequence and output: ``gap``, the sum of the contributions minus the change of the
        prediction from the method's own baselines, and that ``change``. Methods that promise no sum, and those that
        cannot explain the model, are left out.
    """
    rows = []
    for name in METHODS_ASKED:
        for output in range(min(OUTPUTS, int(model.outputs[0].shape[-1]))):
            tell(f"completeness of {name}")
            try:
                method = load(name)(model, Target(index=output), BatchSizes())
            except UnsupportedError:
                break
            diagnostics = getattr(method, "diagnostics", None)
            if diagnostics is None:
                break
            method(x)
            found = diagnostics()
            if "completeness_change" not in found:
                break
            pairs = zip(found["completeness_gap"], found["completeness_change"], strict=True)
            rows += [
                (name, i, output, round(gap, 6), round(change, 6)) for i, (gap, change) in enumerate(pairs)
            ]
    return pd.DataFrame(rows, columns=["method", "sequence", "output", "gap", "change"])
