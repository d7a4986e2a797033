"""The few things that differ between TensorFlow, JAX and torch. Everything else is written in ``keras.ops``."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

__all__ = ["compiled", "fuse", "name", "synchronize", "to_numpy"]


def name() -> str:
    """The Keras backend in use: "tensorflow", "jax" or "torch"."""
    return str(keras.config.backend())


def fuse(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiles element-wise work, inside a function that ``compiled`` traces.

    TensorFlow runs matrix products best outside XLA and element-wise work best inside; JAX compiles all of a chunk
    with XLA anyway; torch runs it as it stands.
    """
    if name() != "tensorflow":
        return function
    import tensorflow as tf

    return tf.function(function, jit_compile=True, autograph=False)  # type: ignore[no-any-return]


def compiled(function: Callable[..., Any], variables: Sequence[Any]) -> Callable[..., Any]:
    """Compiles ``function(*arrays)`` once per shape.

    Args:
        function: Of (nests of) tensors, to (nests of) tensors; may read the ``variables``, at call time.
        variables: Keras variables of the model, so that none becomes a constant of the compiled function.

    Returns:
        A function of the same arguments.
    """
    backend = name()
    if backend == "tensorflow":
        import tensorflow as tf

        return tf.function(function, autograph=False)  # type: ignore[no-any-return]
    if backend == "jax":
        return _compiled_jax(function, variables)
    return _with_tensors(function)


def _with_tensors(function: Callable[..., Any]) -> Callable[..., Any]:
    """For torch, which computes as it goes: arrays become tensors on the way in, and no gradient is kept."""
    import torch

    def convert(x: Any) -> Any:
        return keras.ops.convert_to_tensor(x) if isinstance(x, np.ndarray) else x

    def call(*args: Any) -> Any:
        with torch.no_grad():
            return function(*keras.tree.map_structure(convert, args))

    return call


def _compiled_jax(function: Callable[..., Any], variables: Sequence[Any]) -> Callable[..., Any]:
    import jax

    def stateless(values: list[Any], *args: Any) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return function(*args)

    jitted = jax.jit(stateless)

    def call(*args: Any) -> Any:
        return jitted([v.value for v in variables], *args)

    return call


def synchronize(x: Any) -> None:
    """Waits until the device has computed ``x`` (a nest of tensors)."""
    for leaf in keras.tree.flatten(x):
        if hasattr(leaf, "block_until_ready"):
            leaf.block_until_ready()
    if name() == "torch":
        import torch

        if torch.cuda.is_available():
            torch.cuda.synchronize()


def to_numpy(x: Any) -> NDArray[Any]:
    """The tensor on the host; waits for the device."""
    return np.asarray(keras.ops.convert_to_numpy(x))
