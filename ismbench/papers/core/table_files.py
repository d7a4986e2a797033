"""The tables of a computation on disk: Parquet with a CSV twin, and a record of where they come from."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ismbench.errors import InputError
from ismbench.files import whole_file, write_text

__all__ = ["Provenance", "read_provenance", "read_tables", "write_frame", "write_tables"]

_FILE = "provenance.json"


@dataclass(frozen=True)
class Provenance:
    """Where the tables of a computation come from.

    Attributes:
        study: Its name.
        identity: Hash of its inputs, sources, seed, scale, versions and device; the id of its records.
        scale: quick, shipped or full.
        tables: Names.
        seconds: What it took.
        finished: UTC, ISO 8601.
        machine: As the columns of the table ``runs``, see ``ismbench.bench.machine.machine.machine_record``.
        commit: Of the project; None outside a repository.
        dirty: Whether the tree differed from it.
    """

    study: str
    identity: str
    scale: str
    tables: tuple[str, ...]
    seconds: float
    finished: str
    machine: Mapping[str, Any]
    commit: str | None = None
    dirty: bool | None = None


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame], provenance: Provenance) -> None:
    """Writes every table and then, last, where they come from: without that file the tables do not count."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _FILE).unlink(missing_ok=True)
    for name, table in tables.items():
        write_frame(table, folder / f"{name}.parquet")
        write_frame(table, folder / f"{name}.csv")
    values = {**vars(provenance), "tables": list(provenance.tables), "machine": dict(provenance.machine)}
    write_text(folder / _FILE, json.dumps(values, indent=1, sort_keys=True) + "\n")


def write_frame(table: pd.DataFrame, path: Path) -> Path:
    """Writes a table as a whole; its ending, .parquet or .csv, says how."""
    with whole_file(path) as temporary:
        if path.suffix == ".parquet":
            table.to_parquet(temporary, index=False)
        else:
            table.to_csv(temporary, index=False, lineterminator="\n")
    return path


def read_provenance(folder: Path) -> Provenance | None:
    """Where the tables of a folder come from; None where there are none, or the file is not one of ours."""
    try:
        values = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return Provenance(**{**values, "tables": tuple(values["tables"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def read_tables(folder: Path, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Reads tables of a computation by their names.

    Raises:
        InputError: One is missing or broken.
    """
    found = {}
    for name in names:
        path = folder / f"{name}.parquet"
        try:
            found[name] = pd.read_parquet(path)
        except Exception as error:  # a broken file may break anything in its reader
            reason = " ".join(str(error).split()) or type(error).__name__
            raise InputError(f"A table must be readable Parquet. Received: {path}; {reason}") from error
    return found
