"""Dilated residual convolutions that give a profile and a count: BPNet and its kin."""

from typing import Any

import torch
from torch import nn


class BPNet(nn.Module):
    """Avsec et al., Nature Genetics 2021, as bpnet-lite writes it: residuals, trimmed ends, control tracks."""

    def __init__(self, trimming: int = 20, controls: int = 0, width: int = 12, layers: int = 3) -> None:
        super().__init__()
        self.trimming, self.controls = trimming, controls
        self.iconv = nn.Conv1d(4, width, 21, padding=10)
        self.rconvs = nn.ModuleList(
            nn.Conv1d(width, width, 3, padding=2**i, dilation=2**i) for i in range(1, layers + 1)
        )
        self.fconv = nn.Conv1d(width + controls, 2, 25, padding=12)
        self.linear = nn.Linear(width + min(controls, 1), 1)

    def forward(self, x: Any, control: Any = None) -> Any:
        start, end = self.trimming, x.shape[2] - self.trimming
        x = torch.relu(self.iconv(x))
        for conv in self.rconvs:
            x = x + torch.relu(conv(x))
        wide = x if control is None else torch.cat([x, control], dim=1)
        profile = self.fconv(wide)[:, :, start:end]
        counts = torch.mean(x[:, :, start - 7 : end + 7], dim=2)
        if control is not None:
            total = torch.sum(control[:, :, start - 7 : end + 7], dim=(1, 2))
            counts = torch.cat([counts, torch.log(total.unsqueeze(-1) + 1)], dim=-1)
        return profile, self.linear(counts).reshape(x.shape[0], 1)


class ChromBPNet(nn.Module):
    """Pampari et al. 2025, as bpnet-lite writes it: a model of the enzyme's bias beside one with control tracks."""

    def __init__(self, trimming: int = 20, controls: int = 0) -> None:
        super().__init__()
        self.bias = BPNet(trimming, 0, width=8, layers=2)
        self.accessibility = BPNet(trimming, controls)

    def forward(self, x: Any, control: Any = None) -> Any:
        profile, count = self.accessibility(x, control)
        bias_profile, bias_count = self.bias(x)
        return profile + bias_profile, torch.logsumexp(torch.stack([count, bias_count]), dim=0)
