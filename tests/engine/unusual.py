"""Models whose graphs are easy to get wrong, by kind: masks and infinities, the batch axis, quantization, input types.

Run as a module it scores them on the Keras backend in use: ``python -m tests.engine.unusual FILE`` writes the errors.
"""

import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

import ismbench
from ismbench.engine import fast
from tests.engine.random_graphs import fill_weights

LENGTH = 24
Array = NDArray[Any]
Case = tuple[keras.Model, list[Array]]


def dna(n: int = 2, padded: int = 6, dtype: str = "float32", length: int = LENGTH) -> Array:
    """(n, length, 4) one-hot; the last positions are all zero."""
    x = np.eye(4)[np.random.default_rng(1).integers(0, 4, (n, length))]
    x[:, length - padded :] = 0
    return x.astype(dtype)


def model_of(inputs: Any, outputs: Any) -> keras.Model:
    """A model with weights that leave nothing at zero."""
    model = keras.Model(inputs, outputs)
    fill_weights(model, np.random.default_rng(0))
    return model


def trunk(x: Any, filters: int = 5) -> Any:
    return layers.Conv1D(filters, 3, padding="same", activation="relu")(x)


def backwards(x: Any) -> Any:
    """The positions turned round: by a slice; by flip on torch, where Keras refuses slices with a negative step."""
    return ops.flip(x, 1) if keras.config.backend() == "torch" else x[:, ::-1]


def present(x: Any) -> Any:
    """(N, L) which positions are not padded; changes where a base is written over padding."""
    return ops.sum(x, axis=-1) > 0.5


# Masks as arguments


def averaged_under_a_mask() -> Case:
    x = keras.Input((LENGTH, 4))
    return model_of(x, layers.Dense(2)(layers.GlobalAveragePooling1D()(trunk(x), mask=present(x)))), [dna()]


def softmax_with_a_mask() -> Case:
    x = keras.Input((LENGTH, 4))
    score = layers.Softmax(axis=1)(layers.Dense(1)(trunk(x)), present(x)[..., None])
    return model_of(x, layers.Dense(2)(ops.sum(trunk(x) * score, axis=1))), [dna()]


def recurrent_with_a_mask() -> Case:
    x = keras.Input((LENGTH, 4))
    return model_of(x, layers.Dense(2)(layers.GRU(4)(trunk(x), mask=present(x)))), [dna()]


def attention_with_a_mask() -> Case:
    x, keep = keras.Input((LENGTH, 4)), keras.Input((LENGTH,), dtype="bool")
    y = trunk(x)
    y = layers.MultiHeadAttention(2, 3)(y, y, attention_mask=keep[:, None])
    return model_of([x, keep], layers.Dense(2)(layers.GlobalMaxPooling1D()(y))), [dna(), dna().any(axis=2)]


# Masks that ride on tensors


def masking_layer() -> Case:
    x = keras.Input((LENGTH, 4))
    y = layers.Dense(5, activation="relu")(layers.Masking()(x))
    return model_of(x, layers.Dense(2)(layers.GlobalAveragePooling1D()(y))), [dna()]


def masking_layer_and_recurrence() -> Case:
    x = keras.Input((LENGTH, 4))
    y = layers.Dropout(0.5)(layers.Dense(5, activation="tanh")(layers.Masking()(x)))
    return model_of(x, layers.Dense(2)(layers.Bidirectional(layers.GRU(3))(y))), [dna()]


def embedding_that_masks(*behind: Any) -> Case:
    """The first base, and padding, are what the embedding hides."""
    x = keras.Input((LENGTH, 4))
    y = layers.Embedding(4, 5, mask_zero=True)(ops.argmax(x, axis=-1))
    for layer in behind:
        y = layer(y)
    return model_of(x, layers.Dense(2)(y)), [dna()]


def embedding_and_mean() -> Case:
    return embedding_that_masks(layers.Dense(5, activation="relu"), layers.GlobalAveragePooling1D())


