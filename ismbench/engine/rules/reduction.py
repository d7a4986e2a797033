"""Reductions over length: only the span of the difference is read."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from keras import ops

from ismbench.engine.fusion import lazy
from ismbench.engine.rules.rule import Call, Changed, Context, OneInput, Query, Step, elements
from ismbench.engine.rules.values import Moves
from ismbench.engine.span import Stretch, Window, share, whole

__all__ = ["FlattenRule", "GlobalAverage", "GlobalMax"]


class GlobalAverage(OneInput[Step]):
    """GlobalAveragePooling1D: the sum over the span, divided by the length."""

    name = "linear reduction"

    def accepts(self, call: Call) -> str | None:
        """Channels last."""
        return None if call.node.layer.data_format == "channels_last" else "its data format is channels_first"

    def plan(self, query: Query) -> Step | None:
        """From a window to a tensor without length."""
        window = query.window
        if window.axis != 1:
            return None
        words = elements(window, query.shapes[0])
        return Step(query.node, self, query.windows, whole(window), 0, words)

    def passed(self, context: Context, step: Step, x: Changed) -> Changed:
        """Differences past the ends are zero already."""
        length, keep = x.window.length, step.node.layer.keepdims
        delta = lazy(lambda d: ops.sum(d, axis=2, keepdims=keep) / length, x.as_delta())
        return step.passes(delta)


class GlobalMax(OneInput[Step]):
    """GlobalMaxPooling1D: the maximum of the span and of what lies before and behind it, from two running maxima."""

    name = "non-linear reduction"

    def accepts(self, call: Call) -> str | None:
        """Channels last."""
        return None if call.node.layer.data_format == "channels_last" else "its data format is channels_first"

    def plan(self, query: Query) -> Step | None:
        """From a window to a tensor without length."""
        window = query.window
        if window.axis != 1:
            return None
        words = elements(window, query.shapes[0])
        return Step(query.node, self, query.windows, whole(window), 0, words)

    def derive(self, step: Step, reference: Callable[[int], Any]) -> dict[str, Any]:
        """(S, L + 1, C) maxima of the first i positions, and of those from i on; lowest value where there are none."""
        x = reference(step.node.inputs[0])
        lowest = ops.full_like(x[:, :1], -np.inf)
        return {
            "before": ops.concatenate([lowest, _running_maximum(x)], axis=1),
            "behind": ops.concatenate(
                [ops.flip(_running_maximum(ops.flip(x, axis=1)), axis=1), lowest], axis=1
            ),
        }

    def passed(self, context: Context, step: Step, x: Changed) -> Changed:
        """max(before, span, behind)."""
        window, keep = x.window, step.node.layer.keepdims
        values = context.mask(x.as_value(context), window, -np.inf)
        one = replace(window, width=1, length=window.length + 1)
        # Starts past an edge repeat the edge of the running maxima, which is what they stand for.
        before = context.on_window(context.derived(step, "before"), one)
        behind = context.on_window(
            context.derived(step, "behind"), replace(one, starts=window.starts + window.width)
        )
        reference = context.reference(step.node.outputs[0], step.window)

        def run(v: Any, b: Any, a: Any) -> Any:
            top = ops.maximum(ops.max(v, axis=2, keepdims=True), ops.maximum(b, a))
            return top if keep else top[:, :, 0]

        return step.passes(None, lazy(run, values, before, behind), lazy(lambda r: r, reference))


def _running_maximum(x: Any) -> Any:
    """Running maximum along axis 1, by doubling: log2(L) element-wise maxima."""
    length, shift = x.shape[1], 1
    while shift < length:
        moved = ops.concatenate([ops.full_like(x[:, :shift], -np.inf), x[:, :-shift]], axis=1)
        x, shift = ops.maximum(x, moved), shift * 2
    return x


class FlattenRule(Moves, OneInput[Step]):
    """Flatten, and Reshape to one axis: the window stays a run of the flat tensor, so Dense can read only its rows."""

    name = "linear, reshaping"

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The positions whose numbers these are."""
        inner = int(np.prod(call.shapes[0][1:]))
        return [Stretch(1, needed.start // inner, -(-needed.stop // inner))]

    def plan(self, query: Query) -> Step | None:
        """Shared windows that lie inside, so that one slice of the next kernel serves all mutants of a chunk."""
        window = query.window
        inner = int(np.prod(query.shapes[0][1:]))
        if window.axis is None:
            return Step(query.node, self, query.windows, window, 0, 0)
        if window.axis != 1:
            return None
        need = _inside(share(window, query.blocks), query.scattered)
        flat = replace(need, starts=need.starts * inner, width=need.width * inner, length=need.length * inner)
        return Step(query.node, self, (need,), flat, 0, 2 * elements(need, query.shapes[0]))

    def passed(self, context: Context, step: Step, x: Changed) -> Changed:
        """Reshapes what it carries."""
        parts = [
            None if p is None else lazy(lambda v: ops.reshape(v, (*v.shape[:2], -1)), p)
            for p in (x.delta, x.value, x.reference)
        ]
        return step.passes(*parts)


def _inside(window: Window, scattered: bool) -> Window:
    """The window, moved inside its axis; the whole axis where rows begin at different places."""
    if scattered or window.width >= window.length:
        return whole(window, window.length, window.axis)
    return replace(window, starts=np.clip(window.starts, 0, window.length - window.width))
