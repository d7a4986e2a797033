"""What models are as built: from the journal while nothing that they were built from has changed, else built to see.

Building costs the start of a backend. So what a model was, and every file that its building was seen to read, is kept
under what the worker was told; as long as all of these files are as they were, the model is, too.
"""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ismbench.bench.process.jobs import BuildJob, BuildRequest
from ismbench.bench.process.reports import BadInput, ModelBuilt, read_report
from ismbench.bench.process.worker_process import WorkerProcess
from ismbench.bench.records.built import Built
from ismbench.bench.records.folder import log_folder
from ismbench.bench.records.journal import Journal
from ismbench.errors import InputError

__all__ = ["PROGRAM", "Builder"]

PROGRAM = (sys.executable, "-m", "ismbench.bench.measure.build_worker")
KIND = "built"
"""Of entries of the journal."""


@dataclass(frozen=True)
class Builder:
    """Finds out what models are.

    Attributes:
        journal: The run's journal, which keeps what models were.
        folder: Of the results; files in it are the run's own, and no reason to build again.
        environment: Variables for a worker of a backend.
        timeout: Seconds that a worker may be silent.
        tell: Takes reports of progress.
    """

    journal: Journal
    folder: Path
    environment: Callable[[str], Mapping[str, str]]
    timeout: float
    tell: Callable[[str], None]

    def known(self, request: BuildRequest) -> Built | None:
        """What the model was when it was built the last time; None where that may have changed."""
        entry = self.journal.get(KIND, request.key)
        found = None if entry is None else Built.from_plain(entry)
        return found if found is not None and found.is_current() else None

    def built(
        self, requests: Iterable[BuildRequest], backend: str, anew: Collection[str] = ()
    ) -> dict[str, Built]:
        """What the models are, by the keys of the requests.

        Args:
            requests: The models that are asked for.
            backend: The Keras backend that they are built on.
            anew: Keys of those that are built in any case.

        Raises:
            InputError: A model cannot be built from what the experiment says, or takes other sequences.
        """
        found: dict[str, Built] = {}
        missing: dict[str, BuildRequest] = {}
        for request in requests:
            known = None if request.key in anew else self.known(request)
            if known is None:
                missing[request.key] = request
            else:
                found[request.key] = known
        # A worker may die of a model; the others are then built by the next one.
        while left := [request for key, request in missing.items() if key not in found]:
            found.update(self._build(left, backend))
        return found

    def _build(self, requests: list[BuildRequest], backend: str) -> dict[str, Built]:
        self.tell(f"building {', '.join(request.words for request in requests)}")
        job, log = BuildJob(requests=tuple(requests)), log_folder(self.folder) / "build.log"
        keys, found = [request.key for request in requests], dict[str, Built]()
        with WorkerProcess(job, log, self.environment(backend), self.timeout, PROGRAM) as worker:
            for message in worker.messages():
                match read_report(message):
                    case ModelBuilt(key=key, built=values) if key in keys:
                        built = Built.from_plain(values)
                        if built is not None:
                            found[key] = built.without(self.folder)
                            self.journal.append(KIND, key, found[key].plain())
                    case BadInput(message=text):
                        raise InputError(text)
            if len(found) < len(keys):
                # Its lanes will meet the same end, and say so in its cells.
                died = next(key for key in keys if key not in found)
                found[died] = Built(failure=worker.ending()[1])
        return found
