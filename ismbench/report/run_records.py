"""The four record tables of a run, read back and checked."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from ismbench.bench.records.folder import journal_file
from ismbench.bench.records.schema import READABLE, TABLES
from ismbench.errors import InputError
from ismbench.report.checks import problem
from ismbench.report.groups import Group, group_cells
from ismbench.report.looks import Looks, read_looks
from ismbench.report.states import name_states

__all__ = ["Records", "load_records", "read_table"]

_READABLE = " or ".join(map(str, sorted(READABLE)))
MOST_ROWS = 20_000_000
_PANDAS = {"string": "object", "int64": "float64", "float64": "float64", "bool": "boolean"}


@dataclass(frozen=True)
class Records:
    """What a run left; columns and their meaning are in `ismbench.bench.records.schema.TABLES`.

    Attributes:
        runs: One row a run, oldest first.
        cells: One row a planned cell, in the order of the plan.
        samples: One row a timed repetition.
        metrics: Numbers about scores, in long form.
    """

    runs: pd.DataFrame
    cells: pd.DataFrame
    samples: pd.DataFrame
    metrics: pd.DataFrame

    @property
    def experiment(self) -> str:
        """The name of the experiment."""
        return str(self.cells["experiment"].iloc[0])

    @property
    def ok(self) -> pd.DataFrame:
        """The cells that ended well."""
        return self.cells[self.cells["status"] == "ok"]

    @cached_property
    def looks(self) -> Looks:
        """How the methods appear, as the runs describe them."""
        return read_looks(self.runs["methods"])

    @cached_property
    def groups(self) -> list[Group]:
        """The cells that may be compared with each other."""
        return group_cells(self.cells, self.looks)


def load_records(folder: Path) -> Records:
    """Reads the Parquet tables of a results folder.

    Args:
        folder: Where a run wrote its tables.

    Returns:
        The tables, with every column of the schema; whole numbers are floats so that they can be missing, and
        machine_state of cells says in words how the states differ (see ``name_states``).

    Raises:
        InputError: A table is not there, cannot be read, is of another schema version, or holds no cell.
    """
    tables = {name: _of_folder(folder, name) for name in TABLES}
    if tables["cells"].empty:
        raise InputError(
            f"A report needs at least one cell. Received: {folder} with an empty table; run it first"
        )
    tables["cells"] = name_states(tables["cells"], tables["runs"])
    tables["cells"] = tables["cells"].sort_values("cell_order", kind="stable", ignore_index=True)
    # The runs are in the order in which they were made; their times of day may lie, for clocks can be set back.
    return Records(**tables)


def _of_folder(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.parquet"
    if not path.is_file():
        if journal_file(folder).is_file():
            raise InputError(
                f"A run writes its tables when it ends. Received: {folder}, whose run was killed or goes on still;"
                " the same ismbench run keeps what is finished, does the rest and writes them"
            )
        raise InputError(
            f"A results folder holds the tables {', '.join(TABLES)}. Received: {folder} without {path.name}; "
            f"name the folder of one experiment, such as results/basset"
        )
    return read_table(path, name)


def read_table(path: Path, name: str) -> pd.DataFrame:
    """Reads one record table.

    Args:
        path: The Parquet file.
        name: Which table it is, of ``ismbench.bench.records.schema.TABLES``.

    Returns:
        The table, with every column of the schema; whole numbers are floats so that they can be missing.

    Raises:
        InputError: It cannot be read, or is of another schema version.
    """
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
        if file.metadata.num_rows > MOST_ROWS:
            raise ValueError(f"more than {MOST_ROWS:,} rows")
        names = [column.name for column in TABLES[name] if column.name in file.schema_arrow.names]
        table = file.read(columns=names).to_pandas(ignore_metadata=True)
        return _typed(table, name, path)
    except InputError:
        raise
    except Exception as error:  # a broken file may break anything in its reader
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"A record table must be readable Parquet. Received: {path}; {reason}") from error


def _typed(table: pd.DataFrame, name: str, path: Path) -> pd.DataFrame:
    if "schema_version" not in table:
        raise InputError(
            f"A record table has a schema_version. Received: {path} without one; run again with --fresh"
        )
    versions = set(table["schema_version"].dropna()) - READABLE
    if versions:
        raise InputError(
            f"This version reads record tables of schema version {_READABLE}. Received: {path} of "
            f"version {min(versions):g}; install the matching ismbench or run again with --fresh"
        )
    columns = TABLES[name]
    table = table.reindex(columns=[c.name for c in columns])
    for column in columns:
        if column.dtype == "string" and not table[column.name].map(_is_text).all():
            raise InputError(
                f"A record table must hold its columns. Received: {path}, {column.name} is no text"
            )
    table = table.astype({c.name: _PANDAS[c.dtype] for c in columns})
    wrong = problem(table, name)
    if wrong is not None:
        raise InputError(f"A record table must be one that a run wrote. Received: {path}, where {wrong}")
    return table


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str) or value != value
