"""Steps of random modules: each makes a module for a shape (without the batch), or None where it does not fit."""

from collections.abc import Callable
from random import Random
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

Shape = tuple[int, ...]
Step = Callable[[Random, Shape], "nn.Module | None"]


class Apply(nn.Module):
    """A function of the input and of modules or parameters, called by words that say what it does."""

    def __init__(self, words: str, function: Callable[..., Any], *parts: Any) -> None:
        super().__init__()
        self.words, self.function = words, function
        self.modules_ = nn.ModuleList(p for p in parts if isinstance(p, nn.Module))
        self.weights = nn.ParameterList(p for p in parts if not isinstance(p, nn.Module))

    def forward(self, x: Any) -> Any:
        return self.function(x, *self.modules_, *self.weights)

    def extra_repr(self) -> str:
        return self.words


def pick(rng: Random, shape: Shape) -> int:
    """A dimension behind the batch."""
    return rng.randrange(len(shape)) + 1


def turned(module: nn.Module, a: int = 1, b: int = 2) -> nn.Module:
    """The module on two dimensions exchanged."""
    return Apply(
        f"with {a} and {b} exchanged", lambda x, part: part(x.transpose(a, b)).transpose(a, b), module
    )


ACTIVATIONS: list[Callable[[], nn.Module]] = [
    nn.ReLU, nn.ReLU6, nn.Sigmoid, nn.Tanh, nn.SiLU, nn.SELU, nn.Mish, nn.LogSigmoid, nn.Hardsigmoid, nn.Hardswish,
    nn.GELU, lambda: nn.GELU("tanh"), nn.Softplus, lambda: nn.Softplus(2, 1), lambda: nn.LeakyReLU(0.2),
    lambda: nn.ELU(0.7), lambda: nn.CELU(0.7), nn.Hardtanh, lambda: nn.Softshrink(0.1), nn.PReLU, nn.Softsign,
    nn.Tanhshrink, nn.Dropout, nn.AlphaDropout, nn.Identity,
]  # fmt: skip
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "affine": lambda x: 1 - 0.5 * x, "square": lambda x: x * x, "ratio": lambda x: x / (1 + x.abs()),
    "where": lambda x: torch.where(x > 0, x, 0.1 * x), "clamp": lambda x: x.clamp(-1, 0.8),
    "exp": lambda x: torch.exp(-x.abs()), "log1p": lambda x: torch.log1p(x.abs()), "sine": torch.sin,
    "root": lambda x: torch.sqrt(x.abs() + 1), "maximum": lambda x: torch.maximum(x, x.flip(-1)),
    "lerp": lambda x: torch.lerp(x, x.flip(1), 0.3), "centred": lambda x: x - x.mean(-1, keepdim=True),
    "scaled": lambda x: x / (x.abs().amax(1, keepdim=True) + 1), "power": lambda x: 2**x,
    "expanded": lambda x: x + x.mean(1, keepdim=True).expand_as(x), "residual": lambda x: x + torch.relu(x).mul(0.5),
    "addcmul": lambda x: torch.addcmul(x, x, x.flip(1), value=0.5), "in place": lambda x: x.mul(2).add_(0.1).relu_(),
    "masked": lambda x: x.masked_fill(torch.arange(x.shape[-1]) % 3 == 0, 0.5),
}  # fmt: skip
REDUCTIONS: dict[str, Callable[..., Any]] = {
    "mean": torch.mean, "sum": torch.sum, "amax": torch.amax, "amin": torch.amin, "logsumexp": torch.logsumexp,
    "var": torch.var, "max": lambda x, dim, keepdim: x.max(dim=dim, keepdim=keepdim).values,
    "norm": lambda x, dim, keepdim: x.norm(dim=dim, keepdim=keepdim),
}  # fmt: skip


def activation(rng: Random, shape: Shape) -> nn.Module:
    return rng.choice(ACTIVATIONS)()


def function(rng: Random, shape: Shape) -> nn.Module:
    words = rng.choice(list(FUNCTIONS))
    return Apply(words, FUNCTIONS[words])


def scale(rng: Random, shape: Shape) -> nn.Module:
    dim = pick(rng, shape)
    sizes = (shape[dim - 1], *(1 for _ in shape[dim:]))
    a, b = torch.rand(sizes) + 0.5, torch.rand(sizes)
    return Apply(f"scale and shift along {dim}", lambda x, a, b: x * a + b, a, b)


def soft(rng: Random, shape: Shape) -> nn.Module:
    kind = rng.choice([nn.Softmax, nn.LogSoftmax])
    return Apply(f"{kind.__name__}, widened", lambda x, part: part(x) * 5, kind(pick(rng, shape)))


def layer_norm(rng: Random, shape: Shape) -> nn.Module | None:
    count = rng.randint(1, len(shape))
    return nn.LayerNorm(shape[-count:]) if shape[-1] > 3 else None


