"""Rows of different machine states stand apart, and the table says how the states differ."""

from pathlib import Path

import pandas as pd
import pytest

from ismbench.bench.records.schema import TABLES
from ismbench.report import write_report
from ismbench.report.main_table import main_table, notes
from ismbench.report.run_records import Records, load_records
from tests.report.synthetic import run_rows


def written(folder: Path, state: dict[str, object], other: dict[str, object], version: int = 2) -> Records:
    """Records of two runs: naive ISM in one state, everything else in another."""
    tables = {name: pd.DataFrame(rows) for name, rows in run_rows().items()}
    (run,) = tables["runs"].to_dict("records")
    tables["runs"] = pd.DataFrame([{**run, **state, "run_id": "r1"}, {**run, **other, "run_id": "r2"}])
    cells = tables["cells"]
    cells["run_id"] = cells["method"].map(lambda m: "r1" if m == "naive_ism" else "r2")
    if version == 2:
        cells["machine_state"] = cells["run_id"].map(
            {"r1": state["machine_state"], "r2": other["machine_state"]}
        )
    folder.mkdir()
    for name, table in tables.items():
        table.reindex(columns=[c.name for c in TABLES[name]]).assign(schema_version=version).to_parquet(
            folder / f"{name}.parquet"
        )
    return load_records(folder)


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        ({"usable_cores": 1}, {"usable_cores": 2}, ("usable cores 1", "usable cores 2")),
        ({"host": "a"}, {"host": "b"}, ("host a", "host b")),
        (
            {"machine_settings": '{"OMP_NUM_THREADS": "1"}'},
            {"machine_settings": "{}"},
            ("OMP_NUM_THREADS 1", "OMP_NUM_THREADS not set"),
        ),
        ({}, {}, ("machine s1", "machine s2")),
    ],
)
def test_no_ratio_goes_from_one_state_to_another(
    tmp_path: Path, one: dict[str, object], two: dict[str, object], words: tuple[str, str]
) -> None:
    records = written(tmp_path / "r", {**one, "machine_state": "s1"}, {**two, "machine_state": "s2"})
    for row in main_table(records):
        timed = [m for m, e in row.entries.items() if e.seconds is not None]
        assert ("naive_ism" in timed) != ("fast_ism" in timed)
        assert row.group.title.endswith(words[0] if "naive_ism" in timed else words[1])
    (remark,) = [note for note in notes(main_table(records)) if "machine" in note]
    assert f"({words[0]}; {words[1]})" in remark
    assert "--retry ok" in remark


def test_the_page_says_so_too(tmp_path: Path) -> None:
    written(tmp_path / "r", {"machine_state": "a", "host": "one"}, {"machine_state": "b", "host": "two"})
    write_report(tmp_path / "r")
    for page in ("table.md", "report.html"):
        assert "different states of the machine (host one; host two)" in (tmp_path / "r" / page).read_text()


def test_one_state_is_not_spoken_of(tmp_path: Path) -> None:
    records = written(tmp_path / "r", {"machine_state": "s"}, {"machine_state": "s"})
    assert not [note for note in notes(main_table(records)) if "machine" in note]
    assert all(row.entries["naive_ism"].relative is not None for row in main_table(records))


def test_tables_of_version_1_go_by_the_machine(tmp_path: Path) -> None:
    same = written(tmp_path / "same", {"machine_id": "m"}, {"machine_id": "m"}, version=1)
    assert not [note for note in notes(main_table(same)) if "machine" in note]
    others = written(
        tmp_path / "others",
        {"machine_id": "m", "usable_cores": 1},
        {"machine_id": "n", "usable_cores": 2},
        version=1,
    )
    assert len(others.groups) == 2 * len(same.groups)
