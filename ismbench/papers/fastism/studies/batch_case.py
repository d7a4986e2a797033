"""One model at one length for the study of batches: its model, its sequences, and what a number of them would take."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.papers.core.study import ComputeJob

if TYPE_CHECKING:
    import keras

__all__ = ["Case"]

_REPETITIONS = {"quick": 1, "shipped": 3, "full": 5}
_BUDGET = {"quick": 120.0, "shipped": 900.0, "full": 14_400.0}
"""Seconds that one number of sequences may take."""
_CALLS = {"quick": 3, "shipped": 8, "full": 12}
"""Calls of the original fastISM for one number of sequences."""
_PASSES = 5
"""Forward passes over the sequences in a call: one for each base, and the reference."""
_EFFICIENCY = 0.5
"""Of the matmul rate, over whole models."""
_SHARE = 0.8
"""Of the memory that is free."""


@dataclass(frozen=True, eq=False)
class Case:
    """One model at one length; built when something asks for it.

    Attributes:
        job: What is computed.
        name: Of the model.
        length: Positions of a sequence.
        most: Sequences that there must be.
    """

    job: ComputeJob
    name: str
    length: int
    most: int

    @cached_property
    def model(self) -> "keras.Model":
        """With seeded random weights."""
        from ismbench.model_loading import build_from_file

        return build_from_file(self.job.root / "models" / f"{self.name}.py", self.length, {}, None)

    @cached_property
    def x(self) -> NDArray[np.float32]:
        """(most, length, 4) random sequences."""
        from ismbench.sequence import random_dna

        return random_dna(self.most, self.length, self.job.seed)

    @property
    def repetitions(self) -> int:
        """Timed calls."""
        return _REPETITIONS[self.job.scale]

    def positions(self, count: int) -> list[int]:
        """Neighbouring positions in the middle."""
        first = (self.length - count) // 2
        return list(range(first, first + count))

    def explainer(self, method: str, positions: list[int], **batch: int) -> Any:
        """A method for every output, as in the paper."""
        from ismbench.engine import Target
        from ismbench.methods import BatchSizes, load

        return load(method)(self.model, Target(), BatchSizes(**batch), positions=positions)

    def largest_prediction(self, x: NDArray[np.float32]) -> float:
        """The largest size of a number that the model predicts for some sequences."""
        import keras

        outputs = keras.tree.flatten(self.model(x, training=False))
        return max(float(np.abs(keras.ops.convert_to_numpy(y)).max()) for y in outputs)

    def too_much(self, size: int) -> tuple[str, str] | None:
        """The status of a number of sequences that the original need not try, and why; None where it may."""
        seconds = self._seconds(size, _rate(self.job.device))
        budget = _BUDGET[self.job.scale]
        if seconds > budget:
            return "over_budget", f"its forward passes alone take about {seconds:.0f} s, above {budget:.0f} s"
        needed, free = self._bytes(size) / 2**30, _free_bytes() / 2**30
        if self.job.device == "cpu" and needed > _SHARE * free:
            return "oom", f"what its layers keep may take {needed:.1f} GiB, and {free:.1f} are free"
        return None

    def _seconds(self, size: int, per_second: float) -> float:
        """Of the forward passes in the calls of the original, by their multiply-adds."""
        from ismbench.bench.plan.forward_cost import forward_cost

        work = forward_cost(self.model, self.length).multiply_adds
        return _CALLS[self.job.scale] * _PASSES * size * work / (_EFFICIENCY * per_second)

    def _bytes(self, size: int) -> float:
        """Of the results of all layers, which the original keeps for the length of a call."""
        import keras

        tensors = keras.tree.flatten([layer.output for layer in self.model.layers])
        return 4.0 * size * sum(int(np.prod(t.shape[1:])) for t in tensors)


@cache
def _rate(device: str) -> float:
    from ismbench.bench.machine.rates import device_rates

    return device_rates(device)["matmul_per_second"]


def _free_bytes() -> float:
    import psutil

    return float(psutil.virtual_memory().available)
