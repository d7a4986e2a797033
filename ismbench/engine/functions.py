"""Functions that work element by element: those that are registered, and those that prove it when a graph is read.

A function is element-wise if each number of its result depends on the number at the same place alone, in the same way
at every place. That cannot be seen from its code, but it can be refuted by trying, and the trials are many: a function
that passes them all and mixes positions would have to hide it from random values of all magnitudes.
"""

import math
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from ismbench.errors import InputError

__all__ = ["is_elementwise", "is_registered", "proves_elementwise", "register_elementwise", "registered"]

Function = Callable[[Any], Any]

_REGISTERED: "weakref.WeakSet[Any]" = weakref.WeakSet()
_PROVED: "weakref.WeakKeyDictionary[Any, dict[tuple[int, ...], bool]]" = weakref.WeakKeyDictionary()
SCALES = (0.01, 1.0, 20.0)
"""Magnitudes of the values tried: a function may mix positions only where numbers are large, or small."""
CHANGED = 6
"""Entries that are changed alone, at each magnitude."""
BATCH = 3
LEAST_NUMBERS = 0.1
"""Share of the results that must be numbers: a logarithm gives none for half of the values, nonsense for all."""
MOST = 2**25
"""Numbers that a trial may take: larger tensors are not tried, their functions must be registered."""


def register_elementwise(function: Function) -> Function:
    """Tells the engine that a function works element by element; may be used as a decorator.

    Needed only where the proof by trying fails though the function is element-wise (one that looks up its values,
    say, and refuses large ones).

    Args:
        function: Of one tensor, to a tensor of the same shape.

    Returns:
        The function.

    Raises:
        InputError: If it cannot be called.
    """
    if not callable(function):
        raise InputError(f"register_elementwise needs a function. Received: {function!r}")
    _REGISTERED.add(function)
    return function


def registered() -> frozenset[Function]:
    """The functions that are registered now."""
    return frozenset(_REGISTERED)


def is_elementwise(
    node: Any, function: Function, shape: tuple[int, ...], call: Function | None = None
) -> bool:
    """Whether a function is registered, or proves to be element-wise on tensors of this shape.

    Args:
        node: Where it is called; what was proved is kept as long as the node is, no longer.
        function: Of one tensor.
        shape: Of its tensors in the model, without the batch axis.
        call: How to call it, where not by itself.
    """
    if is_registered(function):
        return True
    if getattr(function, "weights", None):
        return False  # a layer with weights: what they are today proves nothing of tomorrow
    known = _PROVED.setdefault(node, {})
    if shape not in known:
        known[shape] = proves_elementwise(call or function, shape)
    return known[shape]


def is_registered(function: Function) -> bool:
    """Whether a function was registered as element-wise."""
    try:
        return function in _REGISTERED
    except TypeError:  # what cannot be referenced weakly cannot have been registered
        return False


def proves_elementwise(function: Function, shape: tuple[int, ...], seed: int = 0) -> bool:
    """Tries to refute that a function is element-wise.

    Args:
        function: Of one tensor.
        shape: Of its tensors in the model, without the batch axis.
        seed: Of the values.

    Returns:
        False where one trial refutes it, or where it cannot be called so.
    """
    if math.prod(shape) * BATCH > MOST:
        return False
    rng = np.random.default_rng(seed)
    try:
        return all(_passes(function, (BATCH, *shape), scale, rng) for scale in SCALES)
    except Exception:  # whatever a user's function raises, nothing has been proved
        return False


def _passes(function: Function, shape: tuple[int, ...], scale: float, rng: np.random.Generator) -> bool:
    x = (scale * rng.normal(size=shape)).astype("float32")
    y = _call(function, x)
    if y is None:
        return False
    order = rng.permutation(x.size)
    moved = _call(function, x.reshape(-1)[order].reshape(shape))
    trials = [(moved, y.reshape(-1)[order].reshape(shape))]
    # One row alone, and twice as many: the batch must not matter either.
    trials += [
        (_call(function, x[:1]), y[:1]),
        (_call(function, np.concatenate([x, x])), np.concatenate([y, y])),
    ]
    if not all(got is not None and _same(got, want) for got, want in trials):
        return False
    return all(_one_changed(function, x, y, 3 * scale, rng) for _ in range(CHANGED))


def _one_changed(
    function: Function, x: NDArray[Any], y: NDArray[Any], scale: float, rng: np.random.Generator
) -> bool:
    """Whether all other results stay what they were, to the last bit, when one entry is changed."""
    place = tuple(int(rng.integers(n)) for n in x.shape)
    other = x.copy()
    other[place] = scale * rng.normal()
    got, want = _call(function, other), y.copy()
    if got is None:
        return False
    want[place] = got[place]
    return np.array_equal(got, want, equal_nan=True)


def _call(function: Function, x: NDArray[Any]) -> NDArray[Any] | None:
    """The function's values; None where they have another shape or too few are numbers."""
    y = np.asarray(ops.convert_to_numpy(function(ops.convert_to_tensor(x))))
    if y.shape != x.shape or np.isfinite(y).mean() < LEAST_NUMBERS:
        return None
    return y.astype("float64")


def _same(got: NDArray[Any], want: NDArray[Any]) -> bool:
    """Equal but for the last bits, in which vector and scalar code may differ."""
    return got.shape == want.shape and np.allclose(got, want, rtol=3e-6, atol=1e-7, equal_nan=True)
