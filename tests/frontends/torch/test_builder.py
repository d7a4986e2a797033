"""Names of layers and of operations that Keras names by counting on, whatever it has counted before."""

import keras
import pytest

pytest.importorskip("torch", reason="needs torch (extra: torch)")

from ismbench.frontends.torch.axes import BatchAxis
from ismbench.frontends.torch.builder import Builder


def test_an_operation_is_named_apart_from_a_layer() -> None:
    builder, x = Builder(BatchAxis(7)), keras.Input((3,))
    y = keras.ops.add(keras.layers.Dense(3, name=builder.name("add_16"))(x), x)
    operation = y._keras_history.operation
    operation.name = "add_16"
    with pytest.raises(ValueError, match="used 2 times"):
        keras.Model(x, y)
    builder.name_apart([y])
    assert operation.name == "add_16_2"
    assert keras.Model(x, y).count_params() == 12
