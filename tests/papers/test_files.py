"""Published numbers, tables of computations, and the states of studies: read back, or refused in one line."""

from pathlib import Path

import pandas as pd
import pytest

from ismbench.errors import InputError
from ismbench.papers.core.published import COLUMNS, read_published
from ismbench.papers.core.state import StudyState, read_states, write_state
from ismbench.papers.core.study_records import machine_words
from ismbench.papers.core.table_files import Provenance, read_provenance, read_tables, write_tables

HEAD = ",".join(COLUMNS)
ROW = "p,Table 1,basset,1000,,fast_ism,seconds,s,2.5,a GPU,a book,,"


def test_published_numbers_are_found_by_their_columns(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(f"{HEAD}\n{ROW}\n{ROW.replace('1000', '').replace('2.5', '3')}\n")
    numbers = read_published(["p", "q"], tmp_path)
    assert len(list(numbers)) == 2
    found = numbers.find(model="basset", length=1000)
    assert found is not None
    assert (found.value, found.machine, found.length) == (2.5, "a GPU", 1000)
    assert numbers.find(model="bpnet") is None
    assert numbers.find(length=None).value == 3  # type: ignore[union-attr]
    with pytest.raises(InputError, match="which name 2"):
        numbers.find(model="basset")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{HEAD}\n{ROW.replace('2.5', 'fast')}", "line 2"),
        (f"{HEAD}\n{ROW.replace('a book', ' ')}", "no source or machine"),
        (f"{HEAD}\n{ROW.replace(',a GPU,a book,,', '')}", "line 2"),
        (f"{HEAD}\n{ROW.removesuffix(',,')},a_text,", "without a quote"),
        (f"{HEAD.replace('source', 'origin')}\n{ROW}", "have the columns"),
        ("", "have the columns"),
    ],
)
def test_published_numbers_without_value_or_source_are_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_published(["p"], tmp_path)


def test_the_shipped_numbers_can_be_read_and_are_unique() -> None:
    numbers = read_published(["fastism"]).rows
    keys = [(r.table, r.model, r.length, r.setting, r.method, r.quantity) for r in numbers]
    assert len(set(keys)) == len(keys) > 100
    assert all(r.paper == "fastism" and r.value > 0 for r in numbers)


def provenance(**changes: object) -> Provenance:
    values = {"study": "s", "identity": "i", "scale": "quick", "tables": ("t",), "seconds": 1.0}
    return Provenance(**{**values, "finished": "now", "machine": {"machine": "m"}, **changes})  # type: ignore[arg-type]


def test_tables_come_back(tmp_path: Path) -> None:
    table = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    write_tables(tmp_path / "s", {"t": table}, provenance())
    known = read_provenance(tmp_path / "s")
    assert known == provenance()
    pd.testing.assert_frame_equal(read_tables(tmp_path / "s", known.tables)["t"], table)


def test_tables_without_provenance_or_broken_ones_do_not_count(tmp_path: Path) -> None:
    write_tables(tmp_path, {"t": pd.DataFrame({"a": [1]})}, provenance())
    (tmp_path / "t.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match=r"t\.parquet"):
        read_tables(tmp_path, provenance().tables)
    for text in ("{", "[]", '{"study": "s"}'):
        (tmp_path / "provenance.json").write_text(text)
        assert read_provenance(tmp_path) is None


def test_states_are_kept_side_by_side(tmp_path: Path) -> None:
    one, other = StudyState("quick", "done", "", 1.0, "now"), StudyState("full", "failed", "why", 2.0, "now")
    write_state(tmp_path, "a", other)
    write_state(tmp_path, "a", one)
    write_state(tmp_path, "b", other)
    assert read_states(tmp_path) == {"a": one, "b": other}
    (tmp_path / "studies.json").write_text("[1]")
    with pytest.raises(InputError, match="delete the file"):
        read_states(tmp_path)


def test_a_machine_in_words() -> None:
    cpu = {"machine": "CPU", "usable_cores": 1.0, "memory_bytes": 8 * 2**30, "device": "cpu"}
    assert machine_words(cpu) == "CPU, 1 core, 8 GiB"
    assert machine_words({**cpu, "device": "gpu", "device_name": "GPU"}) == "GPU, CPU, 1 core, 8 GiB"
    assert machine_words({"usable_cores": float("nan")}) == "unknown processor"
