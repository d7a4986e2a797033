"""The check of the fast engine against the naive pass: what it compares, and what it finds."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import layers

from ismbench.engine.edits import substitutions
from ismbench.engine.fast import FastEngine
from ismbench.engine.verify import EDGE, MOST_PHASES, VerificationError, phases, probes, verify
from ismbench.sequence import random_dna
from ismbench.weights import seed_weights


def build(dtype: str = "float32", pools: tuple[int, ...] = (3, 2)) -> keras.Model:
    x = inputs = keras.Input((80, 4))
    for pool in pools:
        x = layers.Conv1D(6, 5, padding="same", activation="relu", dtype=dtype)(x)
        x = layers.MaxPooling1D(pool, dtype=dtype)(x)
    x = layers.Dense(3, dtype=dtype)(layers.Flatten(dtype=dtype)(x))
    model = keras.Model(inputs, x)
    seed_weights(model, 0)
    return model


def work(n: int = 2) -> tuple[list[np.ndarray], object]:
    x = random_dna(n, 80, 0)
    return [x], substitutions(x, np.broadcast_to(np.arange(80), (n, 80)), range(4))


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16", "mixed_bfloat16"])
def test_a_sound_engine_passes(dtype: str) -> None:
    inputs, edits = work()
    assert 0 <= verify(FastEngine(build(dtype), choices=((8, 0.3),)), inputs, edits) <= 1


def test_rounding_stays_far_below_what_is_allowed() -> None:
    inputs, edits = work()
    assert verify(FastEngine(build(), choices=((8, 0.3),)), inputs, edits) < 0.1


class Broken(FastEngine):
    """Differences at one position are wrong by a factor; everywhere else they are right."""

    position = 0
    factor = 1.01

    def deltas(self, inputs, edits, values=None):  # type: ignore[no-untyped-def]
        for (row, slot, alternative), delta in super().deltas(inputs, edits, values):
            wrong = (edits.positions[row, slot] == self.position)[:, None]
            yield (row, slot, alternative), np.where(wrong, self.factor * delta, delta)


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("position", [0, 79, 40, 41, 42])
@pytest.mark.parametrize("factor", [1.01, np.nan])
def test_one_wrong_position_is_found_and_named(position: int, factor: float) -> None:
    inputs, edits = work()
    engine = Broken(build(), choices=((8, 0.3),))
    engine.position, engine.factor = position, factor
    with pytest.raises(VerificationError, match=f"position {position} set to") as raised:
        verify(engine, inputs, edits)
    assert "\n" not in str(raised.value)


def test_phases_are_the_product_of_the_strides() -> None:
    assert phases(FastEngine(build()).graph) == 6
    assert phases(FastEngine(build(pools=())).graph) == 1


@given(st.integers(1, 2000), st.integers(1, 400), st.integers(0, 9))
def test_probes_hold_both_edges_and_every_phase(count: int, strides: int, seed: int) -> None:
    slots = probes(np.arange(count) + 7, strides, seed)
    assert (np.diff(slots) > 0).all()
    assert slots[0] == 0
    assert slots[-1] == count - 1
    assert set(range(min(EDGE, count))) <= set(slots)
    seen = {int(s) % strides for s in slots}
    assert len(seen) >= min(strides, count, MOST_PHASES)


def test_probes_follow_the_order_of_positions() -> None:
    positions = np.random.default_rng(0).permutation(500)
    slots = probes(positions, 12, 0)
    assert {0, 1, 498, 499} <= set(positions[slots])
