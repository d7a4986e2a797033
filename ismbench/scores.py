"""What a score is: the conventions of the field as named reductions of one definition of ISM.

ISM gives ``delta (N, L, A, *out)``: prediction of the mutant minus prediction of the reference, 0 at the
reference base, NaN where a position was not scored. NaN stays NaN in every reduction. An all-zero column (N)
of the reference has no reference base: all A substitutions are alternatives there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ismbench.errors import InputError

__all__ = ["REDUCTIONS", "Kind", "Reduction", "contribution_track", "first_order"]

Array = npt.NDArray[Any]

Kind = Literal["delta", "map", "contribution", "magnitude"]
"""What a method's values (N, L, A, K) mean, see `contribution_track`."""


@dataclass(frozen=True)
class Reduction:
    """One convention.

    Call it as ``REDUCTIONS[name](delta, x, prediction)``: ``delta`` (N, L, A, *out), the one-hot reference
    ``x`` (N, L, A) and its ``prediction`` (N, *out).

    Attributes:
        name: Its key in `REDUCTIONS`.
        value: The formula, in words.
        who: Who uses it.
        function: Of (delta, x, prediction).
    """

    name: str
    value: str
    who: str
    function: Callable[[Array, Array, Array | None], Array]

    def __call__(
        self, delta: npt.ArrayLike, x: npt.ArrayLike, prediction: npt.ArrayLike | None = None
    ) -> Array:
        """Returns the reduced scores; raises InputError where the arrays do not fit together."""
        delta, x = np.asarray(delta), np.asarray(x)
        _check_shapes(delta, x)
        if prediction is not None:
            prediction = np.asarray(prediction)
            if prediction.shape != delta.shape[:1] + delta.shape[3:]:
                raise InputError(
                    "prediction must have the shape (N, *out) of delta (N, L, A, *out). Received: prediction"
                    f" {prediction.shape}, delta {delta.shape}"
                )
        return self.function(delta, x, prediction)


def _check_shapes(values: Array, x: Array) -> None:
    if x.ndim != 3 or values.ndim < 3 or values.shape[:3] != x.shape:
        raise InputError(
            "Scores (N, L, A, *out) and their reference x (N, L, A) must agree in N, L and A. Received:"
            f" scores {values.shape}, x {x.shape}"
        )


def _alternatives(delta: Array, x: Array) -> Array:
    """Counts the substitutions of each position, (N, L, 1...): A - 1, or A where the reference is N."""
    count = x.shape[2] - x.sum(axis=2, dtype=delta.dtype)
    return np.asarray(count.reshape(count.shape + (1,) * (delta.ndim - 3)))


def _delta(delta: Array, x: Array, prediction: Array | None) -> Array:
    return delta


def _centered(delta: Array, x: Array, prediction: Array | None) -> Array:
    return np.asarray(delta - delta.mean(axis=2, keepdims=True))


def _contribution(delta: Array, x: Array, prediction: Array | None) -> Array:
    return np.asarray(-delta.mean(axis=2))


def _mean_effect(delta: Array, x: Array, prediction: Array | None) -> Array:
    return np.asarray(-delta.sum(axis=2) / _alternatives(delta, x))


def _l2_alternatives(delta: Array, x: Array, prediction: Array | None) -> Array:
    return np.asarray(np.sqrt((delta**2).sum(axis=2) / _alternatives(delta, x)))


def _l2_outputs(delta: Array, x: Array, prediction: Array | None) -> Array:
    return np.asarray(np.sqrt((delta**2).sum(axis=tuple(range(3, delta.ndim)))))


def _log2fc(delta: Array, x: Array, prediction: Array | None) -> Array:
    if prediction is None:
        raise InputError("log2fc is a ratio to the prediction of the reference. Received: no prediction")
    reference = prediction[:, None, None]
    mutant = reference + delta
    if (reference <= 0).any() or (mutant <= 0).any():
        raise InputError(
            "log2fc needs positive outputs. Received: a smallest prediction of"
            f" {min(np.nanmin(mutant), reference.min()):g}; use delta, or a target that is positive"
        )
    return np.asarray(np.log2(mutant / reference))


_TABLE = (
    Reduction("delta", "change for each alternative, (N, L, A, *out)", "the definition of ISM, TISM", _delta),
    Reduction(
        "centered",
        "delta minus its mean over all A bases, (N, L, A, *out)",
        "TISM eq. 4, tangermeme",
        _centered,
    ),
    Reduction(
        "contribution",
        "centered at the reference base: -sum(delta)/A, (N, L, *out)",
        "TISM eq. 5",
        _contribution,
    ),
    Reduction(
        "mean_effect",
        "minus the mean over the alternatives, (N, L, *out)",
        "AlphaGenome, CREsted",
        _mean_effect,
    ),
    Reduction(
        "l2_alternatives",
        "root of the mean square over the alternatives, (N, L, *out)",
        "fastISM's tutorial",
        _l2_alternatives,
    ),
    Reduction("l2_outputs", "norm of delta over all outputs, (N, L, A)", "Yuzu", _l2_outputs),
    Reduction("log2fc", "log2(mutant / reference), positive outputs, (N, L, A, *out)", "gReLU", _log2fc),
)

REDUCTIONS: dict[str, Reduction] = {reduction.name: reduction for reduction in _TABLE}
"""Every convention by name."""


def first_order(gradient: Array, x: Array) -> Array:
    """First-order deltas (N, L, A, K) from gradients: each base's minus the reference base's, as TISM takes them.

    At an N (zero column) there is no reference base to take away, so the gradient stays.
    """
    at_reference = np.einsum("nlak,nla->nlk", gradient, x)
    return np.asarray(gradient - at_reference[:, :, None, :])


def contribution_track(values: npt.ArrayLike, x: npt.ArrayLike, kind: Kind) -> Array:
    """Returns one number per position: what the base that is there contributes, by each method's own reading.

    Args:
        values: (N, L, A, *out), a method's result.
        x: (N, L, A), the one-hot reference.
        kind: "delta" (ISM and its approximations): -sum over the bases / A, `REDUCTIONS["contribution"]`;
            "map" (gradients): the value at the reference base, 0 at an all-zero column;
            "contribution" (gradient x input, IG, DeepSHAP): the sum over the bases;
            "magnitude" (Yuzu): the mean size over the bases, which has no sign.

    Returns:
        (N, L, *out).

    Raises:
        InputError: Shapes that do not fit together, or an unknown kind.
    """
    values, x = np.asarray(values), np.asarray(x)
    _check_shapes(values, x)
    if kind == "delta":
        return _contribution(values, x, None)
    if kind == "map":
        chosen = x.reshape(x.shape + (1,) * (values.ndim - 3)) != 0
        return np.asarray(np.where(chosen, values, 0).sum(axis=2))
    if kind == "contribution":
        return np.asarray(values.sum(axis=2))
    if kind == "magnitude":
        return np.asarray(values.mean(axis=2))
    raise InputError(f"A kind of score is 'delta', 'map', 'contribution' or 'magnitude'. Received: {kind!r}")
