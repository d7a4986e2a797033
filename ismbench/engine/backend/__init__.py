"""The few things that differ between TensorFlow, JAX and torch. Everything else is written in ``keras.ops``.

One module a backend, each with ``compiled``, ``fuse``, ``gradients`` and ``synchronize``; only that of the backend in
use is imported.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ArrayFunction",
    "array_function",
    "compiled",
    "fuse",
    "gradients",
    "name",
    "synchronize",
    "to_numpy",
]

Tensors = Callable[[Any], Any]
ArrayFunction = Callable[..., NDArray[Any]]
Signature = Sequence[tuple[tuple[int | None, ...], str]]
"""Shape (None where it varies between calls) and dtype of each argument."""


def name() -> str:
    """The Keras backend in use: "tensorflow", "jax" or "torch"."""
    return str(keras.config.backend())


def _own() -> Any:
    return import_module(f"ismbench.engine.backend._{name()}")


def compiled(
    function: Callable[..., Any], variables: Sequence[Any], signature: Signature | None = None
) -> Callable[..., Any]:
    """Compiles ``function(*arrays)``, once per shape, or once for all shapes of a signature.

    Args:
        function: Of (nests of) tensors, to (nests of) tensors; may read the ``variables``, at call time.
        variables: Keras variables of the model, so that none becomes a constant of the compiled function.
        signature: Of the arguments, where some dimensions vary and one compilation shall serve them all.

    Returns:
        A function of the same arguments.
    """
    return _own().compiled(function, variables, signature)  # type: ignore[no-any-return]


def array_function(
    function: Callable[..., Any], variables: Sequence[Any], signature: Signature
) -> ArrayFunction:
    """Likewise, for a function to one tensor: numpy arrays in, one numpy array out."""
    call = compiled(function, variables, signature)
    return lambda *arrays: to_numpy(call(*arrays))


def fuse(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiles element-wise work, inside a function that ``compiled`` traces.

    TensorFlow runs matrix products best outside XLA and element-wise work best inside; JAX compiles all of a chunk
    with XLA anyway; torch runs it as it stands.
    """
    return _own().fuse(function)  # type: ignore[no-any-return]


def gradients(function: Tensors, x: Any, each: Tensors = lambda gradient: gradient) -> Any:
    """Gradients of every column of a function, one backward pass for each; used inside compiled calls.

    Args:
        function: Tensor (N, ...) to tensor (N, K), each row of which depends on the same row of x only.
        x: Tensor (N, ...).
        each: Applied to the gradient (N, ...) of each column, so that K of them need not be held together.

    Returns:
        Tensor (K, ...), what `each` gave for each column: by default (K, N, ...).
    """
    return _own().gradients(function, x, each)


def synchronize(x: Any) -> None:
    """Waits until the device has computed ``x`` (a nest of tensors)."""
    _own().synchronize(keras.tree.flatten(x))


def to_numpy(x: Any) -> NDArray[Any]:
    """The tensor on the host; waits for the device."""
    return np.asarray(keras.ops.convert_to_numpy(x))
