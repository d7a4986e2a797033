from typing import Any

import pytest

from ismbench.bench.records.validate import is_cell, is_sound

SAMPLE = {"repetition": 0, "seconds": 0.5, "n_sequences": 2, "n_positions": 60, "checked": True}
METRIC = {"metric": "m", "versus": None, "scope": "sequence", "sequence": "s", "value": None, "n": 3}
RECORD = {"status": "ok", "n_sequences": 2, "extrapolated": False, "multiply_adds": 5, "status_reason": None}


def test_what_a_worker_sends_is_sound() -> None:
    assert is_cell(RECORD, [SAMPLE] * 3, [METRIC])
    assert is_cell({"status": "error", "status_reason": "words"}, [], [])


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        {},
        {"status": "fine"},
        {**RECORD, "colour": 1},
        {**RECORD, "length": 9},  # the plan's word, not the worker's
        {**RECORD, "cell_id": "x"},
        {**RECORD, "n_sequences": "2"},
        {**RECORD, "n_sequences": True},
        {**RECORD, "n_sequences": 2**63},
        {**RECORD, "extrapolated": 1},
        {**RECORD, "multiply_adds": float("inf")},
        {**RECORD, "multiply_adds": 10**400},
        {**RECORD, "status_reason": 5},
        {**RECORD, "status_reason": "\ud800"},
    ],
    ids=repr,
)
def test_records_that_no_table_can_hold(record: Any) -> None:
    assert not is_cell(record, [], [])


@pytest.mark.parametrize(
    "change",
    [
        {"seconds": 0},
        {"seconds": -1.0},
        {"seconds": None},
        {"seconds": 1e-300},
        {"n_positions": 0},
        {"seconds": "1"},
    ],
    ids=repr,
)
def test_samples_that_give_no_rate(change: dict[str, Any]) -> None:
    assert not is_cell(RECORD, [{**SAMPLE, **change}], [])


@pytest.mark.parametrize(
    ("entry", "sound"),
    [
        (
            {"kind": "cell", "status": "ok", "run_id": "r", "record": RECORD, "samples": [], "metrics": []},
            True,
        ),
        (
            {
                "kind": "cell",
                "status": "error",
                "run_id": "r",
                "record": RECORD,
                "samples": [],
                "metrics": [],
            },
            False,
        ),
        ({"kind": "cell", "status": "ok"}, False),
        ({"kind": "run", "run_id": "r", "argv": ["a"], "versions": {}, "spec": {}, "dirty": None}, True),
        ({"kind": "run", "argv": 3}, False),
        ({"kind": "run_end", "exit_code": 0, "wall_seconds": 0.5}, True),
        ({"kind": "run_end", "exit_code": "0"}, False),
        ({"kind": "machine", "matmul_per_second": None}, True),
        ({"kind": "machine", "matmul_per_second": "fast"}, False),
        ({"kind": "pairs", "cells": [], "metrics": [{**METRIC, "cell_id": "c"}]}, True),
        ({"kind": "pairs", "cells": [], "metrics": [METRIC]}, False),
        ({"kind": "schema", "schema_version": 1}, True),
        ({"kind": "what a later version may add"}, True),
    ],
    ids=repr,
)
def test_entries_of_a_journal(entry: dict[str, Any], sound: bool) -> None:
    assert is_sound({"key": "k", **entry}) == sound
