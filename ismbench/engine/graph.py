"""A Keras model as a frozen list of nodes. The only module that reads Keras internals."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import KerasTensor, tree
from keras.src import backend as keras_backend  # masks ride on tensors, and only this reads and sets them
from keras.src.models.functional import Functional  # not public, and the only way to read a model's graph

from ismbench.engine.model import check_model
from ismbench.errors import InputError

__all__ = [
    "ActivationOf", "Graph", "LinearPart", "Node", "Slot", "StandIn", "call_model", "functional_of", "is_plain",
    "mask_of", "read_graph",
]  # fmt: skip

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Slot:
    """Stands for tensor number ``index`` of the graph inside the arguments of a node."""

    index: int


class LinearPart:
    """A Dense or convolutional layer without its activation, so that differences pass through it linearly.

    Runs the layer's own ``call`` with ``activation`` hidden; variables stay those of the layer.
    """

    def __init__(self, layer: Any) -> None:
        self.layer = layer
        self.activation = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.layer, name)

    def __call__(self, x: Any) -> Any:
        """The layer's result before its activation."""
        y = type(self.layer).call(self, keras.ops.cast(x, self.layer.variable_dtype))
        if mask_of(x) is not None and self.layer.supports_masking:
            keras_backend.set_keras_mask(y, self.layer.compute_mask(x, mask_of(x)))
        return y


class ActivationOf:
    """The activation that a Dense or convolutional layer applies to its result."""

    def __init__(self, layer: Any) -> None:
        self.activation = layer.activation

    def __call__(self, x: Any) -> Any:
        """The activation of x."""
        y = self.activation(x)
        if mask_of(x) is not None:
            keras_backend.set_keras_mask(y, mask_of(x))
        return y


class StandIn(ABC):
    """An operation that is made of several nodes, and goes by the rules of one of them."""

    @property
    @abstractmethod
    def kind(self) -> type:
        """The type that rules are looked up by."""

    @property
    @abstractmethod
    def nodes(self) -> "tuple[Node, ...]":
        """What it is made of."""


def mask_of(x: Any) -> Any:
    """The mask that Keras has attached to a tensor; None where there is none."""
    return keras_backend.get_keras_mask(x)


_SPLIT = (
    keras.layers.Dense, keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose, keras.layers.SeparableConv1D, keras.layers.DepthwiseConv1D, keras.layers.EinsumDense,
)  # fmt: skip


def is_plain(layer: Any) -> bool:
    """Whether a layer computes what its class says: not quantized, and with no ``call`` of its own."""
    return getattr(layer, "quantization_mode", None) is None and "call" not in vars(layer)


def _unwrapped(operation: Any) -> Any:
    """A Dense layer for TimeDistributed(Dense), which is the same on every rank."""
    inner = getattr(operation, "layer", None)
    wrapped = type(operation) is keras.layers.TimeDistributed and type(inner) is keras.layers.Dense
    return inner if wrapped and is_plain(operation) else operation


def _is_split(operation: Any) -> bool:
    if type(operation) not in _SPLIT or operation.activation in (None, keras.activations.linear):
        return False
    return is_plain(operation)


