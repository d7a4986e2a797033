"""The PyTorch modules whose speed is measured, by name."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from tests.frontends.torch import layouts

__all__ = ["MODELS", "TWINS", "WIDTHS"]


class BassetTwin(nn.Module):
    """``models/basset.py`` in torch."""

    def __init__(self, length: int = 1000) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        before = 4
        for filters, kernel, pool in ((300, 19, 3), (200, 11, 4), (200, 7, 4)):
            parts += [nn.Conv1d(before, filters, kernel, padding="same"), nn.ReLU(), nn.BatchNorm1d(filters)]
            parts.append(nn.MaxPool1d(pool))
            before, length = filters, length // pool
        parts.append(nn.Flatten())
        before *= length
        for _ in range(2):
            parts += [nn.Linear(before, 1000), nn.ReLU(), nn.BatchNorm1d(1000)]
            before = 1000
        self.layers = nn.Sequential(*parts, nn.Linear(1000, 1))

    def forward(self, x: Any) -> Any:
        """(N, 4, L) to (N, 1)."""
        return self.layers(x)


class BPNetTwin(nn.Module):
    """``models/bpnet.py`` in torch."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 64, 25, padding=12)
        self.dilated = nn.ModuleList(nn.Conv1d(64, 64, 3, padding=2**i, dilation=2**i) for i in range(9))
        self.profile, self.counts = nn.ConvTranspose1d(64, 1, 25, padding=12), nn.Linear(64, 1)

    def forward(self, x: Any) -> Any:
        """(N, 4, L) to (N, L) and (N, 1)."""
        x = torch.relu(self.conv(x))
        for conv in self.dilated:
            x = x + torch.relu(conv(x))
        return self.profile(x).squeeze(1), self.counts(x.mean(2))


def _bpnetlite() -> nn.Module:
    from bpnetlite import BPNet

    return BPNet(n_control_tracks=0, verbose=False)


def _chrombpnet() -> nn.Module:
    from bpnetlite import BPNet, ChromBPNet

    bias = BPNet(128, 4, 1, n_control_tracks=0, trimming=557, verbose=False)
    return ChromBPNet(bias, BPNet(512, 8, 1, n_control_tracks=0, trimming=557, verbose=False))


def _cherimoya() -> nn.Module:
    from cherimoya import Cherimoya

    return Cherimoya(compile=False, verbose=False)


def _explainn() -> nn.Module:
    from explainn.models.networks import ExplaiNN

    return ExplaiNN(300, 200, 50)


def _enformer() -> nn.Module:
    from enformer_pytorch import Enformer

    heads = {"human": 50}
    return Enformer.from_hparams(dim=384, depth=2, heads=4, output_heads=heads, target_length=-1)


def _borzoi() -> nn.Module:
    from borzoi_pytorch import Borzoi

    return Borzoi.from_hparams(dim=256, depth=1, heads=4, bins_to_return=32)


Model = tuple[Callable[[], nn.Module], tuple[int, ...], str]
MODELS: dict[str, Model] = {
    "basset-twin-1000": (BassetTwin, (4, 1000), ""),
    "bpnet-twin-1000": (BPNetTwin, (4, 1000), ""),
    **{name: (*case, "") for name, case in layouts.PUBLISHED.items() if name != "sei-4096"},
    "sei-1024": (lambda: layouts.Sei(1024, 16), (4, 1024), ""),
    "bpnet-lite-2114": (_bpnetlite, (4, 2114), "bpnetlite"),
    "chrombpnet-2114": (_chrombpnet, (4, 2114), "bpnetlite"),
    "cherimoya-2114": (_cherimoya, (4, 2114), "cherimoya"),
    "explainn-200": (_explainn, (4, 200), "explainn"),
    "enformer-small": (_enformer, (4096, 4), "enformer_pytorch"),
    "borzoi-small": (_borzoi, (4, 4096), "borzoi_pytorch"),
}
"""Name -> (module, shape of its sequences, the package it comes from)."""
WIDTHS = {
    "sei-1024": "8 and 12 channels in two stages, published 480 to 960 in three; 1,024 of 4,096 bp",
    "enformer-small": "384 channels and 2 layers, published 1,536 and 11",
    "borzoi-small": "256 channels and 1 layer, published 1,536 and 8",
}
"""Where a module is narrower than the published one."""
TWINS = {"basset-twin-1000": "basset", "bpnet-twin-1000": "bpnet"}
