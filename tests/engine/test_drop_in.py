"""FastISM and NaiveISM: shapes and meaning of the original package, and what made that one fail."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from ismbench.engine import fast
from ismbench.engine.drop_in import FastISM, NaiveISM
from ismbench.engine.rules import pooling
from ismbench.engine.verify import VerificationError
from ismbench.errors import InputError
from ismbench.sequence import random_dna
from ismbench.weights import seed_weights

LENGTH = 60
KINDS = (FastISM, NaiveISM)


@pytest.fixture(autouse=True)
def always_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models would be given to the naive pass."""
    monkeypatch.setattr(fast, "WORTHWHILE", 0.0)


def build(heads: int = 1, length: int | None = LENGTH, seed: int = 0) -> keras.Model:
    x = inputs = keras.Input((length, 4))
    for filters, width in ((8, 5), (6, 3)):
        x = layers.Conv1D(filters, width, padding="same", activation="relu")(x)
        x = layers.MaxPooling1D(2)(x)
    x = layers.GlobalAveragePooling1D()(x) if length is None else layers.Flatten()(x)
    outputs = [layers.Dense(n + 2)(x) for n in range(heads)]
    model = keras.Model(inputs, outputs if heads > 1 else outputs[0])
    seed_weights(model, seed)
    return model


def by_hand(
    model: keras.Model, x: np.ndarray, ranges: list[tuple[int, int]], content: Any
) -> list[np.ndarray]:
    """Predictions of every sequence with every range overwritten: one array (N, R, *out) per output."""
    mutants = np.repeat(x[:, None], len(ranges), axis=1)
    for i, (start, end) in enumerate(ranges):
        mutants[:, i, start:end] = content
    outputs = model(mutants.reshape(-1, *x.shape[1:]))
    outputs = outputs if isinstance(outputs, list) else [outputs]
    return [np.asarray(y).reshape(len(x), len(ranges), *y.shape[1:]) for y in outputs]


def check(received: Any, expected: list[np.ndarray]) -> None:
    assert isinstance(received, list) == (len(expected) > 1)
    for a, b in zip(received if isinstance(received, list) else [received], expected, strict=True):
        assert a.dtype == np.float32
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("heads", [1, 2])
def test_every_position(kind: Callable[..., Any], heads: int) -> None:
    model = build(heads)
    ism = kind(model)
    for n in (1, 3):
        x = random_dna(n, LENGTH, 0)
        for content in (0, [0, 0, 0, 1], np.array([0, 0, 1, 0]), np.array([[0.2, 0.3, 0.4, 0.1]])):
            expected = by_hand(model, x, [(i, i + 1) for i in range(LENGTH)], content)
            check(ism(x, replace_with=content), expected)


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "ranges",
    [
        [(0, 3), (57, 60), (20, 23)],
        [(20, 23), (0, 3), (20, 23)],
        [(i, i + 3) for i in range(58)],
        np.array([[5, 8]]),
    ],
    ids=["edges", "unordered, twice", "overlapping", "one, as an array"],
)
def test_ranges(kind: Callable[..., Any], ranges: Any) -> None:
    model, x = build(2), random_dna(2, LENGTH, 0)
    ism = kind(model, change_ranges=ranges)
    for content in (0, [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]):
        check(ism(x, replace_with=content), by_hand(model, x, [tuple(r) for r in ranges], content))


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("kind", KINDS)
def test_ranges_may_come_one_by_one(kind: Callable[..., Any]) -> None:
    model, x, ranges = build(), random_dna(1, LENGTH, 0), [(i, i + 3) for i in range(5)]
    expected = by_hand(model, x, ranges, 0)
    check(kind(model, change_ranges=zip(range(5), range(3, 8), strict=True))(x), expected)
    check(kind(model, change_ranges=(r for r in ranges))(x), expected)


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_that_holds_the_replacement_keeps_its_prediction(kind: Callable[..., Any]) -> None:
    model, x = build(), random_dna(2, LENGTH, 0)
    ism = kind(model)
    for base in range(4):
        y = ism(x, replace_with=np.eye(4)[base])
        row, position = np.nonzero(x[:, :, base])
        assert (y[row, position] == ism.engine.reference([x])[row]).all()
        assert (y[x[:, :, base] == 0] != ism.engine.reference([x])[0]).any()


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_that_holds_the_replacement_everywhere(kind: Callable[..., Any]) -> None:
    model, ism = (m := build()), kind(m)
    x = np.concatenate([np.eye(4, dtype="float32")[np.zeros((1, LENGTH), int)], random_dna(1, LENGTH, 0)])
    for batch in (x, x[:1]):
        y = ism(batch, replace_with=[1, 0, 0, 0])
        np.testing.assert_allclose(
            y[0], np.repeat(keras.ops.convert_to_numpy(model(x[:1])), LENGTH, axis=0), atol=1e-6
        )


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("kind", KINDS)
def test_several_inputs(kind: Callable[..., Any]) -> None:
    plain, sequence = keras.Input((3,), name="context"), keras.Input((LENGTH, 4), name="sequence")
    x = layers.Flatten()(layers.Conv1D(4, 3, activation="relu")(sequence))
    model = keras.Model([plain, sequence], layers.Dense(2)(layers.Concatenate()([x, plain])))
    seed_weights(model, 0)
    context = np.random.default_rng(0).normal(size=(2, 3)).astype("float32")
    x = random_dna(2, LENGTH, 0)
    ism = kind(model, seq_input_idx=1)
    received = ism([keras.ops.convert_to_tensor(context), x], replace_with=[1, 0, 0, 0])
    mutants = np.repeat(x[:, None], LENGTH, axis=1)
    mutants[:, np.arange(LENGTH), np.arange(LENGTH)] = [1, 0, 0, 0]
    expected = model([np.repeat(context, LENGTH, axis=0), mutants.reshape(-1, LENGTH, 4)])
    np.testing.assert_allclose(received.reshape(-1, 2), np.asarray(expected), atol=1e-5)
    np.testing.assert_array_equal(received, ism({"sequence": x, "context": context}, [1, 0, 0, 0]))


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("kind", KINDS)
def test_a_model_without_a_fixed_length(kind: Callable[..., Any]) -> None:
    model = build(length=None)
    ism = kind(model)
    for length in (40, 61):
        x = random_dna(1, length, 0)
        check(ism(x), by_hand(model, x, [(i, i + 1) for i in range(length)], 0))
    with pytest.raises(InputError, match="inside the sequence of length 40"):
        kind(model, change_ranges=[(50, 51)])(random_dna(1, 40, 0))


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_trained_one_more_step_gives_new_scores(kind: Callable[..., Any]) -> None:
    model, x = build(), random_dna(4, LENGTH, 0)
    ism = kind(model)
    before = ism(x)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    model.train_on_batch(x, np.ones((4, 2)))
    after = ism(x)
    assert np.abs(after - before).max() > 1e-3
    check(after, by_hand(model, x, [(i, i + 1) for i in range(LENGTH)], 0))


