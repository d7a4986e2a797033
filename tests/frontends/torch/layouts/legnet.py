"""LegNet: efficient blocks concatenated to their input, a distribution over bins."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import nn


class _Squeeze(nn.Module):
    """Squeeze and excitation."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(width, inner), nn.SiLU(), nn.Linear(inner, width), nn.Sigmoid())

    def forward(self, x: Any) -> Any:
        b, c = x.size()[:2]
        return x * self.fc(x.view(b, c, -1).mean(dim=2)).view(b, c, 1)


class _Efficient(nn.Module):
    """An inverted bottleneck: pointwise, in narrow groups, squeeze, pointwise."""

    def __init__(self, width: int, kernel: int, resize: int, per_group: int) -> None:
        super().__init__()
        wide = resize * width
        self.block = nn.Sequential(
            nn.Conv1d(width, wide, 1, bias=False), nn.BatchNorm1d(wide), nn.SiLU(),
            nn.Conv1d(wide, wide, kernel, groups=wide // per_group, padding="same", bias=False), nn.BatchNorm1d(wide),
            nn.SiLU(), _Squeeze(wide, width // 4), nn.Conv1d(wide, width, 1, bias=False), nn.BatchNorm1d(width),
            nn.SiLU(),
        )  # fmt: skip

    def forward(self, x: Any) -> Any:
        return self.block(x)


class _Concatenated(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Any) -> Any:
        return torch.cat([self.inner(x), x], dim=1)


class LegNet(nn.Module):
    """Penzar et al., Bioinformatics 2023; published: widths 256 to 32, kernels of 5, four times as wide inside."""

    def __init__(
        self, widths: Sequence[int] = (8, 8, 8), kernel: int = 7, resize: int = 2, per_group: int = 1, bins: int = 6,
        pools: int = 1,
    ) -> None:  # fmt: skip
        super().__init__()
        self.stem = _local(4, widths[0], kernel)
        self.main = nn.Sequential(
            *(
                nn.Sequential(
                    _Concatenated(_Efficient(before, kernel, resize, per_group)), _local(2 * before, after, kernel),
                    nn.MaxPool1d(2) if i < pools else nn.Identity(),
                )
                for i, (before, after) in enumerate(pairwise(widths))
            )
        )  # fmt: skip
        self.mapper = nn.Sequential(nn.BatchNorm1d(widths[-1]), nn.SiLU(), nn.Conv1d(widths[-1], bins, 1))
        self.register_buffer("bins", torch.arange(bins, dtype=torch.float32))

    def forward(self, x: Any) -> Any:
        x = self.mapper(self.main(self.stem(x)))
        logits = nn.functional.adaptive_avg_pool1d(x, 1).squeeze(2)
        probabilities = nn.functional.softmax(logits, dim=1)
        return nn.functional.log_softmax(logits, dim=1), (probabilities * self.bins).sum(dim=1)


def _local(before: int, after: int, kernel: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(before, after, kernel, padding="same", bias=False), nn.BatchNorm1d(after), nn.SiLU()
    )
