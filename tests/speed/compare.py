"""Lines of the speed table before and after: a revision's sources against these, by the same script on one machine.

    python -m tests.speed.compare main~3 basset-1000-8 bpnet-1000-1

Rounds of both take turns. Floors are not checked here.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
TURNS = int(os.environ.get("ISMBENCH_SPEED_TURNS", "3"))
SCRIPT = (
    "import runpy, sys; sys.path[0:0] = sys.argv[1].split(); sys.argv[:] = sys.argv[2:];"
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)


def figures(sources: Path, line: str) -> dict[str, float]:
    """One measurement of a line with the package of a checkout; the script and its models are always these."""
    paths = f"{sources} {ROOT}"
    command = [sys.executable, "-c", SCRIPT, paths, str(ROOT / "tests" / "speed" / "measure.py"), line]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(command, cwd=sources, env=environment, capture_output=True, text=True, check=False)
    answers = [s for s in done.stdout.splitlines() if s.startswith("measured ")]
    if not answers:
        raise SystemExit(f"{line} of {sources} was not measured: {done.stderr[-1000:]}")
    found: dict[str, Any] = json.loads(answers[-1].removeprefix("measured "))
    return {name: value for name, value in found.items() if isinstance(value, (int, float))}


def side_by_side(before: Path, lines: list[str]) -> None:
    """Prints a table: medians of turns of both, and their ratio."""
    print("| line | figure | before | after | after / before |\n|---|---|---|---|---|")
    for line in lines:
        turns = [[figures(sources, line) for sources in (before, ROOT)] for _ in range(TURNS)]
        for name in turns[0][1]:
            if all(name in one for turn in turns for one in turn):
                old, new = (float(np.median([turn[i][name] for turn in turns])) for i in (0, 1))
                ratio = f"{new / old:.3f}" if old else ""
                print(f"| {line} | {name} | {old:.4g} | {new:.4g} | {ratio} |", flush=True)


def main(revision: str, lines: list[str]) -> None:
    """Checks the revision out beside this tree, and takes it away again."""
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "before"
        subprocess.run(["git", "worktree", "add", "--detach", str(before), revision], cwd=ROOT, check=True)
        try:
            side_by_side(before, lines)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(before)], cwd=ROOT, check=True)


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(sys.argv[1], sys.argv[2:] or ["basset-1000-8", "bpnet-1000-1"])
