"""A proof stays with the model that it is of: in the converted file, and in what is opened from it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest

from ismbench import load_model
from ismbench.frontends.proof import kept_proof
from tests.conftest import Outcome


@pytest.mark.parametrize("ending", [".pt2", ".keras"])
def test_convert_keeps_the_proof(ending: str, tmp_path: Path, ismbench: Callable[..., Outcome]) -> None:
    source, made, again = tmp_path / f"model{ending}", tmp_path / "made.keras", tmp_path / "again.keras"
    if ending == ".pt2":
        torch = pytest.importorskip("torch", reason="needs torch (extra: torch)")
        module = torch.nn.Sequential(
            torch.nn.Conv1d(4, 3, 5), torch.nn.Flatten(), torch.nn.Linear(48, 2)
        ).eval()
        torch.export.save(torch.export.export(module, (torch.zeros(2, 4, 20),)), source)
    else:
        old: Any = pytest.importorskip("tf_keras")
        inputs = old.layers.Input((20, 4))
        old.Model(inputs, old.layers.Dense(2)(old.layers.Flatten()(inputs))).save(source)
    outcome = ismbench("convert", source, "-o", made, "--unsafe-models")
    assert outcome.code == 0, outcome.err
    model = load_model(made)
    assert str(model.proof) in outcome.out
    assert 0 <= model.proof.error <= model.proof.allowed
    assert ismbench("convert", made, "-o", again).code == 0
    assert kept_proof(again) == model.proof


def test_a_model_that_was_never_converted_has_none(tmp_path: Path) -> None:
    inputs = keras.Input((20, 4))
    keras.Model(inputs, keras.layers.Flatten()(inputs)).save(tmp_path / "own.keras")
    assert not hasattr(load_model(tmp_path / "own.keras"), "proof")
