"""Every cell gets one record, whatever its worker does."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ismbench.bench import Experiment, make_plan
from ismbench.bench.parent.lane_jobs import lane_job
from ismbench.bench.parent.lane_supervisor import CellResult, LaneSupervisor
from ismbench.bench.plan.run_plan import RunPlan
from ismbench.bench.records.cell import lanes
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
    say("phase", cell=cell["cell_id"], phase="first call")
{body}
say("finished")
"""


@pytest.fixture
def plan(make_experiment: Callable[..., Experiment]) -> RunPlan:
    methods = {"naive_ism": {"mutants_per_forward": [1, 2, 3, 4]}}
    return make_plan(make_experiment(methods=methods), device="cpu")


@pytest.fixture
def results(plan: RunPlan, tmp_path: Path, root: Path) -> Callable[..., dict[int | None, CellResult]]:
    """Runs the lane with a worker whose loop has this body; returns what came of each batch size."""

    def go(body: str, timeout: float = 30.0) -> dict[int | None, CellResult]:
        found: dict[int | None, CellResult] = {}

        def store(result: CellResult) -> None:
            assert result.cell.mutants_per_forward not in found
            found[result.cell.mutants_per_forward] = result

        (lane,) = lanes(plan.cells)
        LaneSupervisor(
            lane=lane,
            job=lane_job(plan, lane, tmp_path / "sequences.npz", tmp_path, {}),
            log=tmp_path / "log",
            environment={},
            timeout=timeout,
            store=store,
            watch=lambda cell, phase: None,
            machine=lambda record: None,
            note=lambda words: None,
            out_of_memory=[],
            program=(sys.executable, "-c", WORKER.format(root=str(root), body=body)),
        ).run()
        assert sorted(found) == [1, 2, 3, 4]
        return found

    return go


@pytest.fixture
def outcome(results: Callable[..., dict[int | None, CellResult]]) -> Callable[..., list[str]]:
    """Runs the lane likewise; returns "status: reason" by batch size."""

    def go(body: str, timeout: float = 30.0) -> list[str]:
        found = [result.record for _, result in sorted(results(body, timeout).items())]
        return [f"{record['status']}: {record.get('status_reason')}" for record in found]

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


def test_a_worker_that_never_comes_to_a_cell_costs_the_lane_and_blames_none(
    results: Callable[..., dict[int | None, CellResult]],
) -> None:
    found = results("    say('phase', cell=None, phase='rates')\n    break\nraise ImportError('no keras')")
    assert [r.record["status"] for r in found.values()] == ["error"] * 4
    assert {r.record["status_reason"] for r in found.values()} == {
        "the worker ended early with exit code 1, during rates"
    }
    assert not any(r.own_fault for r in found.values())


def test_a_crash_in_a_cell_is_the_cells_fault(results: Callable[..., dict[int | None, CellResult]]) -> None:
    found = results("    if size == 2: os._exit(9)\n    ok(cell)")
    assert all(r.own_fault for r in found.values())


def test_a_model_that_fails_costs_the_lane_in_its_own_words(
    results: Callable[..., dict[int | None, CellResult]],
) -> None:
    body = (
        "    say('phase', cell=None, phase='build of the model')\n"
        "    say('failed', reason='net.py:3: build failed: ValueError: no')\n"
        "    break"
    )
    found = results(body)
    assert {r.record["status_reason"] for r in found.values()} == {
        "net.py:3: build failed: ValueError: no, during build of the model"
    }
    assert not any(r.own_fault for r in found.values())


def test_cells_left_out(outcome: Callable[..., list[str]]) -> None:
    # The phase is that of the last cell, and only the first worker left the third out because of it.
    found = outcome("    if size < 3: ok(cell)")
    assert found == ["ok: None"] * 2 + ["error: the worker left it out, during first call"] * 2


def test_the_naive_reference_fails_once(outcome: Callable[..., list[str]]) -> None:
    body = (
        "    if job['no_reference'] is None:\n"
        "        say('phase', cell=None, phase='naive reference')\n"
        "        os._exit(5)\n"
        "    ok(cell, status_reason=job['no_reference'])"
    )
    assert outcome(body) == ["ok: the worker ended early with exit code 5, during naive reference"] * 4


def test_bad_input_ends_the_run(outcome: Callable[..., list[str]]) -> None:
    with pytest.raises(InputError, match="no such output"):
        outcome("    say('bad_input', message='no such output')\n    break")


def test_messages_that_make_no_sense_are_ignored(outcome: Callable[..., list[str]]) -> None:
    body = (
        "    say('cell', cell='unknown', record={'status': 'ok'}, samples=[], metrics=[])\n"
        "    say('cell', cell=7)\n"
        "    say('phase', phase=[])\n"
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
