"""Outputs of several heads: named, summed, chosen by Target; and turned round where both strands are averaged."""

import re

import keras
import numpy as np
import pytest

import ismbench as package
from ismbench import Target
from ismbench.errors import InputError
from ismbench.sequence import decode, random_dna, reverse_complement

L = 20


def in_words(value: object) -> str:
    """A parameter as text that is the same in every process."""
    return re.sub(r" at 0x[0-9a-f]+", "", str(value))


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(1)
    x = keras.Input((L, 4))
    h = keras.layers.Conv1D(5, 5, padding="same", activation="relu")(x)
    profile = keras.layers.Conv1D(2, 3, padding="same", name="profile")(h)
    counts = keras.layers.Dense(2, name="counts")(keras.layers.GlobalAveragePooling1D()(h))
    flat = keras.layers.Flatten(name="flat")(keras.layers.Conv1D(1, 3, padding="same")(h))
    return keras.Model(x, [profile, counts, flat])


@pytest.fixture
def x() -> np.ndarray:
    return random_dna(3, L, 5)


@pytest.fixture
def fasta(x, tmp_path):
    path = tmp_path / "in.fa"
    path.write_text("".join(f">s{i}\n{s}\n" for i, s in enumerate(decode(x))))
    return path


def all_outputs(model: keras.Model, x: np.ndarray) -> list[np.ndarray]:
    return model.predict(x, verbose=0)


@pytest.mark.parametrize(
    ("target", "labels", "pick"),
    [
        ("counts", ["counts.0", "counts.1"], lambda p, c, f: c),
        ("counts,0", ["counts.0", "counts.1", "profile.0.0"], lambda p, c, f: np.c_[c, p[:, 0, 0]]),
        ("sum:profile", ["sum of profile"], lambda p, c, f: p.sum(axis=(1, 2))[:, None]),
        ("mean:flat,counts.1", ["mean of flat", "counts.1"], lambda p, c, f: np.c_[f.mean(axis=1), c[:, 1]]),
        (Target(output="counts", index=1), ["counts.1"], lambda p, c, f: c[:, 1:]),
        (Target(output=0, reduce="sum"), ["sum of profile"], lambda p, c, f: p.sum(axis=(1, 2))[:, None]),
        (
            [Target(output="counts", index=0), "sum:flat", 1],
            ["counts.0", "sum of flat", "profile.0.1"],
            lambda p, c, f: np.c_[c[:, 0], f.sum(axis=1), p[:, 0, 1]],
        ),
        (
            Target(output="profile", index=slice(0, 4, 3)),
            ["profile.0.0", "profile.1.1"],
            lambda p, c, f: p.reshape(len(p), -1)[:, [0, 3]],
        ),
        (41, ["counts.1"], lambda p, c, f: c[:, 1:]),
        (
            Target(function=lambda outputs: outputs[1][:, 0] - outputs[1][:, 1]),
            ["target"],
            lambda p, c, f: c[:, :1] - c[:, 1:],
        ),
    ],
    ids=in_words,
)
@pytest.mark.parametrize("method", ["fast_ism", "gradient"])
def test_targets(method, target, labels, pick, model, x, fasta, tmp_path):
    data = package.score(model, fasta, tmp_path / "out.zarr", target=target, method=method)
    assert data.output.values.tolist() == labels
    np.testing.assert_allclose(data.prediction.values, pick(*all_outputs(model, x)), atol=1e-5)
    if method == "fast_ism":
        mutant = x[0].copy()
        mutant[7] = np.roll(mutant[7], 1)
        change = pick(*all_outputs(model, mutant[None])) - pick(*all_outputs(model, x[:1]))
        np.testing.assert_allclose(data.scores.values[0, 7, mutant[7].argmax()], change[0], atol=1e-5)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("profil", "did you mean 'profile"),
        ("sum:nobody", "name of a head"),
        (Target(output="nobody"), "name an output of the model"),
        ([], "at least one output"),
    ],
    ids=in_words,
)
def test_targets_that_are_not_there(target, words, model, fasta, tmp_path):
    with pytest.raises(InputError, match=words):
        package.score(model, fasta, tmp_path / "out.zarr", target=target)


