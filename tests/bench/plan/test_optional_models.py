"""Models whose data cannot ship: their cells are skipped with the reason where it is not there, and run where it is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ismbench.bench import Experiment, make_plan
from ismbench.bench.plan.check_inputs import check_inputs
from ismbench.errors import InputError

Make = Callable[..., Experiment]


def _models(**more: object) -> list[dict[str, object]]:
    lacking = {"name": "lacking", "file": "../models/tiny.py", "weights": "../far/away.weights.h5", **more}
    return [{"name": "tiny"}, lacking]


def test_cells_of_absent_data_are_skipped_and_say_what_is_missing(make_experiment: Make) -> None:
    plan = make_plan(make_experiment(models=_models(optional=True)), device="cpu")
    skipped = {cell.model: cell.skip for cell in plan.cells}
    assert skipped["tiny"] is None
    assert skipped["lacking"] == "files that it needs are not there: ../far/away.weights.h5"
    assert any(words.startswith("lacking: files that it needs") for words in check_inputs(plan))
    assert all(cell.model == "tiny" for lane in plan.lanes for cell in lane.cells)


def test_sequences_of_its_own_count_as_well(make_experiment: Make) -> None:
    sequences = {"source": "fasta", "path": "../far/peaks.fa", "n": 2}
    plan = make_plan(make_experiment(models=_models(optional=True, sequences=sequences)), device="cpu")
    (reason,) = {cell.skip for cell in plan.cells if cell.model == "lacking"}
    assert reason is not None
    assert reason.endswith("../far/away.weights.h5, ../far/peaks.fa")


def test_others_must_be_there(make_experiment: Make) -> None:
    with pytest.raises(InputError, match="A weights file must exist"):
        make_plan(make_experiment(models=_models()), device="cpu")


def test_data_that_is_there_is_used(make_experiment: Make, project: Path) -> None:
    (project / "far").mkdir()
    (project / "far" / "away.weights.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    plan = make_plan(make_experiment(models=_models(optional=True)), device="cpu")
    assert {cell.skip for cell in plan.cells} == {None}
    assert plan.models["lacking"].weights == project / "experiments" / ".." / "far" / "away.weights.h5"