def embedding_and_recurrence() -> Case:
    return embedding_that_masks(layers.LSTM(3, return_sequences=True), layers.GRU(3))


def embedding_and_convolution() -> Case:
    """Which passes the mask on."""
    convolution = layers.Conv1D(5, 3, padding="same", activation="relu")
    return embedding_that_masks(convolution, layers.Dropout(0.5), layers.GlobalAveragePooling1D())


def masks_that_are_joined() -> Case:
    x = keras.Input((LENGTH, 4))
    y = layers.Masking()(x)
    y = layers.Concatenate()([layers.Dense(3)(y), layers.Dense(2, activation="relu")(y)])
    y = layers.Add()([y, layers.TimeDistributed(layers.Dense(5, activation="tanh"))(y)])
    return model_of(x, layers.Dense(2)(layers.GlobalAveragePooling1D()(y))), [dna()]


def softmax_under_a_hidden_mask() -> Case:
    x = keras.Input((LENGTH, 4))
    y = layers.Masking()(x)
    score = layers.Lambda(lambda y: y[..., 0], (LENGTH,), mask=lambda _, mask: mask)(layers.Dense(1)(y))
    weight = layers.Softmax(axis=1)(score)
    return model_of(x, layers.Dense(2)(ops.sum(trunk(x) * weight[..., None], axis=1))), [dna()]


def attention_of_masked_queries_and_values() -> Case:
    x = keras.Input((LENGTH, 4))
    y, keep = trunk(x), present(x)
    y = layers.MultiHeadAttention(2, 3)(y, y, query_mask=keep, value_mask=keep, use_causal_mask=True)
    return model_of(x, layers.Dense(2)(layers.GlobalMaxPooling1D()(y))), [dna()]


def attention_of_a_list_of_masks() -> Case:
    x = keras.Input((LENGTH, 4))
    y, keep = trunk(x), present(x)
    y = layers.Attention()([y, y], mask=[keep, keep])
    return model_of(x, layers.Dense(2)(layers.GlobalAveragePooling1D()(y))), [dna()]


class Present(layers.Layer):
    """Gives its input a mask when it runs; nothing of that is in the graph."""

    supports_masking = True

    def call(self, x: Any) -> Any:
        return x * 1.0

    def compute_mask(self, x: Any, previous_mask: Any = None) -> Any:
        return None if isinstance(x, keras.KerasTensor) else present(x)


def hidden_mask() -> Case:
    x = keras.Input((LENGTH, 4))
    y = layers.Dense(5, activation="relu")(Present()(x))
    y = layers.Average()([layers.GlobalAveragePooling1D()(y), layers.GlobalMaxPooling1D()(trunk(x))])
    return model_of(x, layers.Dense(2)(y)), [dna()]


# Infinities and huge numbers


def weighted_by(score_of: Callable[[Any, Any], Any]) -> Case:
    """A mean weighted by the softmax of a score that is masked in some way."""
    x = keras.Input((LENGTH, 4))
    score = score_of(layers.Dense(1)(trunk(x)), present(x)[..., None])
    weight = layers.Softmax(axis=1)(score)
    return model_of(x, layers.Dense(2)(ops.sum(trunk(x) * weight, axis=1))), [dna()]


def minus_infinity() -> Case:
    return weighted_by(lambda score, keep: ops.where(keep, score, ops.full_like(score, -np.inf)))


def logarithm_of_a_mask() -> Case:
    return weighted_by(lambda score, keep: score + ops.log(ops.cast(keep, "float32")))


def logarithm_of_a_mask_by_a_layer() -> Case:
    return weighted_by(lambda score, keep: layers.Add()([score, ops.log(ops.cast(keep, "float32"))]))


def minus_a_thousand_million() -> Case:
    return weighted_by(lambda score, keep: score - 1e9 * (1.0 - ops.cast(keep, "float32")))


