"""Exact, fast in-silico saturation mutagenesis for Keras 3, and a benchmark of attribution methods.

The public names load on first use, so that ``import ismbench`` stays free of Keras and its backends.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "FastISM": "ismbench.engine",
    "NaiveISM": "ismbench.engine",
    "explain": "ismbench.engine",
    "load_model": "ismbench.model_loading",
    "from_tf_keras": "ismbench.frontends.keras2",
    "from_torch": "ismbench.frontends.torch",
    "global_importance": "ismbench.engine",
    "pairwise_mutagenesis": "ismbench.engine",
    "register_elementwise": "ismbench.engine",
    "register_rule": "ismbench.engine",
    "saturation_mutagenesis": "ismbench.engine",
    "variant_effects": "ismbench.engine",
    "Target": "ismbench.engine.target",
    "REDUCTIONS": "ismbench.scores",
    "one_hot": "ismbench.sequence",
    "read_fasta": "ismbench.sequence",
    "score": "ismbench.scoring.api",
}

__all__ = sorted(_HOME)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'ismbench' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
