"""Every cell gets one record, whatever its worker does."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ismbench.bench import Experiment, make_plan
from ismbench.bench.parent.lane_supervisor import LaneSupervisor
from ismbench.bench.records.cell import Cell, Lane, lanes
from ismbench.errors import InputError

WORKER = """
import json, os, sys, time
sys.path.insert(0, {root!r})
from ismbench.bench.process.messages import send
job = json.loads(sys.stdin.readline())
def say(kind, **message): send(int(sys.argv[1]), {{"token": job["token"], "kind": kind, **message}})
def ok(cell, **record):
    say("cell", cell=cell["cell_id"], record={{"status": "ok", **record}}, samples=[], metrics=[])
for cell in job["cells"]:
    size = cell["mutants_per_forward"]
    say("step", cell=cell["cell_id"], phase="first call")
{body}
say("finished")
"""


@pytest.fixture
def lane(make_experiment: Callable[..., Experiment]) -> Lane:
    methods = {"naive_ism": {"mutants_per_forward": [1, 2, 3, 4]}}
    (found,) = lanes(make_plan(make_experiment(methods=methods), device="cpu").cells)
    return found


@pytest.fixture
def outcome(lane: Lane, tmp_path: Path, root: Path) -> Callable[..., list[str]]:
    """Runs the lane with a worker whose loop has this body; returns "status: reason" by batch size."""

    def go(body: str, job: dict[str, object] | None = None, timeout: float = 30.0) -> list[str]:
        records: dict[int | None, str] = {}

        def store(cell: Cell, record: dict[str, object], samples: object, metrics: object) -> None:
            assert cell.mutants_per_forward not in records
            records[cell.mutants_per_forward] = f"{record['status']}: {record.get('status_reason')}"

        script = WORKER.format(root=str(root), body=body)
        LaneSupervisor(
            lane=lane,
            job=job or {},
            log=tmp_path / "log",
            environment={},
            timeout=timeout,
            store=store,
            watch=lambda cell, phase: None,
            machine=lambda record: None,
            out_of_memory=[],
            program=(sys.executable, "-c", script),
        ).run()
        return [records[size] for size in (1, 2, 3, 4)]

    return go


def test_all_is_well(outcome: Callable[..., list[str]]) -> None:
    assert outcome("    ok(cell)") == ["ok: None"] * 4


def test_a_crash_costs_one_cell(outcome: Callable[..., list[str]]) -> None:
    found = outcome("    if size == 2: os._exit(9)\n    ok(cell)")
    assert [text.split(":")[0] for text in found] == ["ok", "error", "ok", "ok"]
    assert "exit code 9, during first call" in found[1]


def test_cells_prepared_before_a_crash_are_not_lost(outcome: Callable[..., list[str]]) -> None:
    # All are prepared, then the third kills the worker: the others come back in the next one.
    body = "    if size == 3 and cell is job['cells'][-2]: os._exit(1)\nfor cell in job['cells']: ok(cell)"
    assert [text.split(":")[0] for text in outcome(body)] == ["ok", "ok", "error", "ok"]


def test_a_hang_costs_one_cell(outcome: Callable[..., list[str]]) -> None:
    found = outcome("    if size == 1: time.sleep(60)\n    ok(cell)", timeout=2.0)
    assert [text.split(":")[0] for text in found] == ["timeout", "ok", "ok", "ok"]


def test_larger_cells_are_not_tried_after_memory_ran_out(outcome: Callable[..., list[str]]) -> None:
    found = outcome("    if size == 2: raise MemoryError\n    ok(cell)")
    assert [text.split(":")[0] for text in found] == ["ok", "oom", "oom_implied", "oom_implied"]
    assert "mutants_per_forward=2" in found[2]


def test_a_worker_that_never_starts_costs_the_lane(outcome: Callable[..., list[str]]) -> None:
    body = "    pass\n" + "raise ImportError('no keras')"
    found = outcome(f"    break\n{body}".replace("    pass\n", ""))
    assert [text.split(":")[0] for text in found] == ["error"] * 4 or found[0].startswith("error")


def test_cells_left_out(outcome: Callable[..., list[str]]) -> None:
    found = outcome("    if size < 3: ok(cell)")
    assert found == ["ok: None", "ok: None"] + ["error: the worker left it out, during first call"] * 2 or (
        [text.split(":")[0] for text in found] == ["ok", "ok", "error", "error"]
    )


def test_the_naive_reference_fails_once(outcome: Callable[..., list[str]]) -> None:
    body = (
        "    if job['no_reference'] is None:\n"
        "        say('step', cell=None, phase='naive reference')\n"
        "        os._exit(5)\n"
        "    ok(cell, status_reason=job['no_reference'])"
    )
    assert outcome(body) == ["ok: the worker ended early with exit code 5, during naive reference"] * 4


def test_bad_input_ends_the_run(outcome: Callable[..., list[str]]) -> None:
    with pytest.raises(InputError, match="no such output"):
        outcome("    say('input_error', message='no such output')\n    break")


def test_messages_that_make_no_sense_are_ignored(outcome: Callable[..., list[str]]) -> None:
    body = (
        "    say('cell', cell='unknown', record={'status': 'ok'}, samples=[], metrics=[])\n"
        "    say('cell', cell=7)\n"
        "    say('step', phase=[])\n"
        "    say('machine', record=1)\n"
        "    say('what')\n"
        "    ok(cell)\n"
        "    ok(cell)"
    )
    assert outcome(body) == ["ok: None"] * 4


def test_a_record_that_no_table_can_hold_costs_its_cell(outcome: Callable[..., list[str]]) -> None:
    body = (
        "    wrong = {1: {'status': 'fine'}, 2: {'status': 'ok', 'colour': 1}, 3: {'status': 'ok', 'n_outputs': 'x'}}\n"
        "    say('machine', record={'colour': 1})\n"
        "    say('cell', cell=cell['cell_id'], record=wrong.get(size, {'status': 'ok'}), metrics=[], samples=[])"
    )
    found = outcome(body)
    assert found == ["error: the worker sent a record that no table can hold"] * 3 + ["ok: None"]