def minus_ten_thousand_by_a_layer() -> Case:
    def score_of(score: Any, keep: Any) -> Any:
        return layers.Subtract()([score, 1e4 * (1.0 - ops.cast(keep, "float32"))])

    return weighted_by(score_of)


def minus_infinity_moved() -> Case:
    """Cropped, padded, reversed and joined on the way to the softmax."""

    def score_of(score: Any, keep: Any) -> Any:
        masked = ops.where(keep, score, ops.full_like(score, -np.inf))
        ends = layers.Cropping1D((0, 4))(masked), layers.Cropping1D((LENGTH - 4, 0))(masked)
        return ops.flip(ops.flip(layers.Concatenate(axis=1)(list(ends)), axis=1), axis=1)

    return weighted_by(score_of)


def minus_infinity_sliced_and_scaled() -> Case:
    """Through slices, transposition, constants at every position, and a sum over channels."""

    def score_of(score: Any, keep: Any) -> Any:
        slope = np.linspace(0.5, 1.5, LENGTH, dtype="float32")[:, None]
        masked = ops.where(keep, score, ops.full_like(score, -np.inf)) * slope
        both = ops.concatenate([masked, layers.Rescaling(0.5, 0.1)(masked)], axis=2)
        both = backwards(ops.transpose(ops.transpose(backwards(both), (0, 2, 1)), (0, 2, 1)))
        return ops.sum(both, axis=2, keepdims=True)

    return weighted_by(score_of)


def masked_maximum() -> Case:
    x = keras.Input((LENGTH, 4))
    y = ops.where(present(x)[..., None], trunk(x), ops.full_like(trunk(x), -np.inf))
    return model_of(x, layers.Dense(2)(layers.GlobalMaxPooling1D()(layers.MaxPooling1D(2)(y)))), [dna()]


def padded_with_minus_infinity() -> Case:
    x = keras.Input((LENGTH, 4))
    y = ops.pad(trunk(x), ((0, 0), (1, 3), (0, 0)), constant_values=-np.inf)
    return model_of(x, layers.Dense(2)(layers.GlobalAveragePooling1D()(layers.MaxPooling1D(4)(y)))), [dna()]


