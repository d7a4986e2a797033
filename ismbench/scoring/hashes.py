"""Hashes of files and models, by which a store knows its own run."""

import hashlib
from pathlib import Path

from ismbench.scoring.spec import ModelSource

__all__ = ["file_hash", "model_hash"]


def file_hash(path: Path) -> str:
    """SHA-256 of a file; not kept, since the file may change while the process lives."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def model_hash(source: ModelSource) -> str:
    """Changes when the model changes: of its files, or of the configuration and weights of one in memory."""
    if source.path is not None:
        files = [source.path] + ([source.weights] if source.weights is not None else [])
        return ":".join(file_hash(path) for path in files)
    assert source.live is not None
    digest = hashlib.sha256(source.live.to_json().encode())
    for value in source.live.get_weights():
        digest.update(value.tobytes())
    return digest.hexdigest()
