"""On TensorFlow."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

__all__ = ["compiled", "fuse", "gradients", "synchronize"]


def compiled(
    function: Callable[..., Any], variables: Sequence[Any], signature: Sequence[Any] | None
) -> Callable[..., Any]:
    """XLA is off: on a CPU its convolutions are slower. Variables are read at call time by themselves."""
    specs = None if signature is None else [tf.TensorSpec(shape, dtype) for shape, dtype in signature]
    return tf.function(function, input_signature=specs, autograph=False, jit_compile=False)  # type: ignore[no-any-return]


def fuse(function: Callable[..., Any]) -> Callable[..., Any]:
    """By XLA."""
    return tf.function(function, jit_compile=True, autograph=False)  # type: ignore[no-any-return]


def gradients(function: Any, x: Any, each: Any) -> Any:
    """A loop, not tape.jacobian: that would hold the activations of all K backward passes at once."""
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        sums = tf.reduce_sum(function(x), axis=0)

    def backward(direction: Any) -> Any:
        return each(tape.gradient(sums, x, direction, unconnected_gradients=tf.UnconnectedGradients.ZERO))

    directions = tf.eye(tf.size(sums), dtype=sums.dtype)
    return tf.map_fn(backward, directions, parallel_iterations=1, fn_output_signature=x.dtype)


def synchronize(tensors: Sequence[Any]) -> None:
    """Waits for the devices; on a CPU there is nothing to wait for."""
    tf.test.experimental.sync_devices()
