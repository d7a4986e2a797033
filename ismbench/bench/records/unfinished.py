"""Has the last run of a results folder written its tables? One that was killed has not."""

import json
from pathlib import Path

from ismbench.bench.records.folder import journal_file

__all__ = ["unfinished_run"]


def unfinished_run(folder: Path) -> str | None:
    """The start (UTC) of a folder's last run, if that has not ended: it was killed, or it goes on still.

    Args:
        folder: An experiment's folder of results.

    Returns:
        None where the last run has ended, or there is no journal that can be read.
    """
    started: dict[str, str] = {}
    try:
        with journal_file(folder).open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                # Other lines are long, and there may be many.
                if line.startswith(('{"kind":"run"', '{"kind":"run_end"')):
                    _note(line, started)
    except OSError:
        return None
    return list(started.values())[-1] if started else None


def _note(line: str, started: dict[str, str]) -> None:
    try:
        entry = json.loads(line)
    except ValueError:  # cut off where the run was killed
        return
    if entry["kind"] == "run":
        # Of earlier runs, killed or not, nothing is missing any more than of this one.
        started.clear()
        started[str(entry.get("key"))] = str(entry.get("started"))
    else:
        started.pop(str(entry.get("key")), None)
