"""A tiny paper from its study to its page: run, resumed, failed, interrupted."""

import json
import shutil
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from ismbench.bench import load_spec, make_plan
from ismbench.errors import InputError
from ismbench.papers.core.computation import is_known
from ismbench.papers.core.paper import Paper
from ismbench.papers.core.reproduce import Settings, reproduce
from ismbench.papers.core.state import read_states
from ismbench.papers.core.study import ExperimentStudy
from tests.papers.made_up import CALLS, Watcher, paper, settings, study
from tests.report.synthetic import run_rows, write_tables


def calls(folder: Path) -> list[str]:
    path = folder / "results/tiny/squares/cache" / CALLS
    return path.read_text().splitlines() if path.exists() else []


def test_a_paper_is_run_once_and_again_where_its_input_or_scale_changed(tmp_path: Path) -> None:
    watcher = Watcher()
    first = reproduce(paper(), settings(tmp_path), watcher.watch())
    assert (first.exit_code, first.gaps) == (0, {})
    assert ("squaring", 1, 2) in watcher.steps
    assert reproduce(paper(), settings(tmp_path), Watcher().watch()).exit_code == 0
    assert calls(tmp_path) == ["quick 3 cpu"]

    (tmp_path / "most.txt").write_text("6")
    assert not is_known(study(), tmp_path / "results/tiny", "quick", "cpu", tmp_path)
    reproduce(paper(), settings(tmp_path, "full"), Watcher().watch())
    assert calls(tmp_path) == ["quick 3 cpu", "full 3 cpu"]

    folder = tmp_path / "results/tiny"
    table = pd.read_parquet(folder / "squares/squares.parquet")
    assert list(table["square"]) == [0, 1, 4, 9, 16, 25]
    pd.testing.assert_frame_equal(table, pd.read_csv(folder / "squares/squares.csv"))
    about = json.loads((folder / "squares/provenance.json").read_text())
    assert about["scale"] == "full"
    assert len(about["identity"]) == 20
    assert about["machine"]["usable_cores"] >= 1
    assert not list(folder.rglob(".*"))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished paper."""
    folder = tmp_path_factory.mktemp("finished")
    outcome = reproduce(paper(), settings(folder), Watcher().watch())
    assert outcome.page == folder / "results/tiny/README.md"
    return folder


def test_the_page_shows_it_all(finished: Path) -> None:
    page = finished / "results/tiny/README.md"
    text = page.read_text()
    assert "| Squares grow | **reproduced** | up to 16 | 5 squares | everyone |" in text
    assert "| Squares shrink | **not reproduced** |" in text
    assert "| a\\|model | up | Fast ISM | largest (m) | 8 | 16 | 2.00× |" in text
    assert "| other | up |  | largest | – | > 3 | – | over budget |" in text
    folded = text.split("<details><summary>1 published without a number of ours</summary>")[1]
    assert "| fourth | up |  | largest | 7 | – | – |" in folded.split("</details>")[0]
    assert "| third | up |  | largest | – | 1 | – |" in text
    assert "an abacus. Source: a book" in text
    assert "![The curve](figures/curve.png)" in text
    assert "Few numbers." in text
    assert "A note on it all." in text
    sizes = pd.read_csv(page.with_name("sizes.csv"))
    assert list(sizes["ratio"].fillna(-1)) == [2.0, -1, -1, -1]


def test_a_picture_has_its_sidecars(finished: Path) -> None:
    folder = finished / "results/tiny/figures"
    assert {p.name for p in folder.iterdir()} == {f"curve.{e}" for e in ("png", "svg", "pdf", "csv", "json")}
    about = json.loads((folder / "curve.json").read_text())
    identity = json.loads((folder.parent / "squares/provenance.json").read_text())["identity"]
    assert about["record_ids"] == [identity]
    assert "numpy" in about["studies"]["squares"]["versions"]
    assert "matplotlib" in about["drawn_with"]
    assert list(pd.read_csv(folder / "curve.csv")["square"]) == [0, 1, 4, 9, 16]


def test_figures_come_again_from_records_alone(finished: Path, tmp_path: Path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    figures = tmp_path / "results/tiny/figures"
    before = (figures / "curve.svg").read_bytes()
    for path in figures.iterdir():
        path.unlink()
    # The computation would now fail, and its input is gone.
    (tmp_path / "most.txt").unlink()
    again = Settings("quick", "cpu", tmp_path / "results", tmp_path, figures_only=True)
    assert reproduce(paper("fails"), again, Watcher().watch()).exit_code == 0
    assert (figures / "curve.svg").read_bytes() == before


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        ("fails", "RuntimeError: no squares today"),
        ("dies", "exit code 7"),
        ("is_silent", "no sign of life for 1 s"),
        ("returns_others", "must return the tables"),
    ],
)
def test_a_failed_study_is_a_gap_with_its_reason(tmp_path: Path, function: str, reason: str) -> None:
    timeout = 1.0 if function == "is_silent" else 60.0
    outcome = reproduce(paper(function, timeout), settings(tmp_path), Watcher().watch())
    assert outcome.exit_code == 4
    assert reason in outcome.gaps["squares"]
    assert outcome.page is not None
    text = outcome.page.read_text()
    assert "Not drawn: the study squares failed" in text
    assert "| Squares grow | **undecided** | not measured: " in text
    assert not (tmp_path / "results/tiny/figures/curve.png").exists()


def test_input_that_breaks_a_rule_is_the_users(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a circle"):
        reproduce(paper("refuses"), settings(tmp_path), Watcher().watch())


def test_an_interruption_keeps_what_is_finished(tmp_path: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    outcome = reproduce(paper(), settings(tmp_path), Watcher(interrupt).watch())
    assert (outcome.exit_code, outcome.page) == (130, None)
    assert not (tmp_path / "results/tiny/squares/provenance.json").exists()


def test_sigterm_is_an_interruption_too(tmp_path: Path) -> None:
    def terminate(*_: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    assert reproduce(paper(), settings(tmp_path), Watcher(terminate).watch()).exit_code == 130
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_is_known_is_not_computed_again(finished: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    assert reproduce(paper(), settings(finished), Watcher(interrupt).watch()).exit_code == 0


EXPERIMENT = ExperimentStudy("basset", "An experiment", "experiments/basset.yaml", ("budget.cell=2s",))


def run_made_up(monkeypatch: pytest.MonkeyPatch, code: int = 0, failed: int = 0) -> list[Any]:
    """Lets the harness write made-up tables instead of measuring."""
    from ismbench import bench

    seen: list[Any] = []

    def run(plan: Any, folder: Path, progress: Any) -> Any:
        seen.append(plan)
        write_tables(folder / plan.experiment.name, run_rows())
        counts = {"ok": len(plan.cells) - failed} | ({"error": failed} if failed else {})
        return SimpleNamespace(folder=folder, counts=counts, exit_code=code, reused=0)

    monkeypatch.setattr(bench, "run", run)
    return seen


class Lines(Watcher):
    def experiment(self, plan: object) -> Any:
        from contextlib import nullcontext

        return nullcontext(lambda event: None)


def experiment_paper() -> Paper:
    return Paper("tiny", "A tiny paper", "Nobody.", (EXPERIMENT,))


def test_a_picture_of_an_earlier_name_leaves_no_files(finished: Path, tmp_path: Path) -> None:
    shutil.copytree(finished / "results", tmp_path / "results")
    folder = tmp_path / "results/tiny/figures"
    for file in sorted(folder.glob("curve.*")):
        shutil.copy(file, folder / f"earlier{file.suffix}")
    chosen = Settings("quick", "cpu", tmp_path / "results", tmp_path, figures_only=True)
    reproduce(paper(), chosen, Watcher().watch())
    assert {file.stem for file in folder.iterdir()} == {"curve"}


@pytest.mark.parametrize(("scale", "cell"), [("quick", 2.0), ("shipped", 3.0), ("full", 4.0)])
def test_an_experiment_is_changed_for_the_quick_and_the_full_scale(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch, scale: Any, cell: float
) -> None:
    seen = run_made_up(monkeypatch)
    study = ExperimentStudy(
        "basset", "x", "experiments/fastism/basset.yaml", EXPERIMENT.quick, full=("budget.cell=4s",)
    )
    chosen = Settings(scale, "cpu", tmp_path, root)
    outcome = reproduce(Paper("tiny", "t", "c", (study,)), chosen, Lines().watch())
    assert outcome.exit_code == 0
    assert seen[0].experiment.budget.cell == cell
    assert (tmp_path / "tiny/basset/table.md").is_file()


def test_failed_cells_of_an_experiment_are_a_gap(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_made_up(monkeypatch, failed=2)
    outcome = reproduce(experiment_paper(), Settings("quick", "cpu", tmp_path, root), Lines().watch())
    assert outcome.exit_code == 4
    cells = len(make_plan(load_spec(root / "experiments/basset.yaml"), device="cpu").cells)
    assert f"2 of {cells} cells failed" in outcome.gaps["basset"]
    assert read_states(tmp_path / "tiny")["basset"].status == "failed"


def test_an_interrupted_experiment_ends_the_run(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_made_up(monkeypatch, code=130)
    outcome = reproduce(experiment_paper(), Settings("quick", "cpu", tmp_path, root), Lines().watch())
    assert outcome.exit_code == 130
    assert read_states(tmp_path / "tiny") == {}


def test_without_experiments_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="name the folder that holds experiments/ with --folder"):
        reproduce(experiment_paper(), settings(tmp_path), Watcher().watch())


def test_a_missing_extra_is_named(tmp_path: Path) -> None:
    lacking = Paper("tiny", "t", "c", (), extras={"peers": ("json", "no_such_module")})
    with pytest.raises(InputError, match=r"ismbench\[peers\].*no no_such_module"):
        reproduce(lacking, settings(tmp_path), Watcher().watch())
    # To draw, only what draws is needed.
    reproduce(Paper("tiny", "t", "c", ()), settings(tmp_path), Watcher().watch())
    again = Settings("quick", "cpu", tmp_path / "results", tmp_path, figures_only=True)
    assert reproduce(lacking, again, Watcher().watch()).exit_code == 0


def test_an_unknown_study_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="takes one of squares"):
        reproduce(paper(), settings(tmp_path, studies=("cubes",)), Watcher().watch())


def test_figures_need_an_earlier_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="which is not there"):
        reproduce(paper(), settings(tmp_path, figures_only=True), Watcher().watch())
