"""What every test shares: the backend, quiet logs, and the data folder that is not part of the project."""

import os
from pathlib import Path

import pytest

# Before anything imports keras: both are read at import.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data beside the project, or where ISMBENCH_DATA says; skips without it."""
    folder = Path(os.environ.get("ISMBENCH_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no data folder at {folder}; set ISMBENCH_DATA")
    return folder
