"""Before anything runs: which tensor changes where, by which rule, at what cost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ismbench.engine.choice import choose_step, first_rule
from ismbench.engine.cost import seconds
from ismbench.engine.graph import Graph
from ismbench.engine.layer_work import layer_multiply_adds
from ismbench.engine.needed import Needed, needed_positions
from ismbench.engine.rules import Query, Step
from ismbench.engine.rules.rule import call_of, elements
from ismbench.engine.span import Blocks, Level, Stretch, Window, cut, fixed, share

__all__ = ["Plan", "Settings", "full_multiply_adds", "make_plan", "naive_seconds"]

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Settings:
    """What a plan is made for, and the choices that are open.

    Attributes:
        length: Positions of the mutated input.
        width: Neighbouring positions that a mutant changes.
        block: Neighbouring positions that may share a window.
        slack: A window is shared as soon as that makes it at most ``1 + slack`` times as wide.
        scattered: Whether every mutant has a sequence and position of its own (then ``block`` is 1).
    """

    length: int
    width: int = 1
    block: int = 16
    slack: float = 0.3
    scattered: bool = False


@dataclass(frozen=True, eq=False)
class Plan:
    """The steps of one chunk of mutants.

    Attributes:
        graph: The nodes that the target needs.
        settings: What the plan was made for.
        blocks: How positions are grouped.
        source: The window of the mutated input.
        steps: One per node that the mutation reaches, in order of execution.
        windows: The window of each changed tensor.
        refused: Why a layer that mixes positions, or that no rule takes, is run whole: node name -> reason.
        needed: What of each tensor the target needs.
    """

    graph: Graph
    settings: Settings
    blocks: Blocks
    source: Window
    steps: tuple[Step, ...]
    windows: Mapping[int, Window]
    refused: Mapping[str, str]
    needed: Needed

    @property
    def multiply_adds(self) -> int:
        """Per mutant."""
        return sum(step.multiply_adds for step in self.steps)

    @property
    def direct_multiply_adds(self) -> int:
        """Per mutant, of the differences themselves: what a plan without padding and splitting would do."""
        return sum(step.direct_multiply_adds for step in self.steps)

    @property
    def words(self) -> int:
        """Numbers moved, per mutant."""
        return sum(step.words for step in self.steps)

    @property
    def peak_words(self) -> int:
        """The most that one step moves, per mutant; bounds the memory of a chunk."""
        return max((step.words for step in self.steps), default=0)

    @property
    def seconds(self) -> float:
        """Predicted time of one mutant."""
        return seconds(self.multiply_adds, self.words)


def make_plan(
    graph: Graph,
    shapes: Mapping[int, Shape],
    source: int,
    settings: Settings,
    wanted: Mapping[int, Stretch] | None = None,
) -> Plan:
    """Plans the propagation of a difference in tensor ``source`` to the outputs of a graph.

    Args:
        graph: The model, pruned to what is wanted.
        shapes: Shape of every tensor, without the batch axis.
        source: Tensor number of the mutated input.
        settings: Length, width and open choices.
        wanted: The positions of output tensors that are wanted; all of them by default.
    """
    n_positions = settings.length - settings.width + 1
    blocks = Blocks(n_positions, settings.block)
    first = Window(np.arange(n_positions), settings.width, settings.length, Level.OWN)
    windows: dict[int, Window] = {source: first}
    wishes, needed = _alignments(graph, shapes), needed_positions(graph, shapes, wanted or {})
    steps, refused = [], {}
    for node in graph.nodes:
        if not any(t in windows for t in node.inputs):
            continue
        arriving = [windows.get(t) for t in node.inputs]
        query = Query(
            node=node,
            windows=tuple(
                _promote(window, read, blocks, settings)
                for window, read in zip(arriving, needed.reads[node.index], strict=True)
            ),
            shapes=tuple(shapes[t] for t in node.inputs),
            outputs=tuple(shapes[t] for t in node.outputs),
            blocks=blocks,
            alignment=wishes.get(node.outputs[0]),
            scattered=settings.scattered,
            needed=needed.of[node.outputs[0]] if len(node.outputs) == 1 else None,
        )
        step, reason = choose_step(query)
        if reason:
            refused[node.name] = reason
            step = replace(step, multiply_adds=layer_multiply_adds(node, shapes))
        step = replace(
            step, words=step.words + _moved(arriving, query), needed=_along(query.needed, step.window)
        )
        steps.append(step)
        windows.update(zip(node.outputs, step.windows, strict=True))
    return Plan(graph, settings, blocks, first, tuple(steps), windows, refused, needed)


def _promote(
    window: Window | None, read: Stretch | None, blocks: Blocks, settings: Settings
) -> Window | None:
    """The window of what is read: shared where that costs little, and all that is read where it covers most of it."""
    if window is None or window.axis is None or window.full:
        return window
    if read is None or read.axis != window.axis:
        read = Stretch(window.axis, 0, window.length)
    window = cut(window, read)
    shared = share(window, blocks)
    if shared.width >= read.width:
        return fixed(shared, read)
    if window.level is Level.OWN and shared.width <= (1 + settings.slack) * window.width:
        return shared
    return window


def _along(needed: Stretch | None, window: Window) -> Stretch | None:
    """What is needed, if it is told of the window's axis."""
    return needed if needed is not None and needed.axis == window.axis else None


def _moved(arriving: list[Window | None], query: Query) -> int:
    """Numbers read and written to cut what arrives to what is needed: each row is cut at a place of its own."""
    return sum(
        2 * elements(new, shape)
        for old, new, shape in zip(arriving, query.windows, query.shapes, strict=True)
        if old is not None and new is not None and new.width < old.width
    )


def _alignments(graph: Graph, shapes: Mapping[int, Shape]) -> dict[int, tuple[int, int]]:
    """What each tensor's readers wish of its window; the first wish wins, and passes through pointwise layers."""
    wishes: dict[int, tuple[int, int]] = {}
    for node in reversed(graph.nodes):
        rule = first_rule(call_of(node, shapes))
        if rule is None or not node.inputs or not shapes[node.inputs[0]]:
            continue
        wish = rule.alignment(node, shapes[node.inputs[0]][0])
        if wish is None and rule.keeps_alignment:
            wish = wishes.get(node.outputs[0])
        if wish is not None:
            for tensor in node.inputs:
                wishes.setdefault(tensor, wish)
    return wishes


def full_multiply_adds(graph: Graph, shapes: Mapping[int, Shape]) -> int:
    """Multiply-adds of one forward pass."""
    return sum(layer_multiply_adds(node, shapes) for node in graph.nodes)


def naive_seconds(graph: Graph, shapes: Mapping[int, Shape]) -> float:
    """Predicted time of one mutant in the naive pass; layers read and write each number about once."""
    words = sum(2 * int(np.prod(shapes[t], dtype=np.int64)) for node in graph.nodes for t in node.outputs)
    return seconds(full_multiply_adds(graph, shapes), words)
