"""Walks an exported program and makes the Keras model, operation by operation."""

from collections.abc import Sequence
from typing import Any

import keras
import torch
from keras import layers

from ismbench.errors import in_one_line
from ismbench.frontends.torch.arrange import materialized, tensor_of
from ismbench.frontends.torch.axes import Axis, BatchAxis, Value
from ismbench.frontends.torch.builder import Builder, Call
from ismbench.frontends.torch.inputs import SequenceAxes
from ismbench.frontends.torch.nodes import leaves, name_of, narrow_type
from ismbench.frontends.torch.operations import OPERATIONS
from ismbench.frontends.torch.program import Program
from ismbench.frontends.torch.refusals import Place, Refusal, place_of, raise_refused

__all__ = ["convert"]

_CHECKS = ("_assert", "sym_constrain", "_guards")
"""What the beginning of the name of an operation says that only checks."""

_WRAPPERS = ("wrap_with_set_grad_enabled", "wrap_with_autocast")
"""Operations that only run the graph that they are given."""


def convert(program: Program, sequence: SequenceAxes, name: str) -> keras.Model:
    """The Keras model of a program.

    Args:
        program: The program.
        sequence: How its first input holds sequences.
        name: Of the model.

    Raises:
        InputError: Naming every operation that has no counterpart, with its place in the module.
    """
    return _Converter(program, sequence).model(name)


class _Lost:
    """What a refused operation would have given; what depends on it is passed over."""


