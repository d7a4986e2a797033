"""Whole runs with real workers, on a tiny model."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from ismbench.bench import Event, Experiment, make_plan, run
from ismbench.bench.records.journal import Journal
from ismbench.bench.records.schema import SCHEMA_VERSION
from ismbench.bench.records.validate import is_sound
from ismbench.errors import InputError

pytestmark = pytest.mark.slow
Make = Callable[..., Experiment]
FOUR = {
    "naive_ism": {"mutants_per_forward": 30},
    "gradient": {"sequences_per_call": 2},
    "taylor_ism": None,
    "integrated_gradients": {"steps_per_forward": 50},
}


def cells(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "cells.parquet").set_index("method")


def test_a_run_and_what_it_leaves(make_experiment: Make, tmp_path: Path) -> None:
    events: list[Event] = []
    asked = {"faithfulness": {"shuffles": 2}, "randomisation": {"stages": 2}, "stability": {"shifts": [2]}}
    plan = make_plan(make_experiment(methods=FOUR, **asked), device="cpu")
    summary = run(plan, tmp_path / "results", progress=events.append)
    assert (summary.exit_code, summary.counts, summary.reused) == (0, {"ok": 4}, 0)
    table = cells(summary.folder)
    assert list(table.index) == list(FOUR)
    assert (table["n_samples"] == 3).all()
    assert (table["seconds_per_100_sequences"] > 0).all()
    assert (table["multiply_adds"] > 0).all()
    assert table.loc["naive_ism", "max_abs_deviation"] < 1e-4
    assert table.loc["naive_ism", "speedup_over_naive"] == 1.0
    assert table["stderr_tail"].isna().all()

    samples = pd.read_parquet(summary.folder / "samples.parquet")
    assert (samples.groupby("method")["checked"].sum() >= 1).all()
    metrics = pd.read_parquet(summary.folder / "metrics.parquet")
    assert set(metrics["schema_version"]) == {SCHEMA_VERSION}
    own = metrics[(metrics["method"] == "naive_ism") & (metrics["metric"] == "pearson_map")]
    assert own.loc[own["scope"] == "pooled", "value"].iloc[0] == pytest.approx(1.0)
    assert {"completeness_gap", "completeness_error", "faithfulness"} <= set(metrics["metric"])
    asked_of = metrics[metrics["scope"] == "sequence"].groupby("metric")
    assert set(asked_of.get_group("unchanged_by_randomisation")["method"]) == set(FOUR)
    assert set(asked_of.get_group("stability")["versus"]) == {"shift", "reverse complement"}
    pair = metrics[(metrics["versus"] == "taylor_ism") & (metrics["metric"] == "spearman_track")]
    assert set(pair["method"]) == {"gradient"}

    (row,) = pd.read_parquet(summary.folder / "runs.parquet").to_dict("records")
    assert row["exit_code"] == 0
    assert row["matmul_per_second"] > 0
    assert json.loads(row["spec"])["name"] == "tiny"
    assert [e.kind for e in events if e.kind in ("start", "lane", "finish")] == ["start", "lane", "finish"]
    assert [e.done for e in events if e.kind == "done"] == [1, 2, 3, 4]

    with Journal(summary.folder / "journal.jsonl", is_sound) as journal:
        assert journal.skipped == 0, "what a run writes is what a run reads"
    again = run(plan, tmp_path / "results")
    assert (again.exit_code, again.counts, again.reused) == (0, {"ok": 4}, 4)
    assert cells(summary.folder)["run_id"].tolist() == table["run_id"].tolist()


def test_only_adds_to_what_is_there(make_experiment: Make, tmp_path: Path) -> None:
    experiment = make_experiment()
    first = run(make_plan(experiment, ["method=gradient"], "cpu"), tmp_path)
    assert list(cells(first.folder).index) == ["gradient"]
    second = run(make_plan(experiment, ["method=naive_ism"], "cpu"), tmp_path)
    assert list(cells(second.folder).index) == ["naive_ism", "gradient"]
    assert second.counts == {"ok": 1}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"targets": [{"output": "profile"}]}, "must name an output of the model"),
        ({"targets": [{"index": 9}]}, "must lie in the 2 values"),
        ({"sequences": {"source": "dm3", "n": 400}}, "must not be above the 100 records"),
        ({"models": [{"name": "tiny", "options": {"depth": 3}}]}, "takes length, seed, weights"),
    ],
)
def test_bad_input_is_one_line(
    make_experiment: Make, tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        run(make_plan(make_experiment(**changes), device="cpu"), tmp_path / "results")


def test_an_unknown_status_to_retry(make_experiment: Make, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'error'"):
        run(make_plan(make_experiment(), device="cpu"), tmp_path, retry=["eror"])


RUN = """
import sys
from ismbench.bench import load_spec, make_plan, run
sys.exit(run(make_plan(load_spec(sys.argv[1]), device="cpu"), sys.argv[2]).exit_code)
"""
FIVE = dict.fromkeys(
    ["gradient", "gradient_x_input", "corrected_gradient", "taylor_ism", "integrated_gradients"]
)


def entries(journal: Path) -> list[dict[str, object]]:
    """What a journal that may be written to right now holds about cells."""
    if not journal.exists():
        return []
    lines = [line for line in journal.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return [entry for entry in map(json.loads, lines) if entry["kind"] == "cell"]


def test_killed_and_interrupted_it_finishes_without_repeating(
    make_experiment: Make, tmp_path: Path, root: Path
) -> None:
    # One run is killed, the next is told to stop, the last one finishes; each is a process of its own.
    budget = {"cell": "500ms", "repetitions": {"min": 3, "max": 1000}, "interleave": 1}
    experiment = make_experiment(methods=FIVE, budget=budget)
    command = [sys.executable, "-c", RUN, str(experiment.path), str(tmp_path / "results")]
    journal = tmp_path / "results" / "tiny" / "journal.jsonl"
    codes, run_ids = [], []
    for number in (signal.SIGKILL, signal.SIGTERM, None):
        before = len(entries(journal))
        with subprocess.Popen(command, cwd=root) as process:
            while number is not None and process.poll() is None and len(entries(journal)) == before:
                time.sleep(0.02)
            if number is not None:
                assert len(entries(journal)) < len(FIVE), "it ended before it could be stopped"
                workers = psutil.Process(process.pid).children(recursive=True)
                process.send_signal(number)
            process.wait()
        _, alive = psutil.wait_procs(workers, timeout=30)
        assert not alive, "a worker outlived its parent"
        codes.append(process.returncode)
        run_ids.append(sorted({str(entry["run_id"]) for entry in entries(journal)}))
    assert codes == [-signal.SIGKILL, 130, 0]
    assert [len(ids) for ids in run_ids] == [1, 2, 3], "each run measured something"
    keys = [entry["key"] for entry in entries(journal)]
    assert len(keys) == len(set(keys)) == len(FIVE), "a cell was measured twice"
    assert (cells(journal.parent)["status"] == "ok").all()
    runs = pd.read_parquet(journal.parent / "runs.parquet")
    assert runs["exit_code"].tolist()[1:] == [130, 0]
    assert np.isnan(runs["exit_code"].iloc[0])


def test_interrupted_in_any_phase_it_leaves_tables(make_experiment: Make, tmp_path: Path) -> None:
    def stop(event: Event) -> None:
        if event.kind == "cell" and event.message.startswith("repetition"):
            raise KeyboardInterrupt

    summary = run(make_plan(make_experiment(), device="cpu"), tmp_path, progress=stop)
    assert (summary.exit_code, summary.counts) == (130, {"interrupted": 2})
    assert cells(summary.folder)["status"].tolist() == ["interrupted"] * 2
