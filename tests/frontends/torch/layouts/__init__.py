"""Published architectures as their authors write them in PyTorch; by default narrower and for shorter sequences."""

from collections.abc import Callable
from typing import Any

from tests.frontends.torch.layouts.attention import AttentionPooled
from tests.frontends.torch.layouts.legnet import LegNet
from tests.frontends.torch.layouts.malinois import Malinois
from tests.frontends.torch.layouts.pooled import AITAC, Basset, Beluga, DeepSTARR
from tests.frontends.torch.layouts.profiles import BPNet, ChromBPNet
from tests.frontends.torch.layouts.recurrent import DanQ
from tests.frontends.torch.layouts.sei import Sei

__all__ = [
    "AITAC",
    "PUBLISHED",
    "AttentionPooled",
    "BPNet",
    "Basset",
    "Beluga",
    "ChromBPNet",
    "DanQ",
    "DeepSTARR",
    "LegNet",
    "Malinois",
    "Sei",
]

PUBLISHED: dict[str, tuple[Callable[[], Any], tuple[int, ...]]] = {
    "basset-600": (lambda: Basset(600, (300, 200, 200), 1000, 164), (4, 600, 1)),
    "ai-tac-251": (lambda: AITAC(251, (300, 200, 200), 1000, 81), (1, 4, 251)),
    "deepstarr-249": (lambda: DeepSTARR(249, (256, 60, 60, 120), 256), (4, 249)),
    "malinois-600": (lambda: Malinois(600, 3, (300, 200, 200), 1000, 140, 3), (4, 600)),
    "legnet-150": (lambda: LegNet((256, 256, 128, 128, 64, 64, 32, 32), 5, 4, 2, 18, 0), (4, 150)),
    "danq-1000": (lambda: DanQ(1000, 320, 320, 925, 919), (4, 1000)),
    "beluga-2000": (lambda: Beluga(2000, (320, 480, 640), 2003, 2002), (4, 1, 2000)),
    "sei-4096": (lambda: Sei(4096, 16, (480, 640, 960), (2, 4, 8, 16, 25), 2190), (4, 4096)),
}
"""The widths and lengths of their papers: name -> (module, shape of its input).

Sei has a tenth of its 21,907 tasks: its last two layers alone would hold 0.8 billion weights.
"""
