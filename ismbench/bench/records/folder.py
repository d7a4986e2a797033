"""A results folder: whose it is, who writes to it now, and where in it things are."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from filelock import FileLock, Timeout

from ismbench.bench.records.schema import TABLES
from ismbench.errors import InputError

__all__ = ["cache_folder", "journal_file", "log_folder", "open_results", "writing"]

_OWNER = "experiment.json"
_LOCK = "run.lock"
_SUFFIXES = ("parquet", "csv")


def journal_file(folder: Path) -> Path:
    """The journal of a results folder."""
    return folder / "journal.jsonl"


def cache_folder(folder: Path) -> Path:
    """Sequences, naive references and tracks; may be deleted, and is then made again as needed."""
    return folder / "cache"


def log_folder(folder: Path) -> Path:
    """What workers and libraries wrote to standard output and error."""
    return folder / "logs"


@contextmanager
def open_results(results: Path, experiment: str, *, fresh: bool) -> Iterator[Path]:
    """Locks the folder of an experiment; yields its path. The lock ends with the process, however that ends.

    Args:
        results: The folder of all results.
        experiment: Name of the experiment.
        fresh: Forget what earlier runs left.

    Raises:
        InputError: It cannot be written, belongs to another experiment, or another run uses it.
    """
    folder = results / experiment
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / _LOCK)
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"Only one run may use a results folder. Received: {folder}, which another run uses;"
            " wait, or give another --results"
        ) from None
    except OSError as error:
        raise InputError(f"A results folder must be writable. Received: {folder}: {error.strerror}") from None
    try:
        with writing(folder):
            _own(folder, experiment)
            if fresh:
                _forget(folder)
            for path in (cache_folder(folder), log_folder(folder)):
                path.mkdir(exist_ok=True)
            _tidy(folder)
        yield folder
    finally:
        lock.release()


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turns a full disk, a folder that is read-only, and the like into one line for the user.

    Raises:
        InputError: Something within it raised OSError.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or " ".join(str(error).split())
        raise InputError(
            f"A results folder must be writable and have room. Received: {folder}: {reason}"
        ) from None


def _own(folder: Path, experiment: str) -> None:
    owner, temporary = folder / _OWNER, folder / f".{_OWNER}"
    try:
        name = json.loads(owner.read_text(encoding="utf-8"))["experiment"]
    except FileNotFoundError:
        # A run that was killed right here leaves the temporary file, whole or in part.
        others = [p.name for p in folder.iterdir() if p.name not in (_LOCK, temporary.name)]
        if others:
            raise InputError(
                f"A results folder must be empty or an experiment's. Received: {folder} with"
                f" {sorted(others)[0]}; give another --results"
            ) from None
        temporary.write_text(json.dumps({"experiment": experiment}) + "\n", encoding="utf-8")
        temporary.replace(owner)
        return
    except (OSError, ValueError, KeyError, TypeError):
        name = None
    if name != experiment:
        raise InputError(
            f"A results folder must belong to the experiment {experiment!r}. Received: {folder} of {name!r};"
            " give another --results"
        )


def _tidy(folder: Path) -> None:
    """Removes what a killed run had not finished writing."""
    half = [
        cache_folder(folder).glob("*.tmp"),
        *(folder.glob(f".{t}.*.{s}") for t in TABLES for s in _SUFFIXES),
    ]
    for path in chain.from_iterable(half):
        path.unlink(missing_ok=True)


def _forget(folder: Path) -> None:
    for path in (journal_file(folder), *(folder / f"{t}.{s}" for t in TABLES for s in _SUFFIXES)):
        path.unlink(missing_ok=True)
    for tree in (cache_folder(folder), log_folder(folder)):
        shutil.rmtree(tree, ignore_errors=True)
