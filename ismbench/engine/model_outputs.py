"""The outputs of a model, whatever class it is of: a Sequential has no names of its own."""

from typing import TYPE_CHECKING

from ismbench.engine.graph import read_graph

if TYPE_CHECKING:
    import keras

__all__ = ["model_outputs"]


def model_outputs(model: "keras.Model") -> tuple[list[str], list[tuple[int | None, ...]]]:
    """Names and shapes of the outputs, without the batch axis, as `Target.check` takes them.

    Raises:
        InputError: The model is subclassed.
    """
    return list(read_graph(model).output_names), [tuple(tensor.shape[1:]) for tensor in model.outputs]
