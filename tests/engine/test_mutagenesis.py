"""``saturation_mutagenesis`` and ``variant_effects`` against a loop over ``model.predict``, option by option."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

import ismbench
from ismbench.engine.precision import as_float64
from ismbench.errors import InputError

pytestmark = pytest.mark.usefixtures("uncompiled")

Array = np.ndarray


def build(length: int | None = 23, letters: int = 4, heads: int = 1) -> keras.Model:
    keras.utils.set_random_seed(3)
    entry = keras.Input((length, letters))
    x = layers.Conv1D(6, 5, padding="same", activation="relu")(entry)
    x = layers.MaxPooling1D(2)(x)
    tracks = layers.Conv1D(2, 3, padding="same", name="tracks")(x)
    pooled = layers.GlobalAveragePooling1D()(layers.Activation("gelu")(x))
    count = layers.Dense(3, name="count", activation="softplus")(pooled)
    return keras.Model(entry, [tracks, count] if heads == 2 else count)


def one_hot(n: int, length: int = 23, letters: int = 4, seed: int = 0) -> Array:
    return np.eye(letters, dtype="float32")[np.random.default_rng(seed).integers(0, letters, (n, length))]


def predict(model: keras.Model, x: Array) -> list[Array]:
    """Every output, in float64."""
    return [ops.convert_to_numpy(y) for y in keras.tree.flatten(as_float64(model)(x.astype("float64")))]


def brute_force(model: keras.Model, x: Array, output: int = 0, blocks: Array | None = None) -> Array:
    """(N, L, B, *out) by writing each block at each position and predicting."""
    blocks = np.eye(x.shape[2])[:, None] if blocks is None else blocks
    reference = predict(model, x)[output]
    width = blocks.shape[1]
    delta = np.full((*x.shape[:2], len(blocks), *reference.shape[1:]), np.nan)
    for position in range(x.shape[1] - width + 1):
        for b, block in enumerate(blocks):
            mutant = x.copy()
            mutant[:, position : position + width] = block
            delta[:, position, b] = predict(model, mutant)[output] - reference
    return delta


def close(received: Any, expected: Array, tolerance: float = 3e-6) -> None:
    assert received.shape == expected.shape
    np.testing.assert_array_equal(np.isnan(received), np.isnan(expected))
    np.testing.assert_allclose(received, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("method", ["fast", "naive"])
def test_every_substitution(method: Any) -> None:
    model, x = build(), one_hot(3)
    result = ismbench.saturation_mutagenesis(model, x, method=method)
    expected = brute_force(model, x)
    close(result.delta, expected)
    close(result.reference, predict(model, x)[0])
    close(result.predictions, expected + predict(model, x)[0][:, None, None])
    assert (result.delta[x.astype(bool)] == 0).all()
    assert result.delta.dtype == np.float32


def test_several_outputs_come_as_a_tuple() -> None:
    model, x = build(heads=2), one_hot(2)
    result = ismbench.saturation_mutagenesis(model, x)
    assert isinstance(result.delta, tuple)
    for output, shape in enumerate([(11, 2), (3,)]):
        assert result.delta[output].shape == (2, 23, 4, *shape)
        close(result.delta[output], brute_force(model, x, output))
        close(
            result.predictions[output], result.delta[output] + predict(model, x)[output][:, None, None], 1e-5
        )


@pytest.mark.parametrize("positions", [[4], [0, 22], [3, 4, 5, 6, 7, 8], [9, 2, 9]])
def test_positions_that_are_not_scored_are_nan(positions: list[int]) -> None:
    model, x = build(), one_hot(2)
    expected = brute_force(model, x)
    expected[:, np.setdiff1d(np.arange(23), positions)] = np.nan
    close(ismbench.saturation_mutagenesis(model, x, positions=positions).delta, expected)


def test_substitutions_that_are_not_asked_for_are_nan() -> None:
    model, x = build(), one_hot(2)
    expected = brute_force(model, x)
    expected[:, :, [0, 2]] = np.nan
    close(ismbench.saturation_mutagenesis(model, x, substitutions=[1, 3]).delta, expected)


def test_blocks_of_several_bases() -> None:
    model, x = build(), one_hot(2)
    blocks = np.stack([np.eye(4)[[0, 1, 2]], np.eye(4)[[3, 3, 3]], np.zeros((3, 4))])
    close(
        ismbench.saturation_mutagenesis(model, x, substitutions=blocks).delta,
        brute_force(model, x, 0, blocks),
    )


def test_soft_and_empty_columns() -> None:
    model = build()
    x = np.random.default_rng(1).dirichlet(np.ones(4), (2, 23)).astype("float32")
    x[0, 3:6] = 0
    close(ismbench.saturation_mutagenesis(model, x).delta, brute_force(model, x))


def test_another_alphabet() -> None:
    model, x = build(length=15, letters=20), one_hot(1, 15, 20)
    close(ismbench.saturation_mutagenesis(model, x).delta, brute_force(model, x))


def test_a_free_length_comes_from_the_sequence() -> None:
    model = build(length=None)
    for length in (17, 23):
        x = one_hot(1, length)
        close(ismbench.saturation_mutagenesis(model, x).delta, brute_force(model, x))


def test_a_target_is_one_number() -> None:
    model, x = build(heads=2), one_hot(2)
    target = ismbench.Target(output="count", index=2)
    result = ismbench.saturation_mutagenesis(model, x, target=target)
    close(result.delta, brute_force(model, x, 1)[..., 2])
    assert result.reference.shape == (2,)


@pytest.mark.parametrize("name", sorted(ismbench.REDUCTIONS))
def test_a_reduction_equals_the_reduced_result(name: str) -> None:
    model, x = build(), one_hot(5)
    full = ismbench.saturation_mutagenesis(model, x)
    reduced = ismbench.saturation_mutagenesis(model, x, reduction=name).delta
    expected = ismbench.REDUCTIONS[name](full.delta, x, full.reference)
    np.testing.assert_allclose(reduced, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("options", [{"batch": 7}, {"max_memory": 10_000}, {"verify": True}])
def test_how_it_is_run_changes_nothing(options: dict[str, Any]) -> None:
    model, x = build(), one_hot(3)
    close(ismbench.saturation_mutagenesis(model, x, **options).delta, brute_force(model, x))


def test_progress_reaches_the_number_of_mutants() -> None:
    model, x = build(), one_hot(3)
    seen: list[tuple[int, int]] = []
    ismbench.saturation_mutagenesis(model, x, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3 * 23 * 3, 3 * 23 * 3)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_double_and_mixed_precision() -> None:
    model, x = build(), one_hot(2)
    expected = brute_force(model, x)
    double = ismbench.saturation_mutagenesis(as_float64(model), x)
    assert double.delta.dtype == np.float64
    # Keras' matrix product on torch gives float32 for float64.
    close(double.delta, expected, 3e-6 if keras.backend.backend() == "torch" else 1e-14)
    try:
        keras.config.set_dtype_policy("mixed_bfloat16")
        half = build()
    finally:
        keras.config.set_dtype_policy("float32")
    half.set_weights(model.get_weights())
    received = ismbench.saturation_mutagenesis(half, x)
    naive = ismbench.saturation_mutagenesis(half, x, method="naive")
    worst = [float(np.nanmax(np.abs(r.delta - expected))) for r in (received, naive)]
    assert worst[0] <= 2 * worst[1]
    assert worst[1] < 0.05


def test_several_inputs_by_name() -> None:
    entry, cells = keras.Input((23, 4), name="sequence"), keras.Input((2,), name="cells")
    x = layers.Flatten()(layers.Conv1D(3, 3, activation="relu")(entry))
    model = keras.Model([entry, cells], layers.Dense(2)(layers.Concatenate()([x, cells])))
    inputs = {"cells": np.full((2, 2), 0.5, "float32"), "sequence": one_hot(2)}
    result = ismbench.saturation_mutagenesis(model, inputs)
    mutant = {**inputs, "sequence": inputs["sequence"].copy()}
    mutant["sequence"][:, 7] = np.eye(4)[2]
    expected = ops.convert_to_numpy(model(mutant)) - ops.convert_to_numpy(model(inputs))
    close(result.delta[:, 7, 2], expected)


@pytest.mark.parametrize("method", ["fast", "naive"])
def test_variants_equal_the_scan(method: Any) -> None:
    model, x = build(), one_hot(40)
    rng = np.random.default_rng(5)
    positions, bases = rng.integers(0, 23, 40), rng.integers(0, 4, 40)
    expected = brute_force(model, x)[np.arange(40), positions, bases]
    effects = ismbench.variant_effects(model, x, positions, bases, method=method)
    close(effects.delta, expected)
    close(effects.reference, predict(model, x)[0])
    close(effects.predictions, expected + predict(model, x)[0])


def test_a_variant_of_several_bases() -> None:
    model, x = build(), one_hot(3)
    content = one_hot(3, 2, seed=9)
    mutants = x.copy()
    for row, position in enumerate((0, 10, 21)):
        mutants[row, position : position + 2] = content[row]
    expected = predict(model, mutants)[0] - predict(model, x)[0]
    close(ismbench.variant_effects(model, x, [0, 10, 21], content).delta, expected)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"positions": [23]}, r"Positions must be whole numbers in 0..22. Received: \[23\]"),
    ({"positions": [-1]}, "Positions must be whole numbers"),
    ({"positions": [1.5]}, "Positions must be whole numbers"),
    ({"positions": []}, "Positions must be whole numbers"),
    ({"substitutions": [4]}, "Bases must be alphabet indices in 0..3"),
    ({"substitutions": np.zeros((2, 3, 5))}, r"substitutions must be alphabet indices, or contents \(M, width, 4\)"),
    ({"reduction": "mean"}, "A reduction must be one of"),
    ({"reduction": "centered", "substitutions": [1]}, "needs every base"),
    ({"method": "quick"}, "method must be 'fast' or 'naive'"),
    ({"batch": 0}, "batch must be 'auto' or a positive number"),
    ({"max_memory": -5}, "max_memory must be a positive number of bytes"),
    ({"target": ismbench.Target(output="counts")}, "counts"),
    ({"target": ismbench.Target(index=3)}, "index must lie in the 3 values"),
    ({"sequence_input": 2}, "sequence_input must be the index of one of the 1 inputs"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "message"), BAD, ids=lambda v: str(v)[:40])
def test_a_bad_option_gets_one_line(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        ismbench.saturation_mutagenesis(build(), one_hot(1), **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("positions", "bases", "message"),
    [
        ([1], [0, 1], "one position for each of the 2 sequences"),
        ([1, 2], [0], "one new base"),
        ([1, 40], [0, 1], "Positions must be whole numbers in 0..22"),
        ([1, 2], [0, 7], "Bases must be alphabet indices"),
    ],
)
def test_bad_variants_get_one_line(positions: Any, bases: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        ismbench.variant_effects(build(), one_hot(2), positions, bases)
    assert "\n" not in str(caught.value)
