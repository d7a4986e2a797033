"""A computation's process: ``python -m ismbench.papers.core.compute_worker DESCRIPTOR``, its job on standard input.

It speaks the protocol of the harness's workers (``ismbench.bench.process.messages``) and never outlives its parent.
"""

import sys
from importlib import import_module

import pandas as pd

from ismbench.bench.process.entry import take_job
from ismbench.bench.process.jobs import ComputationJob
from ismbench.bench.process.reports import Advance, BadInput, Failed, Finished
from ismbench.errors import InputError
from ismbench.papers.core.study import ComputeJob, Tell
from ismbench.papers.core.table_files import write_frame

__all__ = ["main"]


def main(descriptor: int) -> None:
    """Reads a job, computes, leaves the tables in the folder that the job names, reports."""
    job, report = take_job(descriptor, ComputationJob)

    def tell(words: str, done: int = 0, total: int = 0) -> None:
        report(Advance(words=words, done=done, total=total))

    try:
        for name, table in _compute(job, tell).items():
            write_frame(table, job.out / f"{name}.parquet")
        report(Finished())
    except InputError as error:
        report(BadInput(message=str(error)))
    except Exception as error:  # whatever it is, the study failed with it; the log has the traceback
        report(Failed(reason=f"{type(error).__name__}: {' '.join(str(error).split())}"[:500]))
        raise


def _compute(job: ComputationJob, tell: Tell) -> dict[str, pd.DataFrame]:
    told = ComputeJob(
        job.scale, job.seed, job.device, job.root, job.cache, tell, job.identity, dict(job.given)
    )
    module, _, function = job.compute.partition(":")
    found = getattr(import_module(module), function)(told)
    missing = sorted(set(job.tables) ^ set(found))
    if missing:
        raise ValueError(f"{job.compute} must return the tables {list(job.tables)}; {missing} differ")
    return dict(found)


if __name__ == "__main__":
    main(int(sys.argv[1]))
