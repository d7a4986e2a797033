"""`ismbench doctor`: what a benchmark would run on here."""

from collections.abc import Iterator
from typing import Any

from ismbench.cli.options import Device

__all__ = ["doctor"]


def doctor(device: Device = "auto") -> None:
    """Show versions, devices, threads, and how fast this machine multiplies and copies."""
    from ismbench.bench import doctor as examine
    from ismbench.cli.console import grid, make_console

    make_console().print(grid(["What", "Found"], _rows(examine(device))))


def _rows(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    from ismbench.methods import METHODS
    from ismbench.report import numbers

    rates = ("matmul_per_second", "copy_bytes_per_second")
    words = ("versions", "threads", "memory_bytes", "ismbench_version", "python_version", "machine_id")
    for name, value in found.items():
        if name not in rates + words and value is not None:
            yield name.replace("_", " "), str(value)
    yield "memory", numbers.byte_size(found["memory_bytes"])
    yield "matmul rate", f"{numbers.count(found['matmul_per_second'])} multiply-adds per second"
    yield "copy rate", f"{numbers.byte_size(found['copy_bytes_per_second'])} per second"
    for name, value in found["threads"].items():
        yield name, str(value)
    for name, value in found["versions"].items():
        yield name, str(value)
    for name, spec in METHODS.items():
        yield f"method {name}", spec.missing() or "ready"
