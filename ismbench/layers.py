"""Building blocks of model files that Keras lacks: softmax-weighted pooling, and one kernel on both strands.

Importing this module registers the layers with Keras, so that a saved model that holds one loads in safe mode.
"""

from collections.abc import Callable, Mapping
from typing import Any

import keras
from keras import layers, ops

__all__ = [
    "KNOWN_FUNCTIONS", "NOTHING", "SoftmaxPooling1D", "both_strands", "gelu_approximate", "gelu_sigmoid",
    "hard_sigmoid_of_keras2",
]  # fmt: skip

NOTHING = -1e9
"""Stands past the ends of a sequence that is pooled: its weight is exp(-1e9) = 0, and 0 times it is 0, not NaN."""


@keras.saving.register_keras_serializable(package="ismbench")
class SoftmaxPooling1D(layers.Layer):  # type: ignore[misc]
    """The mean of a bin, weighted by the softmax of its own values: between the mean and the maximum.

    Without weights of its own, as in the models of Sasse et al., iScience 2024. With "same" padding the positions
    past the ends weigh nothing. The engine has a rule for it.

    Args:
        pool_size: Positions in a bin, and the step between bins.
        padding: "valid" drops positions that fill no bin; "same" keeps them, in bins that are not full.
        **options: Of every Keras layer.
    """

    def __init__(self, pool_size: int = 2, padding: str = "valid", **options: Any) -> None:
        super().__init__(**options)
        if pool_size < 1 or padding not in ("valid", "same"):
            raise ValueError(
                "SoftmaxPooling1D needs a pool_size of 1 or more, and padding 'valid' or 'same'."
                f" Received: pool_size={pool_size}, padding={padding!r}"
            )
        self.pool_size = self.strides = pool_size
        self.padding = padding

    def call(self, x: Any) -> Any:
        """(N, L, C) to (N, bins, C)."""
        length, size = x.shape[1], self.pool_size
        if self.padding == "same":
            over = -length % size
            x = ops.pad(x, ((0, 0), (over // 2, over - over // 2), (0, 0)), constant_values=NOTHING)
        bins = x.shape[1] // size
        x = ops.reshape(x[:, : bins * size], (-1, bins, size, x.shape[2]))
        # By hand: TensorFlow's softmax turns any other axis than the last to the end and back, which takes longer.
        weight = ops.exp(x - ops.max(x, axis=2, keepdims=True))
        return ops.sum(x * weight, axis=2) / ops.sum(weight, axis=2)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The number of bins; a free length is not possible."""
        batch, length, channels = input_shape
        if length is None:
            raise ValueError("SoftmaxPooling1D needs an input of known length. Received: a free one")
        over = self.pool_size - 1 if self.padding == "same" else 0
        return batch, (length + over) // self.pool_size, channels

    def get_config(self) -> dict[str, Any]:
        """What rebuilds it."""
        return {**super().get_config(), "pool_size": self.pool_size, "padding": self.padding}


def both_strands(convolution: layers.Layer, x: Any, name: str) -> Any:
    """The larger response of one convolution to a sequence and to its reverse complement, position by position.

    The response to the reverse complement is turned back before the maximum is taken, so that both belong to the
    same place: what a substitution changes stays local.

    Args:
        convolution: With "same" padding and an odd kernel, so that both strands align.
        x: (N, L, 4), one-hot in the order A, C, G, T, where reversing the channels is the complement.
        name: Of the layer that takes the maximum.

    Returns:
        (N, L, filters).
    """
    backward = ops.flip(convolution(ops.flip(x, axis=(1, 2))), axis=1)
    return layers.Maximum(name=name)([convolution(x), backward])


@keras.saving.register_keras_serializable(package="ismbench")  # type: ignore[untyped-decorator]
def hard_sigmoid_of_keras2(x: Any) -> Any:
    """max(0, min(1, 0.2 x + 0.5)); Keras 3 has another function of this name, with slope 1/6."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


@keras.saving.register_keras_serializable(package="ismbench")  # type: ignore[untyped-decorator]
def gelu_approximate(x: Any) -> Any:
    """GELU by the hyperbolic tangent, which Keras gives no name."""
    return keras.activations.gelu(x, approximate=True)


@keras.saving.register_keras_serializable(package="ismbench")  # type: ignore[untyped-decorator]
def gelu_sigmoid(x: Any) -> Any:
    """X sigmoid(1.702 x), the approximation of GELU in Enformer and Basenji."""
    return ops.sigmoid(1.702 * x) * x


KNOWN_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "crested>gelu_approx": gelu_approximate,
    "crested>gelu_enf": gelu_sigmoid,
}
"""Functions of other packages that models name, by the names that these registered: what they compute is known."""