@dataclass(frozen=True, eq=False)
class Node:
    """One call of one layer (or ``keras.ops`` operation).

    Attributes:
        index: Its place in ``Graph.nodes``.
        name: Unique and readable: nested models are joined by "/", further calls of a shared layer end in ":2", ":3".
        operation: The Keras layer or operation; LinearPart and ActivationOf where a layer was split in two.
        args: Positional arguments, with a Slot for every tensor.
        kwargs: Keyword arguments, likewise.
        inputs: Tensors read, in the order of the arguments (a tensor may occur twice).
        outputs: Tensors written.
        dtypes: Types of the tensors read.
        output_dtypes: Types of the tensors written.
    """

    index: int
    name: str
    operation: Any
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    dtypes: tuple[str, ...] = ()
    output_dtypes: tuple[str, ...] = ()

    @property
    def whole_numbers(self) -> bool:
        """Whether it gives integers or truth values, whose arithmetic wraps around or saturates."""
        return any(not _is_float(dtype) for dtype in self.output_dtypes)

    @property
    def layer(self) -> Any:
        """The Keras layer or operation itself."""
        return self.operation.layer if isinstance(self.operation, LinearPart) else self.operation

    @property
    def kind(self) -> type:
        """The exact type that rules are looked up by."""
        return self.operation.kind if isinstance(self.operation, StandIn) else type(self.layer)

    def call(self, values: Mapping[int, Any]) -> list[Any]:
        """Runs the operation at inference on ``values`` (tensor number -> tensor with a batch axis).

        Integers and truth values may come as the floating-point numbers that differences are computed in.
        """
        types = dict(zip(self.inputs, self.dtypes, strict=False))

        def fill(x: Any) -> Any:
            return _typed(values[x.index], types.get(x.index)) if isinstance(x, Slot) else x

        args = tree.map_structure(fill, self.args)
        kwargs = dict(tree.map_structure(fill, dict(self.kwargs)))
        if isinstance(self.operation, keras.Layer) and "training" in self.operation._call_context_args:
            kwargs["training"] = False
        return list(tree.flatten(self.operation(*args, **kwargs)))


def _is_float(dtype: str) -> bool:
    return "float" in dtype


def _typed(x: Any, dtype: str | None) -> Any:
    if dtype is None or _is_float(dtype) or not _is_float(keras.backend.standardize_dtype(x.dtype)):
        return x
    return keras.ops.cast(x, dtype)


