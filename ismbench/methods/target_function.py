"""A model and a target as one function of one-hot input."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.letters import Alphabet, letter_columns
from ismbench.engine.target import Target
from ismbench.errors import InputError, UnsupportedError
from ismbench.methods._float_input import check_differentiable, float_lists

if TYPE_CHECKING:
    import keras

    from ismbench.engine.backend import ArrayFunction

__all__ = ["TargetFunction", "in_batches"]


class TargetFunction:
    """The K numbers of a target as a function (N, L, A) -> (N, K) of tensors.

    Args:
        model: Functional or Sequential, with one input (N, L, A).
        target: Which of its outputs count.
        alphabet: Which columns of its input are letters; see ``ismbench.saturation_mutagenesis``.

    Attributes:
        model: The model.
        variables: What it reads at each call: its own, and those that functions refer to.
        letters: The columns of the input that are letters.
        tracks: Whether there are others.
        shape: Shape of the input without the batch axis; L is None where the model takes any length.
        dtype: Dtype that sequences are given in: that of the input, or a floating-point one for integers.
        input_dtype: Dtype of the input itself.

    Raises:
        UnsupportedError: The model has several inputs.
        InputError: The model is subclassed, its input is no (L, A) matrix, or the target does not exist.
    """

    def __init__(self, model: "keras.Model", target: Target, alphabet: Alphabet = None) -> None:
        self.model = model
        self._target = target
        self._alphabet = alphabet
        self._followers: list[Callable[[], None]] = []
        self._state: tuple[Any, ...] | None = None
        self._refresh()

    def follow(self, build: "Callable[[], None]") -> None:
        """Builds what depends on the model: now, and at the next check of sequences after the model has changed."""
        build()
        self._followers.append(build)

    def _refresh(self) -> None:
        from ismbench.engine.fingerprint import fingerprint

        state = fingerprint(self.model, self._target.function)
        if state == self._state:
            return
        self._read()
        for build in self._followers:
            build()
        self._state = state

    def _read(self) -> None:
        """Everything that is kept from call to call, anew."""
        import keras

        from ismbench.engine.fingerprint import variables_of
        from ismbench.engine.graph import read_graph

        graph = read_graph(self.model)
        self.variables = variables_of(self.model, self._target.function)
        if len(graph.inputs) != 1:
            raise UnsupportedError(f"the model must have one input; it has {len(graph.inputs)}")
        (self.shape,), (self.input_dtype,) = graph.input_shapes, graph.input_dtypes
        if len(self.shape) != 2:
            raise InputError(
                f"A model's input must be one-hot sequences (length, alphabet). Received: shape={self.shape}"
            )
        self.letters = letter_columns(self._alphabet, self.shape[1] or 0) if self._alphabet else slice(None)
        self.tracks = self.letters not in (slice(None), slice(0, self.shape[1]))
        self._names = list(graph.output_names)
        self._target.check(self._names, [tuple(t.shape[1:]) for t in self.model.outputs])
        self.dtype = self.input_dtype if "float" in self.input_dtype else keras.config.floatx()
        self._graph = graph
        self._copy: keras.Model | None = None

    @property
    def _lists(self) -> "keras.Model":
        """Plain lists on both sides, whatever structures the model was built with."""
        if self._copy is None:
            self._copy = float_lists(self.model, self._graph)
        return self._copy

    def check_differentiable(self) -> None:
        """Refuses a target that no gradient reaches.

        Raises:
            UnsupportedError: Naming the layer in the way.
        """
        check_differentiable(self._lists, self._target)

    def __call__(self, x: Any) -> Any:
        """Tensor (N, L, A) to tensor (N, K), as at inference."""
        import keras

        return self._target.select(keras.tree.flatten(self._lists([x], training=False)), self._names)

    def without_letters(self, x: NDArray[Any]) -> NDArray[Any]:
        """Sequences (N, L, A) with zeros for letters, and with their tracks."""
        blank = np.array(x)
        blank[..., self.letters] = 0
        return blank

    def n_outputs(self) -> int:
        """K, found without computing anything.

        Raises:
            UnsupportedError: K depends on the length, which the model does not fix.
        """
        size = self.open_outputs()
        if size is None:
            raise UnsupportedError("the number of outputs must not depend on an open length of the input")
        return size

    def open_outputs(self) -> int | None:
        """K; None where it depends on the length, which the model does not fix."""
        shapes = [t.shape[1:] for t in self.model.outputs]
        if self._target.function is None and any(None in shape for shape in shapes):
            return None
        size = self.symbolic(list(self._lists.outputs)).shape[1]
        return None if size is None else int(size)

    def symbolic(self, outputs: list[Any]) -> Any:
        """The target as a keras tensor (None, K) computed from those of the outputs."""
        from ismbench.methods._selection_layer import SelectionLayer

        return SelectionLayer(self._target, self._names, name="target")(outputs)

    def as_model(self, *, in_list: bool = False, length: int | None = None) -> "keras.Model":
        """A model (N, L, A) -> (N, K) with the same weights, for libraries that explain models.

        Its last layer is the target, because shap explains the last layer.

        Args:
            in_list: It takes a list of one tensor instead of a tensor, as shap passes it.
            length: Of its input, where the model takes any.
        """
        import keras

        inputs, outputs = list(self._lists.inputs), list(self._lists.outputs)
        if self.shape[0] is None and length is not None:
            inputs = [keras.Input((length, self.shape[1]), dtype=self.dtype)]
            outputs = keras.tree.flatten(self._lists(inputs))
        return keras.Model(inputs if in_list else inputs[0], self.symbolic(outputs))

    def compiled(self) -> "ArrayFunction":
        """The same function of arrays, compiled."""
        from ismbench.engine.backend import array_function

        return array_function(self.__call__, self.variables, [((None, *self.shape), self.dtype)])

    def check(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Sequences in ``dtype``; what depends on the model is built anew where that has changed.

        Raises:
            InputError: There is no sequence, the shape is not (N, L, A) of the model, or its type cannot hold a value.
        """
        from ismbench.engine.check import as_type

        self._refresh()
        if len(x) == 0:
            raise InputError(f"There must be at least one sequence to explain. Received: shape={x.shape}")
        if x.ndim != 3 or any(
            want not in (None, n) for want, n in zip(self.shape, x.shape[1:], strict=False)
        ):
            want = ", ".join("any" if n is None else str(n) for n in self.shape)
            raise InputError(f"Sequences must have the shape (N, {want}) of the model. Received: {x.shape}")
        if "float" not in self.input_dtype:
            x = as_type(x, self.input_dtype, "Sequences")
        return np.ascontiguousarray(x, dtype=self.dtype)


def in_batches(n: int, size: int) -> Iterator[slice]:
    """Slices of at most `size` that cover range(n)."""
    if size < 1:
        raise InputError(f"A batch size must be at least 1. Received: {size}")
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))
