"""The fastest batch of a method is sought among cells with the same scores only."""

from pathlib import Path

import pandas as pd
import pytest

from ismbench.report.labels import look, order_methods
from ismbench.report.main_table import main_table
from ismbench.report.readme import results_text
from ismbench.report.run_records import Records, load_records
from ismbench.report.score_settings import apart_by_settings
from tests.report.synthetic import run_rows, write_tables


@pytest.fixture
def records(tmp_path: Path) -> Records:
    """DeepSHAP with 5, 20 and its own number of references, and Integrated Gradients with two numbers of steps."""
    tables = run_rows(lengths=(1000,), methods=("naive_ism", "fast_ism", "integrated_gradients", "deepshap"))
    settings = {
        "deepshap": dict(
            zip((16, 64, 256), ({"references_per_example": n} for n in (100, 20, None)), strict=True)
        ),
        "integrated_gradients": {
            16: {"options": '{"n_steps": 50}'},
            64: {"options": '{"n_steps": 5}'},
            256: {},
        },
    }
    for table in ("cells", "samples", "metrics"):
        for row in tables[table]:
            batch = int(str(row["cell_id"]).rsplit("-", 1)[1])
            own = settings.get(str(row["method"]), {}).get(batch, {})
            row.update({k: v for k, v in own.items() if k in row})
    return apart_by_settings(load_records(write_tables(tmp_path / "x", tables)))


APART = [
    "integrated_gradients, n_steps=5",
    "integrated_gradients, n_steps=50",
    "deepshap, 10 references",
    "deepshap, 20 references",
    "deepshap, 100 references",
]


def test_settings_that_change_the_scores_have_rows_of_their_own(records: Records) -> None:
    (row,) = main_table(records)
    assert list(row.entries) == ["naive_ism", "fast_ism", *APART]
    assert row.entries["naive_ism"].batch == 256, "of batches proper the fastest is chosen"
    assert row.entries["deepshap, 100 references"].batch == 16


def test_the_page_and_the_readme_say_which(records: Records) -> None:
    text = results_text(records)
    for words in ("DeepSHAP, 100 references", "DeepSHAP, 20 references", "Integrated Gradients, n_steps=5"):
        assert words in text


def test_scores_are_summed_up_apart_as_well(records: Records) -> None:
    assert set(APART) <= set(records.metrics["method"])
    assert set(APART) <= set(records.samples["method"])


def test_one_setting_needs_no_words(tmp_path: Path) -> None:
    tables = run_rows(lengths=(1000,), methods=("deepshap",))
    for row in tables["cells"]:
        row["references_per_example"] = 20
    before = load_records(write_tables(tmp_path / "x", tables))
    pd.testing.assert_frame_equal(apart_by_settings(before).cells, before.cells)


def test_the_order_and_the_looks_are_those_of_the_method() -> None:
    mixed = ["own", "deepshap, 100 references", "deepshap, 20 references", "naive_ism", "another, x=1"]
    assert order_methods(mixed) == ["naive_ism", mixed[2], mixed[1], "another, x=1", "own"]
    assert look(mixed[1]).light == look("deepshap").light
    assert look("another, x=1").label == "another, x=1"
