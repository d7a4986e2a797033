"""Which inputs windows must read: by hand, for Basset as in the fastISM paper, and against the layers themselves."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from ismbench.engine import backend
from ismbench.engine.explanation import Span
from ismbench.engine.flanks import read_spans
from ismbench.engine.graph import read_graph
from ismbench.engine.inspection import explain
from ismbench.engine.places import scales
from ismbench.sequence import random_dna
from ismbench.weights import seed_weights
from models import basset, tism_baseline


def test_the_flanks_of_basset() -> None:
    model = basset.build()
    needed = read_spans(model, explain(model, position=500))
    assert needed["conv1"] == Span(482, 519, 1000)
    assert needed["pool1"] == Span(489, 510, 1000)
    assert needed["conv2"] == Span(153, 180, 333)
    assert needed["dense1"] == Span(0, 4000, 4000)
    assert needed["dense2"] is None


BLOCKS: dict[str, Any] = {
    "same": layers.Conv1D(2, 5, padding="same"),
    "strided": layers.Conv1D(2, 4, strides=3, padding="same"),
    "dilated": layers.Conv1D(2, 3, dilation_rate=4, padding="causal"),
    "valid": layers.Conv1D(2, 6),
    "pool": layers.AveragePooling1D(4, strides=2, padding="valid"),
    "transposed": layers.Conv1DTranspose(2, 4, strides=2, padding="same"),
}


@pytest.mark.parametrize("position", [0, 1, 13, 30])
@pytest.mark.parametrize("name", BLOCKS)
def test_what_lies_outside_is_not_read(name: str, position: int) -> None:
    """Noise outside of what is needed leaves the changed outputs as they are; noise at its ends does not."""
    inputs = keras.Input((31, 4))
    block = type(BLOCKS[name]).from_config({**BLOCKS[name].get_config(), "name": "block"})
    model = keras.Model(inputs, block(inputs))
    seed_weights(model, 0)
    explanation = explain(model, position=position)
    (row,) = explanation.rows
    needed, changed = read_spans(model, explanation)["block"], row.span_out
    if changed is None or needed is None:
        assert name in ("strided", "pool", "valid")
        return
    x = random_dna(1, 31, 0)
    outside, ends = x.copy(), x.copy()
    outside[:, : needed.start] = 7
    outside[:, needed.stop :] = 7
    ends[:, [needed.start, needed.stop - 1]] = 7
    graph = read_graph(model)

    def output(values: np.ndarray) -> np.ndarray:
        y = graph.run([keras.ops.convert_to_tensor(values)])[graph.outputs[0]]
        return backend.to_numpy(y)[:, changed.start : changed.stop]

    np.testing.assert_allclose(output(outside), output(x), rtol=1e-5, atol=1e-5)
    assert (np.abs(output(ends) - output(x)).max(axis=2) > 1e-3).any()


def test_positions_of_every_layer_lie_where_they_read() -> None:
    """Through pooling, a reversal and back, and Flatten: what changes stays around the mutation, in base pairs."""
    model = basset.build(length=1000)
    explanation = explain(model, position=500)
    places, rows = scales(model, explanation), {row.name: row for row in explanation.rows}
    span = rows["pool3"].span_out
    assert span is not None
    assert places["pool3"][1].place(span) == (432, 576)
    flat = rows["flatten"].span_out
    assert flat is not None
    assert places["flatten"][1].place(flat) == pytest.approx((432, 576))


@pytest.mark.parametrize("name", BLOCKS)
def test_the_middle_of_what_is_needed_is_that_of_what_changes(name: str) -> None:
    inputs = keras.Input((61, 4))
    block = type(BLOCKS[name]).from_config({**BLOCKS[name].get_config(), "name": "block"})
    model = keras.Model(inputs, block(inputs))
    explanation = explain(model, position=30)
    needed, changed = read_spans(model, explanation)["block"], explanation.rows[0].span_out
    before, after = scales(model, explanation)["block"]
    assert needed is not None
    assert changed is not None
    assert np.mean(after.place(changed)) == pytest.approx(np.mean(before.place(needed)), abs=0.6)


def test_a_strand_that_is_read_backwards_lies_where_it_is() -> None:
    model = tism_baseline.build(length=60)
    explanation = explain(model, position=10)
    places = scales(model, explanation)
    row = next(r for r in explanation.rows if r.name == "conv0:2")
    assert row.span_out == Span(40, 59, 60)
    assert places["conv0:2"][1].place(row.span_out) == (1, 20)
