"""How much work a cell gets, with a made-up clock: seconds as a function of sequences and positions."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from ismbench.bench.experiment.budget import Budget, Repetitions
from ismbench.bench.measure import prepare as prepare_module
from ismbench.bench.measure import rounds
from ismbench.bench.measure.nested_positions import nested_positions
from ismbench.bench.measure.prepare import OverBudgetError, prepare
from ismbench.bench.measure.ready_cell import ReadyCell
from ismbench.bench.measure.rounds import run_rounds
from ismbench.bench.measure.timed_call import BrokenPromiseError, Call
from ismbench.bench.measure.workbench import Workbench
from ismbench.bench.records.cell import Cell
from ismbench.engine.target import Target

LENGTH, POOL = 1000, 32
X = np.eye(4, dtype=np.float32)[np.random.default_rng(0).integers(0, 4, (POOL, LENGTH))]


def cell(method: str, **batch: int) -> Cell:
    return Cell("id", 0, "m", LENGTH, method, "tensorflow", "cpu", "float32", "scalar", "t", 0, **batch)  # type: ignore[arg-type]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int, int], float]], list[tuple[int, int]]]:
    """Sets what a call with (sequences, positions) takes; returns the calls that are made."""

    def install(seconds: Callable[[int, int], float]) -> list[tuple[int, int]]:
        calls: list[tuple[int, int]] = []

        def call(explainer: Any, x: Any, positions: Any) -> Call:
            calls.append((len(x), len(positions)))
            return Call(seconds(*calls[-1]), np.broadcast_to(x[..., None], (*x.shape, 1)))

        for module in (prepare_module, rounds):
            monkeypatch.setattr(module, "timed_call", call)
        monkeypatch.setattr(
            prepare_module, "load", lambda name: lambda model, target, batch, **options: options
        )
        return calls

    return install


def work(price: float | None = None, **budget: float) -> Workbench:
    repetitions = Repetitions(min=3, max=15)
    return Workbench(
        model=None,  # type: ignore[arg-type]
        target=Target(),
        x=X,
        predict=lambda x: x[:, 0],
        budget=Budget(**{"cell": 6.0, "limit": 90.0, **budget}, repetitions=repetitions),
        seed=0,
        price=lambda cell: price,
        per_second=1e9,
        step=lambda cell, phase: None,
    )


def test_a_fast_method_gets_all_sequences(clock: Any) -> None:
    clock(lambda n, p: 0.001 * n)
    assert prepare(cell("gradient"), work()).n == POOL


def test_a_slow_method_gets_what_fits_in_full_batches(clock: Any) -> None:
    clock(lambda n, p: 0.2 * n)
    assert prepare(cell("gradient", sequences_per_call=4), work()).n == 8  # 2 s each in three repetitions


def test_one_batch_at_least(clock: Any) -> None:
    clock(lambda n, p: 5.0 * n)
    ready = prepare(cell("gradient", sequences_per_call=4), work())
    assert ready.n == 4


def test_steps_of_several_sequences_fill_a_batch(clock: Any) -> None:
    clock(lambda n, p: 1.0 * n)
    assert prepare(cell("integrated_gradients", steps_per_forward=200), work()).n == 4


def test_too_slow_is_over_budget_without_being_repeated(clock: Any) -> None:
    calls = clock(lambda n, p: 100.0)
    with pytest.raises(OverBudgetError, match="3 of them are above the limit of 90 s"):
        prepare(cell("gradient"), work())
    assert len(calls) == 1


def test_hopeless_is_over_budget_without_being_called(clock: Any) -> None:
    calls = clock(lambda n, p: 100.0)
    with pytest.raises(OverBudgetError, match="at least 100 s"):
        prepare(cell("gradient"), work(price=1e11))
    assert calls == []


def test_ism_that_fits_scores_all_positions(clock: Any) -> None:
    clock(lambda n, p: 0.1 + 1e-4 * n * p)
    ready = prepare(cell("naive_ism", mutants_per_forward=64), work())
    assert len(ready.positions) == LENGTH
    assert ready.n == 10  # 0.2 s per sequence once many share the start


def test_ism_that_does_not_fit_scores_whole_batches_of_positions(clock: Any) -> None:
    calls = clock(lambda n, p: 0.01 * n * p)
    ready = prepare(cell("naive_ism", mutants_per_forward=128), work(price=9e9))
    assert ready.n == 1
    assert len(ready.positions) == 128  # one batch of positions; 200 would fit in 2 s
    assert ready.explainer["positions"] == ready.positions.tolist()  # type: ignore[index]
    assert set(calls) == {(1, 128)}  # what fits is told by the price: nothing is built twice


def test_ism_of_unknown_price_is_tried_on_a_whole_sequence(clock: Any) -> None:
    calls = clock(lambda n, p: 0.004 * n * p)
    ready = prepare(cell("fast_ism", mutants_per_forward=128), work())
    assert calls[0] == (1, LENGTH)
    assert len(ready.positions) == 384


def test_even_one_batch_of_positions_may_be_too_much(clock: Any) -> None:
    clock(lambda n, p: 1.0 * n * p)
    with pytest.raises(OverBudgetError):
        prepare(cell("fast_ism", mutants_per_forward=128), work())


def test_overhead_does_not_hide_that_all_positions_fit(clock: Any) -> None:
    clock(lambda n, p: 0.3 + 1e-5 * n * p)
    assert len(prepare(cell("fast_ism"), work()).positions) == LENGTH


def test_subsets_are_nested_and_hold_both_ends() -> None:
    choices = [set(nested_positions(50, n, 3).tolist()) for n in range(51)]
    assert [len(c) for c in choices] == list(range(51))
    assert all(a < b for a, b in pairwise(choices))
    assert choices[2] == {0, 49}
    assert nested_positions(1, 1, 0).tolist() == [0]


def ready(name: str, n: int, seconds: float = 0.5) -> ReadyCell:
    return ReadyCell(cell(name), None, n, np.arange(LENGTH), 0.0, 0.0, seconds)  # type: ignore[arg-type]


def test_rounds_interleave_and_turn_round(clock: Any) -> None:
    clock(lambda n, p: 1.0)
    order: list[str] = []
    lane = work(cell=100.0)
    lane = Workbench(
        **{**lane.__dict__, "step": lambda cell, phase: order.append(f"{cell.method} {phase[-1]}")}
    )
    run_rounds([ready("a", 1, 20.0), ready("b", 1, 20.0)], lane, 0, lambda cell, error: None)
    assert order[:6] == ["a 1", "b 1", "b 2", "a 2", "a 3", "b 3"]
    assert len(order) == 30


def test_rounds_stop_when_the_budget_is_spent(clock: Any) -> None:
    clock(lambda n, p: n * 1.0)
    cells = [ready("a", 1, 9.0), ready("b", 4, 9.0)]
    run_rounds(cells, work(), 0, lambda cell, error: None)
    assert [len(c.samples) for c in cells] == [6, 3]


def test_repetitions_move_on_through_the_pool_and_keep_the_first_sequences(clock: Any) -> None:
    clock(lambda n, p: 1.0)
    one = ready("a", 3, 9.0)
    run_rounds([one], work(), 8, lambda cell, error: None)
    assert sorted(one.scores) == list(range(8))
    assert one.checked == {0, 1, 2}
    for number, scores in one.scores.items():
        np.testing.assert_array_equal(scores[..., 0], X[number])


def test_a_cell_that_raises_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def call(explainer: Any, x: Any, positions: Any) -> Call:
        if explainer == "bad":
            raise BrokenPromiseError("no")
        return Call(1.0, x[..., None])

    monkeypatch.setattr(rounds, "timed_call", call)
    good, bad = ready("good", 1, 9.0), ready("bad", 1, 9.0)
    bad.explainer = "bad"  # type: ignore[assignment]
    failed: list[ReadyCell] = []
    run_rounds([bad, good], work(), 0, lambda cell, error: failed.append(cell))
    assert failed == [bad]
    assert len(good.samples) == 6
