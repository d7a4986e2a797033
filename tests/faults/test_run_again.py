"""What a second run does again, and what it leaves alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ismbench.bench import load_spec, make_plan, run
from tests.faults.conftest import Write

Ismbench = Callable[..., Any]


def runs_by_cell(folder: Path) -> dict[tuple[str, float], str]:
    """Which run each cell's record is of, by method and batch size."""
    table = pd.read_parquet(folder / "cells.parquet")
    sizes = table["mutants_per_forward"].fillna(table["sequences_per_call"])
    return dict(zip(zip(table["method"], sizes, strict=True), table["run_id"], strict=True))


@pytest.mark.usefixtures("scripted")
def test_fresh_with_only_touches_what_it_names(write_spec: Write, tmp_path: Path) -> None:
    experiment = load_spec(write_spec())
    folder = run(make_plan(experiment, device="cpu"), tmp_path / "results").folder
    before = runs_by_cell(folder)
    chosen = make_plan(experiment, ["method=gradient", "sequences_per_call=1,4"], "cpu")
    again = run(chosen, tmp_path / "results", resume=False)
    assert again.reused == 0
    after = runs_by_cell(folder)
    assert {key for key in before if before[key] != after[key]} == {("gradient", 1), ("gradient", 4)}
    assert set(after) == set(before)
    whole = run(make_plan(experiment, device="cpu"), tmp_path / "results")
    assert whole.reused == 5, "nothing is missing"


@pytest.mark.usefixtures("scripted")
def test_what_fresh_has_forgotten_stays_forgotten_where_the_run_ends_early(
    write_spec: Write, tmp_path: Path
) -> None:
    experiment = load_spec(write_spec())
    whole = make_plan(experiment, device="cpu")
    run(whole, tmp_path / "results")
    chosen = make_plan(experiment, ["method=gradient"], "cpu")

    def stop(event: object) -> None:
        if getattr(event, "kind", "") == "lane":
            raise KeyboardInterrupt

    assert run(chosen, tmp_path / "results", resume=False, progress=stop).exit_code == 130
    assert run(whole, tmp_path / "results").reused == 2


@pytest.mark.usefixtures("scripted")
def test_fresh_alone_forgets_all(write_spec: Write, tmp_path: Path) -> None:
    plan = make_plan(load_spec(write_spec()), device="cpu")
    journal = run(plan, tmp_path / "results").folder / "journal.jsonl"
    assert run(plan, tmp_path / "results", resume=False).reused == 0
    kinds = [json.loads(line)["kind"] for line in journal.read_text().splitlines()]
    assert kinds.count("run") == 1


@pytest.mark.slow
def test_what_a_model_file_raises_costs_no_other_model_and_is_tried_again(
    ismbench: Ismbench, write_spec: Write, tmp_path: Path
) -> None:
    spec = write_spec(models=["broken", "tiny"], methods={"gradient": {"sequences_per_call": 2}})
    broken = tmp_path / "models" / "broken.py"
    broken.write_text('def build(length=60, weights=None):\n    raise RuntimeError("the server\\nis down")\n')
    words = ["run", spec, "--results", tmp_path / "results", "--device", "cpu"]
    first = ismbench(*words)
    assert first.code == 4
    (line,) = [line for line in first.out.splitlines() if "error:" in line]
    assert "broken.py:2: build failed: RuntimeError: the server is down, during build of the model" in line
    table = pd.read_parquet(tmp_path / "results" / "tiny" / "cells.parquet").set_index("model")
    assert table["status"].to_dict() == {"broken": "error", "tiny": "ok"}
    # The cause may lie outside of the file, such as a server: nothing that we know of has to change.
    again = ismbench(*words)
    assert (again.code, "1 cells to run, 1 known" in again.out) == (4, True)
