"""Reads either side of a comparison: a results folder, a saved baseline, a record table, or pytest-benchmark's JSON."""

import json
from pathlib import Path
from typing import Any

from ismbench.bench.records.schema import TABLES
from ismbench.compare.measured import Measurements
from ismbench.compare.read_benchmarks import from_benchmarks, is_benchmarks
from ismbench.compare.read_records import from_folder, from_table
from ismbench.errors import InputError

__all__ = ["BaselineMissingError", "locate", "read_json", "read_measurements"]

_MOST_BYTES = 512 * 2**20


class BaselineMissingError(Exception):
    """There is nothing to compare with; the command line prints it and exits with code 5."""


def locate(path: Path, results: Path) -> Path:
    """The file or folder that a word of the command line means: a path, else a baseline, else a results folder.

    Raises:
        BaselineMissingError: There is none.
    """
    places = (
        [path]
        if path.is_absolute() or ".." in path.parts
        else [path, results / "baseline" / path, results / path]
    )
    found = next((place for place in places if _exists(place)), None)
    if found is None:
        raise BaselineMissingError(
            f"There must be something to compare with. Received: {path}, which is no folder, file or baseline;"
            " ismbench baseline save makes one"
        )
    return found


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that no system takes, such as one that is too long
        return False


def read_measurements(path: Path) -> Measurements:
    """Reads one side of a comparison.

    Args:
        path: A results folder with its Parquet tables, one Parquet table (``cells.parquet`` or
            ``samples.parquet``; tables beside it are read too), or the JSON file of pytest-benchmark.

    Raises:
        InputError: It is none of these, or broken; the message names the file.
    """
    if path.is_dir():
        return from_folder(path)
    if path.suffix == ".parquet" and path.is_file():
        whole = path.stem in TABLES and all((path.parent / f"{name}.parquet").is_file() for name in TABLES)
        return from_folder(path.parent) if whole else from_table(path)
    document = read_json(path)
    if not is_benchmarks(document):
        raise InputError(f"A JSON file must be pytest-benchmark's or of ismbench work. Received: {path}")
    return from_benchmarks(document, path)


def read_json(path: Path) -> Any:
    """Reads a JSON file.

    Raises:
        InputError: It cannot be read, is no JSON, or too large to be one of ours.
    """
    try:
        if not path.is_file():
            raise ValueError("no regular file")
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError(f"larger than {_MOST_BYTES >> 20} MB")
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"A side of a comparison must be a results folder, a Parquet table or JSON. Received: {path}: {error}"
        ) from None
