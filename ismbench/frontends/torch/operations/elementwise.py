"""Element by element: arithmetic and functions without weights."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from keras import layers, ops

from ismbench.frontends.torch.align import align
from ismbench.frontends.torch.axes import Value
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.constants import lifted
from ismbench.frontends.torch.operations.with_constants import affine, plus
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS", "Converter", "arithmetic", "as_value", "same", "where"]

Converter = Callable[..., Any]
aten = torch.ops.aten


def same(call: Call, x: Value, *_: Any, **__: Any) -> Value:
    """The input itself: dropout at inference, copies, changes of type among floating numbers."""
    return x


def as_value(call: Call, x: Any) -> Any:
    """A constant tensor as a value, or as a number where it holds one; anything else as it is."""
    if not isinstance(x, torch.Tensor):
        return x
    return x.item() if x.numel() == 1 and x.dim() <= 1 else lifted(x, call.batch)


def function(run: Callable[[Any], Any]) -> Converter:
    """A function of one tensor in ``keras.ops``."""

    def convert(call: Call, x: Value) -> Value:
        return Value(run(x.tensor), x.stored, x.dims)

    return convert


def arithmetic(run: Callable[[Any, Any], Any], merge: Any = None) -> Converter:
    """An operation of two operands; ``merge`` is the Keras layer for two tensors."""

    def convert(call: Call, a: Any, b: Any, *, alpha: float = 1) -> Value:
        a, b = as_value(call, a), as_value(call, b)
        if alpha != 1:
            b = Value(ops.multiply(b.tensor, alpha), b.stored, b.dims) if isinstance(b, Value) else b * alpha
        if not (isinstance(a, Value) and isinstance(b, Value)):
            one = a if isinstance(a, Value) else b
            left, right = (x.tensor if isinstance(x, Value) else x for x in (a, b))
            return Value(run(left, right), one.stored, one.dims)
        both = align(call, [a, b])
        left, right = both.tensors
        arrays = [isinstance(x, np.ndarray) for x in both.tensors]
        if not any(arrays):
            return both.value(call.layer(merge, [left, right]) if merge else run(left, right))
        if all(arrays):
            raise Refusal("an operation of constants alone")
        scaled = affine(call, run, left, right)
        plain = plus if run is ops.add else run
        return both.value(plain(left, right) if scaled is None else scaled)

    return convert


def where(call: Call, condition: Any, a: Any, b: Any) -> Value:
    """``a`` where the condition holds, else ``b``."""
    values = [as_value(call, x) for x in (condition, a, b)]
    present = align(call, [v for v in values if isinstance(v, Value)])
    tensors = iter(present.tensors)
    return present.value(ops.where(*(next(tensors) if isinstance(v, Value) else v for v in values)))


def _masked_fill(call: Call, x: Any, mask: Any, value: Any) -> Value:
    return where(call, mask, value, x)


def _clamp(call: Call, x: Value, low: float | None = None, high: float | None = None) -> Value:
    tensor = x.tensor
    tensor = tensor if low is None else ops.maximum(tensor, low)
    return Value(tensor if high is None else ops.minimum(tensor, high), x.stored, x.dims)


def _power(call: Call, x: Value, exponent: Any) -> Value:
    if exponent == 2:
        return Value(ops.square(x.tensor), x.stored, x.dims)
    return arithmetic(ops.power)(call, x, exponent)  # type: ignore[no-any-return]


def _reverse_subtract(call: Call, a: Any, b: Any, alpha: float = 1) -> Value:
    return arithmetic(ops.subtract)(call, b, a, alpha=alpha)  # type: ignore[no-any-return]


def _lerp(call: Call, a: Any, b: Any, weight: float) -> Value:
    step = arithmetic(ops.multiply)(call, arithmetic(ops.subtract)(call, b, a), weight)
    return arithmetic(ops.add)(call, a, step)  # type: ignore[no-any-return]


def _added(run: Callable[[Any, Any], Any]) -> Converter:
    """The sum of x and a multiple of what ``run`` makes of a and b."""

    def convert(call: Call, x: Any, a: Any, b: Any, *, value: float = 1) -> Value:
        return arithmetic(ops.add)(call, x, arithmetic(run)(call, a, b), alpha=value)  # type: ignore[no-any-return]

    return convert


def _cast(call: Call, x: Value, *_: Any, dtype: Any = None, **__: Any) -> Value:
    if dtype is not None and dtype.is_floating_point and not x.tensor.dtype.startswith("float"):
        return Value(ops.cast(x.tensor, "float32"), x.stored, x.dims)
    if dtype is not None and not dtype.is_floating_point:
        return Value(ops.cast(x.tensor, str(dtype).removeprefix("torch.")), x.stored, x.dims)
    return x


OPERATIONS: dict[Any, Converter] = {
    aten.clone.default: same,
    aten.detach.default: same,
    aten.alias.default: same,
    aten.contiguous.default: same,
    aten.lift_fresh_copy.default: same,
    aten._to_copy.default: _cast,
    aten.dropout.default: same,
    aten.feature_dropout.default: same,
    aten.alpha_dropout.default: same,
    aten.add.Tensor: arithmetic(ops.add, layers.Add),
    aten.add.Scalar: arithmetic(ops.add),
    aten.sub.Tensor: arithmetic(ops.subtract, layers.Subtract),
    aten.sub.Scalar: arithmetic(ops.subtract),
    aten.rsub.Tensor: _reverse_subtract,
    aten.rsub.Scalar: _reverse_subtract,
    aten.mul.Tensor: arithmetic(ops.multiply, layers.Multiply),
    aten.mul.Scalar: arithmetic(ops.multiply),
    aten.div.Tensor: arithmetic(ops.divide),
    aten.div.Scalar: arithmetic(ops.divide),
    aten.maximum.default: arithmetic(ops.maximum, layers.Maximum),
    aten.max.other: arithmetic(ops.maximum, layers.Maximum),
    aten.minimum.default: arithmetic(ops.minimum, layers.Minimum),
    aten.min.other: arithmetic(ops.minimum, layers.Minimum),
    aten.pow.Tensor_Scalar: _power,
    aten.pow.Tensor_Tensor: _power,
    aten.pow.Scalar: arithmetic(ops.power),
    aten.remainder.Scalar: arithmetic(ops.mod),
    aten.remainder.Tensor: arithmetic(ops.mod),
    aten.logaddexp.default: arithmetic(ops.logaddexp),
    aten.atan2.default: arithmetic(ops.arctan2),
    aten.lerp.Scalar: _lerp,
    aten.addcmul.default: _added(ops.multiply),
    aten.addcdiv.default: _added(ops.divide),
    aten.where.self: where,
    aten.where.ScalarSelf: where,
    aten.where.ScalarOther: where,
    aten.where.Scalar: where,
    aten.masked_fill.Scalar: _masked_fill,
    aten.masked_fill.Tensor: _masked_fill,
    aten.clamp.default: _clamp,
    aten.clamp_min.default: _clamp,
    aten.clamp_max.default: lambda call, x, high: _clamp(call, x, None, high),
    **{
        getattr(getattr(aten, name), kind): arithmetic(run)
        for name, run in {
            "gt": ops.greater, "ge": ops.greater_equal, "lt": ops.less, "le": ops.less_equal,
            "eq": ops.equal, "ne": ops.not_equal,
        }.items()
        for kind in ("Scalar", "Tensor")
    },
    **{
        getattr(aten, name).default: function(run)
        for name, run in {
            "abs": ops.abs, "neg": ops.negative, "sqrt": ops.sqrt, "rsqrt": ops.rsqrt, "log": ops.log,
            "log1p": ops.log1p, "log2": ops.log2, "log10": ops.log10, "expm1": ops.expm1, "erf": ops.erf,
            "sin": ops.sin, "cos": ops.cos, "tan": ops.tan, "sinh": ops.sinh, "cosh": ops.cosh, "atan": ops.arctan,
            "asin": ops.arcsin, "acos": ops.arccos, "asinh": ops.arcsinh, "acosh": ops.arccosh, "atanh": ops.arctanh,
            "square": ops.square, "reciprocal": ops.reciprocal, "sign": ops.sign, "floor": ops.floor,
            "ceil": ops.ceil, "round": ops.round, "trunc": ops.trunc, "logical_not": ops.logical_not,
        }.items()
    },
}  # fmt: skip
