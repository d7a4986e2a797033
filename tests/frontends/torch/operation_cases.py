"""One small module for each operation and option: name -> (module, shape of its input without the batch)."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

L = 24
Case = tuple[Callable[[], nn.Module], tuple[int, ...]]


class Function(nn.Module):
    """A convolution (so that numbers are not 0 and 1), then a function of (N, 6, 24)."""

    def __init__(self, function: Callable[..., Any], *parts: nn.Module) -> None:
        super().__init__()
        self.stem = nn.Conv1d(4, 6, 3, padding=1)
        self.parts = nn.ModuleList(parts)
        self.scale = nn.Parameter(torch.rand(6))
        self.matrix = nn.Parameter(torch.randn(6, 5))
        self.places = nn.Parameter(torch.randn(6, L))
        self.function = function

    def forward(self, x: Any) -> Any:
        return self.function(self, self.stem(x))


def layer(make: Callable[[], nn.Module], shape: tuple[int, ...] = (4, L)) -> Case:
    return make, shape


def after(function: Callable[..., Any], *make: Callable[[], nn.Module]) -> Case:
    return lambda: Function(function, *(m() for m in make)), (4, L)


def part(make: Callable[[], nn.Module], post: Callable[[Any], Any] = lambda y: y) -> Case:
    return after(lambda m, x: post(m.parts[0](x)), make)


CONVOLUTIONS: dict[str, Case] = {
    "conv1d valid": layer(lambda: nn.Conv1d(4, 5, 7)),
    "conv1d padding": layer(lambda: nn.Conv1d(4, 5, 7, padding=2)),
    "conv1d odd same": layer(lambda: nn.Conv1d(4, 5, 5, padding=2)),
    "conv1d even same": layer(lambda: nn.Conv1d(4, 5, 4, padding="same")),
    "conv1d dilated same": layer(lambda: nn.Conv1d(4, 5, 3, padding="same", dilation=4)),
    "conv1d stride": layer(lambda: nn.Conv1d(4, 5, 5, stride=3, padding=1)),
    "conv1d stride dilation": layer(lambda: nn.Conv1d(4, 5, 3, stride=2, dilation=2)),
    "conv1d no bias": layer(lambda: nn.Conv1d(4, 5, 3, bias=False)),
    "conv1d groups": layer(lambda: nn.Conv1d(4, 6, 3, groups=2)),
    "conv1d depthwise": layer(lambda: nn.Conv1d(4, 8, 3, groups=4, padding=1)),
    "conv1d depthwise stride": layer(lambda: nn.Conv1d(4, 8, 3, groups=4, stride=2)),
    "conv1d circular": layer(lambda: nn.Conv1d(4, 5, 5, padding=2, padding_mode="circular")),
    "conv1d reflect": layer(lambda: nn.Conv1d(4, 5, 5, padding=2, padding_mode="reflect")),
    "conv1d replicate": layer(lambda: nn.Conv1d(4, 5, 5, padding=2, padding_mode="replicate")),
    "conv1d twice": layer(lambda: nn.Sequential(nn.Conv1d(4, 4, 3, padding=1), nn.ReLU(), nn.Conv1d(4, 2, 1))),
    "conv1d weight norm": layer(lambda: nn.utils.parametrizations.weight_norm(nn.Conv1d(4, 5, 3))),
    "conv2d kernel (4, k)": layer(lambda: nn.Conv2d(1, 5, (4, 7)), (1, 4, L)),
    "conv2d kernel (4, k) padded": layer(lambda: nn.Conv2d(1, 5, (4, 7), padding=(0, 3)), (1, 4, L)),
    "conv2d kernel (k, 4)": layer(lambda: nn.Conv2d(1, 5, (7, 4)), (1, L, 4)),
    "conv2d kernel (1, k)": layer(lambda: nn.Conv2d(4, 5, (1, 7), padding=(0, 3)), (4, 1, L)),
    "conv2d kernel (k, 1)": layer(lambda: nn.Conv2d(4, 5, (7, 1), stride=(2, 1)), (4, L, 1)),
    "conv2d square on a line": layer(lambda: nn.Conv2d(4, 5, 3, padding=1), (4, 1, L)),
    "conv2d over bases apart": layer(lambda: nn.Conv2d(1, 5, (1, 7), padding=(0, 3)), (1, 4, L)),
    "conv2d in two dimensions": layer(lambda: nn.Conv2d(1, 5, (2, 7), padding=(0, 3)), (1, 4, L)),
    "transposed": layer(lambda: nn.ConvTranspose1d(4, 5, 7, stride=2, padding=3, output_padding=1)),
    "transposed whole": layer(lambda: nn.ConvTranspose1d(4, 5, 6)),
    "groups of repeated channels": after(
        lambda m, x: m.parts[0](x.repeat(1, 3, 1)), lambda: nn.Conv1d(18, 9, 3, groups=3)
    ),
    "repeated channels": after(lambda m, x: m.parts[0](x.repeat(1, 3, 1)), lambda: nn.Conv1d(18, 9, 3)),
    "a dense layer in each group": after(
        lambda m, x: m.parts[0](x.flatten(1).unsqueeze(-1)), lambda: nn.Conv1d(6 * L, 18, 1, groups=6)
    ),
}  # fmt: skip

POOLS: dict[str, Case] = {
    f"{name} {options}": part(lambda kind=kind, options=options: kind(**options))
    for kind, name in ((nn.MaxPool1d, "max"), (nn.AvgPool1d, "average"))
    for options in (
        {"kernel_size": 3}, {"kernel_size": 4, "stride": 3}, {"kernel_size": 3, "stride": 1, "padding": 1},
        {"kernel_size": 5, "stride": 2, "padding": 2}, {"kernel_size": 5, "ceil_mode": True},
        {"kernel_size": 7, "stride": 5, "padding": 2, "ceil_mode": True},
        {"kernel_size": 4, "stride": 2, "padding": 2},
    )
}  # fmt: skip
POOLS |= {
    "max dilated": part(lambda: nn.MaxPool1d(3, 2, dilation=3)),
    "max dilated padded": part(lambda: nn.MaxPool1d(3, 2, padding=1, dilation=2)),
    "max after relu": part(lambda: nn.Sequential(nn.ReLU(), nn.MaxPool1d(3, 3, padding=1))),
    "average without padding": part(lambda: nn.AvgPool1d(5, 2, padding=2, count_include_pad=False)),
    "average ceil without padding": part(lambda: nn.AvgPool1d(5, 3, 1, ceil_mode=True, count_include_pad=False)),
    "adaptive average": part(lambda: nn.AdaptiveAvgPool1d(1)),
    "adaptive average even": part(lambda: nn.AdaptiveAvgPool1d(6)),
    "adaptive average uneven": part(lambda: nn.AdaptiveAvgPool1d(7)),
    "adaptive max": part(lambda: nn.AdaptiveMaxPool1d(1)),
    "adaptive max even": part(lambda: nn.AdaptiveMaxPool1d(8)),
    "adaptive max uneven": part(lambda: nn.AdaptiveMaxPool1d(5)),
    "max 2d": layer(lambda: nn.Sequential(nn.Conv2d(4, 5, (1, 3)), nn.MaxPool2d((1, 3))), (4, 1, L)),
    "max 2d over both": layer(lambda: nn.Sequential(nn.Conv2d(1, 5, (1, 3)), nn.MaxPool2d(2)), (1, 4, L)),
    "average 2d": layer(lambda: nn.Sequential(nn.Conv2d(4, 5, (3, 1)), nn.AvgPool2d((2, 1))), (4, L, 1)),
    "adaptive average 2d": layer(
        lambda: nn.Sequential(nn.Conv2d(4, 5, (3, 1)), nn.AdaptiveAvgPool2d((1, 1))), (4, L, 1)
    ),
}  # fmt: skip

NORMS: dict[str, Case] = {
    "batch norm": part(lambda: nn.BatchNorm1d(6)),
    "batch norm without affine": part(lambda: nn.BatchNorm1d(6, affine=False, eps=1e-3)),
    "batch norm of a flat tensor": part(lambda: nn.Sequential(nn.Flatten(), nn.BatchNorm1d(6 * L))),
    "batch norm 2d": layer(lambda: nn.Sequential(nn.Conv2d(4, 5, (1, 3)), nn.BatchNorm2d(5)), (4, 1, L)),
    "layer norm of channels": after(lambda m, x: m.parts[0](x.transpose(1, 2)), lambda: nn.LayerNorm(6)),
    "layer norm of positions": part(lambda: nn.LayerNorm(L)),
    "layer norm of both": part(lambda: nn.LayerNorm((6, L))),
    "layer norm of a flat tensor": part(lambda: nn.Sequential(nn.Flatten(), nn.LayerNorm(6 * L))),
    "layer norm bare": after(lambda m, x: F.layer_norm(x.transpose(1, 2), (6,), eps=1e-3)),
    "rms norm": after(lambda m, x: m.parts[0](x.transpose(1, 2)), lambda: nn.RMSNorm(6, eps=1e-6)),
    "rms norm without epsilon": after(lambda m, x: m.parts[0](x.transpose(1, 2)), lambda: nn.RMSNorm(6)),
    "group norm": part(lambda: nn.GroupNorm(3, 6)),
    "instance norm": part(lambda: nn.InstanceNorm1d(6, affine=True)),
    "normalize": after(lambda m, x: F.normalize(x, dim=1)),
}  # fmt: skip

ACTIVATIONS: dict[str, Case] = {
    kind.__name__ + str(options or ""): part(lambda kind=kind, options=options: kind(**options))
    for kind, options in (
        (nn.ReLU, {}), (nn.ReLU6, {}), (nn.Sigmoid, {}), (nn.Tanh, {}), (nn.SiLU, {}), (nn.SELU, {}), (nn.Mish, {}),
        (nn.LogSigmoid, {}), (nn.Hardsigmoid, {}), (nn.Hardswish, {}), (nn.GELU, {}),
        (nn.GELU, {"approximate": "tanh"}), (nn.Softplus, {}), (nn.Softplus, {"beta": 2}),
        (nn.Softplus, {"threshold": 0.1}), (nn.Softplus, {"beta": 3, "threshold": 1}),
        (nn.LeakyReLU, {"negative_slope": 0.2}), (nn.ELU, {"alpha": 0.7}),
        (nn.CELU, {"alpha": 0.7}), (nn.Hardtanh, {}), (nn.Hardshrink, {"lambd": 0.2}), (nn.Softshrink, {"lambd": 0.2}),
        (nn.Threshold, {"threshold": 0.1, "value": 0.3}), (nn.PReLU, {}), (nn.PReLU, {"num_parameters": 6}),
        (nn.Softsign, {}), (nn.Tanhshrink, {}), (nn.Softmin, {"dim": 1}), (nn.Dropout, {}), (nn.GLU, {"dim": 1}),
        (nn.Softmax, {"dim": 1}), (nn.Softmax, {"dim": 2}), (nn.LogSoftmax, {"dim": 1}), (nn.LogSoftmax, {"dim": 2}),
        (nn.Identity, {}), (nn.AlphaDropout, {}), (nn.Dropout1d, {}),
    )
}  # fmt: skip

FUNCTIONS: dict[str, Case] = {
    "arithmetic": after(lambda m, x: (x + 2) * 0.5 - x / 3 + (1 - x) * x),
    "alpha": after(lambda m, x: torch.add(x, x.square(), alpha=0.5) - torch.sub(x, 1, alpha=2)),
    "reversed": after(lambda m, x: 1 / (2 + x.square()) + 2 - x),
    "a scale of each channel": after(lambda m, x: x * m.scale[:, None] + m.scale[:, None]),
    "a divisor of each channel": after(lambda m, x: (x - m.scale[:, None]) / (m.scale[:, None] + 1)),
    "subtracted from each channel": after(lambda m, x: m.scale[:, None] - x),
    "a number for each position": after(lambda m, x: x + m.places),
    "a vector of positions": after(lambda m, x: x * torch.linspace(0, 1, L)),
    "powers": after(lambda m, x: x**2 + x.abs() ** 1.5 + x**3),
    "powers of a number": after(lambda m, x: 2**x + torch.pow(0.5, x)),
    "truths as numbers": after(lambda m, x: (x > 0) * m.scale[:, None] + (x > 0.1).float() * x),
    "exp and logs": after(lambda m, x: torch.log(torch.exp(x) + 1) + torch.log1p(x.abs()) + torch.expm1(x)),
    "roots": after(lambda m, x: torch.sqrt(x.abs() + 1) + torch.rsqrt(x.abs() + 1) + torch.reciprocal(x.abs() + 1)),
    "trigonometry": after(lambda m, x: torch.sin(x) + torch.cos(x) + torch.erf(x)),
    "inverse trigonometry": after(
        lambda m, x: torch.asin(x.clamp(-0.9, 0.9)) + torch.acos(x.clamp(-0.9, 0.9)) + torch.atanh(x.clamp(-0.9, 0.9))
    ),
    "inverse hyperbolic": after(lambda m, x: torch.asinh(x) + torch.acosh(x.abs() + 1.5)),
    "angles": after(lambda m, x: torch.atan2(x, x.flip(2) + 2)),
    "remainders": after(lambda m, x: torch.remainder(x.abs() + 0.05, 7.0) + (x * 10 + 0.037).trunc()),
    "logaddexp": after(lambda m, x: torch.logaddexp(x, x.flip(1))),
    "lerp": after(lambda m, x: torch.lerp(x, x.flip(2), 0.3)),
    "addcmul and addcdiv": after(
        lambda m, x: torch.addcmul(x, x, x.flip(2), value=0.5) + torch.addcdiv(x, x, x.abs() + 1, value=-2)
    ),
    "clamp": after(lambda m, x: x.clamp(-0.1, 0.2) + x.clamp(min=0) + x.clamp(max=0.1) + torch.clamp_min(x, 0.1)),
    "maximum": after(lambda m, x: torch.maximum(x, x.flip(2)) + torch.minimum(x, x.square())),
    "where": after(lambda m, x: torch.where(x > 0, x, x * 0.1)),
    "masked fill": after(lambda m, x: x.masked_fill(torch.arange(L) % 3 == 0, 0.5)),
    "in place": after(lambda m, x: x.mul(2).add_(1).relu_()),
    "written into a part": after(lambda m, x: _written(x)),
    "mean of positions": after(lambda m, x: x.mean(2)),
    "mean kept": after(lambda m, x: x - x.mean(2, keepdim=True)),
    "mean of channels": after(lambda m, x: x.mean(dim=1)),
    "mean of both": after(lambda m, x: x.mean(dim=(1, 2))),
    "sum": after(lambda m, x: x.sum(dim=-1) + x.sum((1, 2), keepdim=True)[:, 0]),
    "max of positions": after(lambda m, x: x.max(dim=2)[0]),
    "max values": after(lambda m, x: x.max(dim=1).values),
    "amax and amin": after(lambda m, x: x.amax(2) - x.amin(dim=2)),
    "logsumexp": after(lambda m, x: torch.logsumexp(x, dim=2)),
    "logsumexp of both": after(lambda m, x: torch.logsumexp(x, dim=(1, 2))),
    "variance": after(lambda m, x: x.var(dim=2) + x.var(dim=2, unbiased=False) + x.std(dim=2)),
    "norm": after(lambda m, x: x.norm(dim=1) + torch.linalg.vector_norm(x, dim=1)),
    "cat of channels": after(lambda m, x: torch.cat([x, x.square()], dim=1)),
    "cat of positions": after(lambda m, x: torch.cat([x, x.square()[:, :, :5]], dim=2)),
    "cat of flat tensors": after(lambda m, x: torch.cat([x.flatten(1), x.mean(2)], dim=1)),
    "cat of orders": after(lambda m, x: torch.cat([x, x.transpose(1, 2).flip(1).transpose(1, 2)], dim=1)),
    "stack": after(lambda m, x: torch.stack([x, x.square()], dim=1)),
    "stack last": after(lambda m, x: torch.stack([x, x.square()], dim=-1).sum(-1)),
    "split": after(lambda m, x: torch.split(x, [2, 4], dim=1)[1] * torch.split(x, 2, dim=1)[0].mean(1, keepdim=True)),
    "chunk": after(lambda m, x: torch.chunk(x, 2, dim=1)[0] + torch.chunk(x, 2, dim=1)[1]),
    "unbind": after(lambda m, x: torch.unbind(x, 1)[0] * 2),
    "slice": after(lambda m, x: x[:, :, 3:-4]),
    "slice with steps": after(lambda m, x: x[:, 1::2, ::3]),
    "slice of channels": after(lambda m, x: x[:, 2:5]),
    "select": after(lambda m, x: x[:, 1] + x[:, -1]),
    "the middle": after(lambda m, x: x[:, :, L // 2]),
    "index": after(lambda m, x: x[:, torch.tensor([4, 0, 1])]),
    "index of a run": after(lambda m, x: x[:, :, torch.arange(3, 9)]),
    "index select": after(lambda m, x: torch.index_select(x, 2, torch.tensor([1, 0, 5]))),
    "narrow": after(lambda m, x: x.narrow(2, 3, 10)),
    "flip": after(lambda m, x: x.flip(2)),
    "reverse complement": after(lambda m, x: x.flip([1, 2])),
    "flip of a flat tensor": after(lambda m, x: x.flatten(1).flip(1)),
    "roll": after(lambda m, x: torch.roll(x, 3, 2)),
    "permute": after(lambda m, x: x.permute(0, 2, 1).relu()),
    "flatten": after(lambda m, x: x.flatten(1)),
    "view across": after(lambda m, x: x.reshape(x.size(0), 9, 16)),
    "view of channels": after(lambda m, x: x.view(x.size(0), 3, 2, L).sum(1)),
    "view of positions": after(lambda m, x: x.view(x.size(0), 6, 8, 3).amax(3)),
    "view into the batch": after(lambda m, x: x.permute(0, 2, 1).reshape(-1, 6).matmul(m.matrix).view(-1, L, 5)),
    "unflatten": after(lambda m, x: x.unflatten(2, (4, 6)).mean(3)),
    "squeeze": after(lambda m, x: x.unsqueeze(1).squeeze(1).mean(2, keepdim=True).squeeze(-1)),
    "squeeze all": after(lambda m, x: x.mean(2, keepdim=True).squeeze()),
    "one number": after(lambda m, x: x.mean((1, 2))),
    "expand": after(lambda m, x: x.mean(2, keepdim=True).expand(-1, -1, 7)),
    "expand and add": after(lambda m, x: x + x.mean(2, keepdim=True).expand_as(x)),
    "repeat": after(lambda m, x: x.repeat(1, 2, 3)),
    "repeat interleave": after(lambda m, x: x.repeat_interleave(2, dim=2)),
    "upsample": after(lambda m, x: F.interpolate(x, scale_factor=2, mode="nearest")),
    "pad": after(lambda m, x: F.pad(x, (3, 2)) .relu()),
    "pad with a number": after(lambda m, x: F.pad(x, (3, 2), value=0.5)),
    "pad that cuts": after(lambda m, x: F.pad(x, (-3, -2))),
    "pad that cuts one end": after(lambda m, x: F.pad(x, (3, -2))),
    "pad of channels": after(lambda m, x: F.pad(x, (0, 0, 1, 2))),
    "pad of channels that cuts one end": after(lambda m, x: F.pad(x, (0, 0, 2, -3), value=0.5)),
    "pad circular": after(lambda m, x: F.pad(x, (3, 2), mode="circular")),
    "pad reflect": after(lambda m, x: F.pad(x, (3, 2), mode="reflect")),
    "as many positions as channels": part(lambda: nn.Conv1d(6, 5, L - 4), lambda y: y + torch.linspace(0, 1, 5)),
    "one position chosen thrice": part(
        lambda: nn.Conv1d(6, 3, L), lambda y: torch.index_select(y, 2, torch.tensor([0, 0, 0]))
    ),
    "softmax of one position": part(lambda: nn.Conv1d(6, 3, L), lambda y: y.softmax(2) + y),
    "one position padded": part(lambda: nn.Conv1d(6, 3, L), lambda y: F.pad(y, (1, 2), value=0.5)),
    "one position rolled": part(lambda: nn.Conv1d(6, 3, L), lambda y: torch.roll(y, 1, 2)),
    "one position resized": part(lambda: nn.Conv1d(6, 3, L), lambda y: F.interpolate(y, size=4, mode="linear")),
    "differences of all pairs": after(lambda m, x: (x.mean(1)[:, :, None] - x.mean(1)[:, None, :]).square()),
}  # fmt: skip


def _written(x: Any) -> Any:
    y = x.clone()
    y[:, :, 2:5] = 0
    y[:, 1] = y[:, 1] * 2
    return y


PRODUCTS: dict[str, Case] = {
    "linear of channels": after(lambda m, x: m.parts[0](x.transpose(1, 2)), lambda: nn.Linear(6, 5)),
    "linear of positions": part(lambda: nn.Linear(L, 5)),
    "linear of a flat tensor": part(lambda: nn.Sequential(nn.Flatten(), nn.Linear(6 * L, 5, bias=False))),
    "linear of a turned flat tensor": after(
        lambda m, x: m.parts[0](x.transpose(1, 2).flatten(1)), lambda: nn.Linear(6 * L, 5)
    ),
    "linear of pooled positions": part(
        lambda: nn.Sequential(nn.MaxPool1d(4), nn.Flatten(), nn.Linear(36, 8), nn.ReLU(), nn.Linear(8, 1))
    ),
    "matmul with weights": after(lambda m, x: x.transpose(1, 2) @ m.matrix),
    "weights first": after(lambda m, x: m.matrix.t() @ x),
    "matmul with a vector": after(lambda m, x: x.transpose(1, 2) @ m.scale),
    "bmm": after(lambda m, x: torch.bmm(x, x.transpose(1, 2))),
    "einsum with weights": after(lambda m, x: torch.einsum("ncl,ck->nkl", x, m.matrix)),
    "einsum over positions": after(lambda m, x: torch.einsum("ncl,cl->nc", x, m.places)),
    "einsum of two": after(lambda m, x: torch.einsum("ncl,ndl->ncd", x, x.square())),
    "einsum with dots": after(lambda m, x: torch.einsum("...l,cl->...c", x, m.places)),
    "addmm": after(lambda m, x: torch.addmm(m.scale[:5], x.mean(2), m.matrix)),
    "bilinear attention": after(lambda m, x: torch.softmax(x.transpose(1, 2) @ x, -1) @ x.transpose(1, 2)),
}  # fmt: skip


class _Attention(nn.Module):
    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.part = nn.MultiheadAttention(6, 2, **options)
        self.first = options.get("batch_first", False)

    def forward(self, x: Any, weights: bool = False) -> Any:
        x = x.transpose(1, 2)
        x = x if self.first else x.transpose(0, 1)
        y, _ = self.part(x, x, x, need_weights=weights)
        return y if self.first else y.transpose(0, 1)


def _recurrent(kind: Any, **options: Any) -> Case:
    make = lambda: kind(6, 5, batch_first=True, **options)  # noqa: E731
    return after(lambda m, x: m.parts[0](x.transpose(1, 2))[0], make)


SEQUENCE_LAYERS: dict[str, Case] = {
    "attention": part(lambda: _Attention(batch_first=True)),
    "attention, positions first": part(_Attention),
    "attention with weights": after(lambda m, x: m.parts[0](x, True), lambda: _Attention(batch_first=True)),
    "scaled dot product": after(lambda m, x: _sdpa(x)),
    "causal": after(lambda m, x: _sdpa(x, is_causal=True)),
    "masked": after(lambda m, x: _sdpa(x, attn_mask=torch.eye(L) * 2)),
    "masked by truth": after(lambda m, x: _sdpa(x, attn_mask=torch.ones(L, L).triu(-3).bool())),
    "scaled": after(lambda m, x: _sdpa(x, scale=0.3)),
    "transformer layer": after(
        lambda m, x: m.parts[0](x.transpose(1, 2)), lambda: nn.TransformerEncoderLayer(6, 2, 12, batch_first=True)
    ),
    "transformer, norm first": after(
        lambda m, x: m.parts[0](x.permute(2, 0, 1)).mean(0),
        lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(6, 3, 12, norm_first=True, activation="gelu"), 2),
    ),
    "lstm": _recurrent(nn.LSTM),
    "lstm both ways": _recurrent(nn.LSTM, bidirectional=True),
    "lstm of two layers": _recurrent(nn.LSTM, bidirectional=True, num_layers=2),
    "lstm without biases": _recurrent(nn.LSTM, bias=False),
    "gru": _recurrent(nn.GRU),
    "gru both ways": _recurrent(nn.GRU, bidirectional=True, num_layers=2),
    "lstm, positions first": after(
        lambda m, x: m.parts[0](x.permute(2, 0, 1))[0].permute(1, 2, 0), lambda: nn.LSTM(6, 5)
    ),
    "last state": after(
        lambda m, x: m.parts[0](x.transpose(1, 2))[1][0].permute(1, 0, 2).flatten(1),
        lambda: nn.LSTM(6, 5, batch_first=True, bidirectional=True),
    ),
    "last state of a gru": after(
        lambda m, x: m.parts[0](x.transpose(1, 2))[1][-1], lambda: nn.GRU(6, 5, batch_first=True)
    ),
}  # fmt: skip


def _sdpa(x: Any, **options: Any) -> Any:
    q = x.transpose(1, 2).unflatten(2, (2, 3)).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, q * 2, q + 1, **options)
    return y.transpose(1, 2).flatten(2)


CASES = {
    f"{family}: {name}": case
    for family, cases in {
        "convolution": CONVOLUTIONS, "pool": POOLS, "norm": NORMS, "activation": ACTIVATIONS, "function": FUNCTIONS,
        "product": PRODUCTS, "sequence": SEQUENCE_LAYERS,
    }.items()
    for name, case in cases.items()
}  # fmt: skip
