"""Before anything runs: which tensor changes where, by which rule, at what cost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ismbench.engine.cost import seconds
from ismbench.engine.graph import Graph, Node
from ismbench.engine.rules import RULES, Query, Rule, Step, WholeLayer
from ismbench.engine.span import Blocks, Level, Window, share, whole
from ismbench.engine.work import layer_multiply_adds

__all__ = ["Plan", "Settings", "choose_step", "full_multiply_adds", "make_plan", "naive_seconds"]

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
    """

    graph: Graph
    settings: Settings
    blocks: Blocks
    source: Window
    steps: tuple[Step, ...]
    windows: Mapping[int, Window]
    refused: Mapping[str, str]

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


def make_plan(graph: Graph, shapes: Mapping[int, Shape], source: int, settings: Settings) -> Plan:
    """Plans the propagation of a difference in tensor ``source`` to the outputs of a graph.

    Args:
        graph: The model, pruned to what is wanted.
        shapes: Shape of every tensor, without the batch axis.
        source: Tensor number of the mutated input.
        settings: Length, width and open choices.
    """
    n_positions = settings.length - settings.width + 1
    blocks = Blocks(n_positions, settings.block)
    first = Window(np.arange(n_positions), settings.width, settings.length, Level.OWN)
    windows: dict[int, Window] = {source: first}
    wishes = _alignments(graph, shapes)
    steps, refused = [], {}
    for node in graph.nodes:
        if not any(t in windows for t in node.inputs):
            continue
        query = Query(
            node=node,
            windows=tuple(_promote(windows.get(t), blocks, settings) for t in node.inputs),
            shapes=tuple(shapes[t] for t in node.inputs),
            output=shapes[node.outputs[0]],
            blocks=blocks,
            alignment=wishes.get(node.outputs[0]),
            scattered=settings.scattered,
        )
        step, reason = choose_step(query)
        if reason:
            refused[node.name] = reason
            step = replace(step, multiply_adds=layer_multiply_adds(node, shapes))
        steps.append(step)
        windows.update(dict.fromkeys(node.outputs, step.window))
    return Plan(graph, settings, blocks, first, tuple(steps), windows, refused)


def _promote(window: Window | None, blocks: Blocks, settings: Settings) -> Window | None:
    """Shares a window where that costs little, and takes the whole axis where it covers most of it."""
    if window is None or window.axis is None or window.full:
        return window
    shared = share(window, blocks)
    if shared.width >= window.length:
        return whole(shared, window.length, window.axis)
    if window.level is Level.OWN and shared.width <= (1 + settings.slack) * window.width:
        return shared
    return window


def choose_step(query: Query) -> tuple[Step, str]:
    """The first rule that takes the node; else the whole layer, and why."""
    reason = "no rule is registered for it"
    for rule in RULES.get(query.node.kind, ()):
        refusal = _refusal(rule, query.node)
        step = None if refusal else rule.plan(query)
        if step is not None:
            return step, ""
        reason = refusal or "it mixes what the window would keep apart"
    fallback = WholeLayer()
    step = fallback.plan(query)
    return step, reason


def _refusal(rule: Rule, node: Node) -> str | None:
    if rule.one_input and len(node.inputs) != 1:
        return "it reads a second tensor, such as a mask"
    return rule.accepts(node)


def _alignments(graph: Graph, shapes: Mapping[int, Shape]) -> dict[int, tuple[int, int]]:
    """What each tensor's readers wish of its window; the first wish wins, and passes through pointwise layers."""
    wishes: dict[int, tuple[int, int]] = {}
    for node in reversed(graph.nodes):
        rule = _first_rule(node)
        if rule is None or not node.inputs or not shapes[node.inputs[0]]:
            continue
        wish = rule.alignment(node, shapes[node.inputs[0]][0])
        if wish is None and rule.keeps_alignment:
            wish = wishes.get(node.outputs[0])
        if wish is not None:
            for tensor in node.inputs:
                wishes.setdefault(tensor, wish)
    return wishes


def _first_rule(node: Node) -> Rule | None:
    return next((rule for rule in RULES.get(node.kind, ()) if _refusal(rule, node) is None), None)


def full_multiply_adds(graph: Graph, shapes: Mapping[int, Shape]) -> int:
    """Multiply-adds of one forward pass."""
    return sum(layer_multiply_adds(node, shapes) for node in graph.nodes)


def naive_seconds(graph: Graph, shapes: Mapping[int, Shape]) -> float:
    """Predicted time of one mutant in the naive pass; layers read and write each number about once."""
    words = sum(2 * int(np.prod(shapes[t], dtype=np.int64)) for node in graph.nodes for t in node.outputs)
    return seconds(full_multiply_adds(graph, shapes), words)
