"""Models that refer to something that may become another thing between two calls: each with what changes it."""

import sys
from collections.abc import Callable
from functools import partial
from types import ModuleType, SimpleNamespace
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from tests.engine.random_graphs import fill_weights

LENGTH = 14
Change = Callable[[], None]
Made = tuple[keras.Model, Change]


def around(middle: Callable[[Any], Any]) -> keras.Model:
    """A small model with something in its middle that keeps the shape."""
    x = keras.Input((LENGTH, 4))
    y = middle(layers.Conv1D(5, 3, padding="same", activation="tanh", name="conv")(x))
    y = layers.Dense(4, activation="tanh", name="hidden")(layers.Flatten()(y))
    model = keras.Model(x, layers.Dense(2, name="out")(y))
    fill_weights(model, np.random.default_rng(0))
    return model


def computing(function: Callable[[Any], Any]) -> keras.Model:
    return around(layers.Lambda(function, output_shape=(LENGTH, 5)))


# What a function refers to


def tensor_in_a_list() -> Made:
    box = [ops.convert_to_tensor(np.float32(2.0))]
    return computing(lambda y: y * box[0]), lambda: box.__setitem__(0, ops.convert_to_tensor(np.float32(0.5)))


def variable_in_a_closure() -> Made:
    scale = keras.Variable(2.0)
    return computing(lambda y: ops.tanh(y * scale)), lambda: scale.assign(0.5)


def variable_of_the_graph() -> Made:
    scale = keras.Variable(np.ones(5, "float32"))
    return around(lambda y: y * scale), lambda: scale.assign(np.arange(5.0))


def array_in_place() -> Made:
    scale = np.ones(5, "float32")
    return computing(lambda y: ops.multiply(y, scale)), lambda: scale.__setitem__(2, -3.0)


class Settings:
    """As many a program has them."""

    scale = 2.0

    @staticmethod
    def steeper(y: Any) -> Any:
        return 1.5 * y


def class_attribute() -> Made:
    Settings.scale = 2.0
    return computing(lambda y: y * Settings.scale), lambda: setattr(Settings, "scale", 0.5)


def static_method() -> Made:
    Settings.steeper = staticmethod(lambda y: 1.5 * y)
    return computing(lambda y: Settings.steeper(y)), lambda: setattr(
        Settings, "steeper", staticmethod(lambda y: 0.4 * y)
    )


settings = ModuleType("settings_of_a_user")


def attribute_of_a_module() -> Made:
    settings.scale = 2.0  # type: ignore[attr-defined]
    return computing(lambda y: y * settings.scale), lambda: setattr(settings, "scale", 0.5)


class Slotted:
    """Without a dictionary."""

    __slots__ = ("scale",)

    def __init__(self) -> None:
        self.scale = 2.0


def slot_of_an_object() -> Made:
    holder = Slotted()
    return computing(lambda y: y * holder.scale), lambda: setattr(holder, "scale", 0.5)


def namespace() -> Made:
    holder = SimpleNamespace(scale=2.0)
    return computing(lambda y: y * holder.scale), lambda: setattr(holder, "scale", 0.5)


def scaled(y: Any) -> Any:
    return y * scaled.factor  # type: ignore[attr-defined]


def attribute_of_a_function() -> Made:
    scaled.factor = 2.0  # type: ignore[attr-defined]
    return computing(lambda y: scaled(y)), lambda: setattr(scaled, "factor", 0.5)


def argument_of_a_partial() -> Made:
    options = {"by": 2.0}
    return computing(partial(lambda y, given: y * given["by"], given=options)), lambda: options.update(by=0.5)


def helper(y: Any) -> Any:
    return 2.0 * y


def replaced_helper() -> Made:
    here = sys.modules[__name__]
    here.helper = lambda y: 2.0 * y  # type: ignore[attr-defined]
    return computing(lambda y: helper(y)), lambda: setattr(here, "helper", lambda y: 0.5 * y)


def function_of_a_layer() -> Made:
    lamb = layers.Lambda(lambda y: ops.tanh(2.0 * y))
    return around(lamb), lambda: setattr(lamb, "function", lambda y: ops.tanh(0.5 * y))