def minus_infinity_folded_and_stacked() -> Case:
    """Through a reshape of neighbouring positions, a stack, and a split along the length."""

    def score_of(score: Any, keep: Any) -> Any:
        masked = ops.where(keep, score, ops.full_like(score, -np.inf))
        masked = ops.concatenate(ops.split(masked, [5, 17], axis=1), axis=1)
        pairs = ops.reshape(masked, (-1, LENGTH // 2, 2))
        both = ops.stack([pairs, pairs - 1.0], axis=-1)
        return ops.reshape(both[..., 0], (-1, LENGTH, 1))

    return weighted_by(score_of)


# The batch axis


def mean_of_folds() -> Case:
    x = keras.Input((LENGTH, 4))
    folds = [layers.Dense(2)(layers.Flatten()(trunk(x))) for _ in range(3)]
    return model_of(x, ops.mean(ops.stack(folds, axis=0), axis=0)), [dna()]


def pieces_as_a_batch() -> Case:
    x = keras.Input((LENGTH, 4))
    y = layers.GlobalMaxPooling1D()(trunk(ops.reshape(trunk(x), (-1, 8, 5))))
    return model_of(x, layers.Dense(2)(ops.reshape(y, (-1, LENGTH // 8 * 5)))), [dna()]


def strands_as_a_batch() -> Case:
    x = keras.Input((LENGTH, 4))
    y = ops.concatenate([x, ops.flip(x, axis=(1, 2))], axis=0)
    y = layers.Dense(2)(layers.GlobalAveragePooling1D()(trunk(y)))
    forward, backward = ops.split(y, 2, axis=0)
    return model_of(x, layers.Maximum()([forward, backward])), [dna()]


def time_first() -> Case:
    """Positions where the batch was, and back."""
    x = keras.Input((LENGTH, 4))
    y = ops.transpose(ops.transpose(trunk(x), (1, 0, 2)) * 2.0 + 1.0, (1, 0, 2))
    return model_of(x, layers.Dense(2)(layers.Flatten()(y))), [dna()]


def repeated_strands() -> Case:
    x = keras.Input((LENGTH, 4))
    y = trunk(ops.repeat(x, 2, axis=0))
    y = ops.mean(ops.reshape(y, (-1, 2, LENGTH, 5)), axis=1)
    return model_of(x, layers.Dense(2)(layers.Flatten()(y))), [dna()]


def batch_in_the_middle() -> Case:
    x = keras.Input((LENGTH, 4))
    y = ops.moveaxis(ops.tanh(ops.moveaxis(trunk(x), 0, 1)), 1, 0)
    return model_of(x, layers.Dense(2)(layers.GlobalMaxPooling1D()(y))), [dna()]


def products_of_positions() -> Case:
    x = keras.Input((LENGTH, 4))
    y = trunk(x)
    return model_of(x, layers.Dense(2)(layers.Flatten()(ops.einsum("nlc,nld->ncd", y, y)))), [dna()]


def one_sequence_at_a_time() -> Case:
    """By a loop over the batch."""
    x = keras.Input((LENGTH, 4))
    y = layers.Lambda(lambda y: ops.vectorized_map(lambda row: ops.cumsum(row, axis=0), y), (LENGTH, 5))
    return model_of(x, layers.Dense(2)(layers.Flatten()(y(trunk(x))))), [dna()]


# Quantization


def quantized(mode: str, build: Callable[[Any], Any]) -> Case:
    x = keras.Input((LENGTH, 4))
    model = model_of(x, layers.Dense(2)(layers.Flatten()(build(trunk(x, 8)))))
    model.quantize(mode)
    return model, [dna()]


def quantized_dense() -> Case:
    return quantized("int8", lambda y: layers.Dense(6, activation="relu")(y))


def quantized_einsum_dense() -> Case:
    return quantized("int8", lambda y: layers.EinsumDense("nlc,cd->nld", (LENGTH, 6), activation="gelu")(y))


def low_rank_dense() -> Case:
    x = keras.Input((LENGTH, 4))
    dense = layers.Dense(6, activation="relu")
    model = model_of(x, layers.Dense(2)(layers.Flatten()(dense(trunk(x, 8)))))
    dense.enable_lora(2)
    fill_weights(model, np.random.default_rng(2))
    return model, [dna()]


def low_rank_convolution() -> Case:
    x = keras.Input((LENGTH, 4))
    convolution = layers.Conv1D(6, 5, padding="same", activation="relu")
    model = model_of(x, layers.Dense(2)(layers.Flatten()(convolution(trunk(x, 8)))))
    convolution.enable_lora(2)
    fill_weights(model, np.random.default_rng(2))
    return model, [dna()]


def activation_with_weights() -> Case:
    """A slope for each number, all alike until the model is trained."""
    x = keras.Input((LENGTH, 4))
    dense = layers.Dense(6, activation=layers.PReLU())
    return model_of(x, layers.Dense(2)(layers.Flatten()(dense(trunk(x))))), [dna()]


def low_rank_quantized_dense() -> Case:
    model, x = low_rank_dense()
    model.quantize("int8")
    return model, x


def call_of_its_own() -> Case:
    x = keras.Input((LENGTH, 4))
    dense = layers.Dense(6, activation="relu")
    y = dense(trunk(x))
    plain = dense.call
    dense.call = lambda x, training=None: plain(x) * 2.0 + 1.0
    return model_of(x, layers.Dense(2)(layers.Flatten()(y))), [dna()]


# Types of the input


def of_type(dtype: str, cast: bool) -> Case:
    x = keras.Input((LENGTH, 4), dtype=dtype)
    y = trunk(ops.cast(x, "float32")) if cast else layers.Dense(5, activation="relu")(x)
    return model_of(x, layers.Dense(2)(layers.Flatten()(y))), [dna(dtype=dtype)]


def unsigned_difference() -> Case:
    """Whole numbers that wrap around, as the model's own arithmetic lets them."""
    x = keras.Input((LENGTH, 4), dtype="uint8")
    y = ops.cast(layers.Subtract()([x, ops.flip(x, axis=1)]), "float32") / 255.0
    return model_of(x, layers.Dense(2)(layers.Flatten()(trunk(y)))), [dna(dtype="uint8")]


def index_of_the_base() -> Case:
    x = keras.Input((LENGTH, 4))
    y = layers.Embedding(4, 5)(ops.argmax(x, axis=-1))
    return model_of(x, layers.Dense(2)(layers.Flatten()(trunk(y)))), [dna()]


CASES: dict[str, Callable[[], Case]] = {
    case.__name__: case
    for case in (
        averaged_under_a_mask, softmax_with_a_mask, recurrent_with_a_mask, attention_with_a_mask, masking_layer,
        masking_layer_and_recurrence, hidden_mask, minus_infinity, logarithm_of_a_mask, logarithm_of_a_mask_by_a_layer,
        minus_a_thousand_million, minus_ten_thousand_by_a_layer, minus_infinity_moved,
        minus_infinity_sliced_and_scaled, padded_with_minus_infinity, minus_infinity_folded_and_stacked,
        masked_maximum, mean_of_folds, embedding_and_mean, embedding_and_recurrence, embedding_and_convolution,
        masks_that_are_joined, softmax_under_a_hidden_mask, attention_of_masked_queries_and_values,
        attention_of_a_list_of_masks, time_first, repeated_strands, batch_in_the_middle, products_of_positions,
        one_sequence_at_a_time, low_rank_convolution, activation_with_weights,
        pieces_as_a_batch, strands_as_a_batch, quantized_dense, quantized_einsum_dense, low_rank_dense,
        low_rank_quantized_dense, call_of_its_own, unsigned_difference, index_of_the_base,
    )
}  # fmt: skip
CASES |= {
    f"{dtype}{' cast' if cast else ''}": lambda dtype=dtype, cast=cast: of_type(dtype, cast)
    for dtype, cast in (("uint8", False), ("bool", True), ("int8", True), ("int32", True), ("float16", True))
}


def one_by_one(model: keras.Model, inputs: list[Array]) -> Array:
    """(N, L, 4, K) by a pass of the model for each mutant alone, the definition."""

    def predict(arrays: list[Array]) -> Array:
        y = model(arrays[0] if len(arrays) == 1 else arrays, training=False)
        return np.asarray(ops.convert_to_numpy(y), "float64")

    x = inputs[0]
    delta = np.zeros((*x.shape, 2))
    for n in range(len(x)):
        own = [a[n : n + 1] for a in inputs]
        reference = predict(own)
        for position in range(x.shape[1]):
            mutants = [np.repeat(a, 4, axis=0) for a in own]
            mutants[0][:, position] = np.eye(4)
            delta[n, position] = predict(mutants) - reference
    return delta


def error_of(name: str, method: str) -> float:
    """The largest error of a case, as a fraction of its largest effect; not a number where a score is none."""
    model, inputs = CASES[name]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given = inputs if len(inputs) > 1 else inputs[0]
        result = ismbench.saturation_mutagenesis(model, given, method=method, verify=method == "fast")
    expected = one_by_one(model, inputs)
    assert np.abs(expected).max() > 1e-4
    return float(np.abs(result.delta - expected).max() / np.abs(expected).max())


if __name__ == "__main__":
    fast.WORTHWHILE = 0.0  # small models would be given to the naive pass
    Path(sys.argv[1]).write_text(json.dumps({name: error_of(name, "fast") for name in CASES}))
