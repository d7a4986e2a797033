"""What the packages on torch have in common."""

from collections.abc import Mapping
from typing import ClassVar

from ismbench.methods.base import Method

__all__ = ["TorchPeer"]


class TorchPeer(Method):
    """A method of a package on torch, in a process of its own; the package's class says the rest."""

    extra = "peers"
    environment: ClassVar[Mapping[str, str]] = {}

    @property
    def threads(self) -> int:
        """Threads that torch computes with."""
        import torch

        return int(torch.get_num_threads())
