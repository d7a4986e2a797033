"""What a method says of each substitution: its scores in the units of ISM's deltas."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ismbench.scores import Kind, contribution_track, first_order

__all__ = ["has_signs", "per_base", "substitution_effects"]

Array = npt.NDArray[Any]


def per_base(kind: Kind) -> bool:
    """Whether a method tells the substitutions of one position apart; "contribution" has one number for all."""
    return kind != "contribution"


def has_signs(kind: Kind) -> bool:
    """Whether a method says which way a prediction goes; "magnitude" does not."""
    return kind != "magnitude"


def substitution_effects(values: npt.ArrayLike, x: npt.ArrayLike, kind: Kind) -> Array:
    """The change of the prediction that a method expects of each substitution.

    Args:
        values: (N, L, A, K), a method's result.
        x: (N, L, A), the one-hot reference.
        kind: "delta": the values themselves; "map" (gradients): the first-order change, each base's value minus the
            reference base's, so that the gradient, the corrected gradient and Taylor ISM say the same;
            "contribution": every substitution loses what the base contributes; "magnitude": sizes, without signs.

    Returns:
        (N, L, A, K), 0 at the reference base.

    Raises:
        InputError: Shapes that do not fit together, or an unknown kind.
    """
    values, x = np.asarray(values), np.asarray(x)
    track = contribution_track(values, x, kind)
    if kind == "map":
        return first_order(values, x)
    if kind == "contribution":
        return np.asarray(-track[:, :, None, :] * (x == 0)[..., None])
    return values