def nested() -> keras.Model:
    inside = keras.Input((30, 8))
    block = keras.Model(
        inside, layers.Add()([inside, layers.Conv1D(8, 3, padding="same", name="inner")(inside)])
    )
    block.name = "block"
    inputs = keras.Input((LENGTH, 4))
    x = layers.MaxPooling1D(2)(layers.Conv1D(8, 5, padding="same", activation="relu", name="first")(inputs))
    x = layers.ReLU(name="last")(layers.Conv1D(6, 3, name="after")(block(x)))
    model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))
    seed_weights(model, 0)
    return model


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize(
    ("stops", "local"),
    [
        (None, {"first", "inner", "after"}),
        ("last", {"first", "inner", "after"}),
        ("after", {"first", "inner"}),
        (["last", "after"], {"first", "inner"}),
        ("inner", {"first"}),
        ("block", {"first"}),
        ("block/inner", {"first"}),
        (("first",), set()),
    ],
)
def test_differences_end_at_early_stop_layers(
    stops: Any, local: set[str], recwarn: pytest.WarningsRecorder
) -> None:
    """From the layers that are named on, every position counts as changed; the numbers stay."""
    model, x = nested(), random_dna(2, LENGTH, 0)
    ism = FastISM(model, early_stop_layers=stops)
    check(ism(x), by_hand(model, x, [(i, i + 1) for i in range(LENGTH)], 0))
    for prepared in ism.fast._prepared.values():
        kept = {
            step.node.name.removesuffix(".activation").rpartition("/")[2]
            for step in prepared.plan.steps
            if not step.window.full
        }
        assert kept & {"first", "inner", "after", "last"} == local
    assert [str(w.message) for w in recwarn if w.category is UserWarning] == [], "they were asked for"


