import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from ismbench.bench import Experiment, make_plan
from ismbench.bench.records.cell import Cell
from ismbench.bench.records.journal import Journal
from ismbench.bench.records.schema import SCHEMA_VERSION, TABLES, row
from ismbench.bench.records.write_tables import write_tables

METHODS = {"naive_ism": {"mutants_per_forward": [30, 60]}, "gradient": None, "taylor_ism": None}


def entry(status: str, *seconds: float, **record: object) -> dict[str, object]:
    samples = [
        {"repetition": i, "seconds": s, "n_sequences": 2, "n_positions": 60, "checked": i == 0}
        for i, s in enumerate(seconds)
    ]
    metrics = [
        {
            "metric": "cosine_track",
            "versus": "naive_ism",
            "scope": "pooled",
            "statistic": "value",
            "value": 0.5,
            "n": 9,
        }
    ]
    return {
        "run_id": "r",
        "status": status,
        "matmul_per_second": 1e9,
        "record": {"status": status, **record},
        "samples": samples,
        "metrics": metrics,
    }


@pytest.fixture
def cells(make_experiment: Callable[..., Experiment]) -> dict[str, Cell]:
    plan = make_plan(make_experiment(methods=METHODS), device="cpu")
    return {f"{c.method}{c.mutants_per_forward or ''}": c for c in plan.cells}


@pytest.fixture
def written(tmp_path: Path, cells: dict[str, Cell]) -> dict[str, pd.DataFrame]:
    folder = tmp_path / "results"
    folder.mkdir()
    with Journal(folder / "journal.jsonl") as journal:
        journal.append("run", "r", {"run_id": "r", "started": "2025", "versions": {"keras": "3"}})
        journal.append("machine", "r", {"matmul_per_second": 5.0})
        journal.append("cell", cells["naive_ism30"].cell_id, entry("ok", 4.0, 4.0, 4.0, multiply_adds=1e6))
        journal.append("cell", cells["naive_ism60"].cell_id, entry("ok", 2.0, 2.0, 2.0))
        journal.append(
            "cell", cells["gradient"].cell_id, entry("nonequivalent", 1.0, status_reason="differs")
        )
        pair = {"cell_id": cells["gradient"].cell_id, "metric": "pearson_track", "versus": "x", "value": 1.0}
        journal.append("pairs", "lane", {"run_id": "r", "metrics": [pair, {**pair, "cell_id": "old"}]})
        journal.append("run_end", "r", {"exit_code": 4, "finished": "2026"})
        write_tables(journal, cells.values(), "tiny", folder)
    return {name: pd.read_parquet(folder / f"{name}.parquet") for name in TABLES} | {"folder": folder}  # type: ignore[dict-item]


def test_columns_are_those_of_the_schema(written: dict[str, pd.DataFrame]) -> None:
    for name, columns in TABLES.items():
        assert list(written[name].columns) == [c.name for c in columns]
        assert set(written[name]["schema_version"]) == {SCHEMA_VERSION}


def test_a_row_for_every_cell(written: dict[str, pd.DataFrame]) -> None:
    table = written["cells"].set_index("method")
    assert len(table) == 4
    assert table.loc["taylor_ism", "status"] == "interrupted"
    assert table.loc["gradient", "status"] == "nonequivalent"
    assert table.loc["gradient", "status_reason"] == "differs"


def test_the_time_of_a_wrong_result_is_withheld(written: dict[str, pd.DataFrame]) -> None:
    row = written["cells"].set_index("method").loc["gradient"]
    assert pd.isna(row["seconds_per_100_sequences"])
    assert pd.isna(row["speedup_over_naive"])
    assert "gradient" not in set(written["samples"]["method"])


def test_speedup_is_over_the_best_naive_cell(written: dict[str, pd.DataFrame]) -> None:
    table = written["cells"].set_index("mutants_per_forward")
    assert table.loc[30, "seconds_per_100_sequences"] == 200
    assert table.loc[30, "speedup_over_naive"] == 0.5
    assert table.loc[60, "speedup_over_naive"] == 1.0
    row = table.loc[30]
    assert row["matmul_per_second"] == 1e9, "what its own worker measured, not the first one of the run"
    assert row["fraction_of_matmul_peak"] == pytest.approx(1e6 / 2 / 1e9)
    again = row["multiply_adds"] * 100 / row["seconds_per_100_sequences"] / row["matmul_per_second"]
    assert row["fraction_of_matmul_peak"] == again


def test_a_speedup_holds_within_one_state_of_the_machine(tmp_path: Path, cells: dict[str, Cell]) -> None:
    one, two = ("one core", "two cores")
    made = {  # naive on one core only; one method on two, another on one
        "naive_ism30": (one, entry("ok", 4.0, 4.0, 4.0)),
        "gradient": (two, entry("ok", 1.0, 1.0, 1.0, precompute_seconds=3.0)),
        "taylor_ism": (one, entry("ok", 1.0, 1.0, 1.0, precompute_seconds=3.0)),
    }
    with Journal(tmp_path / "journal.jsonl") as journal:
        for state in (one, two):
            journal.append("run", state, {"run_id": state, "machine_state": state})
        for name, (state, values) in made.items():
            journal.append("cell", cells[name].cell_id, {**values, "run_id": state})
        write_tables(journal, cells.values(), "tiny", tmp_path)
    table = pd.read_parquet(tmp_path / "cells.parquet").set_index("method")
    assert table.loc["taylor_ism", "speedup_over_naive"] == 4.0
    assert table.loc["taylor_ism", "break_even_sequences"] > 0
    ratios = [
        "speedup_over_naive",
        "speedup_over_naive_low",
        "speedup_over_naive_high",
        "break_even_sequences",
    ]
    assert table.loc["gradient", ratios].isna().all()
    assert table.loc["gradient", "seconds_per_100_sequences"] == 50
    assert table.loc["gradient", "machine_state"] == two


def test_runs_are_put_together(written: dict[str, pd.DataFrame]) -> None:
    (run,) = written["runs"].to_dict("records")
    assert (run["exit_code"], run["matmul_per_second"], run["versions"]) == (4, 5.0, '{"keras": "3"}')


def test_pairs_of_cells_that_are_gone_are_left_out(written: dict[str, pd.DataFrame]) -> None:
    metrics = written["metrics"]
    assert (metrics["metric"] == "pearson_track").sum() == 1
    assert (metrics["metric"] == "cosine_track").sum() == 3


def test_the_csv_twins_hold_the_same(written: dict[str, pd.DataFrame]) -> None:
    for name in TABLES:
        with (Path(str(written["folder"])) / f"{name}.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == len(written[name])
        for text, values in zip(rows, written[name].to_dict("records"), strict=True):
            for column, value in values.items():
                assert (text[column] == "") == bool(pd.isna(value)), column


def test_nothing_temporary_is_left(written: dict[str, pd.DataFrame]) -> None:
    names = {path.name for path in Path(str(written["folder"])).iterdir()}
    assert names == {"journal.jsonl", *(f"{t}.{s}" for t in TABLES for s in ("parquet", "csv"))}


def test_unknown_columns_are_refused() -> None:
    with pytest.raises(KeyError, match="has no column 'secnds'"):
        row("samples", {"secnds": 1.0})
