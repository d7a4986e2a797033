"""What a rule is: how one kind of layer passes on a difference to the reference."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from keras import ops

from ismbench.engine.fusion import Lazy, lazy
from ismbench.engine.graph import Node
from ismbench.engine.span import Blocks, Stretch, Window

__all__ = [
    "BaseRule",
    "Call",
    "Changed",
    "Context",
    "OneInput",
    "Query",
    "Rule",
    "Shape",
    "Step",
    "elements",
    "same_positions",
]

Shape = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of a layer on tensors of known shapes, given without the batch axis.

    Attributes:
        node: The call.
        shapes: Shape of each input.
        outputs: Shape of each output.
    """

    node: Node
    shapes: tuple[Shape, ...]
    outputs: tuple[Shape, ...]

    @property
    def output(self) -> Shape:
        """Shape of the (first) output."""
        return self.outputs[0]


def call_of(node: Node, shapes: Mapping[int, Shape]) -> Call:
    """A node with its shapes out of those of every tensor."""
    inputs, outputs = (tuple(shapes[t] for t in tensors) for tensors in (node.inputs, node.outputs))
    return Call(node=node, shapes=inputs, outputs=outputs)


@dataclass(frozen=True, kw_only=True)
class Query(Call):
    """What a rule is asked when a plan is made.

    Attributes:
        windows: What changed in each input of the node; None for an input that the mutation does not reach.
        blocks: How positions are grouped into shared windows.
        alignment: (stride, phase) that the layers behind wish the window to have, or None.
        scattered: Whether every mutant has a sequence and position of its own.
        needed: The run of the output that the target needs; None where that is all of it.
    """

    windows: tuple[Window | None, ...]
    blocks: Blocks
    alignment: tuple[int, int] | None = None
    scattered: bool = False
    needed: Stretch | None = None

    @property
    def window(self) -> Window:
        """The window of the only (or first changed) input."""
        return next(w for w in self.windows if w is not None)

    def needed_on(self, window: Window) -> Stretch:
        """What is needed of the output along the axis of a window of it."""
        axis = window.axis or 1
        if self.needed is not None and self.needed.axis == axis:
            return self.needed
        return Stretch(axis, 0, window.length)


@dataclass(frozen=True)
class Step:
    """What a rule answers: one planned step. A rule that decides more than this has a step of its own kind.

    Attributes:
        node: The call of the layer.
        rule: The rule that runs it.
        needs: The window in which each changed input must arrive; None for an unchanged input.
        window: The window of the output.
        multiply_adds: Per mutant.
        words: Numbers read and written, per mutant.
        note: The decision, for ``explain``.
        direct: Multiply-adds per mutant that the difference needs without padding or splitting; None where they are
            those that the step does.
        needed: The run of the output that the target needs; None where that is all of it. The difference is zero
            outside of it, as it is past the ends of the axis.
    """

    node: Node
    rule: "Rule"
    needs: tuple[Window | None, ...]
    window: Window
    multiply_adds: int
    words: int
    note: str = ""
    direct: int | None = None
    needed: Stretch | None = None

    def passes(
        self, delta: Lazy | None, value: Lazy | None = None, reference: Lazy | None = None
    ) -> "Changed":
        """The (first) output on the planned window: as difference, as value with its reference, or both."""
        return Changed(self.node.outputs[0], self.window, delta, value, reference)

    @property
    def windows(self) -> tuple[Window, ...]:
        """The window of each output."""
        return (self.window,) * len(self.node.outputs)

    @property
    def direct_multiply_adds(self) -> int:
        """Those that the difference needs, whatever the step does."""
        return self.multiply_adds if self.direct is None else self.direct


class Context(Protocol):
    """What a rule may ask while a chunk of mutants runs. R rows of Q mutants share a window each."""

    def reference(self, tensor: int, window: Window) -> Any:
        """(R, 1, *shape) the reference on this window; past the ends of the axis it repeats the edge."""

    def on_window(self, x: Any, window: Window) -> Any:
        """(R, 1, *shape) any tensor (S, ...) of the sequences on this window, likewise."""

    def weight(self, step: Step, name: str) -> Any:
        """What ``Rule.weights`` prepared under this name."""

    def derived(self, step: Step, name: str) -> Any:
        """(S, ...) what ``Rule.derive`` computed from the reference under this name."""

    def rows(self, window: Window) -> tuple[int, int]:
        """(R, Q) for a window of this level."""

    def starts(self, window: Window) -> Any:
        """(R,) int32 first position of the window."""

    def fit(self, x: Any, window: Window, to: Window) -> Any:
        """Moves a difference (R, Q, *shape) from one window to another: zeros where new, cut where outside."""

    def mask(self, x: Any, window: Window, fill: float = 0.0, needed: Stretch | None = None) -> Any:
        """``x`` with ``fill`` where the window reaches past an end of its axis, or of what is needed of it."""

    def matmul(self, x: Any, weight: Any) -> Any:
        """``x @ weight`` over the last axis of x."""

    def whole(self, step: "Step", inputs: tuple["Changed | None", ...]) -> "Sequence[Changed]":
        """The layer itself on whole mutants, and of its results the step's window; needs no rule."""

    def force(self, x: Any) -> Any:
        """The tensor itself, where a rule cannot go on with a Lazy."""

    def force_all(self, xs: Sequence[Any]) -> list[Any]:
        """Several, computed together."""


