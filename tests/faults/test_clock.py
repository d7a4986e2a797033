"""The clock of the machine is set back, again and again, while runs go on."""

import ast
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pandas as pd
import pytest

from ismbench.bench import load_spec, make_plan, run
from ismbench.bench.parent import record_keeper
from ismbench.report.run_records import load_records
from ismbench.text import moments
from tests.faults.conftest import Write


class Backwards(datetime):
    """A clock that is set back by an hour whenever it is read."""

    reads = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        cls.reads += 1
        return datetime(2026, 3, 1, tzinfo=tz) - timedelta(hours=cls.reads)


@pytest.mark.usefixtures("scripted")
def test_nothing_depends_on_the_time_of_day(
    write_spec: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (record_keeper, moments):  # whoever asks for the time of day
        monkeypatch.setattr(module, "datetime", Backwards)
    plan = make_plan(load_spec(write_spec()), device="cpu")
    first = run(plan, tmp_path)
    second = run(plan, tmp_path, retry=["ok"])
    third = run(plan, tmp_path)
    assert Backwards.reads > 10
    assert first.counts == second.counts == third.counts
    assert third.reused == len(plan.cells)
    runs = pd.read_parquet(first.folder / "runs.parquet")
    assert len(runs) == 3, "a run of the same folder is forgotten"
    assert (runs["wall_seconds"] >= 0).all()
    assert not runs["started"].is_monotonic_increasing
    latest = load_records(first.folder).runs.iloc[-1]
    assert latest["wall_seconds"] == runs["wall_seconds"].iloc[-1]
    assert latest["started"] == runs["started"].min()
    again = pd.read_parquet(first.folder / "cells.parquet")
    assert set(again.loc[again["status"] == "ok", "run_id"]) == {runs["run_id"].iloc[1]}


def test_durations_come_from_clocks_that_cannot_be_set(root: Path) -> None:
    found = [
        f"{path.name}:{node.lineno}"
        for path in (root / "ismbench" / "bench").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("time.time", "time.time_ns")
    ]
    assert found == []
