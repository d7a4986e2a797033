"""Writes ``facts.json`` for model files: ``python -m ismbench.bench.plan.write_model_facts models/*.py``."""

import json
import sys
from pathlib import Path

from ismbench.bench.plan.forward_cost import forward_cost
from ismbench.bench.plan.model_facts import FILE
from ismbench.model_loading import build_from_file

__all__ = ["main", "measure"]

_LENGTHS = (960, 1920)
"""Multiples of every pooling width of the shipped models, so that the line is exact there."""


def measure(model_file: Path) -> dict[str, list[float]]:
    """Builds a model at two lengths and returns its entry of ``facts.json``."""
    costs = [forward_cost(build_from_file(model_file, length, {}, None), length) for length in _LENGTHS]
    return {
        "multiply_adds": _line([cost.multiply_adds for cost in costs]),
        "activation_bytes": _line([cost.activation_bytes for cost in costs]),
    }


def _line(values: list[int]) -> list[float]:
    slope = (values[1] - values[0]) / (_LENGTHS[1] - _LENGTHS[0])
    return [values[0] - slope * _LENGTHS[0], slope]


def main(files: list[str]) -> None:
    """Writes ``facts.json`` beside the given model files."""
    for folder in {Path(f).parent for f in files}:
        entries = {Path(f).stem: measure(Path(f)) for f in sorted(files) if Path(f).parent == folder}
        (folder / FILE).write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
