"""A small project to break, and a scripted worker that starts at once."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import yaml

from tests.bench.conftest import TINY
from tests.faults import runs

Write = Callable[..., Path]


def write_experiment(folder: Path, *, model: str = TINY, **changes: object) -> Path:
    """Writes models/tiny.py and experiments/tiny.yaml, with changes to a small default; returns the latter."""
    for name in ("models", "experiments"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "models" / "tiny.py").write_text(model)
    spec: dict[str, object] = {
        "name": "tiny",
        "models": ["tiny"],
        "lengths": [60],
        "sequences": {"source": "random", "n": 4},
        "methods": {
            "naive_ism": {"mutants_per_forward": [30, 60]},
            "gradient": {"sequences_per_call": [1, 2, 4]},
        },
        "budget": {"cell": "20s", "repetitions": {"min": 3, "max": 3}},
        "concordance": {"sequences": 3, "min_sequences": 2, "budget": "30s"},
    }
    path = folder / "experiments" / "tiny.yaml"
    path.write_text(yaml.safe_dump({**spec, **changes}, sort_keys=False))
    return path


@pytest.fixture
def write_spec(tmp_path: Path) -> Write:
    """Writes an experiment into the test's folder; see write_experiment."""
    return partial(write_experiment, tmp_path)


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs of this process start scripted workers."""
    from ismbench.bench.parent import builds, lane_supervisor

    before, builder = lane_supervisor.LaneSupervisor.__init__, builds.PROGRAM
    runs.script_workers()
    yield
    lane_supervisor.LaneSupervisor.__init__ = before  # type: ignore[method-assign]
    builds.PROGRAM = builder
