"""``explain``: the plan for a model, beside what a mutation at one position really changes.

The figure behind it is Fig. 1 of the fastISM paper (Nair et al., Bioinformatics 2022): which positions of
each layer a single substitution reaches, and how many multiply-adds that leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np

from ismbench.engine.base_engine import Floats
from ismbench.engine.check import as_inputs
from ismbench.engine.choice import choose_step
from ismbench.engine.edits import Edits, substitutions
from ismbench.engine.explanation import Explanation, Row, Span
from ismbench.engine.fast import FastEngine
from ismbench.engine.graph import Graph, Node
from ismbench.engine.layer_work import layer_multiply_adds
from ismbench.engine.letters import Alphabet, letter_columns
from ismbench.engine.needed import Needed, needed_positions, wanted_of
from ismbench.engine.plan import Plan, naive_seconds
from ismbench.engine.published_plans import published_figures
from ismbench.engine.rules import Query, Step, WholeLayer
from ismbench.engine.span import Blocks, Level, Stretch, Window
from ismbench.engine.target import EVERY, Target
from ismbench.errors import InputError

__all__ = ["explain"]

Shape = tuple[int, ...]
Shapes = Mapping[int, Shape]


def explain(
    model: keras.Model,
    *,
    length: int | None = None,
    position: int | None = None,
    target: Target = EVERY,
    sequence_input: int = 0,
    x: Any = None,
    alphabet: Alphabet = None,
) -> Explanation:
    """Tells what the engine does with a model, and why. Nothing is scored.

    Args:
        model: A Functional or Sequential Keras model.
        length: Positions of the mutated input; needed where the model leaves it free.
        position: The mutated position, counted from 0, whose spans are shown; the middle one by default.
        target: Which numbers of the outputs are wanted; the rest of the model is left out.
        sequence_input: Index of the mutated input.
        x: Inputs to plan for, as for ``saturation_mutagenesis``; chunks depend on how many sequences there
            are. By default one sequence.
        alphabet: Which columns of the mutated input are letters; see ``saturation_mutagenesis``.

    Returns:
        An Explanation: print it, or read its rows.

    Raises:
        InputError: For a model or option that breaks a rule.
    """
    engine = FastEngine(model, target, sequence_input=sequence_input)
    inputs = as_inputs(_blank(engine, length) if x is None else x, engine.graph, sequence_input)
    size = inputs[sequence_input].shape[1]
    position = size // 2 if position is None else position
    if not 0 <= position < size:
        raise InputError(f"position must lie in 0..{size - 1}. Received: {position}")
    edits = _all_substitutions(inputs[sequence_input], alphabet)
    prepared, shapes = engine.prepare(inputs, edits), engine.shapes(inputs)
    plan, alternatives = prepared.plan, edits.content.shape[2]
    read = _Read(engine.probe(inputs).graph, shapes, engine.canonical(inputs).gone, _needed(engine, inputs))
    itemsize = 8 if engine.dtype == "float64" else 4
    sequences = max(1, min(len(inputs[0]), prepared.mutants // (plan.blocks.size * alternatives)))
    explanation = Explanation(
        model=str(model.name),
        length=size,
        position=position,
        rows=tuple(_rows(read, plan, position, itemsize)),
        speedup=naive_seconds(read.graph, shapes) / plan.seconds if plan.steps else np.inf,
        naive=prepared.naive,
        sequences=sequences,
        positions=plan.blocks.size,
        alternatives=alternatives,
        chunk_bytes=sequences * plan.blocks.size * alternatives * plan.peak_words * itemsize,
    )
    known = published_figures(explanation.model, size, position, explanation.full)
    return replace(explanation, published=known)


def _blank(engine: FastEngine, length: int | None) -> list[Floats]:
    """One sequence of the first letter; zeros for the other inputs."""
    arrays = []
    for index, (shape, dtype) in enumerate(
        zip(engine.graph.input_shapes, engine.graph.input_dtypes, strict=True)
    ):
        known = list(shape)
        if index == engine.sequence_input and known:
            known[0] = length if length is not None else known[0]
        if None in known:
            raise InputError(
                f"A model with free dimensions needs length=, or example inputs x=. Received: input "
                f"{engine.graph.input_names[index]!r} of shape {shape}"
            )
        array = np.zeros((1, *(n or 0 for n in known)), dtype)
        if index == engine.sequence_input:
            array[..., 0] = 1
        arrays.append(array)
    return arrays


def _all_substitutions(x: Floats, alphabet: Alphabet) -> Edits:
    where = np.broadcast_to(np.arange(x.shape[1]), x.shape[:2])
    letters = letter_columns(alphabet, x.shape[2])
    return substitutions(x, where, range(letters.stop - letters.start), letters=letters)


@dataclass(frozen=True, eq=False)
class _Read:
    """The graph as it was read.

    Attributes:
        graph: Before its canonical form.
        shapes: Of its tensors.
        gone: What became of nodes that have no step of their own, by index.
        needed: What of its tensors the target needs.
    """

    graph: Graph
    shapes: Shapes
    gone: Mapping[int, str]
    needed: Needed


def _needed(engine: FastEngine, inputs: Sequence[Floats]) -> Needed:
    found = engine.probe(inputs)
    return needed_positions(found.graph, found.shapes, wanted_of(engine.target, found.graph, found.shapes))


def _rows(read: _Read, plan: Plan, position: int, itemsize: int) -> list[Row]:
    steps = {step.node.index: step for step in plan.steps}
    spans = _exact(read, plan, position)
    rows: list[Row] = []
    written: tuple[int, ...] = ()
    for node in read.graph.nodes:
        row = _row(node, read, plan, steps.get(node.index), spans, itemsize)
        joined = bool(rows) and row.changed and not row.full and bool(set(written) & set(node.inputs))
        rows.append(replace(row, continues=joined and row.span_out == rows[-1].span_out == row.span_in))
        written = node.outputs
    return rows


def _row(
    node: Node, read: _Read, plan: Plan, step: Step | None, spans: Mapping[int, Window], itemsize: int
) -> Row:
    before = max((spans[t] for t in node.inputs if t in spans), key=_share, default=None)
    after = spans.get(node.outputs[0])
    full = layer_multiply_adds(node, read.shapes)
    unreached = "not reached by the mutation: computed once"
    return Row(
        name=node.name,
        layer=node.kind.__name__,
        rule=step.rule.name if step else "",
        span_in=_span(before),
        span_out=_span(after),
        needed=_needed_span(node, read),
        changed=after is not None,
        full=full,
        windowed=0 if after is None else round(full * _share(after)),
        difference=step.direct_multiply_adds if step else 0,
        done=step.multiply_adds if step else 0,
        moved=step.words * itemsize if step else 0,
        decision=_decision(step, plan) if step else read.gone.get(node.index, unreached),
        continues=False,
    )


def _exact(read: _Read, plan: Plan, position: int) -> dict[int, Window]:
    """What a mutation at one position changes of each tensor: nothing past the ends, no common width."""
    graph, shapes, alone = read.graph, read.shapes, Blocks(1, 1)
    source = next(t for t in graph.inputs if plan.windows.get(t) is plan.source)
    first = min(position, plan.source.length - plan.source.width)
    windows = {source: replace(plan.source, starts=np.array([first]))}
    for node in graph.nodes:
        reached = tuple(windows.get(t) for t in node.inputs)
        if all(w is None for w in reached):
            continue
        inputs, outputs = (tuple(shapes[t] for t in tensors) for tensors in (node.inputs, node.outputs))
        query = Query(node=node, windows=reached, shapes=inputs, outputs=outputs, blocks=alone)
        step, _ = choose_step(query)
        for tensor, output in zip(node.outputs, step.windows, strict=True):
            window = _inside(output, read.needed.of[tensor])
            if window is not None:
                windows[tensor] = window
    return windows


def _inside(window: Window, needed: Stretch | None) -> Window | None:
    """What is needed of the window of a single position; None where that is nothing."""
    if window.axis is None:
        return window
    if needed is None or needed.axis != window.axis:
        needed = Stretch(window.axis, 0, window.length)
    start = max(int(window.starts[0]), needed.start)
    stop = min(int(window.starts[0]) + window.width, needed.stop)
    return replace(window, starts=np.array([start]), width=stop - start) if stop > start else None


def _span(window: Window | None) -> Span | None:
    if window is None or window.axis is None:
        return None
    start = int(window.starts[0])
    return Span(start, start + window.width, window.length)


def _needed_span(node: Node, read: _Read) -> Span | None:
    """What of the output the target needs; None where that is all of it."""
    tensor = node.outputs[0]
    needed = read.needed.of.get(tensor)
    return None if needed is None else Span(needed.start, needed.stop, read.shapes[tensor][needed.axis - 1])


def _share(window: Window) -> float:
    """How much of the axis a window covers."""
    return 1.0 if window.axis is None else window.width / window.length


def _decision(step: Step, plan: Plan) -> str:
    if isinstance(step.rule, WholeLayer):
        return f"whole layer: {plan.refused.get(step.node.name, 'no rule takes it')}"
    window = step.window
    if window.axis is None:
        where = ""
    elif window.full:
        where = "whole axis"
    elif window.level is Level.SHARED:
        where = f"window of {window.width:,}, shared by {plan.blocks.size} positions"
    else:
        where = f"window of {window.width:,} per position"
    return ", ".join(filter(None, (where, step.note)))
