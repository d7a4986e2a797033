"""The error of scaling a time from some positions to all, with clocks that are known."""

import math
from typing import Any

import numpy as np
import pytest

from ismbench.bench.measure import extrapolation
from ismbench.bench.measure.extrapolation import MOST_ERROR, extrapolation_error, gap_of_scalings
from ismbench.bench.measure.ready_cell import ReadyCell
from ismbench.bench.measure.timed_call import Call
from tests.bench.measure.test_prepare import LENGTH, cell, work


def _timed(count: int, seconds: float) -> ReadyCell:
    ready = ReadyCell(cell("naive_ism"), None, 1, np.arange(count), 0.0, 0.0, seconds)  # type: ignore[arg-type]
    ready.samples.extend([seconds] * 3)
    return ready


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A call takes 0.1 s and a millisecond a position; which counts of positions were called."""
    made: list[int] = []

    def call(explainer: Any, x: Any, positions: Any) -> Call:
        made.append(len(positions))
        return Call(0.1 + 1e-3 * len(positions), x[..., None])

    monkeypatch.setattr(extrapolation, "timed_call", call)
    monkeypatch.setattr(extrapolation, "build_method", lambda cell, bench, positions: None)
    return made


def test_what_does_not_grow_with_positions_is_the_error(calls: list[int]) -> None:
    found = extrapolation_error(_timed(100, 0.2), work())
    true, scaled = 0.1 + 1e-3 * LENGTH, 0.2 * LENGTH / 100
    assert found == pytest.approx(math.log(scaled / true))
    assert set(calls) == {200}


def test_where_twice_as_many_do_not_fit_half_are_timed(calls: list[int]) -> None:
    assert extrapolation_error(_timed(600, 0.7), work()) == pytest.approx(math.log(0.7 * LENGTH / 600 / 1.1))
    assert set(calls) == {300}


def test_all_positions_need_no_extrapolation(calls: list[int]) -> None:
    assert extrapolation_error(_timed(LENGTH, 1.0), work()) is None
    assert calls == []


def test_a_line_that_falls_is_no_use() -> None:
    assert gap_of_scalings(100, 1.0, 200, 0.5, 1000) == MOST_ERROR
    assert gap_of_scalings(100, 1.0, 200, 2.0, 1000) == 0
