"""What the tables of a computation depend on, as one hash: while it is the same, they are not computed again."""

from pathlib import Path

from ismbench.bench import digest
from ismbench.bench.devices import device_name
from ismbench.bench.machine import versions
from ismbench.errors import InputError
from ismbench.papers.paper import ComputeStudy, Scale

__all__ = ["identify"]

_LIBRARIES = ("python", "numpy", "keras", "tensorflow")


def identify(study: ComputeStudy, scale: Scale, device: str, root: Path) -> str:
    """Hash of a computation's sources, input files, seed, scale, versions and device.

    Args:
        study: Which.
        scale: quick or full.
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
            "inputs": {name: digest.of_file((root / name).resolve()) for name in study.inputs},
            "environment": dict(study.environment),
            "seed": study.seed,
            "scale": scale,
            "device": [device, device_name(device)],
            "versions": {name: versions().get(name) for name in (*_LIBRARIES, *study.libraries)},
        }
    )
