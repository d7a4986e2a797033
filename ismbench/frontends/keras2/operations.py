"""Operations outside of layers, which tf.keras wrote as TFOpLambda and SlicingOpLambda, by the names it gave them."""

from collections.abc import Callable, Mapping
from typing import Any

from keras import ops

from ismbench.errors import InputError

__all__ = ["apply_operation"]


def _slices(x: Any, slice_spec: Any) -> Any:
    return x[_index(slice_spec)]


def _index(spec: Any) -> Any:
    if isinstance(spec, dict):
        return slice(spec.get("start"), spec.get("stop"), spec.get("step"))
    if isinstance(spec, (list, tuple)):
        return tuple(_index(part) for part in spec)
    return Ellipsis if spec == "..." else spec


def _clip(x: Any, clip_value_min: Any, clip_value_max: Any) -> Any:
    return ops.clip(x, clip_value_min, clip_value_max)


def _reduction(reduce: Callable[..., Any]) -> Callable[..., Any]:
    def call(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return reduce(x, axis=tuple(axis) if isinstance(axis, list) else axis, keepdims=keepdims)

    return call


_TABLE: Mapping[str, Callable[..., Any]] = {
    "__operators__.getitem": _slices,
    **{f"{room}.add": lambda x, y: ops.add(x, y) for room in ("math", "__operators__")},
    "math.subtract": lambda x, y: ops.subtract(x, y),
    "math.multiply": lambda x, y: ops.multiply(x, y),
    "math.divide": lambda x, y: ops.divide(x, y),
    "math.truediv": lambda x, y: ops.divide(x, y),
    "math.maximum": lambda x, y: ops.maximum(x, y),
    "math.minimum": lambda x, y: ops.minimum(x, y),
    "math.pow": lambda x, y: ops.power(x, y),
    "math.negative": lambda x: ops.negative(x),
    "math.abs": lambda x: ops.abs(x),
    "math.square": lambda x: ops.square(x),
    "math.sqrt": lambda x: ops.sqrt(x),
    "math.exp": lambda x: ops.exp(x),
    "math.log": lambda x: ops.log(x),
    "math.log1p": lambda x: ops.log1p(x),
    "math.tanh": lambda x: ops.tanh(x),
    "math.sigmoid": lambda x: ops.sigmoid(x),
    "math.softplus": lambda features: ops.softplus(features),
    "math.reduce_sum": _reduction(ops.sum),
    "math.reduce_mean": _reduction(ops.mean),
    "math.reduce_max": _reduction(ops.max),
    "math.reduce_min": _reduction(ops.min),
    "math.reduce_logsumexp": _reduction(ops.logsumexp),
    "nn.relu": lambda features: ops.relu(features),
    "nn.sigmoid": lambda x: ops.sigmoid(x),
    "nn.tanh": lambda x: ops.tanh(x),
    "nn.gelu": lambda features, approximate=False: ops.gelu(features, approximate=approximate),
    "nn.softmax": lambda logits, axis=-1: ops.softmax(logits, axis=-1 if axis is None else axis),
    "nn.softplus": lambda features: ops.softplus(features),
    "clip_by_value": _clip,
    "concat": lambda values, axis: ops.concatenate(values, axis=axis),
    "stack": lambda values, axis=0: ops.stack(values, axis=axis),
    "expand_dims": lambda x, axis: ops.expand_dims(x, axis),
    "squeeze": lambda x, axis=None: ops.squeeze(x, tuple(axis) if isinstance(axis, list) else axis),
    "reverse": lambda x, axis: ops.flip(x, tuple(axis) if isinstance(axis, list) else axis),
    "transpose": lambda x, perm=None: ops.transpose(x, perm),
    "compat.v1.transpose": lambda x, perm=None: ops.transpose(x, perm),
    "reshape": lambda x, shape: ops.reshape(x, shape),
    "identity": lambda x: x,
}  # fmt: skip
"""From a function's name in tf to what computes it; an argument that is not here is refused, never passed over."""


def apply_operation(layer: str, function: str, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
    """Applies an operation to symbolic tensors.

    Args:
        layer: Whose operation it is, for the message.
        function: Its name, such as "math.add".
        arguments: Its inputs, in order.
        named: Its other arguments, by name.

    Raises:
        InputError: It is not in the table, or is given an argument that the table does not know.
    """
    call = _TABLE.get(function)
    if call is None:
        raise InputError(
            f"An operation outside of layers must be one of {', '.join(sorted(_TABLE))}. Received: {function} in"
            f" {layer!r}; build the model in a Python file with build(...)"
        )
    rest = {key: value for key, value in named.items() if key != "name"}
    try:
        return call(*arguments, **rest)
    except TypeError as error:
        raise InputError(f"{layer!r}: {function} is not known with {sorted(rest)}: {error}") from None
