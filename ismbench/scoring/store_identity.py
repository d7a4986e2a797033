"""Whose store it is: hashes of all that decides its numbers, and the words that say it to a reader."""

import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from ismbench.bench.machine.machine import versions
from ismbench.identity import value_identity
from ismbench.methods import METHODS
from ismbench.scoring.inputs import Source
from ismbench.scoring.members import Ensemble
from ismbench.scoring.spec import ScoreSpec, words
from ismbench.scoring.store_layout import Layout

__all__ = ["FORMAT", "command", "differences", "identify", "run_name", "store_attributes"]

_PACKAGES = ("ismbench", "python", "numpy", "keras", "tensorflow", "jax", "torch")
FORMAT = 3
"""Raised when the layout of stores changes."""
_NO_NUMBERS = (
    "models",
    "target",
    "rc_outputs",
    "labels",
    "batch",
    "max_memory",
    "chunk",
    "length",
    "compare",
)
"""Fields of a spec that decide no number, or whose meaning is told apart from how it is written."""

Parts = dict[str, str]
"""Hashes by what they are of."""


def identify(spec: ScoreSpec, source: Source, ensemble: Ensemble, layout: Layout) -> Parts:
    """Hashes of a run but for its input: none of a file's name, size or time, nor of how the work is spread."""
    from ismbench.engine.backend import name as backend

    plain = {f.name: getattr(spec, f.name) for f in fields(spec) if f.name not in _NO_NUMBERS}
    settings = {
        **plain,
        "format": FORMAT,
        "variants": source.variants,
        "outputs": ensemble.outputs.numbers,
        "other strand": ensemble.turned.numbers,
        "labels": None if spec.labels is None else ensemble.outputs.labels,
        "length": ensemble.length,
        "comparisons": ensemble.comparisons,
        "compared on the other strand": ensemble.compared_turned.numbers,
        "rows": layout.rows,
    }
    return {
        "model": value_identity(ensemble.hashes),
        "settings": value_identity(settings),
        "versions": value_identity({**_versions(), "backend": backend()}),
    }


def run_name(parts: Mapping[str, str]) -> str:
    """One hash of them all."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def differences(mine: Mapping[str, str], other: Mapping[str, str]) -> str:
    """Which parts of two runs are not the same, in words; empty if all are."""
    return ", ".join(name for name in mine if mine[name] != other.get(name))


def store_attributes(spec: ScoreSpec, source: Source, ensemble: Ensemble) -> dict[str, Any]:
    """What a store says of itself; nothing in it depends on when, where or by how many workers it was written."""
    return {
        "title": f"{spec.method} of {source.text}",
        "format": FORMAT,
        "models": [
            {"name": m.name, "sha256": h, "options": dict(m.options)}
            for m, h in zip(spec.models, ensemble.hashes, strict=True)
        ],
        "method": {"name": spec.method, "summary": METHODS[spec.method].summary},
        "input": {"name": source.text, "kind": source.kind},
        "settings": _settings(spec),
        "heads": {head.name: list(head.shape) for head in ensemble.outputs.heads.heads},
        "versions": _versions(),
        "complete": False,
    }


def command(spec: ScoreSpec, source: Source, *, skip: bool) -> str:
    """The command line that gives these numbers, without the output's name and the workers."""
    line = ["ismbench", "score", str(spec.models[0].path or spec.models[0].name), *source.words]
    for model in spec.models[1:]:
        line += ["--and", str(model.path or model.name)]
    for model in spec.models:
        line += [] if model.weights is None else ["--weights", str(model.weights)]
    for key, value in spec.models[0].options.items():
        line += ["--option", f"{key}={value}"]
    for one in spec.models[0].imports:
        line += ["--import", one.word]
    line += ["--unsafe-models"] if any(model.unsafe for model in spec.models) else []
    if source.genome is not None:
        line += ["--genome", str(source.genome)]
    if source.given:
        line += ["--input-format", source.kind]
    for name, value in _settings(spec).items():
        if value != _default(name):
            line += [f"--{name.replace('_', '-')}"] + ([] if value is True else [f"{value}"])
    return shlex.join([*line, "--on-error", "skip"] if skip else line)


def _versions() -> dict[str, str]:
    return {k: v for k, v in versions().items() if k in _PACKAGES}


def _settings(spec: ScoreSpec) -> dict[str, Any]:
    values = {f.name: getattr(spec, f.name) for f in fields(spec) if f.name != "models"}
    values["target"] = words(spec.target)
    values["shifts"] = ",".join(map(str, spec.shifts))
    values["labels"] = None if spec.labels is None else str(spec.labels)
    return values


def _default(name: str) -> Any:
    if name == "shifts":
        return "0"
    default = next(f.default for f in fields(ScoreSpec) if f.name == name)
    return None if default is MISSING else default
