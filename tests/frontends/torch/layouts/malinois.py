"""Malinois: padded convolutions, a branch of dense layers for each cell type."""

from itertools import pairwise
from typing import Any

import torch
from torch import nn


class _GroupedLinear(nn.Module):
    """A dense layer for each task, as ``baddbmm`` with the task in front."""

    def __init__(self, size: int, out: int, groups: int) -> None:
        super().__init__()
        self.groups, self.size = groups, size
        self.weight = nn.Parameter(torch.randn(groups, size, out) / size**0.5)
        self.bias = nn.Parameter(torch.randn(groups, 1, out))

    def forward(self, x: Any) -> Any:
        split = x.reshape(-1, self.groups, self.size).transpose(0, 1)
        return torch.bmm(split, self.weight).add(self.bias).transpose(0, 1).reshape(x.shape[0], -1)


class Malinois(nn.Module):
    """Gosai et al., Nature 2024 (BassetBranched of boda2); published: 600 bp, 300, 200 and 200 filters."""

    def __init__(
        self, length: int = 144, cells: int = 3, widths: tuple[int, int, int] = (12, 8, 8), dense: int = 16,
        branch: int = 5, layers: int = 2,
    ) -> None:  # fmt: skip
        super().__init__()
        a, b, c = widths
        self.pad1, self.pad2 = nn.ConstantPad1d((9, 9), 0.0), nn.ConstantPad1d((5, 5), 0.0)
        self.pad3, self.pad4 = nn.ConstantPad1d((3, 3), 0.0), nn.ConstantPad1d((1, 1), 0.0)
        self.conv1, self.bn1 = nn.Conv1d(4, a, 19), nn.BatchNorm1d(a)
        self.conv2, self.bn2 = nn.Conv1d(a, b, 11), nn.BatchNorm1d(b)
        self.conv3, self.bn3 = nn.Conv1d(b, c, 7), nn.BatchNorm1d(c)
        self.linear1, self.bn4 = nn.Linear(c * (((length // 3) // 4 + 2) // 4), dense), nn.BatchNorm1d(dense)
        sizes = (dense, *[branch] * layers)
        self.branched = nn.ModuleList(
            _GroupedLinear(before, after, cells) for before, after in pairwise(sizes)
        )
        self.output = _GroupedLinear(branch, 1, cells)
        self.cells = cells

    def forward(self, x: Any) -> Any:
        x = nn.functional.max_pool1d(torch.relu(self.bn1(self.conv1(self.pad1(x)))), 3)
        x = nn.functional.max_pool1d(torch.relu(self.bn2(self.conv2(self.pad2(x)))), 4)
        x = nn.functional.max_pool1d(self.pad4(torch.relu(self.bn3(self.conv3(self.pad3(x))))), 4)
        x = torch.relu(self.bn4(self.linear1(torch.flatten(x, start_dim=1))))
        x = x.repeat(1, self.cells)
        for layer in self.branched:
            x = nn.functional.relu6(layer(x))
        return self.output(x)
