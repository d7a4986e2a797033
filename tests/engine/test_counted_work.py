"""Multiply-adds are counted, not timed: an optimisation that is lost fails here, on any machine.

The full passes and the widths of windows can be checked against Nair et al., Bioinformatics 38 (2022): for Basset at
1,000 positions, 19 changed outputs behind the first convolution, then 7 of 333, 5 of 83 and 3 of 20 bins.
"""

from functools import cache

import keras
import numpy as np
import pytest
from keras import layers

from ismbench.engine.edits import substitutions
from ismbench.engine.fast import FastEngine
from ismbench.engine.graph import Graph
from ismbench.engine.plan import Plan, Settings, full_multiply_adds, make_plan, naive_seconds
from models import basset, bpnet, factorized_basset

pytestmark = pytest.mark.usefixtures("uncompiled")

MODELS = {"basset": basset.build, "factorized_basset": factorized_basset.build, "bpnet": bpnet.build}
Read = tuple[Graph, dict[int, tuple[int, ...]]]


@cache
def read(name: str, length: int = 1000) -> Read:
    """A model's graph and the shapes of its tensors."""
    engine = FastEngine(MODELS[name](length=length))
    return engine.graph, engine.shapes([np.zeros((1, length, 4), "float32")])


def plan(name: str, length: int = 1000, width: int = 1, block: int = 1, slack: float = 0.0) -> Plan:
    graph, shapes = read(name, length)
    return make_plan(graph, shapes, graph.inputs[0], Settings(length, width, block, slack))


def widths(plan: Plan, kind: type) -> list[int]:
    """Widths of the windows behind the layers of one type."""
    return [step.window.width for step in plan.steps if step.node.kind is kind]


def reached(plan: Plan, kind: type, position: int) -> list[tuple[int, int]]:
    """First and last position of these windows for a mutation at ``position``."""
    steps = [step for step in plan.steps if step.node.kind is kind]
    starts = [int(step.window.starts[position]) for step in steps]
    return [(start, start + step.window.width - 1) for start, step in zip(starts, steps, strict=True)]


def test_basset_reaches_what_the_paper_says_of_position_500() -> None:
    p = plan("basset")
    assert [step.natural.width for step in p.steps if step.node.name == "conv1"] == [19]
    assert reached(p, layers.MaxPooling1D, 500)[:2] == [(163, 169), (39, 43)]
    # Three bins at most change, and four hold them whatever the phase of the position.
    assert widths(p, layers.MaxPooling1D) == [7, 5, 4]


def test_basset_by_hand() -> None:
    assert full_multiply_adds(*read("basset")) == sum((
        1000 * 19 * 4 * 300, 333 * 11 * 300 * 200, 83 * 7 * 200 * 200, 20 * 200 * 1000, 1000 * 1000, 1000,
    ))  # fmt: skip
    assert plan("basset").direct_multiply_adds == sum((
        1 * 19 * 4 * 300, 7 * 11 * 300 * 200, 5 * 7 * 200 * 200, 4 * 200 * 1000, 1000 * 1000, 1000,
    ))  # fmt: skip
    # Split twice by Karatsuba's scheme, 7 positions by 11 taps are 50 products, and 5 by 7 are 25.
    assert plan("basset").multiply_adds == sum((
        1 * 19 * 4 * 300, 50 * 300 * 200, 25 * 200 * 200, 4 * 200 * 1000, 1000 * 1000, 1000,
    ))  # fmt: skip


COUNTS = {
    # name, length, block, slack: multiply-adds of a mutant, as differences and as planned; of a full pass
    ("basset", 1000, 1, 0.0): (7_843_800, 5_823_800, 270_821_000),
    ("basset", 1000, 16, 0.0): (8_043_800, 6_023_800, 270_821_000),
    ("basset", 1000, 16, 0.3): (8_123_800, 5_983_800, 270_821_000),
    ("factorized_basset", 1000, 1, 0.0): (14_455_224, 10_415_224, 697_013_000),
    ("factorized_basset", 1000, 16, 0.0): (14_655_224, 10_615_224, 697_013_000),
    ("bpnet", 1000, 16, 0.0): (16_708_416, 16_900_416, 118_592_064),
    ("bpnet", 1000, 16, 0.3): (17_630_016, 17_822_016, 118_592_064),
}


@pytest.mark.parametrize(("name", "length", "block", "slack"), list(COUNTS))
def test_multiply_adds(name: str, length: int, block: int, slack: float) -> None:
    direct, planned, full = COUNTS[name, length, block, slack]
    p = plan(name, length, block=block, slack=slack)
    assert (p.direct_multiply_adds, p.multiply_adds) == (direct, planned)
    assert full_multiply_adds(*read(name, length)) == full


