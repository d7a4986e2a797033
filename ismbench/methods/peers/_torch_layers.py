"""Counterparts in torch of Keras layers at inference. A tensor (N, ..., C) of Keras is (N, C, ...) here."""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import keras
import numpy as np
import torch
from keras import layers
from keras.src.ops import numpy as keras_numpy  # operations inside functional models; not public by type
from torch import nn

from ismbench.engine.graph import ActivationOf, Graph, Node
from ismbench.engine.rules.geometry import padding_left
from ismbench.engine.target import Target
from ismbench.errors import UnsupportedError
from ismbench.layers import SoftmaxPooling1D
from ismbench.methods.peers._snapshot import arrays

__all__ = ["Selection", "Step", "modules_of"]

Shapes = Mapping[int, tuple[int, ...]]
Made = tuple[list[nn.Module], Callable[[], None]]
"""Modules in a row, and what copies the weights of the Keras layer into them."""


class Step(nn.Module):  # type: ignore[misc]
    """One node: modules in a row behind each other."""

    def __init__(self, chain: Sequence[nn.Module], copy: Callable[[], None]) -> None:
        super().__init__()
        self.chain = nn.ModuleList(chain)
        self.copy = copy

    def forward(self, *x: Any) -> Any:
        """The first takes all inputs of the node."""
        if not len(self.chain):
            return x[0]
        y = self.chain[0](*x)
        for module in self.chain[1:]:
            y = module(y)
        return y


