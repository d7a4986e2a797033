"""Linear, windowed: a convolution of the difference. No bias, no flanks, no reference.

A short span is convolved quickest as one matrix product and an overlap-add: ``(M, c_in) @ (c_in, taps * c_out)``,
where each position of the span writes its contributions, then shifted additions. Packing several neighbouring
positions into one row, ``(M / packed, packed * c_in) @ (packed * c_in, (packed + taps - 1) * c_out)``, writes fewer
numbers for more multiply-adds; that is the better trade where c_out is small. Where channels are many, the product is
split by Karatsuba's scheme instead: fewer multiply-adds for more additions. A dilated convolution is several without
dilation, one for each phase of the positions, so that both serve it too.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from keras import ops

from ismbench.engine.fusion import lazy
from ismbench.engine.rules.geometry import Geometry, first, one_dimensional, settle, slid
from ismbench.engine.rules.karatsuba import combine, leaves, pad, split
from ismbench.engine.rules.rule import Call, Changed, Context, OneInput, Query, Step, elements
from ismbench.engine.rules.ways import Scatter, Way, cheapest
from ismbench.engine.span import Stretch, Window, transpose_convolve

__all__ = ["Convolution", "TransposedConvolution"]


@dataclass(frozen=True, kw_only=True)
class ScatterStep(Step):
    """Of ScatterRule.

    Attributes:
        natural: The outputs that the input's window writes to.
        scatter: How.
        way: How the product is taken.
        width: Positions of the input's window.
        unit_axes: Sizes of the output's axes between length and channels.
    """

    natural: Window
    scatter: Scatter
    way: Way
    width: int
    unit_axes: tuple[int, ...]

    @property
    def positions(self) -> int:
        """Of the window, in each phase."""
        return -(-self.width // self.way.phases)

    @property
    def in_phase(self) -> Scatter:
        """How the positions of a phase scatter among themselves."""
        return self.scatter if self.way.phases == 1 else replace(self.scatter, dilation=1)


class ScatterRule(OneInput[ScatterStep]):
    """Matrix product and overlap-add; subclasses say how the layer's geometry and kernel read in that form."""

    name = "linear, windowed"

    @abstractmethod
    def scatter(self, layer: Any, length: int) -> Scatter:
        """Where an input writes."""

    @abstractmethod
    def taps(self, layer: Any) -> Any:
        """The kernel (taps, c_in, c_out), in the order of the outputs that it writes to."""

    def plan(self, query: Query) -> ScatterStep | None:
        """Chooses the way whose multiply-adds and traffic cost least."""
        window = query.window
        if window.axis != 1 or any(n != 1 for n in query.shapes[0][1:-1]):
            return None
        to = self.scatter(query.node.layer, window.length)
        reach = (to.taps - 1) * to.dilation
        natural = transpose_convolve(window, query.output[0], reach=reach, stride=to.stride, left=to.left)
        out = settle(natural, query)
        way = cheapest(window.width, to, query.shapes[0][-1], query.output[-1])
        words = way.words + 2 * elements(out, query.output)
        direct = window.width * to.taps * query.shapes[0][-1] * query.output[-1]
        return ScatterStep(
            query.node, self, query.windows, out, way.multiply_adds, words, way.note, direct,
            natural=natural, scatter=to, way=way, width=window.width, unit_axes=query.output[1:-1],
        )  # fmt: skip

    def weights(self, step: ScatterStep) -> dict[str, Any]:
        """A kernel for each product, (packed * c_in, (packed + taps - 1) * c_out): position i writes from i on."""
        way, to = step.way, step.scatter
        parts = split(self.taps(step.node.layer), step.positions, to.taps, way.levels, axis=0)
        return {f"kernel{i}": _as_matrix(part, way.packed) for i, part in enumerate(parts)}

    def passed(self, context: Context, step: ScatterStep, x: Changed) -> Changed:
        """Matrix products, overlap-add, mask, move to the planned window."""
        to, way, natural = step.in_phase, step.way, step.natural
        rows, mutants = context.rows(x.window)
        width, packed, inner = step.positions, way.packed, mutants * way.phases

        def to_rows(d: Any, positions: int) -> Any:
            n = -(-positions // packed)
            d = pad(d, 2, 0, n * packed - positions)
            return ops.reshape(d, (rows, inner, n, packed * d.shape[-1]))

        def add_up(y: Any, positions: int, taps: int) -> Any:
            n, m = -(-positions // packed), packed + taps - 1
            y = ops.reshape(y, (rows, inner, n, m, y.shape[-1] // m))
            return _overlap_add(y, packed, replace(to, taps=taps))

        def finish(*products: Any) -> Any:
            total = combine(products, width, to.taps, way.levels, add_up)
            total = _gathered(total, mutants, way.phases)[:, :, : natural.width]
            return ops.reshape(total, (*total.shape[:3], *step.unit_axes, total.shape[3]))

        def to_factors(d: Any) -> list[Any]:
            d = _dealt(ops.reshape(d, (rows, mutants, step.width, -1)), way.phases)
            return split(d, width, to.taps, way.levels, axis=2)

        # The compiler would compute the difference anew for each factor that is made from it.
        parts = lazy(to_factors, context.force(x.as_delta()) if way.levels else x.as_delta())
        factors = [
            lazy(lambda p, i=i, n=n: to_rows(p[i], n), parts)
            for i, (n, _) in enumerate(leaves(width, to.taps, way.levels))
        ]
        products = [
            context.matmul(factor, context.weight(step, f"kernel{i}"))
            for i, factor in enumerate(context.force_all(factors))
        ]
        result = context.mask(lazy(finish, *products), natural, needed=step.needed)
        return step.passes(context.fit(result, natural, step.window))


class Convolution(ScatterRule):
    """Conv1D with stride 1 and one group, and Conv2D over a unit axis."""

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The frame of the needed outputs."""
        return [slid(Geometry(call.node.layer, call.shapes[0][0]), call.shapes[0][0], needed)]

    def accepts(self, call: Call) -> str | None:
        """Only what one matrix product can do."""
        if call.node.layer.groups != 1 or first(call.node.layer.strides) != 1:
            return "strides and groups take the sliding rule"
        return one_dimensional(call.node)

    def scatter(self, layer: Any, length: int) -> Scatter:
        """Input i reaches output ``i + left - t * dilation`` through tap t: the last tap writes first."""
        g = Geometry(layer, length)
        return Scatter(g.kernel, 1, g.dilation, (g.kernel - 1) * g.dilation - g.left)

    def taps(self, layer: Any) -> Any:
        """The kernel, last tap first."""
        kernel = ops.convert_to_tensor(layer.kernel)
        return ops.flip(ops.reshape(kernel, (kernel.shape[0], *kernel.shape[-2:])), axis=0)


class TransposedConvolution(ScatterRule):
    """Conv1DTranspose, and Conv2DTranspose over a unit axis."""

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The inputs that write to the needed outputs."""
        if needed.axis != 1:
            return [None]
        length = call.shapes[0][0]
        to = self.scatter(call.node.layer, length)
        reach = (to.taps - 1) * to.dilation
        start = -((-(needed.start + to.left - reach)) // to.stride)
        return [Stretch(1, start, (needed.stop - 1 + to.left) // to.stride + 1).within(length)]

    def accepts(self, call: Call) -> str | None:
        """Output padding shifts in ways that only the layer knows."""
        padding = call.node.layer.output_padding
        if any(n not in (None, 0) for n in (padding if isinstance(padding, (tuple, list)) else (padding,))):
            return "it has output_padding"
        return one_dimensional(call.node)

    def scatter(self, layer: Any, length: int) -> Scatter:
        """Keras: "same" keeps length * stride of the (length - 1) * stride + reach + 1 outputs, cut on both sides."""
        taps, stride, dilation = (
            first(getattr(layer, n)) for n in ("kernel_size", "strides", "dilation_rate")
        )
        cut = max((taps - 1) * dilation + 1 - stride, 0) // 2 if layer.padding == "same" else 0
        return Scatter(taps, stride, dilation, cut)

    def taps(self, layer: Any) -> Any:
        """The kernel, with its channels in the order (in, out)."""
        kernel = ops.convert_to_tensor(layer.kernel)
        return ops.transpose(ops.reshape(kernel, (kernel.shape[0], *kernel.shape[-2:])), (0, 2, 1))


def _as_matrix(taps: Any, packed: int) -> Any:
    """(taps, c_in, c_out) as one matrix for ``packed`` positions a row."""
    rows = ops.transpose(taps, (1, 0, 2))
    shifted = [ops.pad(rows, ((0, 0), (i, packed - 1 - i), (0, 0))) for i in range(packed)]
    return ops.reshape(ops.stack(shifted), (packed * rows.shape[0], -1))


def _dealt(x: Any, phases: int) -> Any:
    """(R, Q, n, C) to (R, Q * phases, n / phases, C): positions dealt out in turn, with zeros behind the last."""
    if phases == 1:
        return x
    rows, mutants, n, channels = x.shape
    each = -(-n // phases)
    x = ops.reshape(pad(x, 2, 0, each * phases - n), (rows, mutants, each, phases, channels))
    return ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4)), (rows, mutants * phases, each, channels))


def _gathered(x: Any, mutants: int, phases: int) -> Any:
    """The inverse: (R, Q * phases, n, C) to (R, Q, n * phases, C)."""
    if phases == 1:
        return x
    rows, _, n, channels = x.shape
    x = ops.transpose(ops.reshape(x, (rows, mutants, phases, n, channels)), (0, 1, 3, 2, 4))
    return ops.reshape(x, (rows, mutants, n * phases, channels))


def _overlap_add(y: Any, packed: int, to: Scatter) -> Any:
    """Sums y (R, Q, n, m, C), whose entry (i, j) belongs to output ``i * packed * stride + j * dilation``."""
    rows, mutants, n, m, channels = y.shape
    if packed > 1:
        pieces = -(-m // packed)
        y = ops.pad(y, ((0, 0), (0, 0), (0, 0), (0, pieces * packed - m), (0, 0)))
        y = ops.reshape(y, (rows, mutants, n, pieces, packed, channels))
        total = _sum([pad(y[:, :, :, j], 2, j, pieces - 1 - j) for j in range(pieces)])
        return ops.reshape(total, (rows, mutants, (n + pieces - 1) * packed, channels))
    if to.dilation == 1 and to.stride == 1 and n < m:
        return _sum([pad(y[:, :, i], 2, i, n - 1 - i) for i in range(n)])
    d = to.dilation
    return _sum([pad(_spread(y[:, :, :, j], to.stride), 2, j * d, (m - 1 - j) * d) for j in range(m)])


def _spread(y: Any, stride: int) -> Any:
    """Puts ``stride - 1`` zeros between positions, and none behind the last."""
    if stride == 1:
        return y
    rows, mutants, n, channels = y.shape
    y = ops.pad(y[:, :, :, None], ((0, 0), (0, 0), (0, 0), (0, stride - 1), (0, 0)))
    return ops.reshape(y, (rows, mutants, n * stride, channels))[:, :, : (n - 1) * stride + 1]


def _sum(terms: list[Any]) -> Any:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
