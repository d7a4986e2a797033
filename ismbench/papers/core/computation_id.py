"""What the tables of a computation depend on, as one hash: while it is the same, they are not computed again."""

import hashlib
from pathlib import Path

from ismbench import digest
from ismbench.bench.machine.devices import device_name
from ismbench.bench.machine.machine import versions
from ismbench.errors import InputError
from ismbench.papers.core.study import ComputeStudy, Scale

__all__ = ["identify"]

_LIBRARIES = ("python", "numpy", "keras", "tensorflow")


def identify(study: ComputeStudy, scale: Scale, device: str, root: Path) -> str:
    """Hash of a computation's sources, input files, seed, scale, versions and device.

    Args:
        study: Which.
        scale: quick, shipped or full.
        device: cpu or gpu.
        root: The folder that its input files are relative to.

    Raises:
        InputError: An input file does not exist.
    """
    for name in study.inputs:
        if not (root / name).is_file():
            raise InputError(
                f"The study {study.name} needs the file {name}; name the folder that has it with --folder."
                f" Received: {root}"
            )
    return digest.of_value(
        {
            "compute": [study.compute, digest.of_module(study.compute.partition(":")[0])],
            "tables": list(study.tables),
            "sources": [digest.of_module(name) for name in study.sources],
            # Read anew each time, unlike sources: they may change between two calls in one process.
            "inputs": {name: _content(root / name) for name in study.inputs},
            "environment": dict(study.environment),
            "seed": study.seed,
            "scale": scale,
            "device": [device, device_name(device)],
            # Only where something is given: what is not asked for leaves no trace.
            **({"given": _given(study)} if study.given else {}),
            "versions": {name: versions().get(name) for name in (*_LIBRARIES, *study.libraries)},
        }
    )


def _given(study: ComputeStudy) -> dict[str, str]:
    return {
        name: _content(Path(value)) if study.options[name].is_file else value
        for name, value in study.given.items()
    }


def _content(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:20]
