"""What is known of a model's cost before it is built: multiply-adds and bytes, linear in the length.

``facts.json`` beside the model files holds them; ``python -m ismbench.bench.plan.write_model_facts models/*.py``
writes it. A model that is not in there gets no prediction, and everything else works.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["FILE", "Facts", "read_facts"]

FILE = "facts.json"


@dataclass(frozen=True)
class Facts:
    """Cost of one forward pass of one sequence: ``constant + per_base * length``.

    Attributes:
        multiply_adds: Constant and slope.
        activation_bytes: Constant and slope of the largest input and output of a layer that exist together.
    """

    multiply_adds: tuple[float, float]
    activation_bytes: tuple[float, float]

    def forward(self, length: int) -> float:
        """Multiply-adds of one sequence of this length."""
        return self.multiply_adds[0] + self.multiply_adds[1] * length

    def memory(self, length: int) -> float:
        """Bytes of activations for one sequence of this length."""
        return self.activation_bytes[0] + self.activation_bytes[1] * length


def read_facts(model_file: Path) -> Facts | None:
    """Facts of a model file, from the ``facts.json`` beside it; None where there are none."""
    entry = _file(model_file.parent / FILE).get(model_file.stem)
    if not isinstance(entry, Mapping):
        return None
    return Facts(tuple(entry["multiply_adds"]), tuple(entry["activation_bytes"]))


@cache
def _file(path: Path) -> Mapping[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
