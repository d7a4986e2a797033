"""What a gradient method needs from a backend: compiled calls, and gradients inside them."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

__all__ = ["ArrayFunction", "compile_call", "gradients"]

Array = NDArray[Any]
Tensors = Callable[[Any], Any]
ArrayFunction = Callable[..., Array]
Signature = Sequence[tuple[tuple[int | None, ...], str]]


def compile_call(model: keras.Model, function: Callable[..., Any], signature: Signature) -> ArrayFunction:
    """Compiles a function of tensors that calls a model, as a function of arrays.

    The weights are read at each call, so a model that is trained further gives new values.

    Args:
        model: The model whose variables the function reads.
        function: Tensors in, one tensor out.
        signature: Shape (None where it varies between calls) and dtype of each argument.

    Returns:
        The compiled function; numpy arrays in, one numpy array out.
    """
    return _COMPILE[keras.backend.backend()](model, function, signature)


def gradients(function: Tensors, x: Any, each: Tensors = lambda gradient: gradient) -> Any:
    """Gradients of every column of a function, one backward pass for each; used inside compiled calls.

    Args:
        function: Tensor (N, ...) to tensor (N, K), each row of which depends on the same row of x only.
        x: Tensor (N, ...).
        each: Applied to the gradient (N, ...) of each column, so that K of them need not be held together.

    Returns:
        Tensor (K, ...), what `each` gave for each column: by default (K, N, ...).
    """
    return _GRADIENTS[keras.backend.backend()](function, x, each)


def _compile_tensorflow(
    model: keras.Model, function: Callable[..., Any], signature: Signature
) -> ArrayFunction:
    import tensorflow as tf

    # One trace for every batch size, at the first call. XLA is off: on a CPU its convolutions are slower.
    specs = [tf.TensorSpec(shape, dtype) for shape, dtype in signature]
    traced = tf.function(function, input_signature=specs, autograph=False, jit_compile=False)
    concrete = cache(traced.get_concrete_function)
    return lambda *arrays: np.asarray(concrete()(*map(tf.convert_to_tensor, arrays)))


def _compile_jax(model: keras.Model, function: Callable[..., Any], signature: Signature) -> ArrayFunction:
    import jax

    def stateless(values: list[Any], *arguments: Any) -> Any:
        # Without this scope the weights would become constants of the compiled function.
        with keras.StatelessScope(state_mapping=list(zip(model.variables, values, strict=True))):
            return function(*arguments)

    compiled = jax.jit(stateless)
    return lambda *arrays: np.asarray(compiled([v.value for v in model.variables], *arrays))


def _compile_torch(model: keras.Model, function: Callable[..., Any], signature: Signature) -> ArrayFunction:
    def call(*arrays: Array) -> Array:
        tensors = [keras.ops.convert_to_tensor(a) for a in arrays]
        return np.asarray(keras.ops.convert_to_numpy(function(*tensors)))

    return call


def _gradients_tensorflow(function: Tensors, x: Any, each: Tensors) -> Any:
    import tensorflow as tf

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        sums = tf.reduce_sum(function(x), axis=0)

    def backward(direction: Any) -> Any:
        return each(tape.gradient(sums, x, direction, unconnected_gradients=tf.UnconnectedGradients.ZERO))

    # A loop, not tape.jacobian: that would hold the activations of all K backward passes at once.
    directions = tf.eye(tf.size(sums), dtype=sums.dtype)
    return tf.map_fn(backward, directions, parallel_iterations=1, fn_output_signature=x.dtype)


def _gradients_jax(function: Tensors, x: Any, each: Tensors) -> Any:
    import jax

    sums, pullback = jax.vjp(lambda z: function(z).sum(axis=0), x)
    directions = jax.numpy.eye(len(sums), dtype=sums.dtype)
    return jax.lax.map(lambda direction: each(pullback(direction)[0]), directions)


def _gradients_torch(function: Tensors, x: Any, each: Tensors) -> Any:
    import torch

    with torch.enable_grad():
        leaf = x.detach().clone().requires_grad_(True)
        # The zero connects a target that ignores the input.
        sums = function(leaf).sum(dim=0) + 0 * leaf.sum()
    return torch.stack([each(torch.autograd.grad(value, leaf, retain_graph=True)[0]) for value in sums])


_COMPILE: dict[str, Callable[[keras.Model, Callable[..., Any], Signature], ArrayFunction]] = {
    "tensorflow": _compile_tensorflow,
    "jax": _compile_jax,
    "torch": _compile_torch,
}
_GRADIENTS: dict[str, Callable[[Tensors, Any, Tensors], Any]] = {
    "tensorflow": _gradients_tensorflow,
    "jax": _gradients_jax,
    "torch": _gradients_torch,
}
