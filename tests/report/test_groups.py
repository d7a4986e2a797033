from pathlib import Path

import pandas as pd

from ismbench.report.groups import batch_column, best_cells, best_of, group_cells
from ismbench.report.labels import order_methods
from ismbench.report.run_records import Records, load_records
from tests.report.synthetic import BATCHES, METHODS, run_rows, write_tables


def test_one_group_for_each_model_and_length(tmp_path: Path) -> None:
    tables = run_rows(models=["bpnet", "basset"], lengths=[2000, 1000])
    groups = load_records(write_tables(tmp_path, tables)).groups
    assert [g.title for g in groups] == [
        "basset · 1,000 bp",
        "basset · 2,000 bp",
        "bpnet · 1,000 bp",
        "bpnet · 2,000 bp",
    ]
    assert all(g.methods == list(METHODS) for g in groups)


def test_titles_say_what_else_differs(records: Records) -> None:
    cells = records.cells[records.cells["length"] == 1000].copy()
    cells.loc[cells.index[::2], "output_mode"] = "every"
    assert [g.title for g in group_cells(cells)] == [
        "basset · 1,000 bp · every output",
        "basset · 1,000 bp · scalar output",
    ]


def test_a_target_says_its_mode(records: Records) -> None:
    cells = records.cells[records.cells["length"] == 1000].copy()
    cells.loc[cells.index[::2], ["target", "output_mode"]] = ["every output", "every"]
    assert [g.title for g in group_cells(cells)] == [
        "basset · 1,000 bp · every output",
        "basset · 1,000 bp · output 0",
    ]


def test_a_cell_that_does_not_know_its_dtype_stays_in_its_group(records: Records) -> None:
    cells = records.cells.copy()
    cells.loc[cells["status"] != "ok", ["dtype", "device"]] = None
    assert len(group_cells(cells)) == 2


def test_the_batch_column_is_the_one_that_varies() -> None:
    rows = pd.DataFrame({"sequences_per_call": [1, 1], "mutants_per_forward": [16, 64]})
    assert batch_column(rows) == "mutants_per_forward"
    assert batch_column(rows.iloc[:1]) == "sequences_per_call"
    assert batch_column(pd.DataFrame({"sequences_per_call": [None]})) is None


def test_the_best_cell_is_the_fastest_that_is_ok(records: Records) -> None:
    best = best_cells(records.groups[0])
    assert best["fast_ism"]["mutants_per_forward"] == max(BATCHES)
    assert best["naive_ism"]["mutants_per_forward"] == 64
    assert best["integrated_gradients_alibi"]["status"] == "unsupported"


def test_a_time_that_is_withheld_is_never_best() -> None:
    rows = pd.DataFrame({"status": ["nonequivalent", "ok"], "seconds_per_100_sequences": [1.0, 2.0]})
    assert best_of(rows)["seconds_per_100_sequences"] == 2.0


def test_unknown_methods_come_last_by_name() -> None:
    assert order_methods(["zebra", "deepshap", "ant", "naive_ism"]) == [
        "naive_ism",
        "deepshap",
        "ant",
        "zebra",
    ]