class _Converter:
    def __init__(self, program: Program, sequence: SequenceAxes) -> None:
        self.program = program
        self.builder = Builder(BatchAxis(program.batch))
        self.refused: list[tuple[str, Place]] = []
        self.inputs: list[Any] = []
        self.values: dict[Any, Any] = {}
        self.sequence = sequence

    def model(self, name: str) -> keras.Model:
        self._walk(self.program.graph, self.program.module)
        raise_refused(self.refused)
        outputs = [self._output(node, key) for node, key in self._returned()]
        raise_refused(self.refused)
        self.builder.name_apart(outputs)
        inputs = self.inputs if len(self.inputs) > 1 else self.inputs[0]
        if self.program.nested:
            keys = [key for _, key in self._returned()]
            return keras.Model(inputs, dict(zip(keys, outputs, strict=True)), name=name)
        return keras.Model(inputs, outputs if len(outputs) > 1 else outputs[0], name=name)

    def _walk(self, graph: Any, module: Any, given: Sequence[Any] | None = None) -> None:
        """Converts a graph; one that another calls takes what it is given."""
        waiting = iter(given or ())
        for node in graph.nodes:
            if node.op == "placeholder":
                self.values[node] = self._placeholder(node) if given is None else next(waiting)
            elif node.op == "get_attr":
                self.values[node] = getattr(module, node.target)
            elif node.op == "call_function":
                self.values[node] = self._operation(node)

    def _called(self, graph_module: Any, given: Sequence[Any]) -> Any:
        """What a graph inside the graph returns."""
        self._walk(graph_module.graph, graph_module, given)
        returned = next(node for node in graph_module.graph.nodes if node.op == "output").args[0]
        return self._filled(returned)

    def _placeholder(self, node: Any) -> Any:
        if node.name in self.program.constants:
            return self.program.constants[node.name]
        shape = self.program.shape(node.meta["val"])[1:]
        batch = self.builder.batch
        if not self.inputs:
            stored, dims = self.sequence.axes(batch)
        else:
            dims = stored = ((batch,), *((Axis(n),) if n != 1 else () for n in shape))
        sizes = [group[0].size if group else 1 for group in stored[1:]]
        tensor = keras.Input(tuple(sizes), name=self.builder.name(node.name))
        self.inputs.append(tensor)
        return Value(tensor, stored, dims)

    def _operation(self, node: Any) -> Any:
        args, kwargs = self._filled(node.args), self._filled(node.kwargs)
        if name_of(node.target) in _WRAPPERS:
            at = next(i for i, x in enumerate(args) if isinstance(x, torch.fx.GraphModule))
            return self._called(args[at], args[at + 1 :])
        found = list(leaves((args, kwargs)))
        if any(isinstance(x, _Lost) for x in found):
            return _Lost()
        if not any(isinstance(x, Value) for x in found):
            return self._constant(node, args, kwargs)
        what = name_of(node.target)
        if node.target is torch.ops.aten.sym_size.int:
            return args[0].shape[args[1]]
        if getattr(node.target, "__name__", "") == "getitem":
            return args[0][args[1]]
        if any(part in what for part in _CHECKS):
            return None
        half = narrow_type(node)
        if half is not None:
            return self._refuse(f"numbers of {half}, by autocast or a change of type", node)
        converter = OPERATIONS.get(node.target)
        if converter is None:
            return self._refuse(what, node)
        try:
            return converter(self._call(node), *args, **kwargs)
        except Refusal as refusal:
            return self._refuse(f"{what}: {refusal}", node)
        except Exception as error:  # of options that are not known, and of whatever Keras cannot do
            return self._refuse(f"{what} of this form: {in_one_line(error)}", node)

    def _filled(self, arguments: Any) -> Any:
        """The arguments of a node with values in the place of nodes."""
        return torch.fx.map_arg(arguments, lambda node: self.values[node])

    def _constant(self, node: Any, args: Any, kwargs: Any) -> Any:
        """What does not depend on the inputs is computed by torch, once."""
        if torch.Tag.nondeterministic_seeded in getattr(node.target, "tags", ()):
            return self._refuse(f"{name_of(node.target)}: random numbers at inference", node)
        if isinstance(node.target, torch._ops.HigherOrderOperator):
            return self._refuse(name_of(node.target), node)
        with torch.no_grad():
            return node.target(*args, **kwargs)

    def _refuse(self, what: str, node: Any) -> _Lost:
        self.refused.append((what, place_of(node)))
        return _Lost()

    def _call(self, node: Any) -> Call:
        place = place_of(node)
        given = node.meta["val"]
        several = isinstance(given, (list, tuple))
        shapes = tuple(
            self.program.shape(v) for v in (given if several else [given]) if isinstance(v, torch.Tensor)
        )
        used = frozenset(
            user.args[1] for user in node.users if name_of(user.target) == "getitem" and user.users
        )
        tensors = (n.meta.get("val") for n in node.all_input_nodes)
        first = next((v for v in tensors if isinstance(v, torch.Tensor)), None)
        strides = None if first is None else tuple(self.program.size(n) for n in first.stride())
        name = self._layer_name(node, place)
        return Call(self.builder, name, place, shapes, used if several else frozenset(), strides)

    @staticmethod
    def _layer_name(node: Any, place: Place) -> str:
        """The path of the submodule where it is one layer, else the operation's own name."""
        classes = [kind for _, kind in (node.meta.get("nn_module_stack") or {}).values()]
        inner = str(classes[-1]) if classes else ""
        if place.module and "torch.nn.modules" in inner and "container" not in inner:
            return place.module
        return f"{place.module}.{node.name}" if place.module else str(node.name)

    def _returned(self) -> list[tuple[Any, str]]:
        pairs = zip(self.program.outputs, self.program.names, strict=True)
        return [(node, name) for node, name in pairs if node is not None]

    def _output(self, node: Any, key: str) -> Any:
        """An output in the module's shape."""
        value = self.values[node]
        call = Call(self.builder, key if self.program.nested else "output", place_of(node), (), frozenset())
        if not isinstance(value, Value) or value.dims[:1] != ((self.builder.batch,),):
            self._refuse(f"the output {key!r}: it must depend on the input and have the batch first", node)
            return None
        try:
            value = materialized(call, value)
            tensor = tensor_of(call, value, value.dims)
        except Refusal as refusal:
            self._refuse(f"the output {key!r}: {refusal}", node)
            return None
        return call.layer(layers.Identity, tensor) if tensor in self.inputs else tensor
