"""Products: linear layers, and contractions of tensors with weights or with each other."""

from collections.abc import Sequence
from string import ascii_letters
from typing import Any

import torch
from keras import layers, ops
from numpy.typing import NDArray

from ismbench.frontends.torch.arrange import tensor_of
from ismbench.frontends.torch.axes import Value, dimension, flat
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.constants import array_of, lifted
from ismbench.frontends.torch.operations.contraction import contract
from ismbench.frontends.torch.operations.elementwise import Converter, arithmetic
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS", "dense"]

aten = torch.ops.aten


def _linear(call: Call, x: Any, weight: Any, bias: Any = None) -> Value:
    """``x @ weight.T + bias`` over the last torch dimension."""
    if isinstance(weight, torch.Tensor) and (bias is None or isinstance(bias, torch.Tensor)):
        return dense(call, x, array_of(weight), None if bias is None else array_of(bias))
    turned = weight.t() if isinstance(weight, torch.Tensor) else weight.permuted((1, 0))
    product = _matmul(call, x, turned)
    return product if bias is None else arithmetic(ops.add)(call, product, bias)


def dense(call: Call, x: Value, kernel: NDArray[Any], bias: NDArray[Any] | None) -> Value:
    """Dense; the rows of its kernel take the order in which the tensor lies."""
    if kernel.ndim == 1:
        kernel = kernel[None]
    group = x.dims[-1]
    sizes = [axis.size for axis in group]
    kernel = kernel.reshape(len(kernel), *sizes)
    repeated = tuple(1 + i for i, axis in enumerate(group) if not x.is_stored(axis))
    kernel = kernel.sum(repeated) if repeated else kernel
    kept = tuple(axis for axis in group if x.is_stored(axis))
    order = tuple(axis for axis in flat(x.stored) if axis in kept)
    kernel = kernel.transpose(*(1 + kept.index(axis) for axis in order), 0).reshape(-1, len(kernel))
    rest = [left for here in x.stored if (left := tuple(axis for axis in here if axis not in kept))]
    tensor = tensor_of(call, x, (*rest, order))
    weights = [kernel, *(() if bias is None else (bias,))]
    made = call.layer(layers.Dense, tensor, weights=weights, units=kernel.shape[1], use_bias=bias is not None)
    units = dimension(kernel.shape[1])
    return Value(made, (*rest, units), (*x.dims[:-1], units))


def _matmul(call: Call, a: Any, b: Any) -> Value:
    if isinstance(b, torch.Tensor) and b.dim() <= 2:
        return _from_right(call, a, b)
    a, b = (lifted(x, call.batch) if isinstance(x, torch.Tensor) else x for x in (a, b))
    if min(len(a.dims), len(b.dims)) < 2:
        raise Refusal("a product with a vector that depends on the input")
    rank = max(len(a.dims), len(b.dims))
    outer = ascii_letters[: rank - 2]
    left, right = outer[rank - len(a.dims) :] + "XY", outer[rank - len(b.dims) :] + "YZ"
    return contract(call, [a, b], [left, right], outer + "XZ")


def _from_right(call: Call, a: Value, b: Any) -> Value:
    y = dense(call, a, array_of(b).T, None)
    return y if b.dim() == 2 else y.with_dims(y.dims[:-1])


def _add_product(call: Call, bias: Any, a: Any, b: Any, *, beta: float = 1, alpha: float = 1) -> Value:
    if (
        beta == alpha == 1
        and isinstance(b, torch.Tensor)
        and isinstance(bias, torch.Tensor)
        and bias.dim() == 1
    ):
        return dense(call, a, array_of(b).T, array_of(bias))
    product = _matmul(call, a, b)
    if alpha != 1:
        product = arithmetic(ops.multiply)(call, product, alpha)
    scaled = bias if beta == 1 else arithmetic(ops.multiply)(call, bias, beta)
    return arithmetic(ops.add)(call, product, scaled)  # type: ignore[no-any-return]


def _einsum_of(call: Call, formula: str, operands: Sequence[Any], *, path: Any = None) -> Value:
    formula = formula.replace(" ", "")
    if "." in formula:
        formula = _without_dots(formula, [len(_shape(x)) for x in operands])
    terms, _, result = formula.partition("->")
    if not result and "->" not in formula:
        letters = terms.replace(",", "")
        result = "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    values = [lifted(x, call.batch) if isinstance(x, torch.Tensor) else x for x in operands]
    if len(values) == 2 and isinstance(operands[1], torch.Tensor):
        left, right = terms.split(",")
        made = _as_dense(call, values[0], operands[1], left, right, result)
        if made is not None:
            return made
    return contract(call, values, terms.split(","), result)


def _as_dense(call: Call, x: Value, weight: Any, left: str, right: str, result: str) -> Value | None:
    """A contraction with weights over one dimension, giving new dimensions only: a Dense."""
    shared = [c for c in right if c in left]
    new = [c for c in right if c not in left]
    if (
        len(shared) != 1
        or shared[0] in result
        or len(new) != 1
        or set(result) != (set(left) - {*shared}) | {*new}
    ):
        return None
    kernel = weight if right[0] == new[0] else weight.t()
    outer = [c for c in left if c != shared[0]]
    moved = x.permuted([*(left.index(c) for c in outer), left.index(shared[0])])
    y = dense(call, moved, array_of(kernel), None)
    names = [*outer, new[0]]
    return y.permuted([names.index(c) for c in result])


def _without_dots(formula: str, ranks: Sequence[int]) -> str:
    """Letters in the place of "..."."""
    terms, _, result = formula.partition("->")
    free = [c for c in ascii_letters if c not in formula]
    most = max(
        rank - len(term.replace("...", "")) for term, rank in zip(terms.split(","), ranks, strict=True)
    )
    dots = "".join(free[:most])
    filled = [
        term.replace("...", dots[len(dots) - (rank - len(term) + 3) :] if rank > len(term) - 3 else "")
        for term, rank in zip(terms.split(","), ranks, strict=True)
    ]
    return f"{','.join(filled)}->{result.replace('...', dots)}"


def _shape(x: Any) -> tuple[int, ...]:
    return tuple(x.shape)


OPERATIONS: dict[Any, Converter] = {
    aten.linear.default: _linear,
    aten.addmm.default: _add_product,
    aten.baddbmm.default: _add_product,
    aten.mm.default: _matmul,
    aten.bmm.default: _matmul,
    aten.matmul.default: _matmul,
    aten.mv.default: _matmul,
    aten.einsum.default: _einsum_of,
}
