import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ismbench.bench.records.journal import Journal
from ismbench.errors import InputError

many = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_the_newest_entry_holds(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.append("cell", "a", {"status": "error", "n": 1})
        journal.append("cell", "b", {"status": "ok", "n": 2})
        journal.append("cell", "a", {"status": "ok", "n": 3})
        assert journal.status("cell", "a") == "ok"
    with Journal(path) as journal:
        assert [entry["n"] for entry in journal.every("cell")] == [3, 2]
        assert journal.get("cell", "c") is None
        assert journal.get("run", "a") is None


@many
@given(cut=st.integers(0, 10_000), texts=st.lists(st.text(), max_size=4))
def test_cut_anywhere_it_keeps_whole_lines_and_goes_on(tmp_path: Path, cut: int, texts: list[str]) -> None:
    path = tmp_path / "journal.jsonl"
    path.unlink(missing_ok=True)
    with Journal(path) as journal:
        for i, text in enumerate(texts):
            journal.append("cell", str(i), {"text": text})
    data = path.read_bytes()
    cut = cut % (len(data) + 1)
    path.write_bytes(data[:cut])
    whole = data[:cut].count(b"\n") - 1  # the first line tells the schema
    with Journal(path) as journal:
        assert [entry["text"] for entry in journal.every("cell")] == texts[: max(whole, 0)]
        journal.append("cell", "new", {"text": "after"})
    with Journal(path) as journal:
        entry = journal.get("cell", "new")
        assert entry is not None
        assert entry["text"] == "after"


@many
@given(st.binary(max_size=300))
def test_garbage_is_skipped(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "journal.jsonl"
    path.unlink(missing_ok=True)
    with Journal(path) as journal:
        journal.append("cell", "a", {"n": 1})
    with path.open("ab") as file:
        file.write(garbage)
    with Journal(path) as journal:
        journal.append("cell", "b", {"n": 2})
    with Journal(path) as journal:
        assert [entry["n"] for entry in journal.every("cell")] == [1, 2]


def test_another_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text(json.dumps({"kind": "schema", "key": "", "schema_version": 99}) + "\n")
    with pytest.raises(InputError, match="schema version"):
        Journal(path)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="must be writable"):
        Journal(tmp_path / "file" / "journal.jsonl")
