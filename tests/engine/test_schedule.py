"""The chunk schedule: every wanted mutant once, in chunks of one shape; and what a user is told of a slow choice."""

import warnings

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

import ismbench
from ismbench.engine.edits import substitutions
from ismbench.engine.fast import FastEngine
from ismbench.engine.schedule import schedule
from ismbench.sequence import random_dna

LENGTH = 30


def build() -> keras.Model:
    x = keras.Input((LENGTH, 4))
    return keras.Model(x, layers.Dense(1)(layers.Flatten()(layers.Conv1D(3, 5, activation="relu")(x))))


ENGINES = {block: FastEngine(build(), choices=((block, 0.3),)) for block in (1, 4, 7)}


@settings(max_examples=40)
@given(
    st.integers(1, 5),
    st.sets(st.integers(0, LENGTH - 1), min_size=1),
    st.sampled_from(sorted(ENGINES)),
    st.integers(1, 200),
)
def test_every_mutant_goes_through_once(n: int, places: set[int], block: int, mutants: int) -> None:
    x, positions = random_dna(n, LENGTH, 0), np.array(sorted(places))
    edits = substitutions(x, np.broadcast_to(positions, (n, len(positions))), range(4))
    plan = ENGINES[block].plan([x], edits)
    seen = np.zeros((n, len(positions)), int)
    shapes = set()
    for lot in schedule(plan, edits, mutants):
        for load in lot.loads:
            shapes.add(load.shape)
            places_each = len(load.slots) // len(lot.rows)
            rows = np.repeat(lot.rows, places_each)
            real = load.slots >= 0
            np.add.at(seen, (rows[real], load.slots[real]), 1)
            np.testing.assert_array_equal(load.positions[real], positions[load.slots[real]])
            np.testing.assert_array_equal(lot.rows[load.sequences].repeat(load.shape.positions), rows)
            assert load.shape.mutants <= max(mutants, places_each * edits.content.shape[2])
    assert (seen == 1).all()
    assert len(shapes) == 1


@pytest.mark.usefixtures("uncompiled")
def test_a_warning_says_that_the_naive_pass_is_run() -> None:
    x, entry = random_dna(1, LENGTH, 0), keras.Input((LENGTH, 4))
    model = keras.Model(entry, layers.GRU(2)(entry))
    with pytest.warns(
        UserWarning, match="The naive pass is run instead of the fast one: differences would save"
    ):
        ismbench.saturation_mutagenesis(model, x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ismbench.saturation_mutagenesis(model, x, method="naive")
