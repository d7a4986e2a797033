"""Layers of random modules for (N, channels, positions), and for two dimensions behind the channels."""

from random import Random
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from tests.frontends.torch.random_steps import ANY, Apply, Shape, Step, turned

__all__ = ["STEPS"]


def conv(rng: Random, shape: Shape) -> nn.Module:
    channels, length = shape
    kernel, dilation = rng.randint(1, min(6, length)), rng.randint(1, 3)
    groups = rng.choice([g for g in (1, 1, 2, 3, channels) if channels % g == 0])
    stride = rng.choice([1, 1, 2, 3])
    padding: Any = rng.choice(["same", 0, 1, kernel // 2]) if stride == 1 else rng.randint(0, 2)
    filters = groups * rng.randint(1, max(1, 8 // groups))
    return nn.Conv1d(channels, filters, kernel, stride, padding, dilation, groups, bias=rng.random() < 0.7)


def transposed(rng: Random, shape: Shape) -> nn.Module:
    stride = rng.randint(1, 3)
    kernel = stride + rng.randint(0, 3)
    return nn.ConvTranspose1d(shape[0], rng.randint(1, 6), kernel, stride, rng.randint(0, kernel // 2))


def pool(rng: Random, shape: Shape) -> nn.Module | None:
    if shape[1] < 4:
        return None
    kernel = rng.randint(2, min(5, shape[1]))
    options: dict[str, Any] = {
        "stride": rng.randint(1, kernel), "padding": rng.randint(0, kernel // 2), "ceil_mode": rng.random() < 0.5,
    }  # fmt: skip
    if rng.random() < 0.5:
        return nn.AvgPool1d(kernel, count_include_pad=rng.random() < 0.5, **options)
    return nn.MaxPool1d(kernel, dilation=rng.choice([1, 1, 2]), **options)


def adaptive(rng: Random, shape: Shape) -> nn.Module:
    return rng.choice([nn.AdaptiveAvgPool1d, nn.AdaptiveMaxPool1d])(rng.randint(1, shape[1]))


def norm(rng: Random, shape: Shape) -> nn.Module | None:
    channels, length = shape
    kind = rng.choice(["batch", "batch", "group", "instance", "rms"])
    if kind == "batch":
        return nn.BatchNorm1d(channels)
    if kind == "group":
        groups = rng.choice([g for g in (1, 2, 3) if channels % g == 0])
        return nn.GroupNorm(groups, channels) if channels // groups * length > 3 else None
    if kind == "instance":
        return nn.InstanceNorm1d(channels, affine=True) if length > 3 else None
    return turned(nn.RMSNorm(channels)) if channels > 3 else None


def of_channels(rng: Random, shape: Shape) -> nn.Module:
    return turned(nn.Linear(shape[0], rng.randint(1, 8)))


def product(rng: Random, shape: Shape) -> nn.Module:
    channels, length = shape
    formulas = {
        "ncl,ck->nkl": (channels, 5), "ncl,cl->nc": shape, "ncl,lk->nck": (length, 5),
        "ncl,ckl->nkl": (channels, 3, length), "ncl,c->nl": (channels,),
    }  # fmt: skip
    formula = rng.choice(list(formulas))
    weight = torch.randn(formulas[formula]) / length**0.5
    return Apply(f"einsum {formula}", lambda x, w: torch.einsum(formula, x, w), weight)


def matmul(rng: Random, shape: Shape) -> nn.Module:
    if rng.random() < 0.3:
        return Apply("gram", lambda x: torch.bmm(x, x.transpose(1, 2)) / x.shape[2])
    left = rng.random() < 0.5
    weight = torch.randn((5, shape[0]) if left else (shape[1], 5)) / max(shape) ** 0.5
    return Apply(
        f"matmul, weights {'first' if left else 'last'}", lambda x, w: w @ x if left else x @ w, weight
    )


def attention(rng: Random, shape: Shape) -> nn.Module:
    heads, width = rng.choice([1, 2, 3]), 6
    first = rng.random() < 0.5

    def run(x: Any, inward: nn.Module, part: nn.Module) -> Any:
        x = inward(x.transpose(1, 2))
        x = x if first else x.transpose(0, 1)
        y = part(x, x, x, need_weights=False)[0]
        return (y if first else y.transpose(0, 1)).transpose(1, 2)

    parts = nn.Linear(shape[0], width), nn.MultiheadAttention(width, heads, batch_first=first)
    return Apply(f"attention of {heads} heads", run, *parts)


def dot_product(rng: Random, shape: Shape) -> nn.Module:
    causal = rng.random() < 0.5

    def run(x: Any) -> Any:
        q = x.transpose(1, 2)
        return F.scaled_dot_product_attention(q, 2 * q, q + 1, is_causal=causal).transpose(1, 2)

    return Apply(f"scaled dot product, causal={causal}", run)


def recurrent(rng: Random, shape: Shape) -> nn.Module:
    kind, both, count = rng.choice([nn.LSTM, nn.GRU]), rng.random() < 0.5, rng.randint(1, 2)
    layer = kind(shape[0], 3, count, batch_first=True, bidirectional=both)
    return Apply(
        f"{kind.__name__} x {count}", lambda x, part: part(x.transpose(1, 2))[0].transpose(1, 2), layer
    )


def resize(rng: Random, shape: Shape) -> nn.Module:
    if rng.random() < 0.5:
        return nn.Upsample(scale_factor=2, mode="nearest")
    size = rng.randint(2, 2 * shape[1])
    return Apply(
        f"to {size} positions", lambda x: F.interpolate(x, size=size, mode="linear", align_corners=False)
    )


def wrap(rng: Random, shape: Shape) -> nn.Module | None:
    mode = rng.choice(["circular", "reflect", "replicate"])
    return Apply(f"pad {mode}", lambda x: F.pad(x, (2, 1), mode=mode)) if shape[1] > 3 else None


def squeeze_excite(rng: Random, shape: Shape) -> nn.Module:
    inner = nn.Sequential(nn.Linear(shape[0], 3), nn.ReLU(), nn.Linear(3, shape[0]), nn.Sigmoid())
    return Apply("squeeze and excite", lambda x, part: x * part(x.mean(2)).unsqueeze(-1), inner)


def gated(rng: Random, shape: Shape) -> nn.Module | None:
    dims = [d for d in (1, 2) if shape[d - 1] % 2 == 0]
    return nn.GLU(rng.choice(dims)) if dims else None


def conv2d(rng: Random, shape: Shape) -> nn.Module:
    channels, a, b = shape
    kernel = rng.choice(
        [(1, min(3, b)), (min(3, a), 1), (a, min(3, b)), (min(3, a), b), (min(2, a), min(2, b))]
    )
    return nn.Conv2d(channels, rng.randint(1, 6), kernel, padding=rng.choice([0, "same", (0, 1)]))


def pool2d(rng: Random, shape: Shape) -> nn.Module:
    kind = rng.choice([nn.MaxPool2d, nn.AvgPool2d])
    return kind(
        (rng.randint(1, min(2, shape[1])), rng.randint(1, min(3, shape[2]))), ceil_mode=rng.random() < 0.5
    )


def adaptive2d(rng: Random, shape: Shape) -> nn.Module:
    sizes = (rng.randint(1, shape[1]), rng.randint(1, shape[2]))
    return rng.choice([nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d])(sizes)


def norm2d(rng: Random, shape: Shape) -> nn.Module:
    return nn.BatchNorm2d(shape[0])


ONE: list[Step] = [
    conv, conv, conv, conv, transposed, pool, pool, pool, adaptive, norm, norm, norm, of_channels, product,
    matmul, attention, dot_product, recurrent, resize, wrap, squeeze_excite, gated,
]  # fmt: skip
TWO: list[Step] = [conv2d, conv2d, conv2d, pool2d, pool2d, adaptive2d, norm2d]
STEPS: dict[int, list[Step]] = {
    1: [lambda rng, shape: nn.BatchNorm1d(shape[0]), *ANY],
    2: [*ONE, *ONE, *ANY],
    3: [*TWO, *TWO, *TWO, *ANY],
}
"""By the number of dimensions behind the batch."""
