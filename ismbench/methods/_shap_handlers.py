"""What shap's DeepExplainer needs here: rules for operations, one trace for all outputs, a guard around calls."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ismbench.errors import UnsupportedError

__all__ = ["add_handlers", "restored_recording", "trace_once"]

LINEAR = {
    "BatchToSpaceND": 0,
    "Conv2DBackpropInput": 2,
    "DepthwiseConv2dNative": 0,
    "Neg": 0,
    "PadV2": 0,
    "ResizeNearestNeighbor": 0,
    "Slice": 0,
    "SpaceToBatchND": 0,
}
"""Operations that are linear in one input, and its index: the plain gradient is the exact rule."""

POSITIONWISE = {"Erf": 0, "Erfc": 0, "LeakyRelu": 0, "Relu6": 0, "Softsign": 0}
"""Operations that act on each element of one input: DeepLIFT's rescale rule."""


def add_handlers() -> None:
    """Adds the rules to shap's table; those that shap has already stay as they are."""
    from shap.explainers._deep.deep_tf import linearity_1d, nonlinearity_1d, op_handlers

    for name, index in LINEAR.items():
        op_handlers.setdefault(name, linearity_1d(index))
    for name, index in POSITIONWISE.items():
        op_handlers.setdefault(name, nonlinearity_1d(index))
    # Three of shap's own rules fail: on a gather with constant indices, on a maximum over an axis, on a softmax.
    op_handlers["GatherV2"] = _gather
    op_handlers["Max"] = _maximum
    op_handlers["Softmax"] = _softmax


def _gather(explainer: Any, op: Any, *grads: Any) -> Any:
    """The rule of shap, but for constant indices, where it returns a nested list that TensorFlow refuses."""
    from shap.explainers._deep.deep_tf import gather, passthrough

    values_vary, indices_vary, *_ = explainer._variable_inputs(op)
    return (
        passthrough(explainer, op, *grads)
        if values_vary and not indices_vary
        else gather(explainer, op, *grads)
    )


def _maximum(explainer: Any, op: Any, *grads: Any) -> Any:
    """The rule that shap has for max pooling, for a maximum over an axis; shap takes it as positionwise."""
    import tensorflow as tf

    values, baselines = tf.split(op.inputs[0], 2)
    highest, baseline_highest = tf.split(op.outputs[0], 2)
    either = tf.maximum(highest, baseline_highest)
    op.type = op.type.removeprefix("shap_")  # TensorFlow's gradient looks the operation up by its type
    parts = tf.concat([either - baseline_highest, highest - either], 0)
    shares = tf.add_n(tf.split(explainer.orig_grads["Max"](op, grads[0] * parts)[0], 2))
    change = values - baselines
    rule = tf.where(tf.abs(change) < 1e-7, tf.zeros_like(change), shares / change)
    return [tf.concat([rule, rule], 0), None]


def _softmax(explainer: Any, op: Any, *grads: Any) -> Any:
    """The rule of shap, exp over sum, with one shift for a sequence and its baseline.

    shap shifts both by their own largest value and divides by the change before the shift, (change - shift) / change:
    where an input hardly changes, that is as large as one likes. The sums come out right, but what reaches the sequence
    is mostly noise.
    """
    import tensorflow as tf

    values, baselines = tf.split(op.inputs[0], 2)
    highest = tf.reduce_max(tf.maximum(values, baselines), axis=-1, keepdims=True)
    centered = op.inputs[0] - tf.concat([highest, highest], 0)
    powers = tf.exp(centered)
    total = tf.reduce_sum(powers, axis=-1, keepdims=True)
    result = powers / total
    # shap applies its rules between the input and the output only, so these must be known to lie there.
    new = [t.name for t in (centered, powers, total, result) if t.name not in explainer.between_tensors]
    explainer.between_tensors.update(dict.fromkeys(new, False))
    rule = tf.gradients(result, centered, grad_ys=grads[0])[0]
    for name in new:
        explainer.between_tensors.pop(name)
    return rule


def trace_once(explainer: Any) -> None:
    """Makes one graph serve all outputs of a model; shap traces one for each, which takes hours for a profile.

    Args:
        explainer: shap's TFDeep; its `phi_symbolic` gets an equal that takes the output as a number.
    """
    import tensorflow as tf

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def multipliers(inputs: list[Any], output: Any) -> Any:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(inputs)
            value = tf.gather(explainer.model(inputs, training=False), output, axis=1)
        explainer._init_between_tensors(value.op, inputs)
        return tape.gradient(value, inputs)

    explainer.phi_symbolic = lambda output: lambda inputs: multipliers(inputs, tf.constant(output, tf.int32))


@contextmanager
def restored_recording() -> Iterator[None]:
    """Turns shap's failure on an unknown operation into a reason, and undoes what it leaves behind.

    shap replaces TensorFlow's gradient recording while it traces and does not restore it after an exception,
    which would break every later gradient of the process.

    Raises:
        UnsupportedError: shap has no rule for an operation of the model.
    """
    from tensorflow.python.eager import execute

    recording = execute.record_gradient
    try:
        yield
    except Exception as error:  # a LookupError, which TensorFlow may wrap in one of its own
        missing = re.search(r"gradient registry has no entry for: shap_(\w+)", str(error))
        if missing is None:
            raise
        reason = f"shap's DeepExplainer has no rule for the operation {missing[1]}"
        raise UnsupportedError(reason) from error
    finally:
        execute.record_gradient = recording
