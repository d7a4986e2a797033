"""Random modules: stacks of random steps on one-hot sequences, the same for a seed each time."""

from random import Random
from typing import Any

import torch
from torch import nn

from tests.frontends.torch.equal import one_hot, settled
from tests.frontends.torch.random_layers import STEPS
from tests.frontends.torch.random_steps import Shape

__all__ = ["LAYOUTS", "LENGTH", "Together", "random_stack"]

LENGTH = 24
LAYOUTS: tuple[Shape, ...] = ((4, LENGTH), (LENGTH, 4), (1, 4, LENGTH), (4, 1, LENGTH), (4, LENGTH, 1))
"""Shapes in which modules take sequences."""
LARGEST = 1500
"""Numbers of a tensor, for a sequence."""


class Stack(nn.Sequential):
    """Steps one after the other; its output, or a dict of two."""

    def __init__(self, parts: list[nn.Module], two_heads: bool) -> None:
        super().__init__(*parts)
        self.two_heads = two_heads

    def forward(self, x: Any) -> dict[str, Any]:
        y = super().forward(x)
        return {"profile": y, "total": y.flatten(1).mean(1, keepdim=True)} if self.two_heads else {"out": y}


def random_stack(seed: int, layout: Shape) -> Stack:
    """A stack of three to nine steps, none of which makes the output constant, huge or no number."""
    rng = Random(seed)
    x = _sequences(layout)
    parts: list[nn.Module] = []
    for _ in range(rng.randint(3, 9)):
        part, x = _next(rng, x, seed)
        parts.append(part)
    return Stack(parts, rng.random() < 0.3).eval()


class Together(nn.Module):
    """Several stacks on one input; their outputs by seed and name."""

    def __init__(self, stacks: dict[int, Stack]) -> None:
        super().__init__()
        self.seeds, self.stacks = list(stacks), nn.ModuleList(stacks.values())

    def forward(self, x: Any) -> dict[str, Any]:
        made = zip(self.seeds, self.stacks, strict=True)
        return {f"{seed:05d} {name}": y for seed, part in made for name, y in part(x).items()}


def _sequences(layout: Shape) -> Any:
    x = torch.from_numpy(one_hot(6, LENGTH, seed=3))
    first = next(n for n in layout if n != 1)
    return (x.transpose(1, 2) if first == 4 else x).reshape(-1, *layout)


def _next(rng: Random, x: Any, seed: int) -> tuple[nn.Module, Any]:
    """A step that fits, and what it gives for the sequences."""
    while True:
        shape = tuple(x.shape[1:])
        torch.manual_seed(rng.randrange(2**31))
        try:
            part = rng.choice(STEPS[len(shape)])(rng, shape)
            if part is None:
                continue
            with torch.no_grad():
                y = settled(part, rng.randrange(2**31))(x)
        except (RuntimeError, ValueError):  # torch's own: a kernel wider than its input, and the like
            continue
        if _is_sound(y):
            return part, y


def _is_sound(y: Any) -> bool:
    if not 0 < y[0].numel() <= LARGEST or not 1 < y.dim() < 5 or not y.isfinite().all():
        return False
    most = y.abs().max()
    return bool(0.02 < most < 50 and (y - y[:1]).abs().max() > 1e-2 * most)
