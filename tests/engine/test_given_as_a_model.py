"""What a user may give as a model, to every public function: the right scores, or one line that says what to do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import ismbench
from ismbench.errors import InputError
from ismbench.methods import BatchSizes, load
from ismbench.sequence import decode, random_dna

LENGTH = 30
X = random_dna(2, LENGTH, 1)


def _score(model: Any, folder: Path) -> Any:
    pytest.importorskip("zarr", reason="needs ismbench[scoring]")
    (folder / "in.fa").write_text("".join(f">s{i}\n{s}\n" for i, s in enumerate(decode(X))))
    return ismbench.score(model, folder / "in.fa", folder / "out.zarr")["scores"].values


def _method(model: Any, folder: Path) -> Any:
    return load("gradient")(model, ismbench.Target(index=0), BatchSizes())(X)


ENGINE: dict[str, Callable[[Any, Path], Any]] = {
    "saturation_mutagenesis": lambda model, folder: ismbench.saturation_mutagenesis(model, X).delta,
    "variant_effects": lambda model, folder: ismbench.variant_effects(model, X, [3, 4], [1, 2]).delta,
    "explain": lambda model, folder: ismbench.explain(model).full,
    "FastISM": lambda model, folder: ismbench.FastISM(model)(X),
    "NaiveISM": lambda model, folder: ismbench.NaiveISM(model)(X),
    "score": _score,
}
SURFACE = {**ENGINE, "a method": _method}


def model_of(library: Any) -> Any:
    """The same small model of Keras 3 or of tf_keras."""
    layers = library.layers
    model = library.Sequential(
        [layers.Input((LENGTH, 4)), layers.Conv1D(4, 5, activation="relu"), layers.Flatten(), layers.Dense(2)]
    )
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(0, 0.3, w.shape).astype("float32") for w in model.get_weights()])
    return model


def torch_module() -> Any:
    torch = pytest.importorskip("torch", reason="needs torch")
    return torch.nn.Sequential(torch.nn.Conv1d(4, 4, 5), torch.nn.Flatten(), torch.nn.Linear(104, 2)).eval()


class Subclassed(keras.Model):
    """A model without a graph."""

    def call(self, x: Any) -> Any:
        return x


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a torch module": (torch_module, r"the torch module Sequential; convert it: ismbench\.from_torch"),
    "a layer": (lambda: keras.layers.Dense(2, name="top"), r"the layer 'top' \(Dense\); wrap it"),
    "a class": (lambda: keras.Sequential, r"the class 'Sequential'; call it first"),
    "a function": (lambda: model_of, r"the function 'model_of'; call it first"),
    "nothing": (lambda: None, "Received: NoneType"),
    "a subclassed model": (Subclassed, "Functional or Sequential"),
}


@pytest.mark.parametrize("function", SURFACE)
@pytest.mark.parametrize("given", [*REFUSED, "a path"])
def test_what_is_no_model_is_told_in_one_line(given: str, function: str, tmp_path: Path) -> None:
    if given == "a path":
        if function == "score":
            pytest.skip("takes paths")
        make, words = (lambda: "model.keras"), r"the path 'model\.keras'; open it first: ismbench\.load_model"
    else:
        make, words = REFUSED[given]
    with pytest.raises(InputError, match=words) as raised:
        SURFACE[function](make(), tmp_path)
    assert "\n" not in str(raised.value)


@pytest.mark.filterwarnings("ignore")  # of tf_keras
@pytest.mark.parametrize("function", ENGINE)
def test_a_model_of_tf_keras_scores_as_that_of_keras_3(function: str, tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    old: Any = pytest.importorskip("tf_keras")
    model, other = model_of(keras), model_of(old)
    (tmp_path / "a").mkdir()
    expected, received = ENGINE[function](model, tmp_path), ENGINE[function](other, tmp_path / "a")
    np.testing.assert_allclose(received, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_a_model_of_tf_keras_is_followed_as_it_is_trained() -> None:
    pytest.importorskip("tensorflow")
    old: Any = pytest.importorskip("tf_keras")
    model = model_of(old)
    scorer = ismbench.FastISM(model)
    first, again = ismbench.saturation_mutagenesis(model, X).delta, scorer(X)
    model.set_weights([2 * w for w in model.get_weights()])
    assert not np.allclose(ismbench.saturation_mutagenesis(model, X).delta, first)
    assert not np.allclose(scorer(X), again)
    np.testing.assert_allclose(
        ismbench.saturation_mutagenesis(model, X).delta,
        ismbench.saturation_mutagenesis(ismbench.from_tf_keras(model), X).delta,
    )


@pytest.mark.filterwarnings("ignore")
def test_a_method_says_how_to_convert_a_model_of_tf_keras(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    old: Any = pytest.importorskip("tf_keras")
    with pytest.raises(
        InputError, match=r"of tf_keras \(Keras 2\); convert it: ismbench\.from_tf_keras\(model\)"
    ):
        _method(model_of(old), tmp_path)
