"""Models of every class have names and shapes of outputs that a target can be checked against."""

import keras
import pytest
from keras import layers

from ismbench.engine.model_outputs import model_outputs
from ismbench.engine.target import Target
from ismbench.errors import InputError


def _functional() -> keras.Model:
    x = keras.Input((20, 4))
    return keras.Model(x, [layers.Dense(3, name="a")(layers.Flatten()(x)), layers.Conv1D(2, 3, name="b")(x)])


def _sequential() -> keras.Model:
    return keras.Sequential([keras.Input((20, 4)), layers.Flatten(), layers.Dense(3, name="last")])


def test_names_and_shapes() -> None:
    assert model_outputs(_functional()) == (["a", "b"], [(3,), (18, 2)])
    names, shapes = model_outputs(_sequential())
    assert (len(names), shapes) == (1, [(3,)])


@pytest.mark.parametrize("build", [_functional, _sequential])
def test_a_target_is_checked_against_any_model(build) -> None:  # type: ignore[no-untyped-def]
    Target(0, index=2).check(*model_outputs(build()))
    with pytest.raises(InputError, match="must lie in the 3 values"):
        Target(0, index=3).check(*model_outputs(build()))
