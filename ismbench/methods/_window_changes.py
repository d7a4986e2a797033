"""What it changes on average to write other letters into every window of a sequence, through the fast engine."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.letters import Alphabet
from ismbench.errors import InputError
from ismbench.methods.target_function import TargetFunction

if TYPE_CHECKING:
    import keras

    from ismbench.engine.edits import Edits
    from ismbench.engine.target import Target

__all__ = ["WindowChanges", "window_misfit"]

Array = NDArray[Any]


def window_misfit(width: int, length: int) -> str | None:
    """Why windows of a width do not fit sequences of a length; None where they do."""
    if width <= length:
        return None
    return (
        f"A window must not be wider than the sequence. Received: {width} positions for sequences of {length}"
    )


class WindowChanges:
    """The mean change of the prediction for each window, over the contents that are written into it.

    Args:
        model: Functional or Sequential, with one input (N, L, A).
        target: The numbers to explain.
        mutants: Mutants in a chunk; the engine's choice when None.
        alphabet: Which columns of the input are letters; see ``ismbench.saturation_mutagenesis``.
    """

    def __init__(
        self, model: "keras.Model", target: "Target", mutants: int | None, alphabet: Alphabet = None
    ) -> None:
        from ismbench.engine.fast import FastEngine

        self._function = TargetFunction(model, target, alphabet)
        self._engine = FastEngine(model, target, mutants=mutants)

    @property
    def dtype(self) -> str:
        """Dtype of scores."""
        return self._function.dtype

    @property
    def letters(self) -> slice:
        """The columns of a sequence that are letters."""
        return self._function.letters

    def check(self, x: NDArray[np.float32], width: int) -> Array:
        """Sequences in the type of the model's input, which may be one of integers.

        Raises:
            InputError: They do not fit the model, or windows do not fit them.
        """
        x = self._function.check(x).astype(self._function.input_dtype, copy=False)
        reason = window_misfit(width, x.shape[1])
        if reason is not None:
            raise InputError(reason)
        return x

    def __call__(self, x: Array, content: Array) -> Array:
        """Mean changes.

        Args:
            x: One sequence (L, A), checked.
            content: (W, M, width, letters) the M contents of the windows that start at 0..W-1.

        Returns:
            (W, K), prediction with a content minus prediction, mean over all M; one that is there already counts as 0.
        """
        total: Array | None = None
        for (_, window, _), delta in self._engine.deltas([x[None]], self._edits(x, content)):
            if total is None:
                total = np.zeros((len(content), delta.shape[1]))
            np.add.at(total, window, delta)
        if total is None:  # every content is there already
            return np.zeros((len(content), self._engine.reference([x[None]]).shape[1]))
        return total / content.shape[1]

    def multiply_adds(self, x: Array, content: Array) -> float:
        """What a call needs, by the engine's plan."""
        from ismbench.engine.plan import full_multiply_adds

        edits = self._edits(x, content)
        prepared = self._engine.prepare([x[None]], edits)
        each = prepared.plan.multiply_adds
        if prepared.naive:
            each = full_multiply_adds(self._engine.graph, self._engine.shapes([x[None]]))
        return float(edits.wanted.sum()) * each

    def _edits(self, x: Array, content: Array) -> "Edits":
        from ismbench.engine.edits import contents

        starts = np.arange(len(content))[None]
        return contents(x[None], starts, content[None].astype(x.dtype), letters=self.letters)
