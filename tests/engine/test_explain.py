"""``explain``: the fastISM paper's figure for Basset, exact spans, reasons, and a table to read."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from ismbench.engine.explanation import Explanation, Row, Span
from ismbench.engine.fast import FastEngine
from ismbench.engine.inspection import explain
from ismbench.engine.target import Target
from ismbench.errors import InputError
from models import basset, bpnet, factorized_basset


def row(explanation: Explanation, name: str) -> Row:
    return next(r for r in explanation.rows if r.name == name)


@pytest.fixture(scope="module")
def of_basset() -> Explanation:
    return explain(basset.build(), position=500)


def test_the_spans_of_the_paper(of_basset: Explanation) -> None:
    """Fig. 1 of Nair et al.: 19 outputs of the first convolution, then bins 163-169, 5 of 83, 3 of 20."""
    outputs = {name: row(of_basset, name).span_out for name in ("conv1", "pool1", "pool2", "pool3")}
    assert outputs == {
        "conv1": Span(491, 510, 1000),
        "pool1": Span(163, 170, 333),
        "pool2": Span(39, 44, 83),
        "pool3": Span(9, 12, 20),
    }
    assert str(outputs["pool1"]) == "163-169 of 333"
    assert row(of_basset, "conv2").span_out == Span(158, 175, 333)
    assert row(of_basset, "conv3").span_out == Span(36, 47, 83)
    assert row(of_basset, "dense1").span_out is None


def test_positions_counted_from_1_give_the_same_bins(of_basset: Explanation) -> None:
    """Position 500 counted from 1 is 499 here; pooling sees no difference."""
    other = explain(basset.build(), position=499)
    for name in ("pool1", "pool2", "pool3"):
        assert row(other, name).span_out == row(of_basset, name).span_out


def test_the_multiply_adds_of_basset(of_basset: Explanation) -> None:
    tap1, tap2, tap3 = 19 * 4 * 300, 11 * 300 * 200, 7 * 200 * 200
    dense = [4000 * 1000, 1000 * 1000, 1000]
    assert of_basset.full == 1000 * tap1 + 333 * tap2 + 83 * tap3 + sum(dense)
    assert round(of_basset.full / 1e6) == 271
    # Outputs that change: 19, 17 and 11. Behind Flatten the paper computes everything.
    assert of_basset.windowed == 19 * tap1 + 17 * tap2 + 11 * tap3 + sum(dense)
    # By differences: inputs that change (1, 7, 5), and at least 3 bins of 200 rows of the first dense kernel.
    least = tap1 + 7 * tap2 + 5 * tap3 + 600 * 1000 + sum(dense[1:])
    assert least <= of_basset.difference <= 1.15 * least
    assert of_basset.difference < of_basset.windowed / 2
    # Karatsuba's scheme spares a third of the second convolution, the largest.
    assert of_basset.done < 0.8 * of_basset.difference


def test_the_figures_of_the_paper_stand_beside_ours(of_basset: Explanation) -> None:
    line = next(s for s in str(of_basset).splitlines() if s.startswith("Published: "))
    assert "Nair et al." in line
    assert "271 M" in line
    assert "15.5 M" in line


def test_another_case_has_no_published_figures() -> None:
    assert explain(basset.build(), position=17).published == ""
    assert explain(basset.build(length=1200), position=500).published == ""


def test_the_plan_is_the_one_that_is_run(of_basset: Explanation) -> None:
    from ismbench.engine.edits import substitutions
    from ismbench.sequence import random_dna

    x = random_dna(1, 1000, 0)
    prepared = FastEngine(basset.build()).prepare([x], substitutions(x, np.arange(1000)[None], range(4)))
    assert of_basset.done == prepared.plan.multiply_adds
    assert of_basset.difference == prepared.plan.direct_multiply_adds
    assert of_basset.moved == 4 * prepared.plan.words
    assert of_basset.positions == prepared.plan.blocks.size
    assert of_basset.mutants <= max(prepared.mutants, 3 * of_basset.positions)
    assert of_basset.naive == prepared.naive


def test_the_table_of_basset_reads_at_a_glance(of_basset: Explanation) -> None:
    text = str(of_basset)
    lines = {line.split()[0]: line for line in text.splitlines() if line}
    assert lines["conv1"].split()[1:5] == ["+", "activation", "+", "norm1"]
    for part in (
        "500 of 1,000",
        "491-509 of 1,000",
        "22.8 M",
        "433 k",
        "22.8 k",
        "window of 21 per position",
    ):
        assert part in lines["conv1"]
    assert "163-169 of 333" in lines["pool1"]
    assert "158-174 of 333" in lines["conv2"]
    assert "kernel rows" in lines["dense1"]
    assert lines["total,"].split()[3:5] == ["271", "M"]
    assert "19.7 M" in lines["total,"]
    assert "Predicted speed-up over the naive pass" in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_markdown_has_the_same_cells(of_basset: Explanation) -> None:
    table = [line for line in of_basset.to_markdown().splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1
    assert table[2].startswith("| conv1 + activation + norm1 | linear, windowed | 500 of 1,000 |")
    assert of_basset._repr_markdown_() == of_basset.to_markdown()


def test_pointwise_layers_join_the_layer_before_them() -> None:
    text = str(explain(factorized_basset.build(), position=500))
    assert "conv1_1 + norm1_1 + relu1_1 " in text
    text = str(explain(bpnet.build(), position=500))
    assert "dilated1 + activation + residual1 " in text


def test_bpnet_says_where_spans_cover_everything() -> None:
    explanation = explain(bpnet.build(), position=500)
    assert row(explanation, "dilated3").span_out == Span(481, 520, 1000)
    assert row(explanation, "dilated9").span_out == Span(0, 1000, 1000)
    assert "whole axis" in row(explanation, "dilated9").decision
    counts = explain(bpnet.build(), target=Target(output="counts"))
    assert "profile_conv" not in [r.name for r in counts.rows]
    assert counts.position == 500


def positive(model: keras.Model) -> keras.Model:
    rng = np.random.default_rng(0)
    model.set_weights([rng.uniform(0.5, 1, w.shape).astype(w.dtype) for w in model.get_weights()])
    return model


LENGTH = 37


def sliding() -> keras.Model:
    x = inputs = keras.Input((LENGTH, 4))
    x = layers.Conv1D(3, 4, strides=2, padding="same")(x)
    x = layers.ZeroPadding1D((3, 1))(x)
    x = layers.Conv1D(3, 3, dilation_rate=2, padding="causal")(x)
    x = layers.MaxPooling1D(3, strides=2)(x)
    x = layers.Cropping1D((1, 2))(x)
    x = layers.Conv1DTranspose(2, 3, strides=2)(x)
    return keras.Model(inputs, layers.AveragePooling1D(2, padding="same")(x))


def branching() -> keras.Model:
    x = inputs = keras.Input((LENGTH, 4))
    a = layers.Conv1D(3, 5, padding="same")(x)
    b = layers.Conv1D(3, 3, dilation_rate=3, padding="same")(x)
    x = layers.Concatenate(axis=1)([layers.Add()([a, b]), b])
    x = layers.UpSampling1D(2)(layers.MaxPooling1D(2)(x))
    return keras.Model(inputs, layers.SeparableConv1D(2, 3, padding="valid")(x))


@pytest.mark.parametrize("build", [sliding, branching])
def test_spans_are_what_a_mutation_changes(build: Any) -> None:
    """All weights are positive and the mutation adds much, so that nothing hides a change."""
    model = positive(build())
    graph = FastEngine(model).graph
    x = np.random.default_rng(1).random((1, LENGTH, 4)).astype("float32")
    reference = graph.run([x])
    for position in (0, 1, 5, 18, LENGTH - 2, LENGTH - 1):
        mutant = x.copy()
        mutant[0, position] += 1000
        values = graph.run([mutant])
        rows = {r.name: r for r in explain(model, position=position).rows}
        for node in graph.nodes:
            tensor = node.outputs[0]
            changed = (
                np.abs(np.asarray(values[tensor]) - np.asarray(reference[tensor])).max(axis=(0, 2)) > 1e-2
            )
            span, needed = rows[node.name].span_out, rows[node.name].needed
            places = np.nonzero(changed)[0]
            if needed is not None:
                places = places[(places >= needed.start) & (places < needed.stop)]
            assert rows[node.name].changed == bool(len(places)), (position, node.name)
            if span is not None and len(places):
                assert span.length == len(changed)
                assert span.start <= places[0]
                assert places[-1] < span.stop
                # Taps of a dilated kernel may hang over an end; elsewhere the span is exact.
                if span.start > 0 and span.stop < span.length:
                    assert (span.start, span.stop) == (places[0], places[-1] + 1)


def test_what_the_mutation_does_not_reach() -> None:
    context, sequence = keras.Input((8,), name="context"), keras.Input((30, 4), name="sequence")
    side = layers.Dense(16, name="side")(context)
    x = layers.Flatten()(layers.Conv1D(4, 3, name="conv")(sequence))
    model = keras.Model([context, sequence], layers.Dense(2)(layers.Concatenate()([x, side])))
    explanation = explain(model, sequence_input=1)
    side_row = row(explanation, "side")
    assert (side_row.changed, side_row.windowed, side_row.difference, side_row.full) == (False, 0, 0, 128)
    assert "not reached" in side_row.decision
    assert "nothing" in next(line for line in str(explanation).splitlines() if line.startswith("side"))


def test_layers_that_are_run_whole_give_a_reason() -> None:
    inputs = keras.Input((40, 4))
    x = layers.Conv1D(8, 3, name="conv")(inputs)
    x = layers.MultiHeadAttention(2, 4, name="attention")(x, x)
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
    attention = row(explain(model), "attention")
    assert attention.decision == "whole layer: no rule is registered for it"
    assert attention.full == attention.windowed == attention.difference > 0


def test_a_plan_that_is_not_worth_it_says_so() -> None:
    inputs = keras.Input((20, 4))
    explanation = explain(keras.Model(inputs, layers.LSTM(3)(inputs)))
    assert explanation.naive
    assert "the naive pass is run instead" in str(explanation)


def test_lengths() -> None:
    inputs = keras.Input((None, 4))
    model = keras.Model(inputs, layers.GlobalAveragePooling1D()(layers.Conv1D(3, 5)(inputs)))
    assert explain(model, length=50).length == 50
    assert explain(model, x=np.eye(4, dtype="float32")[np.zeros((3, 60), int)]).sequences == 3
    with pytest.raises(InputError, match="needs length="):
        explain(model)
    with pytest.raises(InputError, match=r"position must lie in 0\.\.49\. Received: 50"):
        explain(model, length=50, position=50)
    with pytest.raises(InputError, match="must have shape"):
        explain(basset.build(length=100), length=50)
