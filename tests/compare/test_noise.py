"""The noise floor: a prediction bound from runs of one revision, kept for one machine."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ismbench.compare import find_noise, measure_noise
from ismbench.compare.machine_state import MachineState
from ismbench.compare.noise import Floor, Noise, stated_noise
from ismbench.compare.noise_file import noise_file, read_noise, write_noise
from ismbench.errors import InputError
from tests.compare.made_up import cell, key, run, side

HEAD = '{"kind": "ismbench noise", "version": 1, "machine": "m", "runs": 1, "rate": null, "measured": "", "cells": '


def test_the_floor_grows_with_the_drift_between_runs_not_with_the_spread_of_samples() -> None:
    def floor(drift: float, spread: float) -> float:
        return measure_noise([[run(seed, drift, spread) for seed in range(5)]]).worst.time

    assert floor(0.0, 0.001) < 0.01
    assert 0.05 < floor(0.02, 0.001) < 0.5
    assert floor(0.0, 0.02) < floor(0.02, 0.02)


def test_nearly_all_differences_between_two_runs_stay_below_it() -> None:
    below = []
    for i in range(200):
        noise = measure_noise([[run(1000 * i + j, 0.02, 0.001) for j in range(5)]])
        one, other = run(1000 * i + 10, 0.02, 0.001), run(1000 * i + 11, 0.02, 0.001)
        for k, c in one.cells.items():
            a, b = c.seconds, other.cells[k].seconds
            assert a is not None
            assert b is not None
            below.append(max(a, b) / min(a, b) - 1 < noise.cells[k].time)
    assert 0.975 < np.mean(below) < 1.0


def test_more_runs_behind_each_side_lower_it() -> None:
    runs = [run(seed, 0.02) for seed in range(4)]
    assert (
        measure_noise([runs[:2], runs[2:]], 4).worst.time < measure_noise([runs[:2], runs[2:]], 1).worst.time
    )


def test_a_cell_without_a_floor_takes_its_methods_and_then_the_largest() -> None:
    noise = Noise("m1", 5, {key("gradient"): Floor(0.01, 0.1), key("deepshap"): Floor(0.2, 0.0)})
    assert noise.floor(key("gradient")).time == 0.01
    assert noise.floor(key("gradient", 999)).time == 0.01
    assert noise.floor(key("other")) == Floor(0.2, 0.1)
    assert stated_noise(0.05).floor(key("any")).time == 0.05


@pytest.mark.parametrize(
    "groups",
    [
        [[side(cell())]],
        [[side(cell()), side(cell(state=MachineState("m2")))]],
        [[side(cell()), side(cell("other"))]],
        [[side(cell(samples=())), side(cell())]],
    ],
    ids=["one run", "two machines", "nothing in common", "not timed"],
)
def test_what_is_no_floor_is_refused(groups: list[list[object]]) -> None:
    with pytest.raises(InputError, match="noise floor needs"):
        measure_noise(groups)  # type: ignore[arg-type]


def test_it_is_kept_for_its_machine(tmp_path: Path) -> None:
    noise = replace(measure_noise([[run(seed, 0.02) for seed in range(5)]]), rate=1e11)
    path = write_noise(noise_file(tmp_path, "m1"), noise)
    assert read_noise(path) == noise
    assert find_noise(tmp_path, {"m1"}) == noise
    for machines in ({"m2"}, {"m1", "m2"}, {None}, set(), {"../noise/m1"}):
        assert find_noise(tmp_path, machines) is None


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", "{}", '{"kind": "ismbench noise", "version": 2, "cells": []}',
        *(HEAD + cells for cells in ("[]}", "[3]}", "[{}]}", "null}")),
    ],
)  # fmt: skip
def test_a_broken_file_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "noise.json"
    path.write_text(text)
    with pytest.raises(InputError, match="doctor --noise"):
        read_noise(path)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1])
def test_a_floor_that_would_hide_everything_is_refused(tmp_path: Path, value: float) -> None:
    path = write_noise(tmp_path / "noise.json", Noise("m1", 5, {key(): Floor(0.1, 0.1)}))
    document = json.loads(path.read_text())
    document["cells"][0]["time"] = value
    path.write_text(json.dumps(document))
    with pytest.raises(InputError):
        read_noise(path)
