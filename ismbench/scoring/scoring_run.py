"""A scoring run: read the input into the store, score its chunks here or elsewhere, conclude."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ismbench.bench.records.journal import Journal
from ismbench.errors import InputError
from ismbench.scoring import store
from ismbench.scoring.chunk_progress import forget, full_disk_is_told, started
from ismbench.scoring.chunk_worker import Worker
from ismbench.scoring.connect import hide_gpus
from ismbench.scoring.ingest import fingerprint, ingest
from ismbench.scoring.inputs import Source
from ismbench.scoring.members import Ensemble, load_ensemble
from ismbench.scoring.run_summary import ScoringSummary, summarize
from ismbench.scoring.spec import Execution, ScoreSpec
from ismbench.scoring.store_identity import command, differences, identify, run_name, store_attributes
from ismbench.scoring.store_layout import Layout, make_layout
from ismbench.scoring.variants import check_variant_options

__all__ = ["Progress", "prepare", "run"]

Progress = Callable[[int, int], None]
"""Called with the records that are done and all records."""


@dataclass(frozen=True)
class _Run:
    """A run that is under way.

    Attributes:
        spec: How to score.
        source: The input.
        out: The store.
        execution: Where.
        ensemble: The loaded models.
        layout: Of the store.
        parts: Its identity but for the input.
    """

    spec: ScoreSpec
    source: Source
    out: Path
    execution: Execution
    ensemble: Ensemble
    layout: Layout
    parts: dict[str, str]


def run(
    spec: ScoreSpec,
    source: Source,
    out: Path,
    *,
    execution: Execution | None = None,
    progress: Progress | None = None,
) -> ScoringSummary:
    """Scores an input into a store; a store that an earlier run left unfinished is finished.

    Args:
        spec: What to score and how.
        source: The input.
        out: The store.
        execution: Where the work is done; in this process by default.
        progress: Told after every chunk.

    Raises:
        InputError: Whatever a user can do wrong; nothing is left behind then.
    """
    execution = execution or Execution()
    store.require("zarr", "xarray")
    _check_out(out)
    if execution.distributed:
        hide_gpus()
    ensemble, layout = prepare(spec, source)
    parts = identify(spec, source, ensemble, layout)
    job = _Run(spec, source, out, execution, ensemble, layout, parts)
    if _is_complete(job):
        forget(out)
        return summarize(out, layout.record)
    existed = out.exists()
    with full_disk_is_told(out), started(out) as folder:
        try:
            return _work(job, folder, progress or (lambda done, total: None))
        except InputError:
            if not existed and not _any_done(folder):
                store.remove(out)
                forget(out)
            raise


def prepare(spec: ScoreSpec, source: Source) -> tuple[Ensemble, Layout]:
    """Checks what can be checked early, loads the models and decides what the store holds."""
    if source.variants:
        check_variant_options(spec)
    source.check()
    if spec.compare is not None and not source.variants:
        raise InputError(f"--compare is for variants. Received: it with {source.text}")
    ensemble = load_ensemble(spec)
    return ensemble, make_layout(spec, ensemble, variants=source.variants)


def _check_out(out: Path) -> None:
    if not out.resolve().parent.is_dir():
        raise InputError(f"The folder of a store must exist. Received: {out}")
    if out.suffix != ".zarr":
        raise InputError(f"A store's name must end in .zarr. Received: {out}")


def _is_complete(job: _Run) -> bool:
    """Whether the store is there and finished.

    Raises:
        InputError: It is another run's.
    """
    if not job.out.exists():
        return False
    found = dict(store.open_group(job.out, "r").attrs)
    known = found.get("identity") or {}
    other = differences(job.parts, known)
    if not other:
        # The letters are read again: another genome may have the same layout.
        with job.source.open(job.layout.sizes["position"], job.layout.flank) as reading:
            letters = fingerprint(job.layout, reading.records, skip=job.execution.skip)
        other = differences({"input": letters}, known)
    if other:
        raise InputError(
            f"A store that is there must be of the same run. Received: {job.out} of {found.get('command')!r}, which"
            f" differs in: {other}; give another -o, or remove it"
        )
    return bool(found.get("complete"))


def _work(job: _Run, folder: Path, progress: Progress) -> ScoringSummary:
    layout = job.layout
    if not job.out.exists():
        _read_input(job, folder)
    group = store.open_group(job.out)
    count = store.rows(group, layout.record)
    with Journal(folder / "journal.jsonl") as journal:
        chunks = -(-count // layout.rows)
        todo = [c for c in range(chunks) if journal.status("chunk", str(c)) != "done"]
        done = earlier = min(count, (chunks - len(todo)) * layout.rows)
        progress(done, count)
        for chunk in _scored(job, todo):
            journal.append("chunk", str(chunk), {"status": "done"})
            done += min(layout.rows, count - chunk * layout.rows)
            progress(done, count)
    store.finish(job.out, {"command": command(job.spec, job.source, skip=job.execution.skip)})
    forget(job.out)
    return summarize(job.out, layout.record, earlier)


def _read_input(job: _Run, folder: Path) -> None:
    """The store appears under its name once it holds the whole input."""
    half = folder / "store.zarr"
    store.remove(half)
    about: dict[str, Any] = store_attributes(job.spec, job.source, job.ensemble)
    about["command"] = command(job.spec, job.source, skip=job.execution.skip)
    group = store.create(half, job.layout, about)
    with job.source.open(job.layout.sizes["position"], job.layout.flank) as reading:
        letters = ingest(group, job.layout, reading.records, skip=job.execution.skip)
    parts = {**job.parts, "input": letters}
    header = {} if reading.vcf is None else {"vcf_header": reading.vcf.header}
    store.tell(half, {"identity": parts, "run": run_name(parts), **header})
    (folder / "journal.jsonl").unlink(missing_ok=True)
    half.rename(job.out)


def _scored(job: _Run, todo: Iterable[int]) -> Iterator[int]:
    """Scores chunks; yields the number of each when it is written."""
    if job.execution.distributed:
        from ismbench.scoring.cluster import run_chunks

        yield from run_chunks(job.out, job.spec, list(todo), job.execution, job.ensemble.hashes)
        return
    worker = Worker(job.out, job.spec, job.ensemble, job.layout, skip=job.execution.skip)
    for chunk in todo:
        yield worker.run(chunk)


def _any_done(folder: Path) -> bool:
    path = folder / "journal.jsonl"
    return path.is_file() and '"chunk"' in path.read_text(encoding="utf-8")
