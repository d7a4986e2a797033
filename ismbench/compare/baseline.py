"""Reference results that later runs are compared with: the record tables of a run, under a name."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ismbench.bench.experiment.fields import Name
from ismbench.bench.records.schema import TABLES
from ismbench.errors import InputError
from ismbench.report.run_records import load_records
from ismbench.text.moments import utc_now

__all__ = ["Baseline", "baselines_folder", "list_baselines", "read_baseline", "save_baseline"]

_ABOUT = "baseline.json"
_SUFFIXES = ("parquet", "csv")


@dataclass(frozen=True)
class Baseline:
    """What is known of a baseline without its tables.

    Attributes:
        name: Of the baseline, and of its folder.
        experiment: That was run.
        saved: UTC, ISO 8601.
        commit: Of the sources that were measured; None if unknown.
        dirty: Whether these differed from that commit; None if unknown.
        machine: Processor, in words.
        machine_id: Its hash; only runs on an equal one may be compared.
        device: cpu, or gpu.
        ismbench_version: That was measured.
        cells: Cells that are ok.
    """

    name: str
    experiment: str
    saved: str
    commit: str | None
    dirty: bool | None
    machine: str | None
    machine_id: str | None
    device: str | None
    ismbench_version: str | None
    cells: int


def baselines_folder(results: Path) -> Path:
    """Where baselines are kept."""
    return results / "baseline"


def save_baseline(
    source: Path, name: str | None, results: Path, *, replace: bool, commit: str | None = None
) -> Path:
    """Copies the record tables of a run; the folder is whole or not there.

    Args:
        source: The results folder of an experiment.
        name: Of the baseline; by default the experiment's.
        results: The folder of all results.
        replace: Whether an older baseline of this name may go.
        commit: Of the sources that were measured, where the run could not tell: it was no checkout of git.

    Returns:
        The folder of the baseline.

    Raises:
        InputError: The tables are missing or broken, no cell is ok, the name is bad or taken, or the run knows of
            another commit.
    """
    records = load_records(source)
    name = _checked(name or records.experiment)
    if records.ok.empty:
        raise InputError(f"A baseline needs a cell that is ok. Received: {source} without one")
    folder = baselines_folder(results) / name
    if folder.exists() and not replace:
        raise InputError(f"A baseline is not overwritten. Received: {name}, which exists; give --replace")
    run = records.runs.iloc[-1].dropna().to_dict() if len(records.runs) else {}
    about = Baseline(
        name=name,
        experiment=records.experiment,
        saved=utc_now(),
        commit=_commit(run.get("commit"), commit),
        dirty=None if "dirty" not in run else bool(run["dirty"]),
        cells=len(records.ok),
        **{word: run.get(word) for word in ("machine", "machine_id", "device", "ismbench_version")},
    )
    _copy(source, folder, about)
    return folder


def _commit(recorded: str | None, given: str | None) -> str | None:
    """The commit of a run: the recorded one, else the one that was given."""
    if given is None:
        return recorded
    if not re.fullmatch("[0-9a-f]{7,64}", given):
        raise InputError(f"A commit is 7 to 64 hexadecimal digits. Received: {given!r}")
    if recorded is not None and not recorded.startswith(given):
        raise InputError(
            f"The commit must be the one that was measured. Received: {given}; the run says {recorded}"
        )
    return recorded or given


def _checked(name: str) -> str:
    try:
        return TypeAdapter(Name).validate_python(name)
    except ValidationError:
        raise InputError(
            f"A baseline's name must be 1 to 64 letters, digits, '_', '.' or '-'. Received: {name!r}"
        ) from None


def _copy(source: Path, folder: Path, about: Baseline) -> None:
    new = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    try:
        new.mkdir(parents=True)
        for table in TABLES:
            for suffix in _SUFFIXES:
                if (source / f"{table}.{suffix}").is_file():
                    shutil.copyfile(source / f"{table}.{suffix}", new / f"{table}.{suffix}")
        (new / _ABOUT).write_text(json.dumps(asdict(about), indent=1) + "\n", encoding="utf-8")
        if folder.exists():
            folder.replace(old)
        new.replace(folder)
    except OSError as error:
        raise InputError(
            f"The folder of baselines must be writable. Received: {folder}: {error.strerror}"
        ) from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def list_baselines(results: Path) -> list[Baseline]:
    """Every baseline, by name; a folder that is none is left out."""
    return list(_found(results))


def _found(results: Path) -> Iterator[Baseline]:
    for about in sorted(baselines_folder(results).glob(f"*/{_ABOUT}")):
        if not about.parent.name.startswith("."):
            yield read_baseline(about.parent)


def read_baseline(folder: Path) -> Baseline:
    """Reads what is known of a baseline.

    Raises:
        InputError: It is none.
    """
    try:
        return Baseline(**json.loads((folder / _ABOUT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise InputError(
            f"A baseline must be a folder of ismbench baseline save. Received: {folder}: {error}"
        ) from None
