import pytest

from ismbench.report.main_table import entry_text, main_table, notes
from ismbench.report.run_records import Records


def test_entries_give_time_relation_and_batch_size(records: Records) -> None:
    entries = main_table(records)[0].entries
    fast, naive = entries["fast_ism"], entries["naive_ism"]
    assert fast.relative == 1
    assert fast.seconds is not None
    assert naive.seconds is not None
    assert naive.relative == pytest.approx(naive.seconds / fast.seconds)
    assert (naive.batch, naive.unit) == (64, "mutants")
    assert entry_text(naive) == "1,070 (57.7×) [64]"


def test_a_method_without_a_time_says_why(records: Records) -> None:
    rows = main_table(records)
    entry = rows[0].entries["integrated_gradients_alibi"]
    assert entry.seconds is None
    assert entry_text(entry) == "unsupported"
    assert any("<script>" in note for note in notes(rows))


def test_a_scaled_time_has_a_star_and_a_note(records: Records) -> None:
    rows = main_table(records)
    assert entry_text(rows[1].entries["naive_ism"]).startswith("4,280*")
    assert notes(rows)[0].startswith("* A subset")


def test_without_fast_ism_nothing_is_relative(records: Records) -> None:
    cells = records.cells[records.cells["method"] != "fast_ism"]
    row = main_table(Records(records.runs, cells, records.samples, records.metrics))[0]
    assert all(e.relative is None for e in row.entries.values())
    assert "(" not in entry_text(row.entries["gradient"])


def test_a_method_that_was_not_planned_is_a_dash() -> None:
    assert entry_text(None) == "–"


def test_a_precomputation_is_told_with_its_break_even(records: Records) -> None:
    cells = records.cells.copy()
    of_gradient = cells["method"] == "gradient"
    cells.loc[of_gradient, "precompute_seconds"] = 12.0
    cells.loc[of_gradient, "max_abs_deviation"] = 0.0034
    rows = main_table(Records(records.runs, cells, records.samples, records.metrics))
    note = next(n for n in notes(rows) if n.startswith("Gradient, "))
    assert "precomputes for 12.0 s, not counted here, which pays off never" in note
    assert "its largest error is 0.34% of the largest effect" in note
    cells.loc[of_gradient, "break_even_sequences"] = 4.2
    rows = main_table(Records(records.runs, cells, records.samples, records.metrics))
    assert any("pays off after 5 sequences" in n for n in notes(rows))
