"""A computation's process: ``python -m ismbench.papers.core.compute_worker DESCRIPTOR``, its job on standard input.

It speaks the protocol of the harness's workers (``ismbench.bench.process.messages``) and never outlives its parent.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from ismbench.bench.process.entry import take_job
from ismbench.errors import InputError
from ismbench.papers.core.study import ComputeJob
from ismbench.papers.core.table_files import write_frame

__all__ = ["main"]


def main(descriptor: int) -> None:
    """Reads a job, computes, leaves the tables in the folder that the job names, reports."""
    told, report = take_job(descriptor)

    def tell(words: str, done: int = 0, total: int = 0) -> None:
        report({"kind": "step", "words": words, "done": done, "total": total})

    try:
        tables = _compute(told, ComputeJob(
            scale=told["scale"], seed=told["seed"], device=told["device"], root=Path(told["root"]),
            cache=Path(told["cache"]), tell=tell, identity=told["identity"],
        ))  # fmt: skip
        for name, table in tables.items():
            write_frame(table, Path(told["out"]) / f"{name}.parquet")
        report({"kind": "finished"})
    except InputError as error:
        report({"kind": "input_error", "message": str(error)})
    except Exception as error:  # whatever it is, the study failed with it; the log has the traceback
        report({"kind": "failed", "reason": f"{type(error).__name__}: {' '.join(str(error).split())}"[:500]})
        raise


def _compute(told: dict[str, Any], job: ComputeJob) -> dict[str, pd.DataFrame]:
    module, _, function = told["compute"].partition(":")
    found = getattr(import_module(module), function)(job)
    missing = sorted(set(told["tables"]) ^ set(found))
    if missing:
        raise ValueError(f"{told['compute']} must return the tables {told['tables']}; {missing} differ")
    return dict(found)


if __name__ == "__main__":
    main(int(sys.argv[1]))
