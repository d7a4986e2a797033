"""PyTorch modules through ``from_torch``: predicted and measured speed-up over torch's own batched loop.

    python -m tests.speed.torch_models [--out results/models] [--rounds 5] [--only NAME] [--resume]

Each round times the engine on all mutants of a sequence, and torch on some of them at three sizes of batch; the rounds
alternate, so that the machine's drift hits both alike. Writes a file for each model as soon as it is measured, and a
table of all that are there. Modules whose package is absent are passed over, and said.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import torch
from torch import nn

import ismbench
from ismbench.bench.machine.machine import machine_record
from ismbench.files import write_text
from tests.frontends.torch.equal import one_hot, predictions, settled
from tests.speed.measure import build
from tests.speed.torch_catalog import MODELS, TWINS, WIDTHS

ROOT = Path(__file__).resolve().parents[2]
BATCHES = (32, 64, 128)
MUTANTS = 128
"""Mutants of a sequence that torch runs in a round."""


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
        r = kept(folder, name)
        if r is None:
            continue
        whole, twin = r["whole_layers"], r["over_keras_twin"]
        named = ", ".join(whole[:3]) + (f" and {len(whole) - 3} more" if len(whole) > 3 else "")
        loop = min(s for key, s in r["seconds"].items() if key.startswith("torch"))
        title = f"{name} ({WIDTHS[name]})" if name in WIDTHS else name
        lines.append(
            f"| {title} | {r['length']:,} | {r['seconds']['engine']:.3g} | {loop:.3g} | {r['predicted_speedup']:.3g}x"
            f" | {r['measured_speedup']:.3g}x | {f'{twin:.2f}x' if twin else ''} | {named or 'none'} |"
        )
    return "\n".join(lines) + "\n"


def kept(folder: Path, name: str) -> dict[str, Any] | None:
    """What was measured of a model; None where it was not."""
    file = folder / f"{name}.json"
    return json.loads(file.read_text()) if file.is_file() else None


def is_there(folder: Path, name: str, rounds: int, machine: str) -> bool:
    """Whether this machine has measured a model in as many rounds before."""
    known = kept(folder, name)
    return known is not None and known["machine_id"] == machine and len(known["samples"]["engine"]) >= rounds


def can_be_made(name: str) -> bool:
    """Whether the package of a model is installed; says so if it is not."""
    package = MODELS[name][2]
    if package and find_spec(package) is None:
        _say(f"{name}: needs {package} (extra: torch-models)")
        return False
    return True


def measure_all(names: Sequence[str], folder: Path, rounds: int, machine: str) -> None:
    """Measures one after the other; each is written before the next begins."""
    began = time.monotonic()
    for done, name in enumerate(names):
        spent = time.monotonic() - began
        left = f", about {spent / done * (len(names) - done) / 60:.1f} min left" if done else ""
        _say(f"[{done} of {len(names)} done, {spent / 60:.1f} min{left}] {name}")
        result = {**measured(name, rounds), "machine_id": machine}
        write_text(folder / f"{name}.json", json.dumps(result, indent=1) + "\n")
        write_text(folder / "table.md", table(folder))
        print(
            f"{name}: {result['measured_speedup']:.3g}x measured, {result['predicted_speedup']:.3g}x predicted",
            flush=True,
        )
    _say(
        f"[{len(names)} of {len(names)} done, {(time.monotonic() - began) / 60:.1f} min] {folder / 'table.md'}"
    )


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main() -> None:
    """Measures the models that are named, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "models")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", choices=list(MODELS), default=[], metavar="NAME",
                        help=f"may be repeated; of {', '.join(MODELS)}")  # fmt: skip
    parser.add_argument(
        "--resume", action="store_true", help="keep what this machine has measured in as many rounds"
    )
    given = parser.parse_args()
    if given.rounds < 1:
        parser.error(f"--rounds must be 1 or more. Received: {given.rounds}")
    given.out.mkdir(parents=True, exist_ok=True)
    record = machine_record("cpu")
    machine = record["machine_id"]
    names = [name for name in given.only or MODELS if can_be_made(name)]
    if given.resume:
        names = [name for name in names if not is_there(given.out, name, given.rounds, machine)]
    write_text(given.out / "machine.json", json.dumps(record, indent=1, default=str) + "\n")
    measure_all(names, given.out, given.rounds, machine)


if __name__ == "__main__":
    main()
