"""The environment variables of every worker process, whatever it computes."""

import os
from pathlib import Path

__all__ = ["worker_environment"]


def worker_environment(backend: str, device: str, threads: int | None = None) -> dict[str, str]:
    """The environment variables that every worker needs, whatever it computes.

    Args:
        backend: Of Keras.
        device: cpu or gpu.
        threads: Of its libraries; None leaves that to them.
    """
    package = str(Path(__file__).resolve().parents[3])
    variables = {
        "KERAS_BACKEND": backend,
        "PYTHONPATH": os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PYTHONSAFEPATH": "1",  # no module of the current folder hides one of ours
        "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
        # transformers, under alibi, sets it for whatever starts later, and shap then refuses Keras 3 models.
        "TF_USE_LEGACY_KERAS": "0",
    }
    if device == "cpu":
        variables |= {"CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}
    if threads is not None:
        names = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
        variables |= dict.fromkeys(names, str(threads))
    return variables
