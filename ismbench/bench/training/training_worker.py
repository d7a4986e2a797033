"""The process that trains: ``python -m ismbench.bench.training.training_worker DESCRIPTOR``, its job on standard input.

It speaks the protocol of the harness's workers and never outlives its parent.
"""

import sys
from pathlib import Path

from ismbench.bench.experiment.train_job import TrainJob
from ismbench.bench.process.entry import take_job
from ismbench.bench.training.train import train_models
from ismbench.errors import InputError

__all__ = ["main"]


def main(descriptor: int) -> None:
    """Reads which models to train, trains them, reports every epoch."""
    told, report = take_job(descriptor)

    def tell(words: str, done: int, total: int) -> None:
        report({"kind": "step", "words": words, "done": done, "total": total})

    try:
        jobs = [TrainJob.from_plain(values) for values in told["jobs"]]
        train_models(jobs, Path(told["folder"]), tell)
        report({"kind": "finished"})
    except InputError as error:
        report({"kind": "input_error", "message": str(error)})


if __name__ == "__main__":
    main(int(sys.argv[1]))
