"""What every test shares: the backend, quiet logs, and the data folder that is not part of the project."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Before anything imports keras: both are read at import.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# No test may fail for the machine's being busy.
settings.register_profile("ismbench", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ismbench")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def own_locks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keeps the locks of devices apart from those of real runs on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ISMBENCH_LOCK_FOLDER", str(tmp_path_factory.mktemp("locks")))
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data beside the project, or where ISMBENCH_DATA says; skips without it."""
    folder = Path(os.environ.get("ISMBENCH_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no data folder at {folder}; set ISMBENCH_DATA")
    return folder


@dataclass(frozen=True)
class Outcome:
    """Exit code and what was printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def ismbench() -> Callable[..., Outcome]:
    """Runs a command line within this process."""
    from ismbench.cli import main

    def call(*arguments: object) -> Outcome:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        code = ended.value.code
        return Outcome(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())

    return call


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Lines that a test wants to see printed at the end of the run, from whatever process it runs in."""
    lines: list[str] = []
    yield lines
    request.node.user_properties += [("measured", line) for line in lines]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Prints what tests measured."""
    reports = [r for kind in terminalreporter.stats.values() for r in kind if hasattr(r, "user_properties")]
    for line in dict.fromkeys(v for r in reports for k, v in r.user_properties if k == "measured"):
        terminalreporter.write_line(line)
