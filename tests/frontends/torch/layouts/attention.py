"""Pooling by attention, which stays local: Enformer's and Borzoi's first layers."""

from typing import Any

from torch import nn


class AttentionPool(nn.Module):
    """Avsec et al., Nature Methods 2021, as enformer-pytorch writes it: a softmax over each pair of positions."""

    def __init__(self, width: int, size: int = 2) -> None:
        super().__init__()
        self.size = size
        self.to_logits = nn.Conv2d(width, width, 1, bias=False)

    def forward(self, x: Any) -> Any:
        x = x.unflatten(2, (x.shape[2] // self.size, self.size))
        return (x * self.to_logits(x).softmax(dim=-1)).sum(dim=-1)


class AttentionPooled(nn.Module):
    """Two convolutions, each under a pool by attention, and a dense layer."""

    def __init__(self, length: int = 96, width: int = 8) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(4, width, 7, padding=3), AttentionPool(width), nn.BatchNorm1d(width), nn.GELU(),
            nn.Conv1d(width, width, 5, padding=2), AttentionPool(width), nn.Flatten(),
            nn.Linear(width * length // 4, 3),
        )  # fmt: skip

    def forward(self, x: Any) -> Any:
        return self.layers(x)