# A user's own layers


class Scaled(layers.Layer):
    """Its scale is the class's, its computation a method's."""

    scale = 2.0

    def call(self, y: Any) -> Any:
        return self.scale * self.bent(y)

    def bent(self, y: Any) -> Any:
        return ops.tanh(y)


def class_attribute_of_a_layer() -> Made:
    Scaled.scale = 2.0
    return around(Scaled()), lambda: setattr(Scaled, "scale", 0.5)


def method_of_a_layer() -> Made:
    Scaled.bent = lambda self, y: ops.tanh(y)  # type: ignore[method-assign]
    return around(Scaled()), lambda: setattr(Scaled, "bent", lambda self, y: ops.tanh(3.0 * y))


class Constant(layers.Layer):
    """Multiplies by a tensor that is no weight."""

    def __init__(self) -> None:
        super().__init__()
        self.factor = ops.convert_to_tensor(np.float32(2.0))

    def call(self, y: Any) -> Any:
        return y * self.factor


def tensor_of_a_layer() -> Made:
    layer = Constant()
    return around(layer), lambda: setattr(layer, "factor", ops.convert_to_tensor(np.float32(0.5)))


# Layers of Keras


def adapted_anew() -> Made:
    rng = np.random.default_rng(2)
    normalization = layers.Normalization()
    normalization.adapt(rng.normal(1.0, 2.0, (50, LENGTH, 5)))
    return around(normalization), lambda: normalization.adapt(rng.normal(-1.0, 0.5, (50, LENGTH, 5)))


def nested_head() -> Made:
    inner = keras.Sequential(
        [keras.Input((LENGTH, 5)), layers.Dense(6, activation="tanh"), layers.Dense(5, activation="tanh")]
    )

    def change() -> None:
        inner.pop()
        inner.add(layers.Dense(5, activation="relu"))
        fill_weights(inner, np.random.default_rng(5))

    return around(inner), change


def wrapped_activation() -> Made:
    wrapper = layers.TimeDistributed(layers.Dense(5, activation="tanh"))
    return around(wrapper), lambda: setattr(wrapper.layer, "activation", keras.activations.relu)


def option(layer: Any, name: str, value: Any) -> Made:
    return around(layer), lambda: setattr(layer, name, value)


def dilation() -> Made:
    return option(layers.Conv1D(5, 3, padding="same"), "dilation_rate", (2,))


def axis_of_a_softmax() -> Made:
    return option(layers.Softmax(), "axis", 1)


def limit_of_a_relu() -> Made:
    return option(layers.ReLU(), "max_value", 0.1)


def activation_that_is_a_layer() -> Made:
    leaky = layers.LeakyReLU(0.1)
    return around(layers.Dense(5, activation=leaky)), lambda: setattr(leaky, "negative_slope", 0.9)


def low_rank_convolution() -> Made:
    model = around(lambda y: y)

    def change() -> None:
        model.get_layer("conv").enable_lora(2)
        fill_weights(model, np.random.default_rng(3))

    return model, change


# Keras itself


def epsilon_of_keras() -> Made:
    return around(layers.Normalization(mean=0.1, variance=0.04)), lambda: keras.config.set_epsilon(0.5)


def format_of_keras() -> Made:
    def function(y: Any) -> Any:
        return y if keras.config.image_data_format() == "channels_last" else 0.5 * y

    return computing(function), lambda: keras.config.set_image_data_format("channels_first")


REFERENCES: dict[str, Callable[[], Made]] = {
    made.__name__: made
    for made in (
        tensor_in_a_list, variable_in_a_closure, variable_of_the_graph, array_in_place, class_attribute,
        static_method, attribute_of_a_module, slot_of_an_object, namespace, attribute_of_a_function,
        argument_of_a_partial, replaced_helper, function_of_a_layer, class_attribute_of_a_layer, method_of_a_layer,
        tensor_of_a_layer, adapted_anew, nested_head, wrapped_activation, dilation, axis_of_a_softmax,
        limit_of_a_relu, activation_that_is_a_layer, low_rank_convolution, epsilon_of_keras, format_of_keras,
    )
}  # fmt: skip
