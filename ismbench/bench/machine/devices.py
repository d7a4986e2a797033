"""Which devices this machine has, found without importing a backend."""

import os
import subprocess
from functools import cache
from pathlib import Path

from ismbench.errors import InputError

__all__ = ["device_name", "processor_name", "resolve_device"]

_NVIDIA = Path("/proc/driver/nvidia/gpus")


def resolve_device(device: str = "auto") -> str:
    """Returns "cpu" or "gpu"; "auto" takes the GPU where there is one.

    Raises:
        InputError: Another word, or a GPU where there is none.
    """
    if device not in ("auto", "cpu", "gpu"):
        raise InputError(f"A device must be auto, cpu or gpu. Received: {device!r}")
    if device == "gpu" and not gpus():
        raise InputError(
            "The device gpu needs an NVIDIA GPU that is visible. Received: none; use --device cpu"
        )
    if device == "auto":
        return "gpu" if gpus() else "cpu"
    return device


def device_name(device: str) -> str:
    """Returns the accelerator in words, or the processor."""
    return gpus()[0] if device == "gpu" and gpus() else processor_name()


@cache
def gpus() -> tuple[str, ...]:
    """Names of the NVIDIA GPUs that a worker would see."""
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return ()
    found = [_field(info, "Model") for info in sorted(_NVIDIA.glob("*/information"))]
    return tuple(name for name in found if name) or _ask_nvidia_smi()


def _ask_nvidia_smi() -> tuple[str, ...]:
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in result.stdout.splitlines() if line.strip())


@cache
def processor_name() -> str:
    """The processor in words, as far as the system tells."""
    import platform

    return _field(Path("/proc/cpuinfo"), "model name") or platform.processor() or platform.machine()


def _field(path: Path, name: str) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                key, _, value = line.partition(":")
                if key.strip() == name:
                    return value.strip()
    except OSError:
        pass
    return ""
