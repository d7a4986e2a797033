"""Effects of variants: substitutions and blocks through the fast engine, indels through full passes."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine import edits
from ismbench.engine.fast import FastEngine
from ismbench.engine.naive import NaiveEngine
from ismbench.errors import InputError
from ismbench.methods.target_function import TargetFunction
from ismbench.scoring.calls import in_calls
from ismbench.scoring.comparer import Comparer
from ismbench.scoring.kept import keep
from ismbench.scoring.members import Ensemble
from ismbench.scoring.spec import ScoreSpec
from ismbench.scoring.strands import Strands
from ismbench.sequence import reverse_complement

__all__ = ["VariantScorer", "check_variant_options"]

Array = NDArray[Any]
WIDTHS = (1, 2, 4, 8, 16, 32)
"""Blocks are widened to one of these, so that few plans serve all; above the last, full passes are as fast."""
_NAIVE_BATCH = 128


def check_variant_options(spec: ScoreSpec) -> None:
    """Refuses what has no meaning for variants.

    Raises:
        InputError: A method, reduction, window or shift that is for sequences.
    """
    if not spec.about_method.exact:
        raise InputError(
            f"Variants are scored by fast_ism or naive_ism. Received: the method {spec.method!r}; score the"
            " regions around them instead"
        )
    if spec.reduction not in ("delta", "log2fc"):
        raise InputError(
            f"The reduction of variants is delta or log2fc. Received: {spec.reduction!r}, which needs every base"
        )
    if spec.window is not None or spec.flank:
        raise InputError(
            "--window and --shifts are for sequences. Received: one of them with a list of variants"
        )


class VariantScorer:
    """Scores variants; built once for a run.

    Args:
        ensemble: The models.
        spec: How to score; see check_variant_options.
        per_call: Sequences that the model gets at once.
        skip: A variant whose effect is not defined becomes NaN, instead of ending the run.
    """

    def __init__(self, ensemble: Ensemble, spec: ScoreSpec, per_call: int, *, skip: bool = False) -> None:
        self._spec, self._skip = spec, skip
        strands = Strands(ensemble.outputs, ensemble.turned, both=spec.rc)
        depends_on = ["variants", spec.method, strands.depends_on, spec.batch, spec.max_memory, per_call]
        self._members = keep(
            ensemble,
            depends_on,
            lambda: [
                strands.functions(partial(_Member, model, spec=spec, per_call=per_call))
                for model in ensemble.models
            ],
        )
        self._comparer = Comparer(ensemble, spec, per_call) if ensemble.comparisons else None

    def __call__(self, x: Array, other: Array) -> dict[str, Array]:
        """Predictions and effects.

        Args:
            x: One-hot (V, L, A) with the reference allele.
            other: The same with the other allele.

        Returns:
            By the names of the store's variables, (V, K) each.
        """
        each = [self._of_member(member, x, other) for member in self._members]
        names = ("prediction", "effects", "alternate_prediction")
        stacked = {name: np.stack([values[i] for values in each]) for i, name in enumerate(names)}
        columns = {name: values.mean(axis=0) for name, values in stacked.items()}
        if len(each) > 1:
            columns |= {f"{name}_sd": values.std(axis=0) for name, values in stacked.items()}
        if self._comparer is not None:
            columns["comparisons"] = self._comparer(x, other)
        return columns

    def _of_member(self, member: dict[int, Any], x: Array, other: Array) -> tuple[Array, ...]:
        results = [
            strand(x, other) if number > 0 else strand(reverse_complement(x), reverse_complement(other))
            for number, strand in member.items()
        ]
        prediction, delta = np.mean(results, axis=0)
        alternate = prediction + delta
        if self._spec.reduction == "log2fc":
            fine = (prediction > 0) & (alternate > 0)
            if not fine.all() and not self._skip:
                smallest = min(prediction.min(), alternate.min())
                raise InputError(
                    f"log2fc needs positive outputs. Received: a smallest prediction of {smallest:g}; use delta, or"
                    " --on-error skip"
                )
            ratio = np.divide(alternate, prediction, out=np.full_like(prediction, np.nan), where=fine)
            delta = np.log2(ratio)
        return prediction, delta, alternate


class _Member:
    """A model made ready for a strand: predictions and differences of pairs of sequences."""

    def __init__(self, model: Any, target: Any, spec: ScoreSpec, per_call: int) -> None:
        self._per_call = per_call
        self._predict = TargetFunction(model, target).compiled()
        if spec.method == "fast_ism":
            self._engine: FastEngine | NaiveEngine = FastEngine(
                model, target, mutants=spec.batch, max_bytes=spec.max_memory
            )
        else:
            self._engine = NaiveEngine(model, target, batch=spec.batch or _NAIVE_BATCH)

    def __call__(self, x: Array, other: Array) -> Array:
        """Predictions and differences, (2, V, K)."""
        x, other = np.ascontiguousarray(x, np.float32), np.ascontiguousarray(other, np.float32)
        prediction = self._in_calls(self._predict, x)
        delta = np.zeros_like(prediction)
        first, width = _spans(x, other)
        for bucket in np.unique(width[width > 0]):
            rows = np.flatnonzero(width == bucket)
            place = np.minimum(first[rows], x.shape[1] - bucket)
            if bucket > WIDTHS[-1]:
                delta[rows] = self._in_calls(self._predict, other[rows]) - prediction[rows]
            else:
                delta[rows] = self._in_calls(self._blocks(int(bucket)), x[rows], other[rows], place)
        return np.stack([prediction, delta])

    def _in_calls(self, function: Callable[..., Array], *arrays: Array) -> Array:
        return np.concatenate([result[:n] for result, n in in_calls(function, arrays, self._per_call)])

    def _blocks(self, width: int) -> Any:
        """Differences (V, K) that blocks of one width make, by the engine."""

        def differences(x: Array, other: Array, place: NDArray[np.int64]) -> Array:
            index = place[:, None] + np.arange(width)
            content = np.take_along_axis(other, index[:, :, None], axis=1)
            work = edits.contents(x, place[:, None], content[:, None, None], common=False)
            delta: Array | None = None
            for (row, _, _), piece in self._engine.deltas([x], work):
                delta = np.zeros((len(x), piece.shape[1]), piece.dtype) if delta is None else delta
                delta[row] = piece
            assert delta is not None
            return delta

        return differences


def _spans(x: Array, other: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First changed position, and the width of the block around all changed ones; 0 where nothing changes."""
    changed = (x != other).any(axis=2)
    first = changed.argmax(axis=1)
    width = np.where(changed.any(axis=1), x.shape[1] - changed[:, ::-1].argmax(axis=1) - first, 0)
    for low, high in zip((0, *WIDTHS), WIDTHS, strict=False):
        width = np.where((width > low) & (width <= high), high, width)
    # Everything wider goes through full passes together; a short model has no room for a wide block.
    return first, np.where(width > WIDTHS[-1], WIDTHS[-1] + 1, np.minimum(width, x.shape[1]))