@pytest.mark.usefixtures("uncompiled")
def test_early_stop_layers_cost_what_whole_layers_cost() -> None:
    model, x = nested(), random_dna(1, LENGTH, 0)
    local, stopped = FastISM(model), FastISM(model, early_stop_layers="after")
    work = []
    for ism in (local, stopped):
        ism(x)
        *_, prepared = ism.fast._prepared.values()
        work.append({step.node.name: step.multiply_adds for step in prepared.plan.steps})
    assert work[1]["after"] >= 28 * 3 * 8 * 6 > work[0]["after"]
    assert work[1]["first"] == work[0]["first"]


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize(
    ("stops", "message"),
    [
        (["missing"], r"must name layers of the model\. Received: \['missing'\]"),
        ("dense", "must name layers of the model"),
        ([3], r"must be a name of a layer, or a list of them\. Received: \[3\]"),
        (layers.ReLU(name="last"), "must be a name of a layer, or a list of them"),
    ],
)
def test_bad_early_stop_layers(stops: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        FastISM(build(), early_stop_layers=stops)


@pytest.mark.usefixtures("uncompiled")
def test_a_wrong_engine_is_found_when_it_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Average pooling that forgets its last bin."""
    fold = pooling._fold

    def forgetful(function: Any, x: Any, geometry: Any, bins: int) -> Any:
        y = fold(function, x, geometry, bins)
        return y * keras.ops.cast(np.arange(bins) < bins - 1, y.dtype)[:, None]

    monkeypatch.setattr(pooling, "_fold", forgetful)
    inputs = keras.Input((LENGTH, 4))
    x = layers.Conv1D(8, 5, padding="same", activation="relu")(inputs)
    model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(layers.AveragePooling1D(2)(x))))
    with pytest.raises(VerificationError, match="must equal the naive pass"):
        FastISM(model)
    FastISM(model, test_correctness=False)


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"change_ranges": [(0, 2), (3, 4)]}, r"of one width, at least 1\. Received: widths \[1, 2\]"),
        ({"change_ranges": [(4, 4)]}, "at least 1"),
        ({"change_ranges": [(-1, 0)]}, r"inside the sequence of length 60\. Received: \[\[-1, 0\]\]"),
        (
            {"change_ranges": [(0, 1), (60, 61)]},
            r"inside the sequence of length 60\. Received: \[\[60, 61\]\]",
        ),
        ({"change_ranges": []}, "pairs of whole numbers"),
        ({"change_ranges": [1, 2]}, "pairs of whole numbers"),
        ({"change_ranges": [(0.5, 1.5)]}, "pairs of whole numbers"),
        ({"change_ranges": [(5, 2), (8, 5)]}, r"the end behind the start\. Received: \[\[5, 2\], \[8, 5\]\]"),
        ({"change_ranges": [(0, 2), (3,)]}, "pairs of whole numbers"),
        ({"change_ranges": "all"}, "pairs of whole numbers"),
        ({"seq_input_idx": 1}, "one of the 1 inputs. Received: 1"),
        ({"seq_input_idx": -1}, "one of the 1 inputs. Received: -1"),
        ({"seq_input_idx": "dna"}, "the number of an input, from 0. Received: 'dna'"),
        ({"seq_input_idx": 0.0}, "the number of an input"),
        ({"seq_input_idx": False}, "the number of an input"),
    ],
)
def test_bad_ranges(kind: Callable[..., Any], options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        kind(build(), **options)
    assert "\n" not in str(raised.value)


def with_nan(x: np.ndarray) -> np.ndarray:
    x[0, 3, 1] = np.nan
    return x


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("make", "content", "message"),
    [
        (lambda x: x[0], 0, r"must have shape \(N, 60, 4\)\. Received: shape \(60, 4\)"),
        (lambda x: x[:, :50], 0, "must have shape"),
        (lambda x: x[:, :, :3], 0, "must have shape"),
        (with_nan, 0, r"must be finite\. Received: nan"),
        (lambda x: [x, x], 0, "has 1 inputs"),
        (lambda x: x, 1, r"must be 0, or of width and alphabet \(1, 4\) of the ranges\. Received: 1"),
        (lambda x: x, [1, 0, 0], r"Received: shape \(3,\)"),
        (lambda x: x, np.eye(4), r"Received: shape \(4, 4\)"),
        (lambda x: x, [0, 0, 0, np.inf], "must hold finite numbers"),
        (lambda x: x, ["A", "C", "G", "T"], "must hold finite numbers"),
        (lambda x: x, [[0, 0, 0, 1], [1]], "must hold finite numbers"),
        (lambda x: x, None, "must be 0, or of width and alphabet"),
        (lambda x: x, np.ones((1, 1, 4)), r"Received: shape \(1, 1, 4\)"),
    ],
)
def test_bad_input(
    kind: Callable[..., Any], make: Callable[[np.ndarray], Any], content: Any, message: str
) -> None:
    with pytest.raises(InputError, match=message) as raised:
        kind(build())(make(random_dna(2, LENGTH, 0)), replace_with=content)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_whose_input_is_no_sequence(kind: Callable[..., Any]) -> None:
    inputs = keras.Input((12,))
    with pytest.raises(InputError, match="must have the shape"):
        kind(keras.Model(inputs, layers.Dense(1)(inputs)))
