import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ismbench.bench import Experiment, load_spec, make_plan
from ismbench.bench.records.cell import implied_by
from ismbench.errors import InputError
from ismbench.methods import METHODS


def test_cells_of_a_sweep(make_experiment: Callable[..., Experiment]) -> None:
    methods = {"naive_ism": {"mutants_per_forward": [8, 16]}, "gradient": None}
    plan = make_plan(make_experiment(methods=methods, lengths=[60, 80]), device="cpu")
    rows = [(c.length, c.method, c.mutants_per_forward) for c in plan.cells]
    # methods side by side, then the next batch size: neighbours are timed together
    one = [("naive_ism", 8), ("gradient", None), ("naive_ism", 16)]
    assert rows == [(length, *rest) for length in (60, 80) for rest in one]
    assert [lane.key[1] for lane in plan.lanes] == [60, 80]
    assert [cell.order for cell in plan.cells] == list(range(6))
    assert len({cell.cell_id for cell in plan.cells}) == 6


def test_ids_depend_on_what_matters(make_experiment: Callable[..., Experiment], project: Path) -> None:
    def ids(**changes: object) -> list[str]:
        return [cell.cell_id for cell in make_plan(make_experiment(**changes), device="cpu").cells]

    before = ids()
    assert ids() == before
    assert ids(description="other words") == before
    assert ids(budget={"cell": "100ms", "repetitions": {"min": 3, "max": 3}, "timeout": 99}) == before
    for changes in ({"seed": 1}, {"targets": [{"index": 1}]}, {"dtype": "float64"}, {"threads": 1}):
        assert not set(ids(**changes)) & set(before), changes


def test_reasons_to_skip(make_experiment: Callable[..., Experiment], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(METHODS["gradient_x_input"], "requires", {"no_such_module": "no-such"})
    monkeypatch.setattr(METHODS["gradient_x_input"], "extra", "peers")
    monkeypatch.setattr(METHODS["taylor_ism"], "backends", ("torch",))
    methods = {"gradient_x_input": None, "taylor_ism": None, "gradient": {"sequences_per_call": [4, 99]}}
    plan = make_plan(make_experiment(methods=methods), device="cpu")
    assert [cell.skip for cell in plan.cells] == [
        "install ismbench[peers]",
        "taylor_ism works on torch only",
        None,
        "sequences_per_call is above the 4 sequences of the experiment",
    ]


@pytest.mark.parametrize(
    ("models", "message"),
    [
        (["tinny"], "did you mean 'tiny'"),
        (["none.keras"], "must exist"),
        ([{"name": "x", "file": "x.txt"}], r"must exist and end in \.py, \.keras, \.h5, \.json, \.pt2"),
        ([{"name": "tiny", "weights": "none.h5"}], "A weights file must exist"),
        (["tiny", "tiny"], "different names"),
    ],
)
def test_models_that_are_not_there(
    make_experiment: Callable[..., Experiment], models: list[object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        make_plan(make_experiment(models=models))


def test_unknown_device(make_experiment: Callable[..., Experiment]) -> None:
    with pytest.raises(InputError, match="must be auto, cpu or gpu"):
        make_plan(make_experiment(), device="tpu")


def test_memory_failures_imply_larger_cells(make_experiment: Callable[..., Experiment]) -> None:
    methods = {"naive_ism": {"mutants_per_forward": [8, 16]}, "gradient": {"sequences_per_call": [1, 2]}}
    plan = make_plan(make_experiment(methods=methods, lengths=[60, 80]), device="cpu")
    (failed,) = [c for c in plan.cells if (c.length, c.mutants_per_forward) == (60, 16)]
    implied = {(c.length, c.method, c.mutants_per_forward) for c in plan.cells if implied_by(c, [failed])}
    assert implied == {(80, "naive_ism", 16)}


@pytest.mark.parametrize("path", sorted(Path("experiments").glob("*.yaml")), ids=lambda p: p.stem)
def test_shipped_experiments_can_be_planned(root: Path, path: Path) -> None:
    experiment = load_spec(root / path)
    assert experiment.name == path.stem
    for device in ("cpu",):
        plan = make_plan(experiment, device=device)
        assert set(experiment.methods) == {cell.method for cell in plan.cells}
        assert plan.predicted_seconds is not None


def test_planning_imports_no_backend(root: Path) -> None:
    code = (
        "import sys; from ismbench import bench;"
        "bench.make_plan(bench.load_spec(sys.argv[1]));"
        "print(sorted({'keras', 'tensorflow', 'jax', 'torch', 'alibi', 'shap', 'scipy'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(root / "experiments" / "basset.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"


def test_ten_thousand_cells(make_experiment: Callable[..., Experiment]) -> None:
    methods = {"naive_ism": {"mutants_per_forward": list(range(1, 10_001))}}
    assert len(make_plan(make_experiment(methods=methods), device="cpu").cells) == 10_000


def test_lists_that_multiply_are_counted_before_they_are_made(
    make_experiment: Callable[..., Experiment],
) -> None:
    sizes = list(range(1, 301))
    columns = ("sequences_per_call", "mutants_per_forward", "steps_per_forward", "references_per_example")
    experiment = make_experiment(methods={"naive_ism": {column: list(sizes) for column in columns}})
    with pytest.raises(InputError, match=r"at most 100,000 cells; split it\. Received: tiny with 8\.1e\+09"):
        make_plan(experiment, device="cpu")
