"""On JAX."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import keras

__all__ = ["compiled", "fuse", "gradients", "synchronize"]


def compiled(
    function: Callable[..., Any], variables: Sequence[Any], signature: Sequence[Any] | None
) -> Callable[..., Any]:
    """JAX compiles once per shape, whatever the signature leaves open."""

    def stateless(values: list[Any], *args: Any) -> Any:
        # Without this scope the weights would become constants of the compiled function.
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return function(*args)

    jitted = jax.jit(stateless)

    def call(*args: Any) -> Any:
        return jitted([v.value for v in variables], *args)

    return call


def fuse(function: Callable[..., Any]) -> Callable[..., Any]:
    """All of a chunk is compiled together anyway."""
    return function


def gradients(function: Any, x: Any, each: Any) -> Any:
    """One pullback after the other."""
    sums, pullback = jax.vjp(lambda z: function(z).sum(axis=0), x)
    directions = jax.numpy.eye(len(sums), dtype=sums.dtype)
    return jax.lax.map(lambda direction: each(pullback(direction)[0]), directions)


def synchronize(tensors: Sequence[Any]) -> None:
    """Waits for every array."""
    jax.block_until_ready(list(tensors))
