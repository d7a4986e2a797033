"""Yuzu (PyPI ``yuzu-ism``), on torch: ISM by compressed sensing.

Schreiber, Nair, Balsubramani and Kundaje, "Accelerating in silico saturation mutagenesis using compressed sensing",
Bioinformatics 38:3557, 2022.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ismbench.errors import UnsupportedError
from ismbench.methods.base import BatchSizes
from ismbench.methods.peers._torch_peer import TorchPeer
from ismbench.methods.target_function import TargetFunction

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["Yuzu"]

Array = NDArray[Any]


class Yuzu(TorchPeer):
    """The size of each mutant's effect, approximately: the norm of the change over the outputs, without its sign.

    Before the first sequence Yuzu finds, for a model and a length, how changes spread, and random projections with
    their inverses. That is timed on its own (`precompute_seconds`) and repeated only if the weights change.

    Args:
        model: A chain of layers with one input (N, L, A) of fixed length, convolutions with "same" padding.
        target: One number: of several, Yuzu gives the norm.
        batch: `sequences_per_call` sequences are decoded together.
        alpha: Probes for each position that a mutant changes; Yuzu looks for the least that is good enough when
            None.

    Raises:
        UnsupportedError: The model branches, the target is several numbers, or Yuzu fails on the model.
    """

    name = "peer_yuzu"
    summary = "Yuzu (Schreiber 2022), on torch: sizes of ISM's effects by compressed sensing"
    label, place = "Yuzu", 120
    colour, marker, line = "olive", "X", "--"
    kind = "magnitude"
    outputs = "one"
    batch = {"sequences_per_call": 1}
    requires = {"yuzu": "yuzu-ism", "torch": "torch"}

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        batch: BatchSizes,
        *,
        alpha: Annotated[float, Field(gt=0)] | None = None,
    ) -> None:
        from ismbench.methods.peers._snapshot import Snapshot

        self._function = TargetFunction(model, target)
        if self._function.n_outputs() != 1:
            raise UnsupportedError("Yuzu gives a norm over all outputs, so the target must be one number")
        if self._function.shape[0] is None:
            raise UnsupportedError("Yuzu needs a model of fixed length")
        self._model, self._target, self._alpha = model, target, alpha
        self._size = self.batch_size(batch, "sequences_per_call")
        self._snapshot = Snapshot(model)
        self.precompute_seconds = 0.0
        self._refresh()

    def _refresh(self) -> None:
        if not self._snapshot.changed():
            return
        from yuzu import precompute
        from yuzu.models import Flatten

        from ismbench.methods.peers._torch import device, sequential_layers

        self._module = sequential_layers(self._model, self._target, Flatten)
        length, n_channels = self._function.shape
        start = time.perf_counter()
        try:
            with _inverse_in_one_thread():
                self._precomputation = precompute(
                    self._module, length, n_channels, alpha=self._alpha, device=device(), random_state=0
                )
        except (RuntimeError, ValueError, IndexError, AttributeError, NameError) as error:
            # It walks through the layers and assumes much of them; what it raises says little.
            reason = " ".join(str(error).split())
            raise UnsupportedError(
                f"Yuzu does not take this model: {type(error).__name__}: {reason}"[:300]
            ) from error
        self.precompute_seconds = time.perf_counter() - start

    def __call__(self, x: NDArray[np.float32]) -> Array:
        """Sizes of effects (N, L, A, 1) of x (N, L, A); 0 at the base that is there.

        Raises:
            UnsupportedError: A sequence holds N, which Yuzu takes for the first base.
        """
        from yuzu.yuzu_ism import yuzu_ism

        from ismbench.methods.peers._torch import device

        x = self._function.check(x)
        if not x.any(axis=2).all():
            raise UnsupportedError("Yuzu takes an N for the first base, so sequences must hold none")
        self._refresh()
        channels_first = np.ascontiguousarray(x.transpose(0, 2, 1), dtype=np.float32)
        scores = yuzu_ism(
            self._module, channels_first, self._precomputation, batch_size=self._size, device=device()
        )
        return np.asarray(scores, dtype=x.dtype).transpose(0, 2, 1)[..., None]


@contextmanager
def _inverse_in_one_thread() -> Iterator[None]:
    """Lets torch invert batches of matrices with one thread.

    With several, torch calls MKL's LAPACK from all of them at once, which then fails or gives wrong numbers (seen
    on AMD processors; pytorch issues 141358 and 142815).
    """
    import torch

    inverse = torch.linalg.inv

    def careful(*matrices: Any, **options: Any) -> Any:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return inverse(*matrices, **options)
        finally:
            torch.set_num_threads(threads)

    torch.linalg.inv = careful
    try:
        yield
    finally:
        torch.linalg.inv = inverse
