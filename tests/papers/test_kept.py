"""Parts of a table that outlive an interruption."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ismbench.papers.core.finished_parts import kept
from ismbench.papers.core.study import ComputeJob
from ismbench.papers.fastism.studies import sweeps


@pytest.fixture
def job(tmp_path: Path) -> ComputeJob:
    return ComputeJob("quick", 0, "cpu", tmp_path, tmp_path, lambda words, done=0, total=0: None, "identity")


def test_a_part_is_computed_once_for_each_identity(job: ComputeJob) -> None:
    calls = []

    def make() -> Iterator[dict[str, Any]]:
        calls.append(1)
        yield {"n": len(calls), "seconds": 0.1 + 0.2}

    first = kept(job, "one", make)
    assert kept(job, "one", make).equals(first)
    assert kept(job, "other", make)["n"].item() == 2
    assert kept(replace(job, identity="changed"), "one", make)["n"].item() == 3
    for path in job.cache.glob("part-*"):
        path.write_bytes(b"broken")
    assert kept(job, "one", make)["n"].item() == 4


def test_an_interrupted_part_leaves_nothing(job: ComputeJob) -> None:
    def make() -> Iterator[dict[str, Any]]:
        yield {"n": 1}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept(job, "one", make)
    assert not list(job.cache.iterdir())


def test_an_interrupted_sweep_goes_on_where_it_was(job: ComputeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[int] = []

    def measure(job: ComputeJob, options: dict[str, int]) -> Iterator[dict[str, Any]]:
        if len(measured) == 5:
            measured.append(0)
            raise KeyboardInterrupt
        measured.append(options["length"])
        yield {"speedup": 1.0}

    monkeypatch.setattr(sweeps, "_measured", measure)
    with pytest.raises(KeyboardInterrupt):
        sweeps.compute(job)
    speed = sweeps.compute(job)["speed"]
    assert len(measured) == 1 + speed[list(sweeps.BASE)].drop_duplicates().shape[0]
    assert list(speed.columns) == ["parameter", "value", *sweeps.BASE, "speedup"]
    assert set(speed["parameter"]) == set(sweeps.VALUES)
