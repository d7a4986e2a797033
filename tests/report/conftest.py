"""A results folder with a bit of everything, and its records."""

from pathlib import Path

import pytest

from ismbench.report.run_records import Records, load_records
from tests.report.synthetic import run_rows, write_tables

FAILURES = {
    ("naive_ism", 256): "timeout",
    ("gradient", 64): "error",
    ("deepshap", 64): "oom",
    ("deepshap", 256): "oom_implied",
    **{("integrated_gradients_alibi", batch): "unsupported" for batch in (16, 64, 256)},
}


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tables(tmp_path_factory.mktemp("results") / "basset", run_rows(failures=FAILURES))


@pytest.fixture(scope="session")
def records(results: Path) -> Records:
    return load_records(results)
