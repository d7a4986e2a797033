"""Methods that crash, hang, cheat or lie, each for real, in real workers: one run, in which each costs its own row."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from ismbench.bench import RunSummary, load_spec, make_plan, run
from ismbench.bench.process import worker_process
from ismbench.methods import METHODS
from tests.bench.conftest import TINY
from tests.faults.conftest import write_experiment

pytestmark = pytest.mark.slow

EXPECTED = {
    "naive_ism": ("ok", None),
    "raises": ("error", "RuntimeError: first line second line"),
    "returns_nan": ("error", "scores must be finite"),
    "wrong_shape": ("error", "must return scores of shape"),
    "changes_input": ("error", "must not change its input"),
    "constant": ("ok", None),
    "exits": ("error", "exit code 3, during first call"),
    "is_killed": ("error", "killed by SIGKILL, during first call"),
    "segfaults": ("error", "SIGSEGV, during first call"),
    "hangs": ("timeout", "no sign of life for 30 s, during first call"),
    "floods": ("error", "wrote more than 4 MB to its log, during first call"),
    "exceeds_memory": ("oom", "MemoryError"),
    "writes_garbage": ("ok", None),
    "leaves_a_child": ("ok", None),
    "slightly_wrong_ism": ("nonequivalent", "differs from naive ISM"),
    "fast_and_wrong_ism": ("nonequivalent", "differs from naive ISM"),
    "later_wrong_ism": ("nonequivalent", "differs from naive ISM"),
    "later_rows_wrong_ism": ("nonequivalent", "differs from naive ISM"),
    "last_batch_wrong_ism": ("nonequivalent", "in a call of 1, whose last batch is not full"),
    "last_position_wrong_ism": ("nonequivalent", "differs from naive ISM"),
    "remembering_ism": ("ok", "remembers sequences"),
    "gradient": ("ok", None),
}


@pytest.fixture(scope="module")
def faulty() -> Iterator[tuple[str, ...]]:
    """Faulty methods in the table of this process."""
    here = str(Path(__file__).parent)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(here)
        import faulty_methods

        before = dict(METHODS)
        faulty_methods.install()
        yield faulty_methods.NAMES
        METHODS.clear()
        METHODS.update(before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose model file, which is code that runs in workers, puts the faulty methods into their table."""
    made = tmp_path_factory.mktemp("faulty")
    head = f"import sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\n"
    head += "import faulty_methods\nfaulty_methods.install()\n"
    budget = {
        "cell": "300ms",
        "repetitions": {"min": 3, "max": 3},
        "timeout": "30s",
        "interleave": 1,
    }
    (made / "models").mkdir()
    (made / "models" / "unnamed.py").write_text(f"open({str(made / 'unnamed-ran')!r}, 'w')")
    write_experiment(made, model=head + TINY, methods=dict.fromkeys(EXPECTED), budget=budget)
    return made


@pytest.fixture(scope="module")
def finished(folder: Path, faulty: tuple[str, ...]) -> RunSummary:
    assert set(faulty) == set(EXPECTED) - {"naive_ism", "gradient"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_process, "_MOST_LOG", 4 * 2**20)
        patch.setenv("ISMBENCH_TEST_CHILD", str(folder / "child"))
        return run(
            make_plan(load_spec(folder / "experiments" / "tiny.yaml"), device="cpu"), folder / "results"
        )


@pytest.fixture(scope="module")
def cells(finished: RunSummary) -> pd.DataFrame:
    return pd.read_parquet(finished.folder / "cells.parquet").set_index("method")


@pytest.mark.parametrize("method", EXPECTED)
def test_each_fault_costs_its_own_row_and_no_other(cells: pd.DataFrame, method: str) -> None:
    status, reason = EXPECTED[method]
    assert cells.loc[method, "status"] == status, cells.loc[method, "status_reason"]
    found = cells.loc[method, "status_reason"]
    assert found is None if reason is None else reason in found


def test_the_exit_code_says_that_cells_failed(finished: RunSummary) -> None:
    assert finished.exit_code == 4
    assert sum(finished.counts.values()) == len(EXPECTED)


def test_the_tail_of_standard_error_is_kept(cells: pd.DataFrame) -> None:
    assert "second line" in cells.loc["raises", "stderr_tail"]
    assert "Segmentation fault" in cells.loc["segfaults", "stderr_tail"]
    assert len(cells.loc["floods", "stderr_tail"]) <= 4000


@pytest.mark.parametrize("method", [name for name, (status, _) in EXPECTED.items() if status != "ok"])
def test_the_time_of_a_wrong_result_is_withheld(
    finished: RunSummary, cells: pd.DataFrame, method: str
) -> None:
    assert np.isnan(cells.loc[method, "seconds_per_100_sequences"])
    assert np.isnan(cells.loc[method, "speedup_over_naive"])
    assert method not in set(pd.read_parquet(finished.folder / "samples.parquet")["method"])


def test_a_constant_has_no_correlation(finished: RunSummary) -> None:
    metrics = pd.read_parquet(finished.folder / "metrics.parquet")
    own = metrics[(metrics["method"] == "constant") & (metrics["metric"] == "pearson_map")]
    assert own.loc[own["scope"] == "sequence", "value"].isna().all()
    undefined = own.loc[own["statistic"] == "n_undefined"].iloc[0]
    assert undefined["value"] == undefined["n"] > 0


def test_remembering_sequences_gains_nothing(finished: RunSummary, cells: pd.DataFrame) -> None:
    samples = pd.read_parquet(finished.folder / "samples.parquet")
    own = samples[samples["method"] == "remembering_ism"]
    assert len(own) == 3
    assert (own["seconds"] >= 0.1).all(), "a repetition was answered from memory"


def test_the_child_that_was_left_behind_is_gone(finished: RunSummary, folder: Path) -> None:
    child = int((folder / "child").read_text())
    until = time.monotonic() + 30
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until, "the child outlived the worker"
        time.sleep(0.05)


def test_models_that_nothing_names_are_not_run(finished: RunSummary, folder: Path) -> None:
    assert not (folder / "unnamed-ran").exists()


def test_finished_is_finished_unless_asked_for(finished: RunSummary, folder: Path) -> None:
    spec = load_spec(folder / "experiments" / "tiny.yaml")
    assert run(make_plan(spec, device="cpu"), folder / "results").reused == len(EXPECTED)
    plan = make_plan(spec, ["method=raises,gradient"], "cpu")
    assert run(plan, folder / "results", retry=["error"]).reused == 1
