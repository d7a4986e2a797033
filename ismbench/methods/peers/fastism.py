"""The original fastISM (PyPI ``fastism``), on Keras 2.

Nair, Shrikumar, Schreiber and Kundaje, "fastISM: performant in silico saturation mutagenesis for convolutional neural
networks", Bioinformatics 38:2397, 2022.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.errors import InputError, UnsupportedError
from ismbench.methods._mutagenesis import joined, spread
from ismbench.methods.base import BatchSizes, Method
from ismbench.methods.target_function import TargetFunction, in_batches

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["OriginalFastISM"]

Array = NDArray[Any]


class OriginalFastISM(Method):
    """Prediction of every mutant minus prediction of the reference, as the original package computes it.

    The package replaces one base in all sequences of a batch, position after position; it is called once for each
    base. A sequence that holds that base already costs it nothing there. Its own test of correctness, at
    construction, is left out: scores are compared with naive ISM instead.

    Args:
        model: Functional or Sequential, with one input (N, L, A) of fixed length.
        target: The numbers to explain.
        batch: `sequences_per_call` sequences go through the package together.
        positions: Positions to score; all by default. The others become NaN.

    Raises:
        UnsupportedError: Not on TensorFlow with TF_USE_LEGACY_KERAS=1, or a layer that it or Keras 2 lacks.
    """

    name = "peer_fastism"
    summary = "the original fastISM (Nair 2022), on Keras 2"
    label, place = "fastISM (Nair 2022)", 110
    colour, marker, line = "wine", "h", "--"
    kind = "delta"
    exact = True
    batch = {"sequences_per_call": 64}
    requires = {"fastism": "fastism", "tf_keras": "tf-keras"}
    extra = "peers"
    backends = ("tensorflow",)
    environment = {"TF_USE_LEGACY_KERAS": "1"}

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        batch: BatchSizes,
        *,
        positions: Sequence[int] | None = None,
    ) -> None:
        from ismbench.engine.graph import read_graph
        from ismbench.methods.peers._snapshot import Snapshot

        self._function = TargetFunction(model, target)
        if not _has_keras_2():
            raise UnsupportedError(
                "the original fastISM needs TensorFlow and TF_USE_LEGACY_KERAS=1 in a process of its own, which"
                " ismbench run gives it"
            )
        length = self._function.shape[0]
        if length is None:
            raise UnsupportedError("the original fastISM needs a model of fixed length")
        self._model, self._target = model, target
        self._names = read_graph(model).output_names
        self._size = self.batch_size(batch, "sequences_per_call")
        self._positions = _checked(positions, length)
        self._snapshot = Snapshot(model)
        self._refresh()

    def _refresh(self) -> None:
        """Rebuilds both models where the weights are not those that they were built with."""
        if not self._snapshot.changed():
            return
        from fastism import FastISM

        from ismbench.methods.peers._tf_keras import to_tf_keras

        self._copy = to_tf_keras(self._model)
        ranges = [(int(p), int(p) + 1) for p in self._positions]
        try:
            self._ism = FastISM(self._copy, change_ranges=ranges, test_correctness=False)
        except (
            NotImplementedError,
            AssertionError,
        ) as error:  # what it raises for models that it cannot take
            reason = " ".join(str(error).split()) or "an assertion of its own fails"
            raise UnsupportedError(
                f"the original fastISM does not take this model: {reason}"[:300]
            ) from error

    def __call__(self, x: NDArray[np.float32]) -> Array:
        """Deltas (N, L, A, K) of x (N, L, A); NaN at positions that are not to be scored."""
        return spread(self.scored(x), self._positions, x.shape[1])

    def scored(self, x: NDArray[np.float32]) -> Array:
        """Deltas (N, P, A, K) at the P positions that are to be scored, ascending."""
        x = self._function.check(x)
        self._refresh()
        return joined([self._deltas(x[rows]) for rows in in_batches(len(x), self._size)])

    def _deltas(self, x: Array) -> Array:
        reference = self._select(_listed(self._copy(x, training=False)))[:, None]
        result = np.empty((len(x), len(self._positions), x.shape[2], reference.shape[2]), x.dtype)
        for base, column in enumerate(np.eye(x.shape[2], dtype=x.dtype)):
            outputs = _listed(self._ism(x, replace_with=column.tolist()))
            flat = [np.asarray(y).reshape(-1, *np.shape(y)[2:]) for y in outputs]
            predictions = self._select(flat).reshape(len(x), len(self._positions), -1)
            delta = predictions - reference
            delta[x[:, self._positions, base] == 1] = 0
            result[:, :, base] = delta
        return result

    def _select(self, outputs: list[Any]) -> Array:
        """The target's numbers (M, K) of outputs (M, ...)."""
        import keras

        values = [keras.ops.convert_to_tensor(np.asarray(y)) for y in outputs]
        return np.asarray(keras.ops.convert_to_numpy(self._target.select(values, self._names)))


def _has_keras_2() -> bool:
    """Whether ``tf.keras`` is Keras 2 here; the variable may have been set too late to matter."""
    import keras

    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf
    import tf_keras

    return tf.keras.Model is tf_keras.Model


def _listed(outputs: Any) -> list[Any]:
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def _checked(positions: Sequence[int] | None, length: int) -> NDArray[np.int64]:
    if positions is None:
        return np.arange(length)
    chosen = np.unique(np.asarray(positions, dtype=np.int64))
    if not len(chosen) or chosen[0] < 0 or chosen[-1] >= length:
        raise InputError(f"Positions to score must lie in 0..{length - 1}. Received: {chosen.tolist()}")
    return chosen