class Changed:
    """A tensor of the graph on a window, for all mutants of a chunk: as difference, as value, or both.

    Attributes:
        tensor: Its number.
        window: The window.
        delta: (R, Q, *shape) mutant minus reference, or None.
        value: (R, Q, *shape) the mutant, or None.
        reference: (R, 1, *shape) the reference that belongs to ``value``, or None.
        extreme: Whether the reference holds infinities or huge numbers, so that ``value`` is what counts.
    """

    __slots__ = ("delta", "extreme", "reference", "tensor", "value", "window")

    def __init__(
        self,
        tensor: int,
        window: Window,
        delta: Lazy | None = None,
        value: Lazy | None = None,
        reference: Lazy | None = None,
    ) -> None:
        self.tensor = tensor
        self.window = window
        self.delta = delta
        self.value = value
        self.reference = reference
        self.extreme = False

    def as_delta(self) -> Lazy:
        """The difference to the reference."""
        if self.delta is None:
            self.delta = lazy(_change if self.extreme else ops.subtract, self.value, self.reference)
        return self.delta

    def as_pair(self, context: Context) -> tuple[Lazy, Lazy]:
        """The mutant itself, and the reference that belongs to it."""
        value = self.as_value(context)
        assert self.reference is not None
        return value, self.reference

    def as_value(self, context: Context) -> Lazy:
        """The mutant itself; needs the reference."""
        if self.value is None:
            if self.reference is None:
                self.reference = lazy(lambda r: r, context.reference(self.tensor, self.window))
            self.value = lazy(lambda d, r: d + r, self.delta, self.reference)
        return self.value


def _change(value: Any, reference: Any) -> Any:
    """The difference; zero between equal infinities."""
    return ops.where(value == reference, ops.zeros_like(value), value - reference)


class Rule(Protocol):
    """Passes a difference through one kind of layer.

    Attributes:
        name: The mathematical property, for ``explain``.
        keeps_alignment: Whether the output's window is the input's, so that wishes of later layers pass through.
        one_input: Whether it takes only nodes that read one tensor (no mask beside it, say).
    """

    name: str
    keeps_alignment: bool
    one_input: bool

    def alignment(self, node: Node, length: int) -> tuple[int, int] | None:
        """(stride, phase) at which this rule likes the window of its input to begin, or None."""

    def accepts(self, call: Call) -> str | None:
        """None, or the reason why this rule cannot take this configuration of the layer."""

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """What of each input the needed run of the output depends on; None is all of it.

        A fact about the layer, whichever rule runs it in the end.
        """

    def plan(self, query: Query) -> Step | None:
        """The step, or None where this window cannot be kept; then the whole layer is run."""

    def weights(self, step: Any) -> dict[str, Any]:
        """Tensors derived from the layer's weights; computed once a call, when it begins."""

    def derive(self, step: Any, reference: Callable[[int], Any]) -> dict[str, Any]:
        """Tensors (S, ...) derived from the reference; computed once for each group of sequences."""

    def apply(self, context: Context, step: Any, inputs: tuple[Changed | None, ...]) -> Sequence[Changed]:
        """Runs the step on inputs that have the windows it needs; one Changed for each output of the node."""

    def apply_values(
        self, context: Context, step: Any, inputs: tuple[Changed | None, ...]
    ) -> Sequence[Changed]:
        """The same where an input or output holds infinities or huge numbers, next to which differences are lost."""


S = TypeVar("S", bound=Step)


class BaseRule(Generic[S]):
    """The parts of a rule that most have in common; S is the kind of step that it plans."""

    keeps_alignment = False
    one_input = False

    def alignment(self, node: Node, length: int) -> tuple[int, int] | None:
        """No wish."""
        return None

    def accepts(self, call: Call) -> str | None:
        """Every configuration."""
        return None

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The same positions, for a rule that keeps the window; else everything."""
        if not self.keeps_alignment:
            return [None] * len(call.shapes)
        return same_positions(call.shapes, needed)

    def weights(self, step: S) -> dict[str, Any]:
        """Nothing."""
        return {}

    def derive(self, step: S, reference: Callable[[int], Any]) -> dict[str, Any]:
        """Nothing."""
        return {}

    def apply_values(
        self, context: Context, step: S, inputs: tuple[Changed | None, ...]
    ) -> Sequence[Changed]:
        """As everywhere: right for rules that work on values, and for sums, in which nothing huge belongs."""
        return self.apply(context, step, inputs)

    @abstractmethod
    def apply(self, context: Context, step: S, inputs: tuple[Changed | None, ...]) -> Sequence[Changed]:
        """See Rule."""


class OneInput(BaseRule[S]):
    """A rule of layers that read one tensor and write one."""

    one_input = True

    def apply(self, context: Context, step: S, inputs: tuple[Changed | None, ...]) -> Sequence[Changed]:
        """The one input is a changed one: a step is planned for no other node."""
        (x,) = inputs
        assert x is not None
        return [self.passed(context, step, x)]

    @abstractmethod
    def passed(self, context: Context, step: S, x: Changed) -> Changed:
        """What the change of the input makes of the output, on the window of the step."""


def same_positions(shapes: Sequence[Shape], needed: Stretch) -> Sequence[Stretch | None]:
    """Of operands that are combined position by position: an operand of one position, or another rank, whole."""
    rank = max(len(shape) for shape in shapes)
    size = max(shape[needed.axis - 1] for shape in shapes if len(shape) == rank)
    return [needed if len(s) == rank and s[needed.axis - 1] == size else None for s in shapes]


def elements(window: Window, shape: Shape) -> int:
    """Numbers in one mutant's window of a tensor of this shape (no batch axis)."""
    count = 1
    for axis, size in enumerate(shape, start=1):
        count *= window.width if axis == window.axis else size
    return count
