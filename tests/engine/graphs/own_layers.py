"""Layers of a user's own, that the engine knows nothing of."""

from typing import Any

import keras
from keras import ops


class Mixer(keras.layers.Layer):
    """Adds a weighted mean over all positions to each of them."""

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1], input_shape[-1]), name="kernel")

    def call(self, x: Any) -> Any:
        return ops.tanh(x + ops.matmul(ops.mean(x, axis=1, keepdims=True), self.kernel))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


class Squeeze(keras.layers.Layer):
    """The gate of squeeze and excite: (L, C) -> (1, C)."""

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1], input_shape[-1]), name="kernel")

    def call(self, x: Any) -> Any:
        return ops.sigmoid(ops.matmul(ops.mean(x, axis=1, keepdims=True), self.kernel))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], 1, input_shape[2])


class WeirdConv(keras.layers.Conv1D):
    """A subclass whose ``call`` is not a convolution any more: Conv1D's rule would be wrong for it."""

    def call(self, x: Any) -> Any:
        return super().call(x) + ops.max(x, axis=(1, 2), keepdims=True)


@keras.saving.register_keras_serializable("ismbench_tests")
def gelu_sigmoid(x: Any) -> Any:
    """Gelu as Basenji, Enformer and CREsted have it: element-wise, which the engine must find out."""
    return ops.sigmoid(1.702 * x) * x


@keras.saving.register_keras_serializable("ismbench_tests")
def centred(x: Any) -> Any:
    """Mixes positions, and no activation of Keras' own."""
    return x - ops.mean(x, axis=1, keepdims=True)
