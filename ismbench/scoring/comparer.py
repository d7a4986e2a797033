"""Comparisons of alleles by the loaded models, over models and strands."""

from functools import partial
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.target import Target
from ismbench.methods.target_function import TargetFunction
from ismbench.scoring.calls import in_calls
from ismbench.scoring.kept import keep
from ismbench.scoring.members import Ensemble
from ismbench.scoring.spec import ScoreSpec
from ismbench.scoring.strands import Function, Strands
from ismbench.sequence import reverse_complement

__all__ = ["Comparer"]

Array = NDArray[Any]


class Comparer:
    """Compares alleles by full passes; built once for a run.

    Args:
        ensemble: The models, and what is compared.
        spec: How to score.
        per_call: Sequences that a model gets at once.
    """

    def __init__(self, ensemble: Ensemble, spec: ScoreSpec, per_call: int) -> None:
        self._comparisons, self._per_call = ensemble.comparisons, per_call
        strands = Strands(ensemble.compared, ensemble.compared_turned, both=spec.rc)
        self._predict = keep(
            ensemble,
            ["compare", strands.depends_on],
            lambda: [strands.functions(partial(_prediction, model)) for model in ensemble.models],
        )
        self._parts = list(pairwise(accumulate((c.head.size for c in self._comparisons), initial=0)))

    def __call__(self, x: Array, other: Array) -> Array:
        """Values (V, C) for one-hot pairs (V, L, A) with the reference and the other allele."""
        each = [
            self._values(predict, *(pair if strand > 0 else tuple(map(reverse_complement, pair))))
            for functions in self._predict
            for strand, predict in functions.items()
            for pair in [(x, other)]
        ]
        return np.asarray(np.mean(each, axis=0))

    def _values(self, predict: Function, x: Array, other: Array) -> Array:
        both = [
            np.concatenate([value[:n] for value, n in in_calls(predict, (side,), self._per_call)])
            for side in (np.ascontiguousarray(x, np.float32), np.ascontiguousarray(other, np.float32))
        ]
        return np.concatenate(
            [
                comparison(*(side[:, first:end] for side in both))
                for comparison, (first, end) in zip(self._comparisons, self._parts, strict=True)
            ],
            axis=1,
        )


def _prediction(model: Any, target: Target) -> Function:
    return TargetFunction(model, target).compiled()
