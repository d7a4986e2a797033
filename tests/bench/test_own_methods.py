"""A method in a user's file and two settings of one method: run, reported and compared, each as a row of its own."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from ismbench.bench import Experiment, make_plan, run
from ismbench.report import write_report
from ismbench.text.markdown import escaped

pytestmark = pytest.mark.slow

METHODS = {
    "naive_ism": {"mutants_per_forward": 60},
    "integrated_gradients": {},
    "ig_5": {"method": "integrated_gradients", "options": {"n_steps": 5}},
    "mine": {"file": "own_method.py", "options": {"width": 3}},
}
LABELS = ["Naive ISM", "Integrated Gradients", "Integrated Gradients (n_steps=5)", "Occlusion (width=3)"]


def test_from_the_file_to_the_comparison(
    make_experiment: Callable[..., Experiment], project: Path, root: Path, ismbench: Callable[..., object]
) -> None:
    shutil.copy(root / "tests" / "methods" / "own_method.py", project / "experiments")
    for name in ("base", "head"):
        plan = make_plan(make_experiment(methods=METHODS), device="cpu")
        summary = run(plan, project / name)
        assert summary.counts == {"ok": len(METHODS)}, pd.read_parquet(summary.folder / "cells.parquet")[
            "status_reason"
        ]
    write_report(summary.folder)

    cells = pd.read_parquet(summary.folder / "cells.parquet").set_index("method")
    assert list(cells.index) == list(METHODS)
    steps = cells.loc[["integrated_gradients", "ig_5"], "multiply_adds"]
    assert steps["integrated_gradients"] == 10 * steps["ig_5"]
    head = (summary.folder / "table.md").read_text().splitlines()[2]
    assert [word.strip() for word in head.strip("|").split("|")][2:] == LABELS
    assert all(label in (summary.folder / "report.html").read_text() for label in LABELS)
    standings = (summary.folder / "standings.md").read_text()
    assert all(f"| {escaped(label)} |" in standings for label in LABELS)
    described = json.loads(pd.read_parquet(summary.folder / "runs.parquet")["methods"].iloc[-1])
    assert {name: entry["method"] for name, entry in described.items()} == {
        "naive_ism": "naive_ism",
        "integrated_gradients": "integrated_gradients",
        "ig_5": "integrated_gradients",
        "mine": "own_method.py",
    }
    versus = pd.read_parquet(summary.folder / "metrics.parquet")
    assert {("ig_5", "mine")} <= set(zip(versus["method"], versus["versus"], strict=True))
    compared = ismbench("compare", project / "base" / "tiny", project / "head" / "tiny").out  # type: ignore[attr-defined]
    assert all(f"tiny 60 {name}" in compared for name in METHODS)
