"""Yuzu on our models: sizes of effects, close to ISM's, and what it cannot do said beforehand."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from ismbench.engine.target import EVERY, Target
from ismbench.errors import UnsupportedError
from ismbench.methods import BatchSizes, load
from ismbench.sequence import random_dna
from ismbench.weights import seed_weights

pytest.importorskip("yuzu")

LENGTH = 60


def chain(*, n_outputs: int = 1, length: int | None = LENGTH) -> keras.Model:
    x = inputs = keras.Input((length, 4))
    x = layers.Conv1D(8, 7, padding="same", activation="relu")(x)
    x = layers.BatchNormalization()(x)
    x = layers.MaxPooling1D(3)(x)
    x = layers.Conv1D(6, 5, padding="same", activation="relu")(x)
    x = layers.Flatten()(x) if length else layers.GlobalMaxPooling1D()(x)
    x = layers.Dropout(0.3)(layers.Dense(10, activation="relu")(x))
    model = keras.Model(inputs, layers.Dense(n_outputs)(x))
    seed_weights(model, 0)
    return model


def sizes(model: keras.Model, x: np.ndarray, target: Target = EVERY) -> np.ndarray:
    result: np.ndarray = np.abs(load("naive_ism")(model, target, BatchSizes())(x))
    return result


def yuzu(model: keras.Model, target: Target = EVERY, batch: BatchSizes | None = None) -> Any:
    return load("peer_yuzu")(model, target, batch or BatchSizes())


def test_sizes_are_those_of_ism() -> None:
    model, x = chain(), random_dna(3, LENGTH, 0)
    method = yuzu(model)
    want, got = sizes(model, x), method(x)
    assert got.shape == want.shape
    assert (got[x == 1] == 0).all()
    assert np.corrcoef(got.ravel(), want.ravel())[0, 1] > 0.999
    assert method.precompute_seconds > 0
    assert method.threads >= 1
    together = yuzu(model, batch=BatchSizes(sequences_per_call=3))(x)
    assert np.abs(together - got).max() < 0.05 * want.max()


def test_one_of_several_outputs() -> None:
    model, x = chain(n_outputs=3), random_dna(2, LENGTH, 1)
    got = yuzu(model, Target(0, index=2))(x)
    want = sizes(model, x, Target(0, index=2))
    assert np.corrcoef(got.ravel(), want.ravel())[0, 1] > 0.999


def test_a_model_trained_further_gives_new_scores() -> None:
    model, x = chain(), random_dna(1, LENGTH, 2)
    method = yuzu(model)
    before = method(x)
    head = model.layers[-1]
    head.set_weights([2 * w for w in head.get_weights()])
    assert np.corrcoef(method(x).ravel(), before.ravel())[0, 1] > 0.999
    assert method(x).max() == pytest.approx(2 * before.max(), rel=0.05)


def test_what_it_cannot_do() -> None:
    with pytest.raises(UnsupportedError, match="must be one number"):
        yuzu(chain(n_outputs=2))
    with pytest.raises(UnsupportedError, match="fixed length"):
        yuzu(chain(length=None))
    inputs = keras.Input((LENGTH, 4))
    x = layers.Conv1D(4, 3, padding="same")(inputs)
    branched = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(layers.Add()([x, x]))))
    with pytest.raises(UnsupportedError, match="chain of layers"):
        yuzu(branched)
    unknown = random_dna(1, LENGTH, 0)
    unknown[0, 5] = 0
    with pytest.raises(UnsupportedError, match="hold none"):
        yuzu(chain())(unknown)


def test_inverses_are_found_in_one_thread_and_nothing_stays_changed() -> None:
    import torch

    from ismbench.methods.peers.yuzu import _inverse_in_one_thread

    inverse, threads = torch.linalg.inv, torch.get_num_threads()
    seen: list[int] = []
    try:
        torch.linalg.inv = lambda a: seen.append(torch.get_num_threads()) or inverse(a)
        torch.set_num_threads(2)
        with _inverse_in_one_thread():
            batch = torch.eye(200).repeat(4, 1, 1) * 2
            assert torch.equal(torch.linalg.inv(batch), batch / 4)
        assert seen == [1]
        assert torch.get_num_threads() == 2
    finally:
        torch.linalg.inv = inverse
        torch.set_num_threads(threads)
