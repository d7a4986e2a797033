"""Kills runs at random moments and resumes them. A program, because it forks, which pytest's process should not.

``python kill_and_resume.py FILE FOLDER KILLS scripted|real`` prints one JSON object a kill. Everything is
imported once; each run is a forked process with real files, real workers (scripted or not) and a real SIGKILL.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet  # noqa: F401

import ismbench.metrics  # noqa: F401
from ismbench.bench import RunPlan, load_spec, make_plan, run
from ismbench.bench.records.schema import TABLES
from tests.faults.runs import script_workers

CHANGING = {"run_id", "finished", "stderr_tail"}
"""Columns that differ from one run to the next whatever happens."""

MEASURED = {"build_seconds", "first_call_seconds", "peak_memory_bytes", "seconds", "checked"}
"""Columns that real workers measure, beside those that are computed from them."""


def begin(plan: RunPlan, results: Path) -> int:
    """Starts a run in a process of its own; returns its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        code = run(plan, results, argv=["test"]).exit_code
    finally:
        os._exit(code)


def finish(child: int) -> int:
    """Waits for a run; returns its exit code, or -9 if it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def finished_cells(folder: Path) -> list[str]:
    """Keys of the cells in a journal, one for each line that is whole."""
    journal = folder / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True) if journal.exists() else []
    entries = [json.loads(line) for line in lines if line.endswith(b"\n") and line.startswith(b"{")]
    return [entry["key"] for entry in entries if entry["kind"] == "cell"]


def difference(one: Path, other: Path, real: bool) -> str | None:
    """The first difference between two results folders, in what must be equal; None where there is none."""
    for table in TABLES:
        if table == "runs":
            continue
        first, second = (
            pd.read_parquet(folder / f"{table}.parquet", use_threads=False) for folder in (one, other)
        )
        if len(first) != len(second):
            return f"{table}: {len(first)} and {len(second)} rows"
        for column in first.columns:
            derived = "seconds" in column or "speedup" in column or column.endswith(("_per_second", "_peak"))
            if column in CHANGING or (real and (column in MEASURED or derived)):
                continue
            a, b = first[column], second[column]
            if real and column in ("value", "max_abs_deviation"):
                measured = (
                    first["metric"].eq("seconds") if "metric" in first else pd.Series(False, first.index)
                )
                close = ((a - b).abs() <= 1e-5 * (1 + a.abs())) | (a.isna() & b.isna()) | measured
                if not close.all():
                    return f"{table}.{column}: {a[~close].tolist()[:3]} and {b[~close].tolist()[:3]}"
            elif not a.equals(b):
                return f"{table}.{column}: {a[a != b].tolist()[:3]} and {b[a != b].tolist()[:3]}"
    return None


def kill_once(plan: RunPlan, folder: Path, moment: float) -> dict[str, Any]:
    """Kills a run at a moment, resumes it, and says what happened."""
    started = time.monotonic()
    child = begin(plan, folder)
    time.sleep(max(0.0, moment - (time.monotonic() - started)))
    os.kill(child, signal.SIGKILL)
    code = finish(child)
    own = folder / plan.experiment.name
    before = finished_cells(own)
    resumed = finish(begin(plan, folder))
    after = finished_cells(own)
    return {
        "moment": round(moment, 3),
        "killed": code == -signal.SIGKILL,
        "finished_before": len(before),
        "finished": len(after),
        "repeated": len(after) - len(set(after)),
        "resumed": resumed,
    }


def main(spec: Path, folder: Path, kills: int, real: bool) -> None:
    if not real:
        script_workers()
    # Planned once: the cells' names depend on sources, which somebody may be changing right now.
    plan = make_plan(load_spec(spec), device="cpu")
    name = plan.experiment.name
    start = time.monotonic()
    code = finish(begin(plan, folder / "undisturbed"))
    whole = time.monotonic() - start
    rng = random.Random(20)
    for number in range(kills):
        mine = folder / f"killed_{number}"
        said = kill_once(plan, mine, rng.uniform(0, whole))
        different = difference(folder / "undisturbed" / name, mine / name, real)
        print(
            json.dumps({**said, "whole": round(whole, 3), "code": code, "different": different}), flush=True
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "real")
