"""Each example of the original fastISM's documentation, run as it stands there and compared with brute force.

What is changed before it runs: the name of the package, and sizes, where a test would take minutes.
"""

import inspect
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops
from numpy.typing import NDArray

import ismbench
from ismbench.engine import fast
from ismbench.engine.drop_in import FastISM, NaiveISM
from ismbench.engine.rules import RULES, Pointwise, WindowedPool, register_rule
from ismbench.engine.rules.merge import ValueMerge
from ismbench.sequence import random_dna
from ismbench.weights import seed_weights
from tests.engine import fastism_documentation as documentation
from tests.engine.fastism_documentation import EXAMPLES, SIGNATURES, SUPPORTED, Quoted

LENGTH = 60

pytestmark = [
    pytest.mark.skipif(
        keras.backend.backend() != "tensorflow", reason="the documentation's code is TensorFlow's"
    ),
    pytest.mark.usefixtures("uncompiled"),
]


@pytest.fixture(autouse=True)
def always_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models would be given to the naive pass."""
    monkeypatch.setattr(fast, "WORTHWHILE", 0.0)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.fixture(scope="module")
def text(root: Path) -> str:
    folder = root.parent / "shared" / "seeds"
    if not folder.is_dir():
        pytest.skip("the documentation's text is not part of the project: ../shared/seeds is absent")
    return squeezed((folder / "fastism_documentation.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize("quoted", EXAMPLES, ids=lambda quoted: quoted.place)
def test_the_code_stands_in_the_documentation(quoted: Quoted, text: str) -> None:
    for part in quoted.parts:
        assert squeezed(part) in text


@pytest.mark.parametrize("place", SUPPORTED)
def test_the_lists_of_layers_stand_in_the_documentation(place: str, text: str) -> None:
    assert SUPPORTED[place] in text


def runs(quoted: Quoted, smaller: dict[str, str] | None = None, **names: Any) -> dict[str, Any]:
    """The names that an example leaves behind, run in this project's package and with smaller sizes."""
    import tensorflow as tf

    code = quoted.code.replace("from fastism.models", "from ismbench.models")
    code = code.replace("from fastism import", "from ismbench import")
    for size, small in (smaller or {}).items():
        assert size in code
        code = code.replace(size, small)
    namespace = {"tf": tf, "np": np, "time": time, "fastism": ismbench, "FastISM": Recorded, **names}
    exec(compile(code, quoted.place, "exec"), namespace)
    return namespace


