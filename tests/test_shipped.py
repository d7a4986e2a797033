"""A wheel alone is enough: it holds the models and the experiments, and copies them out."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ismbench.errors import InputError
from ismbench.shipped import FOLDERS, copy_out, shipped_folder

Run = Callable[..., "subprocess.CompletedProcess[str]"]
COMMAND = "from ismbench.cli import main; main()"


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the wheel, as an installation has them."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(root)]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True, capture_output=True, text=True)
    (wheel,) = folder.glob("ismbench-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.fixture
def installed(site: Path, tmp_path: Path) -> Run:
    """Runs a command of the wheel in an empty folder, which cannot see the checkout."""

    def run(*words: str, cwd: Path = tmp_path) -> "subprocess.CompletedProcess[str]":
        code = [sys.executable, "-P", "-c", COMMAND, *words]
        env = {
            "PYTHONPATH": str(site),
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "CUDA_VISIBLE_DEVICES": "",
        }
        return subprocess.run(code, cwd=cwd, env=env, capture_output=True, text=True, check=False)

    return run


def test_a_wheel_copies_out_what_the_checkout_has(installed: Run, root: Path, tmp_path: Path) -> None:
    done = installed("init", "work")
    assert done.returncode == 0, done.stderr
    for name in FOLDERS:
        ours = {
            p.relative_to(root / name): p.read_bytes()
            for p in (root / name).rglob("*.*")
            if p.suffix != ".pyc"
        }
        assert {
            p.relative_to(tmp_path / "work" / name): p.read_bytes()
            for p in (tmp_path / "work" / name).rglob("*.*")
        } == ours


def test_a_wheel_lists_what_it_ships_where_there_is_nothing_else(installed: Run) -> None:
    done = installed("list", "models")
    assert done.returncode == 0, done.stderr
    assert "basset" in done.stdout


PAPER_MODELS = """
from ismbench.models.basset import basset_model
from ismbench.models.bpnet import bpnet_model
from ismbench.models.factorized_basset import factorized_basset_model
for make in (basset_model, factorized_basset_model, bpnet_model):
    model = make(seqlen=1000)
    print(model.name, model.input_shape, model.output_shape, model.count_params())
print(basset_model(1000, 4, 10, name="tasks").output_shape, basset_model(numchars=20).input_shape)
"""


def test_a_wheel_has_the_architectures_of_the_fastism_paper(site: Path, tmp_path: Path) -> None:
    """Under the original package's names; parameters as its own functions give."""
    env = {
        "PYTHONPATH": str(site),
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "CUDA_VISIBLE_DEVICES": "",
    }
    code = [sys.executable, "-P", "-c", PAPER_MODELS]
    done = subprocess.run(code, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "basset_model (None, 1000, 4) (None, 1) 5977301",
        "factorized_basset_model (None, 1000, 4) (None, 1) 6407303",
        "bpnet_model (None, 1000, 4) [(None, 1000), (None, 1)] 119298",
        "(None, 10) (None, 1000, 20)",
    ], done.stderr


@pytest.mark.slow
def test_a_wheel_runs_an_experiment_that_it_shipped(installed: Run, tmp_path: Path) -> None:
    assert installed("init", "work").returncode == 0
    done = installed("run", "experiments/smoke.yaml", "--only", "method=gradient", cwd=tmp_path / "work")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "work" / "results" / "smoke" / "report.html").is_file()


@pytest.mark.parametrize("name", FOLDERS)
def test_nothing_that_exists_is_written_over(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(InputError, match=rf"no folder that exists. Received: .*{name}"):
        copy_out(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_checkout_ships_its_own(root: Path) -> None:
    assert shipped_folder() == root
