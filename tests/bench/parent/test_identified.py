"""A finished cell counts as long as its model, as built, and its sequences are what they were; and no longer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest

from ismbench.bench import Event, Experiment, make_plan, run
from ismbench.bench.parent import lane_supervisor
from ismbench.errors import InputError
from tests.faults import runs

pytestmark = pytest.mark.slow
Make = Callable[..., Experiment]

NET = """
import keras, h5py
from pathlib import Path
import helper_of_net

HERE = Path(__file__).parent

def build(length=60):
    "Builds it."
    with h5py.File(HERE / "given.h5") as file:
        bias = float(file["bias"][()])
    scale = float((HERE / "scale.txt").read_text())
    x = keras.Input((length, 4))
    y = keras.layers.Dense(2, kernel_initializer="ones", bias_initializer=keras.initializers.Constant(bias))(x)
    return keras.Model(x, keras.layers.Flatten()(y * (helper_of_net.FACTOR * scale)))
"""


def given(folder: Path, bias: float) -> None:
    with h5py.File(folder / "given.h5", "w") as file:
        file["bias"] = bias


@pytest.fixture
def net(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model that imports a module and reads two files, beside scripted lanes."""
    folder = project / "models"
    (folder / "net.py").write_text(NET)
    (folder / "helper_of_net.py").write_text("FACTOR = 2.0\n")
    (folder / "scale.txt").write_text("1")
    given(folder, 0.5)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    plain = lane_supervisor.LaneSupervisor.__init__

    def scripted(self: Any, *args: Any, **options: Any) -> None:
        plain(self, *args, **{**options, "program": runs.PROGRAM})

    monkeypatch.setattr(lane_supervisor.LaneSupervisor, "__init__", scripted)
    return folder


def known_and_builds(experiment: Experiment, results: Path) -> tuple[int, int]:
    """Cells that were known, and how often models were built to know them."""
    events: list[Event] = []
    summary = run(make_plan(experiment, device="cpu"), results, progress=events.append)
    return summary.reused, sum(event.kind == "build" for event in events)


def test_what_a_model_imports_and_reads_is_seen(net: Path, make_experiment: Make, tmp_path: Path) -> None:
    experiment, results = make_experiment(models=["net"]), tmp_path / "results"

    def again() -> tuple[int, int]:
        return known_and_builds(experiment, results)

    assert again() == (0, 1)
    assert again() == (2, 0), "nothing has changed, and no backend is imported to see that"
    (net / "helper_of_net.py").write_text("# What is said.\nFACTOR = 2.0\n")
    (net / "net.py").write_text(NET.replace("Builds it.", "Builds the model."))
    assert again() == (2, 1), "it was built from other files, and is the same"
    (net / "helper_of_net.py").write_text("FACTOR = 3.25\n")
    assert again() == (0, 1), "an imported module"
    (net / "scale.txt").write_text("0.5")
    assert again() == (0, 1), "a file that is read in Python"
    given(net, 0.25)
    assert again() == (0, 1), "a file that is read in C"
    table = pd.read_parquet(results / "tiny" / "cells.parquet")
    assert table[["structure_hash", "weights_hash", "sequences_hash"]].notna().all(axis=None)
    given(net, 0.5)
    (net / "scale.txt").write_text("1")
    (net / "helper_of_net.py").write_text("FACTOR = 2.0\n")
    assert again() == (2, 1), "as it was at first"


LOOKING_AROUND = NET.replace("import keras, h5py", "import keras, h5py, os").replace(
    '(HERE / "scale.txt").read_text()', 'len(list(HERE.glob("fold_*"))) + float(os.environ.get("SCALE", "1"))'
)


def test_folders_and_variables_that_a_model_asks_for_are_seen(
    net: Path, make_experiment: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (net / "net.py").write_text(LOOKING_AROUND)
    experiment, results = make_experiment(models=["net"]), tmp_path / "results"

    def again() -> tuple[int, int]:
        return known_and_builds(experiment, results)

    assert again() == (0, 1)
    again()  # the first run has made __pycache__, a name in the folder
    assert again() == (2, 0)
    monkeypatch.setenv("SCALE", "2")
    assert again() == (0, 1)
    (net / "fold_0").touch()
    assert again() == (0, 1)
    (net / "fold_0").unlink()
    assert again()[0] == 2, "as it was before"


def test_sequences_count_as_arrays(make_experiment: Make, project: Path, net: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    one, two, other = ("".join(rng.choice(list("ACGT"), 60)) for _ in range(3))
    file = project / "experiments" / "some.fa"

    def known(text: str, **options: object) -> int:
        file.write_text(text)
        spec = {"source": "fasta", "path": "some.fa", "n": 2, **options}
        return known_and_builds(make_experiment(models=["net"], sequences=spec), tmp_path / "results")[0]

    assert known(f">a\n{one}\n>b\n{two}\n") == 0
    assert known(f">a\n{one[:30]}\n{one[30:]}\n>b\n{two.lower()}\n>c\n{other}\n", seed=9) == 2
    assert known(f">a\n{one}\n>b\n{other}\n") == 0


def test_a_model_that_cannot_be_built_is_tried_again_after_it_changed(
    project: Path, make_experiment: Make, tmp_path: Path
) -> None:
    path, results = project / "models" / "net.py", tmp_path / "results"

    def counts() -> dict[str, int]:
        return run(
            make_plan(make_experiment(models=["net"], methods=["gradient"]), device="cpu"), results
        ).counts

    path.write_text("def build(length):\n    return 1 / 0\n")
    assert counts() == {"error": 1}
    path.write_text((project / "models" / "tiny.py").read_text())
    assert counts() == {"ok": 1}


def test_a_model_that_is_another_one_each_time_is_refused(
    project: Path, make_experiment: Make, tmp_path: Path
) -> None:
    drawn = (project / "models" / "tiny.py").read_text().replace("seed=0", "seed=__import__('os').getpid()")
    (project / "models" / "net.py").write_text(drawn)
    with pytest.raises(
        InputError, match=r"must be the same each time it is built; .* with another weights_hash"
    ):
        run(make_plan(make_experiment(models=["net"]), device="cpu"), tmp_path / "results")
