"""Exact, fast in-silico saturation mutagenesis. Names load on first use, so that targets can be named without Keras."""

from importlib import import_module
from typing import Any

_HOME = {
    "FastEngine": "ismbench.engine.fast",
    "FastISM": "ismbench.engine.drop_in",
    "NaiveEngine": "ismbench.engine.naive",
    "NaiveISM": "ismbench.engine.drop_in",
    "Result": "ismbench.engine.mutagenesis",
    "Target": "ismbench.engine.target",
    "explain": "ismbench.engine.inspection",
    "global_importance": "ismbench.engine.marginalisation",
    "pairwise_mutagenesis": "ismbench.engine.pairs",
    "register_elementwise": "ismbench.engine.functions",
    "register_rule": "ismbench.engine.rules",
    "saturation_mutagenesis": "ismbench.engine.mutagenesis",
    "variant_effects": "ismbench.engine.mutagenesis",
}

__all__ = sorted(_HOME)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'ismbench.engine' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
