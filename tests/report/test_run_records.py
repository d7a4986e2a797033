from pathlib import Path

import pandas as pd
import pytest

from ismbench.bench.records.schema import SCHEMA_VERSION
from ismbench.errors import InputError
from ismbench.report.run_records import Records, load_records
from tests.report.synthetic import run_rows, write_tables


def test_every_column_of_the_schema_is_there(records: Records) -> None:
    assert records.experiment == "basset"
    assert len(records.cells) == 54
    assert set(records.ok["status"]) == {"ok"}
    assert records.cells["sequences_per_call"].dtype == float


def test_cells_come_in_the_order_of_the_plan(tmp_path: Path) -> None:
    tables = run_rows()
    tables["cells"].reverse()
    order = load_records(write_tables(tmp_path, tables)).cells["cell_order"]
    assert order.is_monotonic_increasing


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    write_tables(tmp_path, run_rows(lengths=[1000]))
    (tmp_path / "metrics.parquet").unlink()
    with pytest.raises(InputError, match=r"without metrics\.parquet; name the folder"):
        load_records(tmp_path)


def test_a_broken_table_is_named(tmp_path: Path) -> None:
    write_tables(tmp_path, run_rows(lengths=[1000]))
    (tmp_path / "cells.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(InputError, match=r"readable Parquet\. Received: .*cells\.parquet"):
        load_records(tmp_path)


def test_an_empty_run_has_no_report(tmp_path: Path) -> None:
    write_tables(tmp_path, {"runs": [], "cells": [], "samples": [], "metrics": []})
    with pytest.raises(InputError, match="at least one cell"):
        load_records(tmp_path)


@pytest.mark.parametrize("change", ["newer", "absent"])
def test_another_schema_is_refused(tmp_path: Path, change: str) -> None:
    write_tables(tmp_path, run_rows(lengths=[1000]))
    cells = pd.read_parquet(tmp_path / "cells.parquet")
    cells = cells.assign(schema_version=SCHEMA_VERSION + 1) if change == "newer" else cells[["cell_id"]]
    cells.to_parquet(tmp_path / "cells.parquet")
    with pytest.raises(InputError, match="schema"):
        load_records(tmp_path)


def test_columns_that_an_older_run_did_not_write_are_empty(tmp_path: Path) -> None:
    write_tables(tmp_path, run_rows(lengths=[1000]))
    cells = pd.read_parquet(tmp_path / "cells.parquet").drop(columns="peak_memory_bytes")
    cells.to_parquet(tmp_path / "cells.parquet")
    assert load_records(tmp_path).cells["peak_memory_bytes"].isna().all()
