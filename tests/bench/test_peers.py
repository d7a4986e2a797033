"""Methods that need a worker of their own get one, and are compared with the same naive scores."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from ismbench.bench import Experiment, make_plan, run
from ismbench.bench.parent.lane_jobs import lane_environment
from ismbench.bench.records.cell import by_worker, lanes
from ismbench.methods import METHODS

Make = Callable[..., Experiment]
PEERS = ("peer_fastism", "peer_yuzu", "peer_tangermeme", "peer_tangermeme_deeplift")


def test_peers_leave_the_worker_of_the_others(make_experiment: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PEERS:
        monkeypatch.setattr(METHODS[name], "missing", lambda: None)
    plan = make_plan(
        make_experiment(methods=["peer_fastism", "naive_ism", "peer_yuzu", "gradient"]), device="cpu"
    )
    (lane,) = lanes(plan.cells)
    parts = by_worker(lane)
    assert [[c.method for c in part.cells] for part in parts] == [
        ["naive_ism", "gradient"],
        ["peer_fastism"],
        ["peer_yuzu"],
    ]
    assert {part.key for part in parts} == {lane.key}
    keras_2 = [lane_environment(plan, part)["TF_USE_LEGACY_KERAS"] for part in parts]
    assert keras_2 == ["0", "1", "0"]


def test_a_missing_peer_says_what_to_install(make_experiment: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ismbench.methods.base.find_spec", lambda module: None)
    plan = make_plan(make_experiment(methods=list(PEERS)), device="cpu")
    assert {cell.skip for cell in plan.cells} == {"install ismbench[peers]"}


@pytest.mark.nightly
def test_every_peer_is_compared_with_naive_ism_and_timed(make_experiment: Make, tmp_path: Path) -> None:
    missing = [METHODS[name].missing() for name in PEERS if METHODS[name].missing() is not None]
    if missing:
        pytest.skip(missing[0])
    experiment = make_experiment(
        methods=["naive_ism", *PEERS], targets=[{"output": 0, "index": 0}], lengths=[60]
    )
    summary = run(make_plan(experiment, device="cpu"), tmp_path / "results")
    cells = pd.read_parquet(summary.folder / "cells.parquet").set_index("method")
    assert dict(cells["status"]) == dict.fromkeys(["naive_ism", *PEERS], "ok"), cells[
        "status_reason"
    ].to_dict()
    assert (cells.loc[["peer_fastism", "peer_tangermeme"], "max_abs_deviation"] < 1e-4).all()
    assert cells["seconds_per_100_sequences"].notna().all()
    assert cells["speedup_over_naive"].notna().all()
    yuzu = cells.loc["peer_yuzu"]
    assert 0 <= yuzu["max_abs_deviation"] < 0.2
    assert 0 < yuzu["precompute_seconds"] <= yuzu["build_seconds"]
    assert yuzu["threads"] >= 1