@pytest.mark.parametrize(("name", "least"), [("basset", 30), ("factorized_basset", 40), ("bpnet", 6)])
def test_the_plan_that_is_chosen_saves_as_much(name: str, least: int) -> None:
    engine = FastEngine(MODELS[name](length=1000))
    x = np.eye(4, dtype="float32")[np.zeros((1, 1000), int)]
    prepared = engine.prepare([x], substitutions(x, np.arange(1000)[None], range(4)))
    graph, shapes = read(name)
    assert not prepared.naive
    assert not prepared.plan.refused
    assert full_multiply_adds(graph, shapes) > least * prepared.plan.multiply_adds
    assert naive_seconds(graph, shapes) > prepared.plan.seconds


def test_work_does_not_grow_with_the_length() -> None:
    assert plan("basset", 2000).multiply_adds == plan("basset", 1000).multiply_adds


def test_a_wider_edit_costs_a_little_more() -> None:
    one, ten = plan("basset").multiply_adds, plan("basset", width=10).multiply_adds
    assert one < ten < 2 * one


def small_plan(*steps: keras.Layer, length: int = 200) -> Plan:
    entry = keras.Input((length, 4))
    engine = FastEngine(keras.Sequential([entry, *steps]))
    x = np.zeros((1, length, 4), "float32")
    shapes = engine.shapes([x])
    return make_plan(engine.graph, shapes, engine.graph.inputs[0], Settings(length, 1, 1, 0.0))


def test_dense_behind_flatten_reads_the_rows_of_the_window_only() -> None:
    steps = (
        layers.Conv1D(8, 5, padding="same"),
        layers.Flatten(),
        layers.BatchNormalization(),
        layers.Dense(7),
    )
    assert small_plan(*steps).multiply_adds == 5 * 4 * 8 + 5 * 8 * 7


def test_a_pooling_window_covers_every_phase_and_no_more() -> None:
    p = small_plan(
        layers.Conv1D(2, 5), layers.MaxPooling1D(4), layers.Conv1D(2, 3), layers.AveragePooling1D(2)
    )
    assert widths(p, layers.MaxPooling1D) == [2]
    assert widths(p, layers.AveragePooling1D) == [3]


def test_a_global_pool_reads_the_window_only() -> None:
    p = small_plan(layers.Conv1D(8, 5), layers.GlobalAveragePooling1D(), layers.Dense(3))
    assert p.multiply_adds == 5 * 4 * 8 + 8 * 3
    assert p.words < 1000


def gated(x: keras.KerasTensor, by: keras.KerasTensor | None) -> keras.KerasTensor:
    """A squeeze-and-excite block behind a convolution, and a layer that reads every position behind it."""
    y = layers.Conv1D(8, 5, padding="same", activation="relu")(x)
    squeezed = layers.GlobalAveragePooling1D()(y if by is None else by)
    weight = layers.Dense(8, activation="sigmoid")(layers.Dense(2, activation="relu")(squeezed))
    y = layers.Multiply(name="gate")([y, layers.Reshape((1, 8))(weight)])
    return layers.Dense(3)(layers.GlobalAveragePooling1D()(y))


def test_squeeze_and_excite_is_windowed_up_to_its_gate() -> None:
    entry = keras.Input((200, 4))
    engine = FastEngine(keras.Model(entry, gated(entry, None)))
    shapes = engine.shapes([np.zeros((1, 200, 4), "float32")])
    p = make_plan(engine.graph, shapes, engine.graph.inputs[0], Settings(200, 1, 1, 0.0))
    # Only what reads every position behind the gate.
    assert [name.rstrip("_0123456789") for name in p.refused] == ["global_average_pooling1d"]
    assert p.multiply_adds == 5 * 4 * 8 + 8 * 2 + 2 * 8 + 8 * 3
    before, gate = (next(s for s in p.steps if s.node.name.startswith(n)) for n in ("conv", "gate"))
    assert (before.window.width, gate.window.full) == (5, True)


def test_a_gate_that_does_not_change_keeps_the_window() -> None:
    entry, beside = keras.Input((200, 4)), keras.Input((30, 8))
    engine = FastEngine(keras.Model([entry, beside], gated(entry, beside)))
    shapes = engine.shapes([np.zeros((1, 200, 4), "float32"), np.zeros((1, 30, 8), "float32")])
    p = make_plan(engine.graph, shapes, engine.graph.inputs[0], Settings(200, 1, 1, 0.0))
    assert not p.refused
    assert next(s for s in p.steps if s.node.name == "gate").window.width == 5
    assert p.multiply_adds == 5 * 4 * 8 + 8 * 3


@pytest.mark.parametrize("sequences", [False, True])
def test_a_layer_that_mixes_positions_is_named_and_costs_what_it_costs(sequences: bool) -> None:
    gru = layers.GRU(3, return_sequences=sequences, name="gru")
    p = small_plan(layers.Conv1D(8, 5, padding="same"), gru)
    assert list(p.refused) == ["gru"]
    assert p.multiply_adds == 5 * 4 * 8 + 200 * (8 * 9 + 3 * 9)
