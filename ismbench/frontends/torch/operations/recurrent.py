"""LSTM and GRU: one Keras layer for each layer and direction."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from keras import layers, ops
from numpy.typing import NDArray

from ismbench.frontends.torch.arrange import tensor_of
from ismbench.frontends.torch.axes import Value, dimension
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.constants import array_of
from ismbench.frontends.torch.operations.elementwise import Converter
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS"]

aten = torch.ops.aten
Array = NDArray[Any]


def _lstm(
    call: Call, x: Value, states: Sequence[Any], weights: Sequence[Any], has_biases: bool, count: int,
    dropout: float, train: bool, both: bool, batch_first: bool,
) -> Any:  # fmt: skip
    if len(weights) != count * (1 + both) * (4 if has_biases else 2):
        raise Refusal("an LSTM with a projection")
    return _recurrent(call, x, states, weights, has_biases, count, both, batch_first, layers.LSTM)


def _gru(
    call: Call, x: Value, state: Any, weights: Sequence[Any], has_biases: bool, count: int, dropout: float,
    train: bool, both: bool, batch_first: bool,
) -> Any:  # fmt: skip
    return _recurrent(call, x, [state], weights, has_biases, count, both, batch_first, layers.GRU)


def _recurrent(
    call: Call, x: Value, states: Sequence[Any], weights: Sequence[Any], has_biases: bool, count: int, both: bool,
    batch_first: bool, kind: Any,
) -> Any:  # fmt: skip
    """Outputs of the last layer; then the last state of each layer and direction, which is an output of it."""
    _check(call, states, weights)
    length, channels = x.dims[1 if batch_first else 0], x.dims[2]
    if call.batch in length:
        raise Refusal("along the batch; with sequences first it takes batch_first=True")
    tensor = tensor_of(call, x, ((call.batch,), length, channels))
    step = 4 if has_biases else 2
    last = []
    for layer in range(count):
        directions = []
        for backward in range(1 + both):
            at = (layer * (1 + both) + backward) * step
            arrays = [array_of(w) for w in weights[at : at + step]]
            part = f"l{layer}{'_reverse' if backward else ''}" if count > 1 or both else ""
            y = _one(call, tensor, kind, arrays, bool(backward), part)
            last.append(y[:, 0] if backward else y[:, -1])
            directions.append(y)
        tensor = (
            call.layer(layers.Concatenate, directions, part=f"l{layer}_both", axis=-1)
            if both
            else directions[0]
        )
    units = dimension(tensor.shape[-1])
    dims = ((call.batch,), length, units) if batch_first else (length, (call.batch,), units)
    return (Value(tensor, ((call.batch,), length, units), dims), *_states(call, last, kind))


def _check(call: Call, states: Sequence[Any], weights: Sequence[Any]) -> None:
    if not all(isinstance(w, torch.Tensor) for w in weights):
        raise Refusal("weights that depend on the input")
    if not all(isinstance(s, torch.Tensor) and not s.any() for s in states):
        raise Refusal("a first state that is not zero")
    if 2 in call.used:
        raise Refusal("the last cell state of an LSTM as an output")


def _one(call: Call, tensor: Any, kind: Any, arrays: Sequence[Array], backward: bool, part: str) -> Any:
    units = arrays[1].shape[1]
    kernel, recurrent = _gates(arrays[0].T, kind), _gates(arrays[1].T, kind)
    biases = [_gates(b, kind) for b in arrays[2:]] or [np.zeros(kernel.shape[1], "float32")] * 2
    bias = np.stack(biases) if kind is layers.GRU else biases[0] + biases[1]
    options = {"reset_after": True} if kind is layers.GRU else {}
    y = call.layer(
        kind, tensor, weights=[kernel, recurrent, bias], part=part, units=units, return_sequences=True,
        go_backwards=backward, **options,
    )  # fmt: skip
    return ops.flip(y, axis=1) if backward else y


def _gates(array: Array, kind: Any) -> Array:
    """Gates along the last axis: torch's GRU has (reset, update, new), that of Keras (update, reset, new)."""
    if kind is layers.LSTM:
        return array
    reset, update, new = np.split(array, 3, axis=-1)
    return np.concatenate([update, reset, new], axis=-1)


def _states(call: Call, last: Sequence[Any], kind: Any) -> list[Any]:
    """(layers * directions, batch, units), only where it is read."""
    if 1 not in call.used:
        return [None] * (2 if kind is layers.LSTM else 1)
    axis, units = dimension(len(last)), dimension(last[0].shape[-1])
    stacked = ops.stack(list(last), axis=1) if axis else last[0]
    stored = ((call.batch,), *((axis,) if axis else ()), units)
    return [Value(stacked, stored, (axis, (call.batch,), units)), None]


OPERATIONS: dict[Any, Converter] = {aten.lstm.input: _lstm, aten.gru.input: _gru}
