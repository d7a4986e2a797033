"""Published architectures as their authors write them in PyTorch, with fewer channels and shorter sequences."""

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


class DanQ(nn.Module):
    """Quang and Xie, Nucleic Acids Research 2016: a convolution, a bidirectional LSTM, flattened."""

    def __init__(self, length: int = 91) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 12, 26)
        self.pool = nn.MaxPool1d(13, 13)
        self.lstm = nn.LSTM(12, 8, num_layers=1, batch_first=True, bidirectional=True)
        self.dense = nn.Linear(16 * ((length - 25) // 13), 20)
        self.out = nn.Linear(20, 7)

    def forward(self, x: Any) -> Any:
        x = nn.functional.dropout(self.pool(torch.relu(self.conv(x))), 0.2, training=self.training)
        x, (_, _) = self.lstm(x.transpose(1, 2))
        x = x.contiguous().view(x.size(0), -1)
        return torch.sigmoid(self.out(torch.relu(self.dense(x))))


class Sei(nn.Module):
    """Chen et al., Nature Genetics 2022: linear and non-linear paths, dilated residuals, a spline over positions."""

    def __init__(self, length: int = 128, splines: int = 5) -> None:
        super().__init__()
        w = 8
        self.lconv1 = nn.Sequential(nn.Conv1d(4, w, 9, padding=4), nn.Conv1d(w, w, 9, padding=4))
        self.conv1 = nn.Sequential(
            nn.Conv1d(w, w, 9, padding=4),
            nn.ReLU(inplace=True),
            nn.Conv1d(w, w, 9, padding=4),
            nn.ReLU(inplace=True),
        )
        self.lconv2 = nn.Sequential(
            nn.MaxPool1d(4, 4),
            nn.Dropout(0.2),
            nn.Conv1d(w, 12, 9, padding=4),
            nn.Conv1d(12, 12, 9, padding=4),
        )
        self.conv2 = nn.Sequential(
            nn.Dropout(0.2), nn.Conv1d(12, 12, 9, padding=4), nn.ReLU(inplace=True), nn.Conv1d(12, 12, 9, padding=4),
            nn.ReLU(inplace=True),
        )  # fmt: skip
        self.dconvs = nn.ModuleList(
            nn.Sequential(
                nn.Dropout(0.1), nn.Conv1d(12, 12, 5, dilation=d, padding=2 * d), nn.ReLU(inplace=True)
            )
            for d in (2, 4, 8)
        )
        self.register_buffer("spline", torch.rand(length // 4, splines))
        self.classifier = nn.Sequential(
            nn.Linear(12 * splines, 10), nn.ReLU(inplace=True), nn.Linear(10, 6), nn.Sigmoid()
        )

    def forward(self, x: Any) -> Any:
        lout1 = self.lconv1(x)
        out1 = self.conv1(lout1)
        lout2 = self.lconv2(out1 + lout1)
        out = self.conv2(lout2) + lout2
        for dconv in self.dconvs:
            out = out + dconv(out)
        out = torch.matmul(out, self.spline)
        return self.classifier(out.view(out.size(0), 12 * self.spline.shape[1]))


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
    """Gosai et al., Nature 2024 (BassetBranched of boda2): padded convolutions, a branch for each cell type."""

    def __init__(self, length: int = 144, cells: int = 3) -> None:
        super().__init__()
        self.pad1, self.pad2 = nn.ConstantPad1d((9, 9), 0.0), nn.ConstantPad1d((5, 5), 0.0)
        self.pad3, self.pad4 = nn.ConstantPad1d((3, 3), 0.0), nn.ConstantPad1d((1, 1), 0.0)
        self.conv1, self.bn1 = nn.Conv1d(4, 12, 19), nn.BatchNorm1d(12)
        self.conv2, self.bn2 = nn.Conv1d(12, 8, 11), nn.BatchNorm1d(8)
        self.conv3, self.bn3 = nn.Conv1d(8, 8, 7), nn.BatchNorm1d(8)
        self.linear1, self.bn4 = nn.Linear(8 * (((length // 3) // 4 + 2) // 4), 16), nn.BatchNorm1d(16)
        self.branched = _GroupedLinear(16, 5, cells)
        self.branched2 = _GroupedLinear(5, 5, cells)
        self.output = _GroupedLinear(5, 1, cells)
        self.cells = cells

    def forward(self, x: Any) -> Any:
        x = nn.functional.max_pool1d(torch.relu(self.bn1(self.conv1(self.pad1(x)))), 3)
        x = nn.functional.max_pool1d(torch.relu(self.bn2(self.conv2(self.pad2(x)))), 4)
        x = nn.functional.max_pool1d(self.pad4(torch.relu(self.bn3(self.conv3(self.pad3(x))))), 4)
        x = torch.relu(self.bn4(self.linear1(torch.flatten(x, start_dim=1))))
        x = torch.relu(self.branched(x.repeat(1, self.cells)))
        return self.output(torch.relu(self.branched2(x)))


class _Squeeze(nn.Module):
    """Squeeze and excitation."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(width, inner), nn.SiLU(), nn.Linear(inner, width), nn.Sigmoid())

    def forward(self, x: Any) -> Any:
        b, c = x.size()[:2]
        return x * self.fc(x.view(b, c, -1).mean(dim=2)).view(b, c, 1)


class _Efficient(nn.Module):
    """An inverted bottleneck: pointwise, depthwise, squeeze, pointwise."""

    def __init__(self, width: int, kernel: int) -> None:
        super().__init__()
        wide = 2 * width
        self.block = nn.Sequential(
            nn.Conv1d(width, wide, 1, bias=False), nn.BatchNorm1d(wide), nn.SiLU(),
            nn.Conv1d(wide, wide, kernel, groups=wide, padding="same", bias=False), nn.BatchNorm1d(wide), nn.SiLU(),
            _Squeeze(wide, 4), nn.Conv1d(wide, width, 1, bias=False), nn.BatchNorm1d(width), nn.SiLU(),
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
    """Penzar et al., Bioinformatics 2023: efficient blocks concatenated to their input, a distribution over bins."""

    def __init__(self, bins: int = 6) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv1d(4, 8, 7, padding="same", bias=False), nn.BatchNorm1d(8), nn.SiLU()
        )
        self.main = nn.Sequential(
            *(
                nn.Sequential(
                    _Concatenated(_Efficient(8, 7)),
                    nn.Conv1d(16, 8, 7, padding="same", bias=False), nn.BatchNorm1d(8), nn.SiLU(),
                    nn.MaxPool1d(2) if i == 0 else nn.Identity(),
                )
                for i in range(2)
            )
        )  # fmt: skip
        self.mapper = nn.Sequential(nn.BatchNorm1d(8), nn.SiLU(), nn.Conv1d(8, bins, 1))
        self.register_buffer("bins", torch.arange(bins, dtype=torch.float32))

    def forward(self, x: Any) -> Any:
        x = self.mapper(self.main(self.stem(x)))
        logits = nn.functional.adaptive_avg_pool1d(x, 1).squeeze(2)
        probabilities = nn.functional.softmax(logits, dim=1)
        return nn.functional.log_softmax(logits, dim=1), (probabilities * self.bins).sum(dim=1)
