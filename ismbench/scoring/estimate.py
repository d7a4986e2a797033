"""What a scoring run would take, from a short measured sample: time, memory, size of the store, best batch size."""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from ismbench.errors import InputError
from ismbench.scoring import store
from ismbench.scoring.calls import LARGEST
from ismbench.scoring.chunk_progress import full_disk_is_told
from ismbench.scoring.chunk_worker import Worker
from ismbench.scoring.ingest import ingest
from ismbench.scoring.inputs import Source
from ismbench.scoring.inputs.input_record import Broken, Record
from ismbench.scoring.members import Ensemble
from ismbench.scoring.scoring_run import prepare
from ismbench.scoring.spec import ScoreSpec
from ismbench.scoring.store_layout import Layout

__all__ = ["Estimate", "Trial", "estimate"]

BATCHES = (None, 128, 256, 512)
"""Batch sizes that are tried for ISM where none is given; None is the engine's own choice."""
_REPEATS = 2


@dataclass(frozen=True)
class Trial:
    """One batch size on the sample.

    Attributes:
        batch: The size; None is the method's choice.
        first_seconds: The first call, which compiles.
        seconds_per_record: After that.
    """

    batch: int | None
    first_seconds: float
    seconds_per_record: float


@dataclass(frozen=True)
class Estimate:
    """What a run would take.

    Attributes:
        records: That would be scored.
        broken: Records that cannot be, with reasons for the first of them.
        sample: Records that were measured.
        tasks: Chunks of the store.
        trials: Batch sizes that were tried.
        best: The quickest.
        start_seconds: From the start of a process to its first line, for each worker.
        load_seconds: Import of the backend and loading of the models, for each worker.
        input_seconds: Reading the input into the store, once.
        peak_bytes: Largest resident memory of this process.
        stored_bytes: Size of the store, from the compressed sample.
        plain_bytes: Its size without compression.
    """

    records: int
    broken: tuple[str, ...]
    sample: int
    tasks: int
    trials: tuple[Trial, ...]
    best: Trial
    start_seconds: float
    load_seconds: float
    input_seconds: float
    peak_bytes: int
    stored_bytes: float
    plain_bytes: float

    def seconds(self, workers: int = 1) -> float:
        """Wall time with so many workers like the measured one; each starts, loads and compiles once.

        One works in the process that reads the input; several start when that is done.
        """
        tasks = -(-self.tasks // workers)
        per_task = self.best.seconds_per_record * self.records / self.tasks
        starts = (self.start_seconds + self.load_seconds) * (1 if workers == 1 else 2)
        return starts + self.input_seconds + self.best.first_seconds + tasks * per_task


def estimate(
    spec: ScoreSpec,
    source: Source,
    *,
    sample: int = LARGEST,
    records: int | None = None,
    start_seconds: float = 0.0,
) -> Estimate:
    """Measures a sample; nothing is kept.

    Args:
        spec: What to score and how.
        source: The input, which is read to its end.
        sample: Records to measure.
        records: Pretend that the input has so many.
        start_seconds: That a process takes to come to its first line.

    Raises:
        InputError: As for a run, except that broken records are counted.
    """
    store.require("zarr", "xarray")
    start = time.perf_counter()
    ensemble, layout = prepare(spec, source)
    loaded = time.perf_counter() - start
    start = time.perf_counter()
    part, found, broken = _read(source, layout, sample)
    reading = (time.perf_counter() - start) / found
    count = found if records is None else records
    with tempfile.TemporaryDirectory() as folder, full_disk_is_told(Path(folder)):
        path = Path(folder) / "sample.zarr"
        small = _smaller(layout, len(part))
        start = time.perf_counter()
        ingest(store.create(path, small, {}), small, iter(part), skip=True)
        reading += (time.perf_counter() - start) / len(part)
        trials = tuple(_trials(path, spec, ensemble, small, len(part)))
        stored, plain = (size / len(part) * count for size in _sizes(path, small))
    best = min(trials, key=lambda trial: trial.seconds_per_record)
    tasks = max(1, -(-count // layout.rows))
    return Estimate(
        count, broken, len(part), tasks, trials, best,
        start_seconds, loaded, reading * count, _peak(), stored, plain,
    )  # fmt: skip


def _smaller(layout: Layout, count: int) -> Layout:
    """A layout for a sample, with the calls that a run makes."""
    variables = tuple(replace(v, rows=min(v.rows, count)) for v in layout.variables)
    return replace(layout, rows=min(layout.rows, count), variables=variables)


def _sizes(path: Path, layout: Layout) -> tuple[int, int]:
    """Bytes of what grows with the records, on the disk and without compression."""
    group = store.open_group(path)
    names = [variable.name for variable in layout.variables]
    files = (p for name in names for p in (path / name).rglob("*") if p.is_file() and p.name != "zarr.json")
    return sum(p.stat().st_size for p in files), sum(group[name].nbytes for name in names)


def _read(source: Source, layout: Layout, sample: int) -> tuple[list[Record | Broken], int, tuple[str, ...]]:
    """The first records that can be scored, the number of all, and reasons for the others."""
    part: list[Record | Broken] = []
    broken: list[str] = []
    count = 0
    with source.open(layout.sizes["position"], layout.flank) as reading:
        for record in reading.records:
            count += 1
            if isinstance(record, Broken):
                broken.append(record.reason)
            elif len(part) < sample:
                part.append(record)
    if not part:
        raise InputError(
            f"An input needs at least one record to score. Received: {next(iter(broken), 'none')}"
        )
    return part, count - len(broken), tuple(islice(broken, 20))


def _trials(path: Path, spec: ScoreSpec, ensemble: Ensemble, layout: Layout, count: int) -> Iterator[Trial]:
    several = spec.batch is None and spec.about_method.exact
    for batch in BATCHES if several else (spec.batch,):
        worker = Worker(path, replace(spec, batch=batch), ensemble, layout, skip=True)
        seconds = []
        for _ in range(1 + _REPEATS):
            start = time.perf_counter()
            for chunk in range(-(-count // layout.rows)):
                worker.run(chunk)
            seconds.append(time.perf_counter() - start)
        yield Trial(batch, seconds[0], min(seconds[1:]) / count)


def _peak() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