def turned(model, x):
    """What the heads of the reverse complement say of the sequence: positions turned, strands swapped."""
    p, c, f = all_outputs(model, reverse_complement(x))
    return p[:, ::-1, ::-1], c[:, ::-1], f[:, ::-1]


WAYS = "profile=turn+swap,counts=swap,flat=turn"
PICKS = {
    "every": lambda p, c, f: np.concatenate([p.reshape(len(p), -1), c, f], axis=1),
    "counts": lambda p, c, f: c,
    "counts.1,counts.0": lambda p, c, f: c[:, ::-1],
    "profile.3.0": lambda p, c, f: p[:, 3, :1],
    "flat,sum:profile": lambda p, c, f: np.c_[f, p.sum(axis=(1, 2))],
}


@pytest.mark.parametrize("target", PICKS)
@pytest.mark.parametrize("method", ["fast_ism", "gradient"])
def test_both_strands_of_outputs_with_positions(method, target, model, x, fasta, tmp_path):
    pick = PICKS[target]
    options = {"target": target, "method": method}
    data = package.score(model, fasta, tmp_path / "out.zarr", rc=True, rc_outputs=WAYS, **options)
    expected = (pick(*all_outputs(model, x)) + pick(*turned(model, x))) / 2
    np.testing.assert_allclose(data.prediction.values, expected, atol=1e-5)
    if method == "fast_ism":
        mutant = x.copy()
        mutant[:, 4] = np.roll(mutant[:, 4], 1, axis=1)
        other = (pick(*all_outputs(model, mutant)) + pick(*turned(model, mutant))) / 2
        base = mutant[:, 4].argmax(axis=1)
        np.testing.assert_allclose(data.scores.values[np.arange(3), 4, base], other - expected, atol=1e-5)


@pytest.mark.parametrize(
    ("target", "ways", "words"),
    [
        ("every", None, "give --rc-outputs profile=turn"),
        ("profile.0.0", None, "give --rc-outputs profile=turn"),
        # A model with strands may have them in every head.
        ("counts", None, "give --rc-outputs counts=turn"),
        ("every", "profile=turn", "give --rc-outputs counts=turn"),
        ("every", "profile=round", "takes HEAD=WAY"),
        ("every", "nobody=turn", "names a head"),
        (Target(function=lambda outputs: outputs[1][:, 0]), WAYS, "a function"),
    ],
    ids=in_words,
)
def test_what_can_be_read_in_two_ways_must_be_said(target, ways, words, model, fasta, tmp_path):
    with pytest.raises(InputError, match=words):
        package.score(model, fasta, tmp_path / "out.zarr", target=target, rc=True, rc_outputs=ways)


@pytest.mark.parametrize("target", ["sum:profile", "sum", "mean:flat,sum:counts"])
def test_sums_need_no_word(target, model, x, fasta, tmp_path):
    data = package.score(model, fasta, tmp_path / "out.zarr", target=target, rc=True, method="gradient")
    assert not data.prediction.isnull().any()


def test_a_flattened_profile_is_turned_without_a_word(x, fasta, tmp_path):
    keras.utils.set_random_seed(2)
    inputs = keras.Input((L, 4))
    y = keras.layers.Flatten()(keras.layers.Conv1D(1, 5, padding="same")(inputs))
    model = keras.Model(inputs, keras.layers.Softmax()(y))
    data = package.score(model, fasta, tmp_path / "out.zarr", rc=True, method="gradient")
    expected = (model.predict(x, verbose=0) + model.predict(reverse_complement(x), verbose=0)[:, ::-1]) / 2
    np.testing.assert_allclose(data.prediction.values, expected, atol=1e-5)


def test_tasks_stay_where_they_are(x, fasta, tmp_path):
    inputs = keras.Input((L, 4))
    model = keras.Model(inputs, keras.layers.Dense(7)(keras.layers.Flatten()(inputs)))
    data = package.score(model, fasta, tmp_path / "out.zarr", rc=True, method="gradient")
    expected = (model.predict(x, verbose=0) + model.predict(reverse_complement(x), verbose=0)) / 2
    np.testing.assert_allclose(data.prediction.values, expected, atol=1e-5)
