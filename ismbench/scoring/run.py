"""A scoring run: read the input into the store, score its chunks here or elsewhere, conclude."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ismbench.bench.records.journal import Journal
from ismbench.errors import InputError
from ismbench.scoring import store
from ismbench.scoring.connect import hide_gpus
from ismbench.scoring.identity import store_attributes
from ismbench.scoring.ingest import ingest
from ismbench.scoring.inputs import Source
from ismbench.scoring.layout import Layout, make_layout
from ismbench.scoring.members import Ensemble, load_ensemble
from ismbench.scoring.progress import forget, full_disk_is_told, started
from ismbench.scoring.spec import Execution, ScoreSpec
from ismbench.scoring.variants import check_variant_options
from ismbench.scoring.worker import Worker

__all__ = ["Progress", "Summary", "prepare", "run"]

Progress = Callable[[int, int], None]
"""Called with the records that are done and all records."""

_MOST_REASONS = 20


@dataclass(frozen=True)
class Summary:
    """What a run left.

    Attributes:
        out: The store.
        records: In the store.
        scored: How many of them have scores.
        reasons: (name, reason) of the first of the others.
        earlier: Records that an earlier run had scored.
    """

    out: Path
    records: int
    scored: int
    reasons: tuple[tuple[str, str], ...]
    earlier: int


@dataclass(frozen=True)
class _Run:
    """A run that is under way."""

    spec: ScoreSpec
    source: Source
    out: Path
    skip: bool
    attributes: dict[str, Any]


def run(
    spec: ScoreSpec,
    source: Source,
    out: Path,
    *,
    execution: Execution | None = None,
    skip: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Scores an input into a store; a store that an earlier run left unfinished is finished.

    Args:
        spec: What to score and how.
        source: The input.
        out: The store.
        execution: Where the work is done; in this process by default.
        skip: Leave out broken records instead of refusing the input.
        progress: Told after every chunk.

    Raises:
        InputError: Whatever a user can do wrong; nothing is left behind then.
    """
    store.require("zarr", "xarray")
    if source.kind == "vcf":
        check_variant_options(spec)
    source.check()
    _check_out(out)
    attributes = store_attributes(spec, source, skip=skip)
    job = _Run(spec, source, out, skip, attributes)
    if _is_complete(job):
        forget(out)
        return _summary(job, store.rows(store.open_group(out, "r"), _record(source)))
    existed = out.exists()
    with full_disk_is_told(out), started(out) as folder:
        try:
            return _work(job, folder, execution or Execution(), progress or (lambda done, total: None))
        except InputError:
            if not existed and not _any_done(folder):
                store.remove(out)
                forget(out)
            raise


def prepare(spec: ScoreSpec, source: Source, attributes: dict[str, Any]) -> tuple[Ensemble, Layout]:
    """Loads the models and decides what the store holds."""
    ensemble = load_ensemble(spec)
    hashes = [model["sha256"] for model in attributes["models"]]
    layout = make_layout(
        spec, ensemble.length, ensemble.outputs.labels, variants=source.kind == "vcf", hashes=hashes
    )
    return ensemble, layout


def _check_out(out: Path) -> None:
    if not out.resolve().parent.is_dir():
        raise InputError(f"The folder of a store must exist. Received: {out}")
    if out.suffix != ".zarr":
        raise InputError(f"A store's name must end in .zarr. Received: {out}")


def _record(source: Source) -> str:
    return "variant" if source.kind == "vcf" else "sequence"


def _is_complete(job: _Run) -> bool:
    """Whether the store is there and finished.

    Raises:
        InputError: It is another run's.
    """
    if not job.out.exists():
        return False
    found = dict(store.open_group(job.out, "r").attrs)
    if found.get("run") != job.attributes["run"]:
        raise InputError(
            f"A store that is there must be of the same run. Received: {job.out} of {found.get('command')!r}, with"
            " other settings, input, model or versions; give another -o, or remove it"
        )
    return bool(found.get("complete"))


def _work(job: _Run, folder: Path, execution: Execution, progress: Progress) -> Summary:
    if execution.distributed:
        hide_gpus()
    ensemble, layout = prepare(job.spec, job.source, job.attributes)
    if not job.out.exists():
        _read_input(job, folder, layout)
    group = store.open_group(job.out)
    count = store.rows(group, layout.record)
    with Journal(folder / "journal.jsonl") as journal:
        chunks = -(-count // layout.rows)
        todo = [c for c in range(chunks) if journal.status("chunk", str(c)) != "done"]
        done = earlier = min(count, (chunks - len(todo)) * layout.rows)
        progress(done, count)
        for chunk in _scored(job, ensemble, layout, todo, execution):
            journal.append("chunk", str(chunk), {"status": "done"})
            done += min(layout.rows, count - chunk * layout.rows)
            progress(done, count)
    store.finish(job.out, group)
    forget(job.out)
    return _summary(job, earlier)


def _read_input(job: _Run, folder: Path, layout: Layout) -> None:
    """The store appears under its name once it holds the whole input."""
    half = folder / "store.zarr"
    store.remove(half)
    group = store.create(half, layout, job.attributes)
    with job.source.open(layout.sizes["position"], layout.flank) as records:
        ingest(group, layout, records, skip=job.skip)
    (folder / "journal.jsonl").unlink(missing_ok=True)
    half.rename(job.out)


def _scored(
    job: _Run, ensemble: Ensemble, layout: Layout, todo: Iterable[int], execution: Execution
) -> Iterator[int]:
    """Scores chunks; yields the number of each when it is written."""
    if execution.distributed:
        from ismbench.scoring.cluster import run_chunks

        yield from run_chunks(job.out, job.spec, list(todo), execution, variants=layout.variants)
        return
    worker = Worker(job.out, job.spec, ensemble, layout)
    for chunk in todo:
        yield worker.run(chunk)


def _any_done(folder: Path) -> bool:
    path = folder / "journal.jsonl"
    return path.is_file() and '"chunk"' in path.read_text(encoding="utf-8")


def _summary(job: _Run, earlier: int) -> Summary:
    group = store.open_group(job.out, "r")
    record = _record(job.source)
    count, step = store.rows(group, record), group["reason"].chunks[0]
    scored, reasons = 0, list[tuple[str, str]]()
    for first in range(0, count, step):
        texts = group["reason"][first : first + step]
        bad = [i for i, text in enumerate(texts) if text]
        scored += len(texts) - len(bad)
        for i in bad[: max(0, _MOST_REASONS - len(reasons))]:
            reasons.append((str(group[record][first + i]), str(texts[i])))
    return Summary(job.out, count, scored, tuple(reasons), earlier)
