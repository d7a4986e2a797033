"""Reading Keras models: nesting, sharing, several inputs and outputs, splitting of activations."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from ismbench.engine import backend
from ismbench.engine.graph import ActivationOf, LinearPart, read_graph
from ismbench.errors import InputError
from tests.engine.random_graphs import fill_weights


def names(model: keras.Model) -> list[str]:
    return [node.name for node in read_graph(model).nodes]


def runs_alike(model: keras.Model, *shapes: tuple[int, ...]) -> bool:
    """Whether the graph computes what the model computes."""
    fill_weights(model, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    inputs = [ops.convert_to_tensor(rng.normal(size=(2, *s)).astype("float32")) for s in shapes]
    graph = read_graph(model)
    values = graph.run(inputs)
    expected = keras.tree.flatten(model(inputs if len(inputs) > 1 else inputs[0], training=False))
    return all(
        np.allclose(backend.to_numpy(values[t]), backend.to_numpy(y), atol=1e-6)
        for t, y in zip(graph.outputs, expected, strict=True)
    )


def test_an_activation_becomes_a_node_of_its_own() -> None:
    x = keras.Input((9, 4))
    model = keras.Model(x, layers.Conv1D(3, 3, activation="relu", name="conv")(x))
    first, second = read_graph(model).nodes
    assert isinstance(first.operation, LinearPart)
    assert isinstance(second.operation, ActivationOf)
    assert (first.name, second.name) == ("conv", "conv.activation")
    assert first.kind is layers.Conv1D
    assert runs_alike(model, (9, 4))


def test_without_an_activation_a_layer_stays_whole() -> None:
    x = keras.Input((9, 4))
    (node,) = read_graph(keras.Model(x, layers.Dense(3)(x))).nodes
    assert isinstance(node.operation, layers.Dense)


def test_a_subclass_is_never_split() -> None:
    class Own(layers.Dense):
        pass

    x = keras.Input((9, 4))
    (node,) = read_graph(keras.Model(x, Own(3, activation="relu")(x))).nodes
    assert node.kind is Own


def test_a_shared_layer_is_several_nodes() -> None:
    x = keras.Input((9, 4))
    dense = layers.Dense(4, name="dense")
    model = keras.Model(x, dense(dense(x)))
    assert names(model) == ["dense", "dense:2"]
    assert runs_alike(model, (9, 4))


def test_nested_models_are_flattened_with_their_path_as_name() -> None:
    a = keras.Input((9, 4))
    inner = keras.Model(a, layers.Dense(4, name="dense")(a), name="inner")
    b = keras.Input((9, 4))
    middle = keras.Sequential([keras.Input((9, 4)), inner, layers.ReLU(name="relu")], name="middle")
    outer = keras.Model(b, layers.Add(name="add")([middle(b), inner(b)]))
    assert sorted(names(outer)) == ["add", "inner/dense", "middle/inner/dense", "middle/relu"]
    assert runs_alike(outer, (9, 4))


def test_a_nested_model_that_returns_its_input() -> None:
    a = keras.Input((9, 4))
    inner = keras.Model(a, [a, layers.ReLU()(a)])
    b = keras.Input((9, 4))
    same, rectified = inner(layers.Dense(4)(b))
    assert runs_alike(keras.Model(b, layers.Subtract()([same, rectified])), (9, 4))


def test_a_nested_model_called_twice_is_walked_twice() -> None:
    a = keras.Input((9, 4))
    inner = keras.Model(a, layers.Dense(3, name="dense")(a), name="inner")
    x = keras.Input((9, 4))
    model = keras.Model(x, layers.Average()([inner(x), inner(ops.flip(x, 1))]))
    assert {"inner/dense", "inner/dense:2"} <= set(names(model))
    assert runs_alike(model, (9, 4))


def test_inputs_keep_the_order_of_the_model() -> None:
    a, b = keras.Input((9, 4), name="b"), keras.Input((3,), name="a")
    graph = read_graph(keras.Model([a, b], layers.Concatenate()([layers.Flatten()(a), b])))
    assert graph.input_names == ("b", "a")
    assert graph.input_shapes == ((9, 4), (3,))


def test_outputs_in_a_dict_have_its_keys_as_names() -> None:
    x = keras.Input((9, 4))
    model = keras.Model(x, {"z": layers.Dense(1)(x), "a": layers.Flatten()(x)})
    graph = read_graph(model)
    assert graph.output_names == ("a", "z")
    values = graph.run([ops.ones((2, 9, 4))])
    assert [tuple(values[t].shape) for t in graph.outputs] == [(2, 36), (2, 9, 1)]


def test_operations_keep_their_constants() -> None:
    x = keras.Input((9, 4))
    y = ops.concatenate([2.0 - x, x * np.arange(4, dtype="float32")], axis=-1)
    assert runs_alike(keras.Model(x, ops.sum(y, axis=1)), (9, 4))


def test_layers_with_keyword_arguments_and_several_outputs() -> None:
    x = keras.Input((9, 4))
    attended, scores = layers.MultiHeadAttention(2, 3)(x, value=x, return_attention_scores=True)
    assert runs_alike(keras.Model(x, [attended, scores]), (9, 4))


def test_inference_only() -> None:
    x = keras.Input((9, 4))
    model = keras.Model(x, layers.Dropout(0.9)(layers.BatchNormalization()(x)))
    assert runs_alike(model, (9, 4))


def test_pruning_keeps_what_the_outputs_need() -> None:
    x = keras.Input((9, 4))
    left, right = layers.Dense(2, name="left")(x), layers.Dense(3, name="right")(x)
    graph = read_graph(keras.Model(x, [left, right]))
    assert [node.name for node in graph.pruned(graph.outputs[1:]).nodes] == ["right"]


class Subclassed(keras.Model):
    def call(self, x: Any) -> Any:
        return x


class SubclassedFunctional(keras.Model):
    def __init__(self) -> None:
        x = keras.Input((9, 4))
        super().__init__(x, layers.Dense(1)(x))

    def call(self, x: Any) -> Any:
        return super().call(x) * 2


@pytest.mark.parametrize("model", [Subclassed(), SubclassedFunctional(), keras.Sequential([layers.Dense(1)])])
def test_a_model_without_a_graph_is_refused(model: keras.Model) -> None:
    with pytest.raises(InputError, match="must be Functional or Sequential") as caught:
        read_graph(model)
    assert "\n" not in str(caught.value)


def test_a_functional_subclass_without_a_call_is_read() -> None:
    class Named(keras.Model):
        pass

    x = keras.Input((9, 4))
    assert names(Named(x, layers.Dense(1, name="dense")(x))) == ["dense"]
