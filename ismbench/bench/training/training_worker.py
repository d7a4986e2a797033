"""The process that trains: ``python -m ismbench.bench.training.training_worker DESCRIPTOR``, its job on standard input.

It speaks the protocol of the harness's workers and never outlives its parent.
"""

import sys

from ismbench.bench.process.entry import take_job
from ismbench.bench.process.jobs import TrainingJob
from ismbench.bench.process.reports import Advance, BadInput, Finished
from ismbench.bench.training.train import train_models
from ismbench.errors import InputError

__all__ = ["main"]


def main(descriptor: int) -> None:
    """Reads which models to train, trains them, reports every epoch."""
    job, report = take_job(descriptor, TrainingJob)

    def tell(words: str, done: int, total: int) -> None:
        report(Advance(words=words, done=done, total=total))

    try:
        train_models(job.models, job.folder, tell)
        report(Finished())
    except InputError as error:
        report(BadInput(message=str(error)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