class Recorded(FastISM):
    """Keeps what it was asked and what it gave."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.calls: list[tuple[Any, Any, Any]] = []
        super().__init__(*arguments, **options)

    def __call__(self, inp_batch: Any, replace_with: Any = 0) -> Any:
        result = super().__call__(inp_batch, replace_with)
        self.calls.append((inp_batch, replace_with, result))
        return result


def brute_force(
    model: keras.Model,
    inputs: list[Any],
    replace_with: Any = 0,
    ranges: list[tuple[int, int]] | None = None,
    mutated: int = 0,
) -> list[NDArray[Any]]:
    """One pass of the model for every range: (N, R, *out) of each output."""
    arrays = [np.asarray(x, "float32") for x in inputs]
    outputs = []
    for start, end in ranges or [(i, i + 1) for i in range(arrays[mutated].shape[1])]:
        given = [x.copy() for x in arrays]
        given[mutated][:, start:end] = replace_with
        outputs.append(keras.tree.flatten(model(given if len(given) > 1 else given[0], training=False)))
    return [np.stack([np.asarray(y) for y in of_output], axis=1) for of_output in zip(*outputs, strict=True)]


def check(ism: FastISM | NaiveISM, inputs: Any, replace_with: Any, received: Any) -> None:
    ranges = None if ism.change_ranges is None else [tuple(r) for r in ism.change_ranges.tolist()]
    given = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    expected = brute_force(ism.model, given, replace_with, ranges, ism.engine.sequence_input)
    for mine, right in zip(keras.tree.flatten(received), expected, strict=True):
        np.testing.assert_allclose(mine, right, atol=2e-5 * max(1.0, float(np.abs(right).max())))


def check_calls(ism: Any, count: int) -> None:
    assert len(ism.calls) == count
    for inputs, replace_with, received in ism.calls:
        check(ism, inputs, replace_with, received)


def small_model(length: int = LENGTH, outputs: int = 2, layer: Any = None) -> keras.Model:
    """Convolution, pooling, convolution, perhaps one more layer, dense."""
    x = inputs = keras.Input((length, 4))
    x = layers.MaxPooling1D(2)(layers.Conv1D(6, 5, activation="relu")(x))
    x = layers.Conv1D(5, 3, padding="same", name="second")(x)
    x = x if layer is None else layer(x)
    model = keras.Model(inputs, layers.Dense(outputs)(layers.Flatten()(x)))
    seed_weights(model, 0)
    return model


def batches(length: int = LENGTH) -> list[NDArray[np.float32]]:
    """Two batches: of two sequences, and of one."""
    x = random_dna(3, length, 0)
    return [x[:2], x[2:]]


def test_usage() -> None:
    model, sequences = small_model(), batches()
    found = runs(documentation.USAGE, model=model, sequences=sequences)
    assert found["ism_seq_batch"].shape == (1, LENGTH, 2)
    check(found["fast_ism_model"], sequences[-1], 0, found["ism_seq_batch"])


def test_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    found = runs(documentation.BENCHMARK, {"seqlen=1000": "seqlen=120", "(1024, 1000, 4)": "(2, 120, 4)"})
    assert np.allclose(found["naive_out"], found["fast_out"], atol=1e-6)
    assert np.allclose(found["fast_out"], found["naive_out"], atol=1e-6)
    assert len(re.findall(r"\d+\.\d+", capsys.readouterr().out)) == 2
    check(found["fast_ism_model"], found["x"], 0, found["fast_out"])


def test_alternate_mutations() -> None:
    sequences = batches()
    ism = runs(documentation.MUTATIONS, model=small_model(), sequences=sequences)["fast_ism_model"]
    check_calls(ism, 8)
    for (
        inputs,
        base,
        received,
    ) in ism.calls:  # "Where the base is the same as the mutation, the output is the same"
        there = (inputs == np.asarray(base)).all(axis=-1)
        reference = np.repeat(ops.convert_to_numpy(ism.model(inputs))[:, None], LENGTH, axis=1)
        np.testing.assert_allclose(received[there], reference[there], atol=1e-6)
        assert (np.abs(received - reference).max(axis=-1)[~there] > 0).all()


def test_alternate_ranges() -> None:
    smaller = {"range(425,575)": "range(15,45)"}
    found = runs(documentation.RANGES, smaller, model=small_model(), sequences=batches())
    check_calls(found["fast_ism_model"], 2)
    assert found["ism_seq_batch"].shape == (1, 30, 2)


def test_multi_input_models() -> None:
    model = runs(documentation.TWO_INPUTS)["get_model"]
    found = runs(documentation.SECOND_INPUT, get_model=model)
    ism, rng = found["fast_ism_model"], np.random.default_rng(0)
    pairs = [(rng.normal(size=(len(x), 100)).astype("float32"), x) for x in batches(100)]
    for example in (documentation.PAIRS, documentation.TOGETHER):
        runs(example, data_batches=pairs, fast_ism_model=ism)
    check_calls(ism, 4)


def test_an_input_beside_the_sequence_may_meet_it_before_a_stop_layer() -> None:
    """The documentation excludes it; here it is exact."""
    sequence, track = keras.Input((LENGTH, 4)), keras.Input((LENGTH, 3))
    x = layers.Conv1D(5, 7, padding="same")(layers.Concatenate()([sequence, track]))
    model = keras.Model([sequence, track], layers.Dense(1)(layers.GlobalMaxPooling1D()(x)))
    seed_weights(model, 0)
    inputs = [random_dna(2, LENGTH, 0), np.random.default_rng(0).random((2, LENGTH, 3)).astype("float32")]
    ism = FastISM(model)
    check(ism, inputs, 0, ism(inputs))


def test_recursively_defined_models() -> None:
    ism = runs(documentation.RECURSIVE)["fast_ism_model"]
    for x in batches(108):
        ism(x)
        ism(x, replace_with=[0, 1, 0, 0])
    check_calls(ism, 4)


def test_a_custom_pooling_layer() -> None:
    pooling = runs(documentation.POOLING)["AttentionPooling1D"]
    model, x = small_model(layer=pooling(2)), batches()[0]
    with pytest.warns(UserWarning, match="no rule is registered"):
        whole = FastISM(model)(x)
    register_rule(pooling, WindowedPool())
    try:
        ism = FastISM(model)
        check(ism, x, 0, ism(x))
        np.testing.assert_allclose(ism(x), whole, atol=1e-5)
        assert _refused(ism) == {}
    finally:
        del RULES[pooling]


class Doubled(layers.Layer):
    """Sees through."""

    def call(self, x: Any) -> Any:
        return ops.tanh(x) * 2


class Larger(layers.Layer):
    """Aggregates."""

    def call(self, inputs: Any) -> Any:
        return ops.maximum(*inputs)


class Turned(layers.Layer):
    """Every position depends on every other."""

    def call(self, x: Any) -> Any:
        return ops.cumsum(x, axis=1)


@pytest.mark.parametrize(
    ("kind", "rule"),
    [(Doubled, Pointwise()), (Larger, ValueMerge(ops.maximum)), (Turned, None)],
    ids=["SEE_THROUGH_LAYERS", "AGGREGATE_LAYERS", "STOP_LAYERS"],
)
def test_layers_of_ones_own_are_told_of_by_their_rule(kind: Any, rule: Any) -> None:
    """What ``fast_ism_utils.SEE_THROUGH_LAYERS.add("YourLayer")`` and its kin do; a stop layer needs no word."""
    assert all(".add(" in part for part in documentation.OF_OWN_LAYERS.parts)
    layer = (lambda x: kind()([x, x])) if kind is Larger else kind()
    model, x = small_model(layer=layer), batches()[0]
    if rule is not None:
        register_rule(kind, rule)
    try:
        ism = FastISM(model)
        check(ism, x, 0, ism(x))
        assert bool(_refused(ism)) == (rule is None)
    finally:
        RULES.pop(kind, None)


def _refused(ism: FastISM) -> dict[str, str]:
    """The layers that were run whole, with why."""
    prepared = list(ism.fast._prepared.values())
    return {name: why for one in prepared for name, why in one.plan.refused.items()}


def _two(layer: layers.Layer) -> Callable[[Any], Any]:
    """A layer of two inputs, both changed by the mutation, the second by way of another convolution."""
    return lambda x: layer([x, layers.Conv1D(x.shape[-1], 3, padding="same")(x)])


LAYERS: dict[str, Callable[[Any], Any]] = {
    "Conv1D": layers.Conv1D(4, 3, dilation_rate=2, padding="same"),
    "Cropping1D": layers.Cropping1D((3, 2)),
    "Activation": layers.Activation("sigmoid"),
    "BatchNormalization": layers.BatchNormalization(),
    "Dropout": layers.Dropout(0.5),
    "ELU": layers.ELU(),
    "InputLayer": lambda x: x,  # every model has one
    "LeakyReLU": layers.LeakyReLU(),
    "PReLU": layers.PReLU(alpha_initializer="random_normal"),
    "ReLU": layers.ReLU(),
    "Add": _two(layers.Add()),
    "Average": _two(layers.Average()),
    "Maximum": _two(layers.Maximum()),
    "Minimum": _two(layers.Minimum()),
    "Multiply": _two(layers.Multiply()),
    "Subtract": _two(layers.Subtract()),
    "Concat": _two(layers.Concatenate()),
    "Dense": layers.Dense(3),
    "Flatten": layers.Flatten(),
    "GlobalAveragePooling1D": layers.GlobalAveragePooling1D(),
    "GlobalMaxPool1D": layers.GlobalMaxPool1D(),
    "Reshape": layers.Reshape((14, 10)),
    "AveragePooling1D": layers.AveragePooling1D(3),
    "MaxPooling1D": layers.MaxPooling1D(3),
    "MultiHeadAttention": lambda x: layers.MultiHeadAttention(2, 3)(x, x),
}
MIXES = {"MultiHeadAttention"}
"""Run whole: every position reads every other."""


def test_the_table_has_every_layer_of_the_lists() -> None:
    named = " ".join(SUPPORTED.values()).replace(",", " ").replace(".", " ").split()
    classes = {word for word in named if hasattr(layers, word) or word in ("Concat", "InputLayer")}
    assert classes == set(LAYERS)


@pytest.mark.parametrize("name", LAYERS)
def test_a_supported_layer_is_exact(name: str) -> None:
    model, x = small_model(layer=LAYERS[name]), batches()[0]
    ism = FastISM(model)
    for content in (0, [0, 0, 1, 0]):
        check(ism, x, content, ism(x, replace_with=content))
    assert bool(_refused(ism)) == (name in MIXES)


def test_one_input_twice() -> None:
    """The changelog, 0.5.0: ``Add()([x,x])`` would not run."""
    model, x = small_model(layer=lambda x: layers.Add()([x, x])), batches()[1]
    ism = FastISM(model)
    check(ism, x, 0, ism(x))


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_call_takes_what_the_documentation_has(name: str) -> None:
    thing: Any = {"FastISM": FastISM, "NaiveISM": NaiveISM}[name.partition(".")[0]]
    thing = getattr(thing, name.partition(".")[2]) if "." in name else thing
    ours = [p for p in inspect.signature(thing).parameters.values() if p.name != "self"]
    theirs = inspect.signature(eval(f"lambda {SIGNATURES[name][1:-1]}: None")).parameters
    assert [(p.name, p.default) for p in ours[: len(theirs)]] == [
        (p.name, p.default) for p in theirs.values()
    ]
    assert all(p.default is not p.empty for p in ours[len(theirs) :])


def test_correctness_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chapter 6.2: it matches the outputs with NaiveISM's, at a tolerance."""
    ism = FastISM(small_model(), test_correctness=False)
    assert ism.test_correctness() is True
    assert ism.test_correctness(batch_size=2, replace_with=[0, 1, 0, 0], atol=1e-5) is True
    monkeypatch.setattr(
        FastISM, "__call__", lambda self, x, content=0: NaiveISM(self.model)(x, content) + 1e-3
    )
    assert ism.test_correctness(batch_size=1) is False
    assert ism.test_correctness(batch_size=1, atol=1e-2) is True


