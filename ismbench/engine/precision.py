"""Floating-point types: what the engine computes in, and a float64 copy of a model for the oracle."""

from typing import Any

import keras
import numpy as np

__all__ = ["as_float64", "coarsest_step", "compute_dtype"]


def compute_dtype(model: Any) -> str:
    """The type of differences and results: float64 for a float64 model, else float32 (mixed precision included)."""
    return "float64" if any(w.dtype == "float64" for w in model.weights) else "float32"


def as_float64(model: keras.Model) -> keras.Model:
    """A copy of a Functional or Sequential model that computes in float64 with the same weights.

    On JAX, 64-bit types must have been enabled (``JAX_ENABLE_X64=1``).
    """

    def clone(layer: Any) -> Any:
        config = layer.get_config()
        if isinstance(layer, keras.Layer):  # an operation of keras.ops has no type of its own
            config = {**_widened(config), "dtype": "float64"}
        return type(layer).from_config(config)

    copy = keras.models.clone_model(model, clone_function=clone, recursive=True)
    copy.set_weights([w.astype("float64") if w.dtype.kind == "f" else w for w in model.get_weights()])
    return copy


def _widened(config: Any) -> Any:
    """The configuration with the layers that a wrapper holds in float64, too."""
    if isinstance(config, (list, tuple)):
        return type(config)(map(_widened, config))
    if not isinstance(config, dict):
        return config
    wide = {name: _widened(value) for name, value in config.items()}
    if "class_name" in wide and isinstance(wide.get("config"), dict) and "dtype" in wide["config"]:
        wide["config"]["dtype"] = "float64"
    return wide


def coarsest_step(graph: Any) -> float:
    """Rounding of the coarsest floating-point type that a layer of a graph computes in."""
    return max((_step(node.layer) for node in graph.nodes), default=float(np.finfo("float32").eps))


def _step(layer: Any) -> float:
    dtype = getattr(layer, "compute_dtype", None)
    if dtype == "bfloat16":
        return 2.0**-7
    return (
        float(np.finfo(dtype or "float32").eps) if dtype in (None, "float16", "float32", "float64") else 0.0
    )
