"""A model and a target as one function of one-hot input."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.target import Target
from ismbench.errors import InputError, UnsupportedError

if TYPE_CHECKING:
    import keras

    from ismbench.engine.backend import ArrayFunction

__all__ = ["TargetFunction", "in_batches"]


class TargetFunction:
    """The K numbers of a target as a function (N, L, A) -> (N, K) of tensors.

    Args:
        model: Functional or Sequential, with one input (N, L, A).
        target: Which of its outputs count.

    Attributes:
        model: The model.
        shape: Shape of the input without the batch axis; L is None where the model takes any length.
        dtype: Dtype of the input.

    Raises:
        UnsupportedError: The model has several inputs.
        InputError: The model is subclassed, its input is no (L, A) matrix, or the target does not exist.
    """

    def __init__(self, model: "keras.Model", target: Target) -> None:
        import keras

        from ismbench.engine.graph import read_graph

        graph = read_graph(model)
        if len(graph.inputs) != 1:
            raise UnsupportedError(f"the model must have one input; it has {len(graph.inputs)}")
        self.model = model
        (self.shape,), (self.dtype,) = graph.input_shapes, graph.input_dtypes
        if len(self.shape) != 2:
            raise InputError(
                f"A model's input must be one-hot sequences (length, alphabet). Received: shape={self.shape}"
            )
        self._target = target
        self._names = list(graph.output_names)
        # Plain lists on both sides, whatever structures the model was built with.
        self._lists = keras.Model(list(model.inputs), list(model.outputs))
        target.check(self._names, [tuple(t.shape[1:]) for t in model.outputs])

    def __call__(self, x: Any) -> Any:
        """Tensor (N, L, A) to tensor (N, K), as at inference."""
        import keras

        return self._target.select(keras.tree.flatten(self._lists([x], training=False)), self._names)

    def n_outputs(self) -> int:
        """K, found without computing anything.

        Raises:
            UnsupportedError: K depends on the length, which the model does not fix.
        """
        size = self.symbolic().shape[1]
        if size is None:
            raise UnsupportedError("the number of outputs must not depend on an open length of the input")
        return int(size)

    def symbolic(self) -> Any:
        """The target as a keras tensor (None, K) computed from the inputs of the model."""
        from ismbench.methods._selection_layer import SelectionLayer

        return SelectionLayer(self._target, self._names, name="target")(list(self.model.outputs))

    def as_model(self, *, in_list: bool = False) -> "keras.Model":
        """A model (N, L, A) -> (N, K) with the same weights, for libraries that explain models.

        Its last layer is the target, because shap explains the last layer.

        Args:
            in_list: It takes a list of one tensor instead of a tensor, as shap passes it.
        """
        import keras

        inputs = list(self.model.inputs)
        return keras.Model(inputs if in_list else inputs[0], self.symbolic())

    def compiled(self) -> "ArrayFunction":
        """The same function of arrays, compiled."""
        from ismbench.engine.backend import array_function

        return array_function(self.__call__, self.model.variables, [((None, *self.shape), self.dtype)])

    def check(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Sequences in the dtype of the model.

        Raises:
            InputError: There is no sequence, or the shape is not (N, L, A) of the model.
        """
        if len(x) == 0:
            raise InputError(f"There must be at least one sequence to explain. Received: shape={x.shape}")
        if x.ndim != 3 or any(
            want not in (None, n) for want, n in zip(self.shape, x.shape[1:], strict=False)
        ):
            want = ", ".join("any" if n is None else str(n) for n in self.shape)
            raise InputError(f"Sequences must have the shape (N, {want}) of the model. Received: {x.shape}")
        return np.ascontiguousarray(x, dtype=self.dtype)


def in_batches(n: int, size: int) -> Iterator[slice]:
    """Slices of at most `size` that cover range(n)."""
    if size < 1:
        raise InputError(f"A batch size must be at least 1. Received: {size}")
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))
