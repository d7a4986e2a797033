"""ChromBPNet of the package chrombpnet: built by it, saved by tf_keras, opened, scored and exported."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import ismbench
from ismbench.errors import InputError
from ismbench.sequence import decode, random_dna

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::UserWarning")]
FILES = {"chrombpnet.h5": "with", "chrombpnet.keras": "with", "chrombpnet_nobias.h5": "without"}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the package made."""
    if find_spec("chrombpnet") is None or find_spec("tf_keras") is None:
        pytest.skip("needs chrombpnet (pip install --no-deps chrombpnet) and tf_keras")
    folder = tmp_path_factory.mktemp("chrombpnet")
    program = Path(__file__).with_name("save_chrombpnet.py")
    done = subprocess.run([sys.executable, program, folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.mark.parametrize("name", FILES)
def test_opens_and_says_what_tf_keras_said(name: str, saved: Path) -> None:
    """The counts of both models are joined by a Lambda layer, whose code runs only if the user says so."""
    said: Any = np.load(saved / "said.npz")
    if FILES[name] == "with":
        with pytest.raises(InputError, match="--unsafe-models"):
            ismbench.load_model(saved / name)
    model = ismbench.load_model(saved / name, unsafe=FILES[name] == "with")
    for i, received in enumerate(model(said["x"])):
        np.testing.assert_allclose(np.asarray(received), said[f"{FILES[name]} {i}"], rtol=2e-5, atol=2e-6)
    explanation = ismbench.explain(model)
    # The two counts are joined where no length is left.
    whole = [row.name for row in explanation.rows if row.rule == "whole layer"]
    assert all(name.startswith("logsumexp") for name in whole)
    assert explanation.speedup > 3


def test_scored_and_exported(saved: Path, tmp_path: Path) -> None:
    pyBigWig = pytest.importorskip("pyBigWig", reason="needs ismbench[scoring]")
    pytest.importorskip("zarr", reason="needs ismbench[scoring]")
    from ismbench.scoring.export import ExportOptions, export

    letters = decode(random_dna(1, 2000, 1))[0]
    (tmp_path / "genome.fa").write_text(f">chr1\n{letters}\n")
    (tmp_path / "peaks.bed").write_text("chr1\t500\t800\nchr1\t1000\t1300\n")
    (tmp_path / "sizes").write_text("chr1\t2000\n")
    heads = "sum:wo_bias_bpnet_logcount_predictions"
    store = tmp_path / "scores.zarr"
    data = ismbench.score(
        saved / "chrombpnet_nobias.h5",
        tmp_path / "peaks.bed",
        store,
        genome=tmp_path / "genome.fa",
        target=heads,
    )
    assert np.isfinite(data["scores"].values).all()
    export(store, "hdf5", tmp_path / "out.h5")
    export(store, "bigwig", tmp_path / "out.bw", ExportOptions(sizes=tmp_path / "sizes"))
    with h5py.File(tmp_path / "out.h5") as file:
        assert file["shap/seq"].shape == (2, 4, 300)
        assert np.abs(file["projected_shap/seq"]).max() > 0
    with pyBigWig.open(str(tmp_path / "out.bw")) as track:
        assert np.isfinite(track.values("chr1", 500, 800)).all()
