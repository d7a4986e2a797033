"""Convolutions and pools, flattened: Basset and its kin."""

from typing import Any

import torch
from torch import nn


class Basset(nn.Module):
    """Kelley et al., Genome Research 2016, as Kipoi's PyTorch port has it: sequences as (N, 4, L, 1)."""

    def __init__(
        self, length: int = 120, widths: tuple[int, int, int] = (12, 10, 8), dense: int = 20, tasks: int = 5
    ) -> None:
        super().__init__()
        a, b, c = widths
        self.conv1 = nn.Conv2d(4, a, (19, 1))
        self.bn1 = nn.BatchNorm2d(a)
        self.conv2 = nn.Conv2d(a, b, (11, 1))
        self.bn2 = nn.BatchNorm2d(b)
        self.conv3 = nn.Conv2d(b, c, (7, 1))
        self.bn3 = nn.BatchNorm2d(c)
        positions = (((length - 18) // 3 - 10) // 2 - 6) // 2
        self.fc1 = nn.Linear(c * positions, dense)
        self.bn4 = nn.BatchNorm1d(dense)
        self.fc2 = nn.Linear(dense, tasks)

    def forward(self, x: Any) -> Any:
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), (3, 1), (3, 1))
        x = nn.functional.max_pool2d(torch.relu(self.bn2(self.conv2(x))), (2, 1), (2, 1))
        x = nn.functional.max_pool2d(torch.relu(self.bn3(self.conv3(x))), (2, 1), (2, 1))
        x = nn.functional.dropout(
            torch.relu(self.bn4(self.fc1(x.view(x.size(0), -1)))), training=self.training
        )
        return torch.sigmoid(self.fc2(x))


class DeepSTARR(nn.Module):
    """de Almeida et al., Nature Genetics 2022."""

    def __init__(self, length: int = 96, filters: tuple[int, ...] = (16, 8, 8, 10), dense: int = 16) -> None:
        super().__init__()
        widths, kernels = (4, *filters), (7, 3, 5, 3)
        self.blocks = nn.Sequential(
            *(
                nn.Sequential(
                    nn.Conv1d(a, b, k, padding="same"),
                    nn.BatchNorm1d(b, eps=1e-3),
                    nn.ReLU(),
                    nn.MaxPool1d(2),
                )
                for a, b, k in zip(widths, widths[1:], kernels, strict=False)
            )
        )
        self.dense = nn.Sequential(
            nn.Flatten(), nn.Linear(widths[-1] * (length // 16), dense), nn.BatchNorm1d(dense), nn.ReLU(),
            nn.Dropout(0.4),
        )  # fmt: skip
        self.dev, self.hk = nn.Linear(dense, 1), nn.Linear(dense, 1)

    def forward(self, x: Any) -> dict[str, Any]:
        x = self.dense(self.blocks(x))
        return {"dev": self.dev(x), "hk": self.hk(x)}


class AITAC(nn.Module):
    """Maslova et al., PNAS 2020: sequences as (N, 1, 4, L), a first kernel over all four bases."""

    def __init__(
        self, length: int = 251, widths: tuple[int, int, int] = (12, 8, 8), dense: int = 16, tasks: int = 6
    ) -> None:
        super().__init__()
        kernels, pools = ((4, 19), (1, 11), (1, 7)), (3, 4, 4)
        blocks = []
        for before, filters, kernel, pool in zip((1, *widths), widths, kernels, pools, strict=False):
            blocks.append(
                nn.Sequential(
                    nn.Conv2d(before, filters, kernel, padding=(0, kernel[1] // 2)), nn.BatchNorm2d(filters), nn.ReLU(),
                    nn.MaxPool2d((1, pool), (1, pool), padding=(0, 1)),
                )
            )  # fmt: skip
            length = (length + 2 - pool) // pool + 1
        self.layer1_conv, self.layer2_conv, self.layer3_conv = blocks
        self.layer4 = nn.Sequential(
            nn.Linear(widths[-1] * length, dense), nn.BatchNorm1d(dense), nn.ReLU(), nn.Dropout(0.03)
        )
        self.layer6 = nn.Sequential(nn.Linear(dense, tasks))

    def forward(self, x: Any) -> Any:
        x = self.layer3_conv(self.layer2_conv(self.layer1_conv(x)))
        return self.layer6(self.layer4(x.view(x.size()[0], -1)))


class _Lambda(nn.Sequential):
    def __init__(self, function: Any, *parts: nn.Module) -> None:
        super().__init__(*parts)
        self.function = function

    def forward(self, x: Any) -> Any:
        return self.function(super().forward(x) if len(self) else x)


class Beluga(nn.Module):
    """Zhou et al., Nature Genetics 2018, converted from Lua: Lambda wrappers, 2-D kernels on (N, 4, 1, L)."""

    def __init__(
        self, length: int = 330, widths: tuple[int, int, int] = (10, 12, 14), dense: int = 20, tasks: int = 9
    ) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        before = 4
        for i, filters in enumerate(widths):
            if i:
                parts.append(nn.MaxPool2d((1, 4), (1, 4)))
                length //= 4
            parts += [
                nn.Conv2d(before, filters, (1, 8)),
                nn.ReLU(),
                nn.Conv2d(filters, filters, (1, 8)),
                nn.ReLU(),
            ]
            parts.append(nn.Dropout(0.2))
            before, length = filters, length - 14
        self.model = nn.Sequential(
            nn.Sequential(*parts),
            nn.Sequential(
                nn.Dropout(0.5),
                _Lambda(lambda x: x.reshape(x.size(0), -1)),
                nn.Sequential(
                    _Lambda(lambda x: x.view(1, -1) if len(x.size()) == 1 else x),
                    nn.Linear(before * length, dense),
                ),
                nn.ReLU(),
                nn.Sequential(
                    _Lambda(lambda x: x.view(1, -1) if len(x.size()) == 1 else x), nn.Linear(dense, tasks)
                ),
            ),
            nn.Sigmoid(),
        )

    def forward(self, x: Any) -> Any:
        return self.model(x)