@dataclass(frozen=True, eq=False)
class Graph:
    """A model without nesting, in the order of execution.

    Attributes:
        nodes: Every call of a layer, each after the nodes it reads.
        inputs: Tensor numbers of the model's inputs.
        outputs: Tensor numbers of the model's outputs.
        input_names: Names of the inputs.
        output_names: Names of the outputs.
        input_shapes: Shapes of the inputs without the batch axis; None for a free dimension.
        input_dtypes: Their dtypes.
    """

    nodes: tuple[Node, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    input_shapes: tuple[tuple[int | None, ...], ...]
    input_dtypes: tuple[str, ...]

    def run(self, inputs: Sequence[Any], keep: Iterable[int] | None = None) -> dict[int, Any]:
        """The tensors numbered ``keep`` (all of them by default) for these inputs, each with a batch axis."""
        values = dict(zip(self.inputs, inputs, strict=True))
        for node in self.nodes:
            values.update(zip(node.outputs, node.call(values), strict=True))
        return values if keep is None else {index: values[index] for index in keep}

    def pruned(self, outputs: Sequence[int]) -> "Graph":
        """The part of this graph that the given output tensors need (nodes keep their index)."""
        needed = set(outputs)
        nodes = []
        for node in reversed(self.nodes):
            if needed & set(node.outputs):
                needed |= set(node.inputs)
                nodes.append(node)
        return Graph(
            tuple(reversed(nodes)), self.inputs, self.outputs, self.input_names, self.output_names,
            self.input_shapes, self.input_dtypes,
        )  # fmt: skip


def read_graph(model: Any) -> Graph:
    """Reads a Functional or Sequential model, nested to any depth, into a Graph.

    Raises:
        InputError: If it is no Keras model, or is subclassed or not built, so that it has no graph.
    """
    check_model(model)
    functional = functional_of(model)
    if functional is None:
        raise InputError(
            "A model must be Functional or Sequential (built), so that its layers can be read. "
            f"Received: {type(model).__name__}. Wrap it: keras.Model(inputs, outputs)"
        )
    reader = _Reader()
    inputs = [reader.new_tensor(t.dtype) for t in functional.inputs]
    outputs = reader.read(functional, inputs, prefix="")
    return Graph(
        nodes=tuple(reader.nodes),
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        input_names=tuple(t.name for t in functional.inputs),
        output_names=_output_names(model, functional),
        input_shapes=tuple(tuple(t.shape[1:]) for t in functional.inputs),
        input_dtypes=tuple(str(t.dtype) for t in functional.inputs),
    )


def _output_names(model: Any, functional: Any) -> tuple[str, ...]:
    struct = functional._outputs_struct
    if isinstance(struct, dict):
        # Keras flattens a dict by sorted key, and so do we.
        return tuple(str(path[-1]) for path, _ in tree.flatten_with_path(struct))
    return tuple(str(name) for name in functional.output_names)


def call_model(model: Any, inputs: Sequence[Any]) -> list[Any]:
    """The model's own call at inference: one tensor per input, one tensor per output, in the order of a Graph."""
    functional = functional_of(model)
    given = tree.pack_sequence_as(functional._inputs_struct, list(inputs))  # type: ignore[union-attr]
    return list(tree.flatten(model(given, training=False)))


def functional_of(model: Any) -> Any | None:
    """The Functional graph behind a model; None where the class brings a ``call`` of its own."""
    if type(model) is keras.Sequential:
        return model._functional
    if isinstance(model, Functional) and type(model).call is Functional.call:
        return model
    return None


class _Reader:
    """Collects nodes while walking through nested models."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.names: dict[str, int] = {}
        self.dtypes: list[str] = []

    def new_tensor(self, dtype: Any) -> int:
        self.dtypes.append(str(dtype))
        return len(self.dtypes) - 1

    def read(self, functional: Any, inputs: Sequence[int], prefix: str) -> list[int]:
        """Adds the nodes of ``functional`` called on ``inputs``; returns its output tensors."""
        known = {id(t): index for t, index in zip(functional.inputs, inputs, strict=True)}
        for depth in sorted(functional._nodes_by_depth, reverse=True):
            for node in functional._nodes_by_depth[depth]:
                if not node.is_input:
                    self._add(node, known, prefix)
        return [known[id(t)] for t in functional.outputs]

    def _add(self, node: Any, known: dict[int, int], prefix: str) -> None:
        def to_slot(x: Any) -> Any:
            return Slot(known[id(x)]) if isinstance(x, KerasTensor) else x

        tensors = tuple(known[id(t)] for t in node.input_tensors)
        nested = functional_of(node.operation)
        if nested is not None:
            outputs = self.read(nested, tensors, prefix=f"{prefix}{node.operation.name}/")
        else:
            args = tree.map_structure(to_slot, node.arguments.args)
            kwargs = tree.map_structure(to_slot, node.arguments.kwargs)
            name, operation = self._unique(prefix + node.operation.name), _unwrapped(node.operation)
            outputs = self._append(name, operation, args, kwargs, tensors, [t.dtype for t in node.outputs])
        known.update((id(t), index) for t, index in zip(node.outputs, outputs, strict=True))

    def _append(
        self, name: str, operation: Any, args: Any, kwargs: Any, tensors: tuple[int, ...], dtypes: list[Any]
    ) -> list[int]:
        outputs = [self.new_tensor(dtype) for dtype in dtypes]
        if _is_split(operation):
            self._push(name, LinearPart(operation), args, {}, tensors, outputs)
            return self._append(
                f"{name}.activation", ActivationOf(operation), (Slot(outputs[0]),), {}, tuple(outputs), dtypes
            )
        self._push(name, operation, args, kwargs, tensors, outputs)
        return outputs

    def _push(
        self, name: str, operation: Any, args: Any, kwargs: Any, tensors: tuple[int, ...], outputs: list[int]
    ) -> None:
        reads, writes = (tuple(self.dtypes[t] for t in of) for of in (tensors, outputs))
        self.nodes.append(
            Node(len(self.nodes), name, operation, args, kwargs, tensors, tuple(outputs), reads, writes)
        )

    def _unique(self, name: str) -> str:
        self.names[name] = self.names.get(name, 0) + 1
        return name if self.names[name] == 1 else f"{name}:{self.names[name]}"
