"""A Keras 3 model as one of Keras 2 (tf_keras), layer by layer, with the same weights."""

from typing import Any

import keras

from ismbench.engine.graph import ActivationOf, Graph, LinearPart, Node, read_graph
from ismbench.errors import UnsupportedError
from ismbench.methods.peers._snapshot import arrays

__all__ = ["to_tf_keras"]

_CONVOLUTION = ("kernel_size", "strides", "padding", "dilation_rate", "groups", "use_bias", "filters")
_OPTIONS: dict[str, tuple[str, ...]] = {
    "Conv1D": _CONVOLUTION,
    "Conv2DTranspose": tuple(o for o in _CONVOLUTION if o != "groups"),
    "Dense": ("units", "use_bias"),
    "BatchNormalization": ("epsilon", "momentum", "center", "scale"),
    "MaxPooling1D": ("pool_size", "strides", "padding"),
    "AveragePooling1D": ("pool_size", "strides", "padding"),
    "Activation": ("activation",),
    "Dropout": ("rate",),
    "Reshape": ("target_shape",),
    "Cropping1D": ("cropping",),
    "ZeroPadding1D": ("padding",),
    "ReLU": ("max_value", "negative_slope", "threshold"),
    **dict.fromkeys(
        (
            "Add", "Average", "Flatten", "Maximum", "Minimum", "Multiply", "Subtract",
        ),
        (),
    ),
    **dict.fromkeys(("GlobalAveragePooling1D", "GlobalMaxPooling1D"), ("keepdims",)),
}  # fmt: skip
"""Options of a layer that matter at inference; other layers, and other options away from their default, are refused."""

_CHANNELS_LAST = {"data_format": "channels_last"}


def to_tf_keras(model: keras.Model) -> Any:
    """Rebuilds a model.

    Args:
        model: Functional or Sequential, with one input.

    Returns:
        A ``tf_keras.Model`` with one output for each of the model's.

    Raises:
        UnsupportedError: A layer has no counterpart here.
    """
    import tf_keras

    graph = read_graph(model)
    inputs = [
        tf_keras.Input(shape, dtype=dtype, name=f"input_{i}")
        for i, (shape, dtype) in enumerate(zip(graph.input_shapes, graph.input_dtypes, strict=True))
    ]
    tensors = dict(zip(graph.inputs, inputs, strict=True))
    made: list[tuple[Any, Node]] = []
    for node in graph.nodes:
        given = [tensors[t] for t in node.inputs]
        if node.kind is keras.layers.Identity:
            tensors[node.outputs[0]] = given[0]
            continue
        layer = _layer(tf_keras.layers, node)
        tensors[node.outputs[0]] = layer(given[0] if len(given) == 1 else given)
        made.append((layer, node))
    for layer, node in made:
        _copy(layer, node)
    return tf_keras.Model(inputs, _outputs(graph, tensors))


def _outputs(graph: Graph, tensors: dict[int, Any]) -> Any:
    outputs = [tensors[t] for t in graph.outputs]
    return outputs[0] if len(outputs) == 1 else outputs


def _layer(layers: Any, node: Node) -> Any:
    name = node.name.replace("/", "_").replace(":", "_").replace(".", "_")
    if node.kind is ActivationOf:
        return layers.Activation(_activation(node.operation.activation), name=name)
    kind = node.kind.__name__
    if kind not in _OPTIONS or type(node.layer) is not getattr(keras.layers, kind):
        raise UnsupportedError(f"the layer {node.name!r} ({kind}) has no counterpart in Keras 2 here")
    config = node.layer.get_config()
    if config.get("data_format", "channels_last") != "channels_last":
        raise UnsupportedError(f"the layer {node.name!r} must have its channels last")
    options = {key: config[key] for key in _OPTIONS[kind]}
    if kind == "Activation":
        options["activation"] = _activation(node.operation.activation)
    if kind == "BatchNormalization":
        _check_last_axis(node)
    return getattr(layers, kind)(name=name, **options)


def _check_last_axis(node: Node) -> None:
    if node.layer.axis not in (-1, node.layer.input_spec.ndim - 1):
        raise UnsupportedError(f"the layer {node.name!r} must normalise its last axis")


def _activation(function: Any) -> str:
    name = str(keras.activations.serialize(function))
    if not hasattr(keras.activations, name):
        raise UnsupportedError(f"the activation {name!r} has no counterpart in Keras 2 here")
    return name


def _copy(layer: Any, node: Node) -> None:
    if node.kind is not ActivationOf and layer.weights:
        source = node.layer if isinstance(node.operation, LinearPart) else node.operation
        layer.set_weights(arrays(source))
