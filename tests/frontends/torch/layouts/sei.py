"""Sei: linear and non-linear paths, dilated residuals, a spline over positions."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn


class Sei(nn.Module):
    """Chen et al., Nature Genetics 2022; published: 4,096 bp, widths 480, 640 and 960, 16 splines, 21,907 tasks."""

    def __init__(
        self, length: int = 128, splines: int = 5, widths: Sequence[int] = (8, 12),
        dilations: Sequence[int] = (2, 4, 8), tasks: int = 6,
    ) -> None:  # fmt: skip
        super().__init__()
        self.linear, self.curved = nn.ModuleList(), nn.ModuleList()
        for i, (before, width) in enumerate(zip((4, *widths), widths, strict=False)):
            down = [nn.MaxPool1d(4, 4), nn.Dropout(0.2)] if i else []
            self.linear.append(nn.Sequential(*down, _nine(before, width), _nine(width, width)))
            drop = [nn.Dropout(0.2)] if i else []
            curved = [_nine(width, width), nn.ReLU(inplace=True), _nine(width, width), nn.ReLU(inplace=True)]
            self.curved.append(nn.Sequential(*drop, *curved))
        wide = widths[-1]
        self.dilated = nn.ModuleList(
            nn.Sequential(nn.Dropout(0.1), nn.Conv1d(wide, wide, 5, dilation=d, padding=2 * d), nn.ReLU(inplace=True))
            for d in dilations
        )  # fmt: skip
        self.register_buffer("spline", torch.rand(length // 4 ** (len(widths) - 1), splines))
        self.classifier = nn.Sequential(
            nn.Linear(wide * splines, tasks), nn.ReLU(inplace=True), nn.Linear(tasks, tasks), nn.Sigmoid()
        )

    def forward(self, x: Any) -> Any:
        for linear, curved in zip(self.linear, self.curved, strict=True):
            straight = linear(x)
            out = curved(straight)
            x = out + straight
        for dilated in self.dilated:
            out = out + dilated(x)
            x = out
        out = torch.matmul(out, self.spline)
        return self.classifier(out.view(out.size(0), -1))


def _nine(before: int, after: int) -> nn.Module:
    return nn.Conv1d(before, after, 9, padding=4)
