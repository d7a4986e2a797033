"""Whose store it is: a hash of everything that decides its numbers, and the words that say it to a reader."""

import hashlib
import json
import shlex
from dataclasses import MISSING, fields
from typing import Any

from ismbench.bench.machine.machine import versions
from ismbench.methods import METHODS
from ismbench.scoring.hashes import file_hash, model_hash
from ismbench.scoring.inputs import Source
from ismbench.scoring.spec import ScoreSpec

__all__ = ["FORMAT", "command", "store_attributes"]

_PACKAGES = ("ismbench", "python", "numpy", "keras", "tensorflow", "jax", "torch")
FORMAT = 2
"""Raised when the layout of stores changes."""


def store_attributes(spec: ScoreSpec, source: Source, *, skip: bool) -> dict[str, Any]:
    """What a store says of itself; nothing in it depends on when, where or by how many workers it was written."""
    hashes = [model_hash(model) for model in spec.models]
    facts: dict[str, Any] = {
        "title": f"{spec.method} of {source.text}",
        "format": FORMAT,
        "models": [
            {"name": m.name, "sha256": h, "options": dict(m.options)}
            for m, h in zip(spec.models, hashes, strict=True)
        ],
        "method": {"name": spec.method, "summary": METHODS[spec.method].summary},
        "input": {"name": source.text, "identity": source.identity()},
        "settings": _settings(spec, skip),
        "command": command(spec, source, skip=skip),
        "versions": {k: v for k, v in versions().items() if k in _PACKAGES},
    }
    if spec.labels is not None:
        facts["labels_sha256"] = file_hash(spec.labels)
    identity = {k: v for k, v in facts.items() if k not in ("title", "command")}
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True, default=str).encode())
    return {**facts, "run": digest.hexdigest(), "complete": False}


def command(spec: ScoreSpec, source: Source, *, skip: bool) -> str:
    """The command line that gives these numbers, without the output's name and the workers."""
    words = ["ismbench", "score", str(spec.models[0].path or spec.models[0].name), *source.words]
    for model in spec.models[1:]:
        words += ["--and", str(model.path or model.name)]
    for model in spec.models:
        words += [] if model.weights is None else ["--weights", str(model.weights)]
    for key, value in spec.models[0].options.items():
        words += ["--option", f"{key}={value}"]
    words += ["--unsafe-models"] if any(model.unsafe for model in spec.models) else []
    if source.genome is not None:
        words += ["--genome", str(source.genome)]
    for name, value in _settings(spec, skip).items():
        if value != _default(name):
            words += [f"--{name.replace('_', '-')}"] + ([] if value is True else [f"{value}"])
    return shlex.join(words)


def _settings(spec: ScoreSpec, skip: bool) -> dict[str, Any]:
    values = {f.name: getattr(spec, f.name) for f in fields(spec) if f.name != "models"}
    values["shifts"] = ",".join(map(str, spec.shifts))
    values["labels"] = None if spec.labels is None else str(spec.labels)
    return {**values, "on_error": "skip" if skip else "stop"}


def _default(name: str) -> Any:
    if name in ("shifts", "on_error"):
        return {"shifts": "0", "on_error": "stop"}[name]
    default = next(f.default for f in fields(ScoreSpec) if f.name == name)
    return None if default is MISSING else default