class Function(nn.Module):  # type: ignore[misc]
    """A function without weights, as a module."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *x: Any) -> Any:
        """Calls it."""
        return self.function(*x)


class Selection(nn.Module):  # type: ignore[misc]
    """The K numbers of a target from a list of outputs (or the only one).

    Raises:
        UnsupportedError: The target is a function of Keras tensors.
    """

    def __init__(self, target: Target, graph: Graph) -> None:
        super().__init__()
        if target.function is not None:
            raise UnsupportedError(
                "a target that is a function is written in Keras operations, not in torch's"
            )
        self._target = target
        # After pruning, one output is left where one was named.
        self._graph = graph

    def takes_all(self, shapes: Shapes) -> bool:
        """Whether the only output is the target as it stands."""
        shape = shapes[self._graph.outputs[0]]
        index = self._target.index
        trivial = index is None or (prod(shape) == 1 and index in (0, -1))
        return len(shape) == 1 and trivial and (self._target.reduce is None or prod(shape) == 1)

    def forward(self, outputs: Any) -> Any:
        """(N, K)."""
        listed = outputs if isinstance(outputs, list) else [outputs]
        flat = torch.cat([y.movedim(1, -1).flatten(1) for y in listed if y is not None], dim=1)
        index, reduce = self._target.index, self._target.reduce
        if index is not None:
            flat = flat[
                :, [index] if isinstance(index, int) else index if isinstance(index, slice) else list(index)
            ]
        if reduce is not None:
            flat = flat.sum(1, keepdim=True) if reduce == "sum" else flat.mean(1, keepdim=True)
        return flat


def modules_of(node: Node, shapes: Shapes) -> Step:
    """Modules that do what a node does.

    Raises:
        UnsupportedError: It has no counterpart here.
    """
    make = _MAKERS.get(node.kind)
    if make is None:
        raise UnsupportedError(
            f"the layer {node.name!r} ({node.kind.__name__}) has no counterpart in torch here"
        )
    if getattr(node.layer, "data_format", "channels_last") not in ("channels_last", None):
        raise UnsupportedError(f"the layer {node.name!r} must have its channels last")
    return Step(*make(node, shapes))


def _nothing() -> None:
    return None


def _set(parameter: Any, value: Any) -> None:
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(np.ascontiguousarray(value)).to(parameter))


def _first(x: Any) -> int:
    return int(x[0]) if isinstance(x, (tuple, list)) else int(x)


def _padding(layer: Any, length: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    left = padding_left(layer.padding, length, kernel, stride, dilation)
    if layer.padding != "same":
        return left, 0
    reach = (kernel - 1) * dilation + 1
    return left, max((-(-length // stride) - 1) * stride + reach - length, 0) - left


def _convolution(node: Node, shapes: Shapes) -> Made:
    layer, (length, channels) = node.layer, shapes[node.inputs[0]]
    kernel, stride, dilation = (_first(v) for v in (layer.kernel_size, layer.strides, layer.dilation_rate))
    left, right = _padding(layer, length, kernel, stride, dilation)
    inside = left if left == right else 0
    made = nn.Conv1d(channels, layer.filters, kernel, stride, inside, dilation, layer.groups)

    def copy() -> None:
        weights = arrays(layer)
        _set(made.weight, weights[0].transpose(2, 1, 0))
        _set(made.bias, weights[1] if layer.use_bias else np.zeros(layer.filters, "float32"))

    return ([made] if left == right else [nn.ConstantPad1d((left, right), 0.0), made]), copy


def _transposed(node: Node, shapes: Shapes) -> Made:
    layer, shape = node.layer, shapes[node.inputs[0]]
    kernel = _first(layer.kernel_size)
    others = (*layer.kernel_size[1:], *layer.strides, *layer.dilation_rate)
    if len(shape) != 3 or any(n != 1 for n in others) or (layer.padding == "same" and kernel % 2 == 0):
        raise UnsupportedError(
            f"the layer {node.name!r} is transposed in a way that has no counterpart in torch here"
        )
    cut = kernel // 2 if layer.padding == "same" else 0
    made = nn.ConvTranspose2d(shape[-1], layer.filters, (kernel, 1), padding=(cut, 0))

    def copy() -> None:
        weights = arrays(layer)
        _set(made.weight, weights[0].transpose(3, 2, 0, 1))
        _set(made.bias, weights[1] if layer.use_bias else np.zeros(layer.filters, "float32"))

    return [made], copy


def _dense(node: Node, shapes: Shapes) -> Made:
    layer, shape = node.layer, shapes[node.inputs[0]]
    if len(shape) > 2:
        raise UnsupportedError(f"the dense layer {node.name!r} must act on vectors or on positions")
    made = nn.Linear(shape[-1], layer.units) if len(shape) == 1 else nn.Conv1d(shape[-1], layer.units, 1)

    def copy() -> None:
        weights = arrays(layer)
        _set(made.weight, weights[0].T.reshape(made.weight.shape))
        _set(made.bias, weights[1] if layer.use_bias else np.zeros(layer.units, "float32"))

    return [made], copy


def _batch_norm(node: Node, shapes: Shapes) -> Made:
    layer, shape = node.layer, shapes[node.inputs[0]]
    if layer.axis not in (-1, len(shape)) or len(shape) > 2:
        raise UnsupportedError(f"the layer {node.name!r} must normalise the channels of vectors or positions")
    made = nn.BatchNorm1d(shape[-1], eps=layer.epsilon)

    def copy() -> None:
        values = {w.name: v for w, v in zip(layer.weights, arrays(layer), strict=True)}
        _set(made.weight, values.get("gamma", np.ones(shape[-1], "float32")))
        _set(made.bias, values.get("beta", np.zeros(shape[-1], "float32")))
        _set(made.running_mean, values["moving_mean"])
        _set(made.running_var, values["moving_variance"])

    return [made], copy


def _max_pool(node: Node, shapes: Shapes) -> Made:
    layer, length = node.layer, shapes[node.inputs[0]][0]
    size, stride = _first(layer.pool_size), _first(layer.strides)
    left, right = _padding(layer, length, size, stride, 1)
    pool = nn.MaxPool1d(size, stride)
    return ([nn.ConstantPad1d((left, right), -torch.inf)] if left or right else []) + [pool], _nothing


def _average_pool(node: Node, shapes: Shapes) -> Made:
    layer = node.layer
    if layer.padding != "valid":
        raise UnsupportedError(f"the layer {node.name!r} must not pad")
    return [nn.AvgPool1d(_first(layer.pool_size), _first(layer.strides))], _nothing


def _softmax_pool(node: Node, shapes: Shapes) -> Made:
    size, length = node.layer.pool_size, shapes[node.inputs[0]][0]
    over = -length % size if node.layer.padding == "same" else 0

    def pool(x: Any) -> Any:
        x = nn.functional.pad(x, (over // 2, over - over // 2), value=-1e9)
        bins = x.shape[2] // size
        x = x[:, :, : bins * size].unflatten(2, (bins, size))
        return (x * x.softmax(3)).sum(3)

    return [Function(pool)], _nothing


def _pad(node: Node, shapes: Shapes) -> Made:
    left, right = (int(n) for n in np.broadcast_to(np.ravel(node.layer.padding), 2))
    return [nn.ConstantPad1d((left, right), 0.0)], _nothing


def _crop(node: Node, shapes: Shapes) -> Made:
    left, right = (int(n) for n in np.broadcast_to(np.ravel(node.layer.cropping), 2))
    return [nn.ConstantPad1d((-left, -right), 0.0)], _nothing


def _reduction(function: Callable[[Any], Any]) -> Callable[[Node, Shapes], Made]:
    def make(node: Node, shapes: Shapes) -> Made:
        if node.layer.keepdims:
            raise UnsupportedError(f"the layer {node.name!r} must not keep the axis that it reduces")
        return [Function(function)], _nothing

    return make


def _reshape(node: Node, shapes: Shapes) -> Made:
    target = shapes[node.outputs[0]]

    def reshape(x: Any) -> Any:
        y = x.movedim(1, -1).reshape(x.shape[0], *target)
        return y.movedim(-1, 1) if len(target) > 1 else y

    return [Function(reshape)], _nothing


def _merge(function: Callable[[Sequence[Any]], Any]) -> Callable[[Node, Shapes], Made]:
    def make(node: Node, shapes: Shapes) -> Made:
        if len({shapes[t] for t in node.inputs}) > 1:
            raise UnsupportedError(f"the inputs of {node.name!r} must have one shape")
        return [Function(lambda *x: function(x))], _nothing

    return make


def _concatenate(node: Node, shapes: Shapes) -> Made:
    axis = _axis(node.layer.axis, len(shapes[node.inputs[0]]) + 1)
    return [Function(lambda *x: torch.cat(x, dim=axis))], _nothing


def _flip(node: Node, shapes: Shapes) -> Made:
    axis, rank = node.operation.axis, len(shapes[node.inputs[0]]) + 1
    if axis is None:
        raise UnsupportedError(f"{node.name!r} must name the axes that it flips")
    axes = [_axis(a, rank) for a in (axis if isinstance(axis, (tuple, list)) else (axis,))]
    return [Function(lambda x: x.flip(axes))], _nothing


def _axis(axis: int, rank: int) -> int:
    """An axis of Keras, channels last, as one with channels first."""
    axis %= rank
    return 0 if axis == 0 else 1 if axis == rank - 1 else axis + 1


def _activation(node: Node, shapes: Shapes) -> Made:
    name = str(keras.activations.serialize(node.operation.activation))
    if name not in _ACTIVATIONS:
        raise UnsupportedError(f"the activation {name!r} of {node.name!r} has no counterpart in torch here")
    return [_ACTIVATIONS[name]()], _nothing


def _relu(node: Node, shapes: Shapes) -> Made:
    layer = node.layer
    if layer.max_value is not None or layer.negative_slope or layer.threshold:
        raise UnsupportedError(f"the layer {node.name!r} must be a plain ReLU")
    return [nn.ReLU()], _nothing


def _identity(node: Node, shapes: Shapes) -> Made:
    return [], _nothing


_ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "gelu": nn.GELU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "softplus": nn.Softplus,
    "elu": nn.ELU,
    "selu": nn.SELU,
    "silu": nn.SiLU,
    "swish": nn.SiLU,
    "linear": nn.Identity,
    "exponential": lambda: Function(torch.exp),
    "softmax": lambda: nn.Softmax(dim=1),
}

_MAKERS: dict[type, Callable[[Node, Shapes], Made]] = {
    layers.Conv1D: _convolution,
    layers.Conv2DTranspose: _transposed,
    layers.Dense: _dense,
    layers.BatchNormalization: _batch_norm,
    layers.MaxPooling1D: _max_pool,
    layers.AveragePooling1D: _average_pool,
    SoftmaxPooling1D: _softmax_pool,
    layers.GlobalAveragePooling1D: _reduction(lambda x: x.mean(2)),
    layers.GlobalMaxPooling1D: _reduction(lambda x: x.amax(2)),
    layers.ZeroPadding1D: _pad,
    layers.Cropping1D: _crop,
    layers.Flatten: _reshape,
    layers.Reshape: _reshape,
    layers.Activation: _activation,
    ActivationOf: _activation,
    layers.ReLU: _relu,
    layers.Add: _merge(lambda x: sum(x[1:], start=x[0])),
    layers.Average: _merge(lambda x: sum(x[1:], start=x[0]) / len(x)),
    layers.Subtract: _merge(lambda x: x[0] - x[1]),
    layers.Multiply: _merge(lambda x: torch.stack(list(x)).prod(0)),
    layers.Maximum: _merge(lambda x: torch.stack(list(x)).amax(0)),
    layers.Minimum: _merge(lambda x: torch.stack(list(x)).amin(0)),
    layers.Concatenate: _concatenate,
    keras_numpy.Flip: _flip,
    layers.Dropout: _identity,
    layers.SpatialDropout1D: _identity,
    layers.Identity: _identity,
}
