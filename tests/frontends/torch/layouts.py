"""Published architectures as their authors write them in PyTorch, with fewer channels and shorter sequences."""

from typing import Any

import torch
from torch import nn


class Basset(nn.Module):
    """Kelley et al., Genome Research 2016, as Kipoi's PyTorch port has it: sequences as (N, 4, L, 1)."""

    def __init__(self, length: int = 120) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(4, 12, (19, 1))
        self.bn1 = nn.BatchNorm2d(12)
        self.conv2 = nn.Conv2d(12, 10, (11, 1))
        self.bn2 = nn.BatchNorm2d(10)
        self.conv3 = nn.Conv2d(10, 8, (7, 1))
        self.bn3 = nn.BatchNorm2d(8)
        positions = (((length - 18) // 3 - 10) // 2 - 6) // 2
        self.fc1 = nn.Linear(8 * positions, 20)
        self.bn4 = nn.BatchNorm1d(20)
        self.fc2 = nn.Linear(20, 5)

    def forward(self, x: Any) -> Any:
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), (3, 1), (3, 1))
        x = nn.functional.max_pool2d(torch.relu(self.bn2(self.conv2(x))), (2, 1), (2, 1))
        x = nn.functional.max_pool2d(torch.relu(self.bn3(self.conv3(x))), (2, 1), (2, 1))
        x = nn.functional.dropout(
            torch.relu(self.bn4(self.fc1(x.view(x.size(0), -1)))), training=self.training
        )
        return torch.sigmoid(self.fc2(x))


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


class DeepSTARR(nn.Module):
    """de Almeida et al., Nature Genetics 2022."""

    def __init__(self, length: int = 96) -> None:
        super().__init__()
        widths, kernels = (4, 16, 8, 8, 10), (7, 3, 5, 3)
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
            nn.Flatten(),
            nn.Linear(widths[-1] * (length // 16), 16),
            nn.BatchNorm1d(16),
            nn.ReLU(),
            nn.Dropout(0.4),
        )
        self.dev, self.hk = nn.Linear(16, 1), nn.Linear(16, 1)

    def forward(self, x: Any) -> dict[str, Any]:
        x = self.dense(self.blocks(x))
        return {"dev": self.dev(x), "hk": self.hk(x)}


class AITAC(nn.Module):
    """Maslova et al., PNAS 2020: sequences as (N, 1, 4, L), a first kernel over all four bases."""

    def __init__(self, length: int = 251) -> None:
        super().__init__()
        self.layer1_conv = nn.Sequential(
            nn.Conv2d(1, 12, (4, 19), padding=(0, 9)), nn.BatchNorm2d(12), nn.ReLU(),
            nn.MaxPool2d((1, 3), (1, 3), padding=(0, 1)),
        )  # fmt: skip
        self.layer2_conv = nn.Sequential(
            nn.Conv2d(12, 8, (1, 11), padding=(0, 5)), nn.BatchNorm2d(8), nn.ReLU(),
            nn.MaxPool2d((1, 4), (1, 4), padding=(0, 1)),
        )  # fmt: skip
        self.layer3_conv = nn.Sequential(
            nn.Conv2d(8, 8, (1, 7), padding=(0, 3)), nn.BatchNorm2d(8), nn.ReLU(),
            nn.MaxPool2d((1, 4), (1, 4), padding=(0, 1)),
        )  # fmt: skip
        size = length
        for kernel in (3, 4, 4):
            size = (size + 2 - kernel) // kernel + 1
        self.layer4 = nn.Sequential(nn.Linear(8 * size, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.03))
        self.layer6 = nn.Sequential(nn.Linear(16, 6))

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

    def __init__(self, length: int = 140) -> None:
        super().__init__()
        w = 10
        self.model = nn.Sequential(
            nn.Sequential(
                nn.Conv2d(4, w, (1, 8)), nn.ReLU(), nn.Conv2d(w, w, (1, 8)), nn.ReLU(), nn.Dropout(0.2),
                nn.MaxPool2d((1, 4), (1, 4)), nn.Conv2d(w, 12, (1, 8)), nn.ReLU(), nn.Conv2d(12, 12, (1, 8)),
                nn.ReLU(), nn.Dropout(0.2),
            ),
            nn.Sequential(
                nn.Dropout(0.5),
                _Lambda(lambda x: x.reshape(x.size(0), -1)),
                nn.Sequential(
                    _Lambda(lambda x: x.view(1, -1) if len(x.size()) == 1 else x),
                    nn.Linear(12 * ((length - 14) // 4 - 14), 20),
                ),
                nn.ReLU(),
                nn.Sequential(_Lambda(lambda x: x.view(1, -1) if len(x.size()) == 1 else x), nn.Linear(20, 9)),
            ),
            nn.Sigmoid(),
        )  # fmt: skip

    def forward(self, x: Any) -> Any:
        return self.model(x)
