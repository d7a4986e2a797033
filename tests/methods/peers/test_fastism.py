"""The original fastISM keeps what every method promises, in a process with Keras 2; elsewhere it says why not."""

import os
import re
import subprocess
import sys
from pathlib import Path

import keras
import pytest
from keras import layers

from ismbench.engine.target import EVERY
from ismbench.errors import UnsupportedError
from ismbench.methods import METHODS, BatchSizes, load

pytestmark = pytest.mark.skipif(METHODS["peer_fastism"].missing() is not None, reason="no fastism")


EXACT = "peer_fastism and (naive_ism_in_float64 or linear_model)"


@pytest.mark.parametrize(
    ("which", "least"),
    [
        pytest.param(EXACT, 2, marks=pytest.mark.slow),
        pytest.param("peer_fastism", 11, marks=pytest.mark.nightly),
    ],
    ids=["exact", "all"],
)
def test_it_keeps_the_promises_of_every_method_and_equals_naive_ism(
    root: Path, which: str, least: int
) -> None:
    words = ["tests/methods/test_conformance.py", "-k", which, "-q", "-p", "no:cacheprovider"]
    environment = {**os.environ, "TF_USE_LEGACY_KERAS": "1", "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None, done.stdout[-3000:]
    assert int(passed[1]) >= least
    assert "skipped" not in done.stdout


def test_without_keras_2_it_says_what_it_needs() -> None:
    if os.environ.get("TF_USE_LEGACY_KERAS") == "1":
        pytest.skip("Keras 2 is there")
    inputs = keras.Input((20, 4))
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(layers.Conv1D(3, 3)(inputs))))
    with pytest.raises(UnsupportedError, match="TF_USE_LEGACY_KERAS=1"):
        load("peer_fastism")(model, EVERY, BatchSizes())