def linear(rng: Random, shape: Shape) -> nn.Module:
    return nn.Linear(shape[-1], rng.randint(2, 9), bias=rng.random() < 0.7)


def permute(rng: Random, shape: Shape) -> nn.Module:
    order = (0, *rng.sample(range(1, len(shape) + 1), len(shape)))
    return Apply(f"permute {order}", lambda x: x.permute(order))


def flip(rng: Random, shape: Shape) -> nn.Module:
    dims = rng.sample(range(1, len(shape) + 1), rng.randint(1, len(shape)))
    return Apply(f"flip {dims}", lambda x: x.flip(dims))


def roll(rng: Random, shape: Shape) -> nn.Module:
    dim, shift = pick(rng, shape), rng.randint(-3, 3)
    return Apply(f"roll {dim} by {shift}", lambda x: torch.roll(x, shift, dim))


def cat(rng: Random, shape: Shape) -> nn.Module:
    dim = pick(rng, shape)
    return Apply(f"cat along {dim}", lambda x: torch.cat([x, x.narrow(dim, 0, 1), torch.tanh(x)], dim))


def stack(rng: Random, shape: Shape) -> nn.Module | None:
    dim = rng.randint(1, len(shape) + 1)
    return Apply(f"stack at {dim}", lambda x: torch.stack([x, x.square()], dim)) if len(shape) < 3 else None


def cut(rng: Random, shape: Shape) -> nn.Module | None:
    dim = pick(rng, shape)
    size = shape[dim - 1]
    if size < 4:
        return None
    start, step = rng.randint(0, 2), rng.randint(1, 2)
    where = (slice(None),) * dim + (slice(start, -1, step),)
    return Apply(f"[{start}:-1:{step}] along {dim}", lambda x: x[where])


def split(rng: Random, shape: Shape) -> nn.Module | None:
    dim = pick(rng, shape)
    if shape[dim - 1] < 4 or shape[dim - 1] % 2:
        return None
    return Apply(f"chunks along {dim}", lambda x: x.chunk(2, dim)[0] * torch.sigmoid(x.chunk(2, dim)[1]))


def select(rng: Random, shape: Shape) -> nn.Module | None:
    dim = pick(rng, shape)
    index = rng.randint(-1, shape[dim - 1] - 1)
    return Apply(f"select {index} of {dim}", lambda x: x.select(dim, index)) if len(shape) > 1 else None


def choose(rng: Random, shape: Shape) -> nn.Module:
    dim = pick(rng, shape)
    places = torch.tensor([rng.randrange(shape[dim - 1]) for _ in range(3)])
    return Apply(f"index_select {places.tolist()} of {dim}", lambda x: torch.index_select(x, dim, places))


def pad(rng: Random, shape: Shape) -> nn.Module:
    widths = [rng.choice([0, 1, 2, -1]) for _ in range(2 * rng.randint(1, len(shape)))]
    value = rng.choice([0.0, 0.0, 0.7])
    return Apply(f"pad {widths} with {value}", lambda x: F.pad(x, widths, value=value))


def repeat(rng: Random, shape: Shape) -> nn.Module:
    dim = pick(rng, shape)
    counts = [2 if i == dim else 1 for i in range(len(shape) + 1)]
    if rng.random() < 0.5:
        return Apply(f"repeat {counts}", lambda x: x.repeat(counts))
    return Apply(f"repeat_interleave along {dim}", lambda x: x.repeat_interleave(2, dim=dim))


def reduce(rng: Random, shape: Shape) -> nn.Module | None:
    words, dim, keep = rng.choice(list(REDUCTIONS)), pick(rng, shape), rng.random() < 0.4
    run = REDUCTIONS[words]
    if shape[dim - 1] < 2 or (len(shape) == 1 and not keep):
        return None
    return Apply(f"{words} over {dim}, keepdim={keep}", lambda x: run(x, dim=dim, keepdim=keep))


def view(rng: Random, shape: Shape) -> nn.Module:
    total = 1
    for n in shape:
        total *= n
    first = rng.choice([n for n in range(1, total + 1) if total % n == 0])
    sizes = rng.choice([(total,), (first, total // first), (1, first, total // first)])
    return Apply(f"view {sizes}", lambda x: x.reshape(x.shape[0], *sizes))


def squeeze(rng: Random, shape: Shape) -> nn.Module | None:
    if 1 in shape and len(shape) > 1:
        dim = shape.index(1) + 1
        return Apply(f"squeeze {dim}", lambda x: x.squeeze(dim))
    dim = rng.randint(1, len(shape) + 1)
    return Apply(f"unsqueeze {dim}", lambda x: x.unsqueeze(dim)) if len(shape) < 3 else None


ANY: list[Step] = [
    activation, activation, activation, function, function, function, scale, soft, layer_norm, linear, permute, flip,
    roll, cat, stack, cut, split, select, choose, pad, repeat, reduce, reduce, view, squeeze,
]  # fmt: skip
"""For tensors of any number of dimensions."""