def test_correctness_of_ranges_several_inputs_and_several_outputs() -> None:
    plain, sequence = keras.Input((3,)), keras.Input((LENGTH, 4))
    x = layers.Concatenate()([layers.Flatten()(layers.Conv1D(4, 3)(sequence)), plain])
    model = keras.Model([plain, sequence], [layers.Dense(2)(x), layers.Dense(1)(x)])
    seed_weights(model, 0)
    ism = FastISM(model, seq_input_idx=1, change_ranges=[(3, 6), (0, 3)])
    assert ism.test_correctness(batch_size=3, replace_with=np.eye(4)[:3], atol=1e-5) is True


def test_a_model_without_a_length_has_none_to_test() -> None:
    inputs = keras.Input((None, 4))
    model = keras.Model(inputs, layers.Dense(1)(layers.GlobalMaxPooling1D()(layers.Conv1D(4, 3)(inputs))))
    with pytest.raises(ismbench.errors.InputError, match="needs a model of fixed length"):
        FastISM(model).test_correctness()


def test_a_call_can_be_timed() -> None:
    ism, x = FastISM(small_model()), batches()[0]
    started = time.perf_counter()
    seconds = ism.time_batch(x)
    assert 0 < seconds <= time.perf_counter() - started


def test_the_tutorial_on_beluga(capsys: pytest.CaptureFixture[str]) -> None:
    """On a small network, and without the three pictures: `reproduce fastism` draws them."""
    small = {"2000": str(LENGTH)}
    time_it = runs(documentation.BELUGA_TIME)["time_ism"]
    found = runs(
        documentation.BELUGA_MODELS,
        {**small, "[128, 512]": "[1, 2]"},
        time_ism=time_it,
        model=small_model(outputs=5),
    )
    assert capsys.readouterr().out.count("BEST PER 100: ") == 2
    enhancer = "".join("ACGT"[i] for i in random_dna(1, LENGTH, 3)[0].argmax(axis=1))
    found = runs(documentation.BELUGA_ENCODING, **{**found, "chr3_enhancer": enhancer})
    assert found["onehot_sequences"].shape == (5, LENGTH, 4)
    found = runs(documentation.BELUGA_SCAN, **found)
    fast_out, naive_out = found["fast_ism_out"], found["naive_ism_out"]
    assert naive_out.shape == (5, LENGTH, 5, 4)
    assert np.allclose(fast_out, naive_out, atol=1e-6)
    assert np.allclose(naive_out, fast_out, atol=1e-6)
    found = runs(documentation.BELUGA_SIZES, {**small, "[:200]": "[:3]"}, **found)
    assert found["mut_minus_ref_euclidean"].shape == (5, LENGTH, 5)
    assert found["to_plot"].shape == (3, LENGTH)
    found = runs(documentation.BELUGA_LETTERS, {"range(800, 1000)": "range(20, 40)"}, **found)
    scan = ismbench.saturation_mutagenesis(found["model"], found["onehot_sequences"].astype("float32"))
    sizes = ismbench.REDUCTIONS["l2_alternatives"](scan.delta, found["onehot_sequences"], scan.reference)
    np.testing.assert_allclose(found["mut_minus_ref_euclidean"], sizes, atol=1e-5)
    task, zoom = found["TASK_IDX"], found["ZOOM_IN"]
    assert task == scan.reference[0].argmax()
    np.testing.assert_allclose(
        found["letters"], (sizes[0, :, task, None] * found["onehot_sequences"][0])[zoom], atol=1e-5
    )
