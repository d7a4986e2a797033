"""PyTorch modules through ``from_torch``: predicted and measured speed-up over torch's own batched loop.

    python -m tests.speed.torch_models [--out results/models] [--rounds 5] [NAME ...]

Each round times the engine on all mutants of a sequence, and torch on some of them at three sizes of batch; the rounds
alternate, so that the machine's drift hits both alike. Writes a file for each model, and a table of all that are there.
Modules whose package is absent are passed over, and said.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import torch
from torch import nn

import ismbench
from ismbench.bench.machine.machine import machine_record
from tests.frontends.torch import layouts
from tests.frontends.torch.equal import one_hot, predictions, settled
from tests.speed.measure import build

ROOT = Path(__file__).resolve().parents[2]
BATCHES = (32, 64, 128)
MUTANTS = 128
"""Mutants of a sequence that torch runs in a round."""


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
    "basset-600": (lambda: layouts.Basset(600, (300, 200, 200), 1000, 164), (4, 600, 1), ""),
    "beluga-2000": (lambda: layouts.Beluga(2000, (320, 480, 640), 2003, 2002), (4, 1, 2000), ""),
    "ai-tac-251": (lambda: layouts.AITAC(251, (300, 200, 200), 1000, 81), (1, 4, 251), ""),
    "deepstarr-249": (lambda: layouts.DeepSTARR(249, (256, 60, 60, 120), 256), (4, 249), ""),
    "danq-1000": (lambda: layouts.DanQ(1000), (4, 1000), ""),
    "sei-1024": (lambda: layouts.Sei(1024, 16), (4, 1024), ""),
    "malinois-600": (lambda: layouts.Malinois(600), (4, 600), ""),
    "legnet-150": (layouts.LegNet, (4, 150), ""),
    "bpnet-lite-2114": (_bpnetlite, (4, 2114), "bpnetlite"),
    "chrombpnet-2114": (_chrombpnet, (4, 2114), "bpnetlite"),
    "cherimoya-2114": (_cherimoya, (4, 2114), "cherimoya"),
    "explainn-200": (_explainn, (4, 200), "explainn"),
    "enformer-small": (_enformer, (4096, 4), "enformer_pytorch"),
    "borzoi-small": (_borzoi, (4, 4096), "borzoi_pytorch"),
}
"""Name -> (module, shape of its sequences, the package it comes from)."""
WIDTHS = {
    "beluga-2000": "last block 640 filters, published 960",
    "danq-1000": "12 filters, published 320",
    "sei-1024": "8 and 12 channels, published 480 to 960; 1,024 of 4,096 bp",
    "malinois-600": "12 and 8 filters, published 300 and 200",
    "legnet-150": "8 channels, published 256",
    "enformer-small": "384 channels and 2 layers, published 1,536 and 11",
    "borzoi-small": "256 channels and 1 layer, published 1,536 and 8",
}
"""Where a module is narrower than the published one."""
TWINS = {"basset-twin-1000": "basset", "bpnet-twin-1000": "bpnet"}


def measured(name: str, rounds: int) -> dict[str, Any]:
    """Seconds of one sequence with each, and what the plan says."""
    make, shape, _ = MODELS[name]
    torch.manual_seed(0)
    module, example, length = settled(make()), torch.zeros(1, *shape), max(shape)
    model = ismbench.from_torch(module, example, name=name)
    explanation = ismbench.explain(model)
    x, mutants = one_hot(1, length), one_hot(MUTANTS, length)
    calls: dict[str, Callable[[], float]] = {"engine": _engine(model, x)}
    if name in TWINS:
        calls["keras twin"] = _engine(build(TWINS[name], length), x)
    calls |= {f"torch at batch {b}": _loop(module, mutants, example, b, 3 * length) for b in BATCHES}
    samples: dict[str, list[float]] = {key: [] for key in calls}
    for _ in range(rounds):
        for key, call in calls.items():
            samples[key].append(call())
    seconds = {key: float(np.median(values)) for key, values in samples.items()}
    loop = min(seconds[f"torch at batch {b}"] for b in BATCHES)
    return {
        "name": name, "length": length, "proof": model.proof.error, "seconds": seconds, "samples": samples,
        "predicted_speedup": explanation.speedup, "measured_speedup": loop / seconds["engine"],
        "over_keras_twin": seconds["keras twin"] / seconds["engine"] if name in TWINS else None,
        "naive": explanation.naive,
        "whole_layers": [row.name for row in explanation.rows if row.rule == "whole layer"],
    }  # fmt: skip


def _engine(model: Any, x: Any) -> Callable[[], float]:
    """Seconds of all mutants of one sequence; the first call, which compiles, is not counted."""
    ismbench.saturation_mutagenesis(model, x)

    def run() -> float:
        start = time.perf_counter()
        ismbench.saturation_mutagenesis(model, x)
        return time.perf_counter() - start

    return run


def _loop(module: nn.Module, mutants: Any, example: Any, batch: int, count: int) -> Callable[[], float]:
    """Seconds of ``count`` mutants, from those of some."""
    predictions(module, mutants[:batch], example, batch=batch)

    def run() -> float:
        start = time.perf_counter()
        predictions(module, mutants, example, batch=batch)
        return (time.perf_counter() - start) / len(mutants) * count

    return run


def table(folder: Path) -> str:
    """All models that have been measured there."""
    head = "| model | bp | seconds a sequence | torch's loop | predicted | measured | of the Keras twin | run whole |"
    lines = [head, "|---|---|---|---|---|---|---|---|"]
    for name in MODELS:
        file = folder / f"{name}.json"
        if not file.is_file():
            continue
        r = json.loads(file.read_text())
        whole, twin = r["whole_layers"], r["over_keras_twin"]
        named = ", ".join(whole[:3]) + (f" and {len(whole) - 3} more" if len(whole) > 3 else "")
        loop = min(s for key, s in r["seconds"].items() if key.startswith("torch"))
        title = f"{name} ({WIDTHS[name]})" if name in WIDTHS else name
        lines.append(
            f"| {title} | {r['length']:,} | {r['seconds']['engine']:.3g} | {loop:.3g} | {r['predicted_speedup']:.3g}x"
            f" | {r['measured_speedup']:.3g}x | {f'{twin:.2f}x' if twin else ''} | {named or 'none'} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measures the models that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "models")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MODELS)}")
    given = parser.parse_args()
    unknown = set(given.names) - set(MODELS)
    if unknown:
        parser.error(f"no such model: {', '.join(sorted(unknown))}")
    given.out.mkdir(parents=True, exist_ok=True)
    record = machine_record("cpu")
    (given.out / "machine.json").write_text(json.dumps(record, indent=1, default=str) + "\n")
    for name in given.names or MODELS:
        package = MODELS[name][2]
        if package and find_spec(package) is None:
            print(f"{name}: needs {package} (extra: torch-models)", file=sys.stderr)
            continue
        result = measured(name, given.rounds)
        (given.out / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")
        (given.out / "table.md").write_text(table(given.out))
        print(
            f"{name}: {result['measured_speedup']:.3g}x measured, {result['predicted_speedup']:.3g}x predicted"
        )


if __name__ == "__main__":
    main()
