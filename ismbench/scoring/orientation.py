"""Models whose input has the right numbers in another order: what is wrong, and the line that mends it."""

from typing import Any

from ismbench.errors import InputError

__all__ = ["check_orientation"]

_BASES = 4


def check_orientation(model: Any, name: str) -> None:
    """Raises InputError where a model takes one-hot DNA that is turned, or has an axis too many.

    Args:
        model: Any Keras model; others than those are left to other checks.
        name: What messages call it.
    """
    inputs = getattr(model, "inputs", None)
    if not inputs or len(inputs) != 1:
        return
    shape = tuple(inputs[0].shape[1:])
    mend = _mend(shape)
    if mend is None:
        return
    length = next((n for n in shape if n not in (1, _BASES)), None)
    raise InputError(
        f"A model must take one-hot sequences (length, {_BASES}), channels last. Received: {name} with {shape}; put a"
        f" layer in front: x = keras.Input(({length}, {_BASES})); keras.Model(x, model({mend}(x)))"
    )


def _mend(shape: tuple[int | None, ...]) -> str | None:
    """The layer that makes (length, 4) what a model takes; None where it takes that, or something else."""
    if len(shape) == 2 and shape[0] == _BASES and shape[1] != _BASES:
        return "keras.layers.Permute((2, 1))"
    if len(shape) != 3 or 1 not in shape:
        return None
    without = [n for n in shape if n != 1]
    if len(without) != 2 or _BASES not in without:
        return None
    target = ", ".join("-1" if n is None else str(n) for n in shape)
    reshape = f"keras.layers.Reshape(({target}))"
    if without[1] == _BASES:
        return reshape
    return f"keras.Sequential([keras.layers.Permute((2, 1)), {reshape}])"
