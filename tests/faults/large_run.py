"""Plans and runs many cells with scripted workers, and prints what that took. A program: a process has one peak.

``python large_run.py FILE RESULTS`` prints JSON: files opened while planning, and the peak of memory in bytes
after planning and at the end.
"""

import json
import sys
from pathlib import Path

from ismbench.bench import load_spec, make_plan, run
from tests.faults.runs import script_workers

_opened = 0


def _count(event: str, arguments: tuple[object, ...]) -> None:
    global _opened
    _opened += event == "open"


def peak() -> int:
    """The largest resident set so far, in bytes. Not getrusage's: that starts with the parent's, before exec."""
    (line,) = (x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM:"))
    return 1024 * int(line.split()[1])


def main(spec: str, results: str) -> None:
    experiment = load_spec(spec)
    make_plan(experiment, ["steps_per_forward=1"], "cpu")  # whatever is imported and read once
    sys.addaudithook(_count)
    plan = make_plan(experiment, device="cpu")
    opened, planned = _opened, peak()
    script_workers()
    summary = run(plan, results)
    said = {"cells": len(plan.cells), "opened": opened, "planned": planned, "end": peak()}
    print(json.dumps({**said, "counts": summary.counts}))


if __name__ == "__main__":
    main(*sys.argv[1:])
