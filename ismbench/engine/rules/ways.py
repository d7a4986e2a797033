"""The ways in which a short convolution can be taken as matrix products, and which costs least."""

from dataclasses import dataclass, replace

from ismbench.engine.cost import seconds
from ismbench.engine.rules.karatsuba import leaves

__all__ = ["Scatter", "Way", "cheapest"]

PACKED = (1, 2, 4, 8, 16)
LEVELS = (1, 2)
# An addition of Karatsuba's scheme reads a product about this often; measured on Basset, as a whole step.
READS = 1.5


@dataclass(frozen=True)
class Scatter:
    """Input i adds to outputs ``i * stride - left + j * dilation`` for j in 0..taps-1."""

    taps: int
    stride: int
    dilation: int
    left: int


@dataclass(frozen=True)
class Way:
    """How the product of a step is taken.

    Attributes:
        phases: Into how many convolutions without dilation the positions are dealt out, in turn.
        packed: Neighbouring positions (of a phase) in one row.
        levels: How often it is split by Karatsuba's scheme; then ``packed`` is 1.
        multiply_adds: Per mutant.
        words: Numbers read and written, per mutant.
        note: For ``explain``.
    """

    phases: int
    packed: int
    levels: int
    multiply_adds: int
    words: int
    note: str


def cheapest(width: int, to: Scatter, c_in: int, c_out: int) -> Way:
    """The way that costs least."""
    ways = [_packed_rows(1, width, to, c_in, c_out)]
    if to.stride == 1:
        d = to.dilation
        n, simple = -(-width // d), replace(to, dilation=1)
        many = [_packed_rows(packed, n, simple, c_in, c_out) for packed in PACKED[1:]]
        if min(n, to.taps) > 1:
            many += [_split(levels, n, simple, c_in, c_out) for levels in LEVELS]
        ways += many if d == 1 else [_in_phases(way, n, simple, c_in, c_out, d) for way in many]
    return min(ways, key=lambda way: seconds(way.multiply_adds, way.words))


def _packed_rows(packed: int, width: int, to: Scatter, c_in: int, c_out: int) -> Way:
    rows = -(-width // packed)
    product = rows * (packed + to.taps - 1) * c_out
    note = f"{packed} positions a row" if packed > 1 else ""
    return Way(1, packed, 0, product * packed * c_in, rows * packed * c_in + 2 * product, note)


def _split(levels: int, width: int, to: Scatter, c_in: int, c_out: int) -> Way:
    sizes = leaves(width, to.taps, levels)
    taps, positions = sum(n * k for n, k in sizes), sum(n for n, _ in sizes)
    words = round(2 * positions * c_in + READS * 2 * taps * c_out)
    note = f"Karatsuba, {taps} of {width * to.taps} products"
    return Way(1, 1, levels, taps * c_in * c_out, words, note)


def _in_phases(way: Way, width: int, to: Scatter, c_in: int, c_out: int, phases: int) -> Way:
    """The way of one phase for all of them; to deal out and gather is one more pass over what is read and written."""
    moved = width * c_in + (width + to.taps - 1) * c_out
    return Way(
        phases, way.packed, way.levels, phases * way.multiply_adds, phases * (way.words + moved),
        f"{way.note} of {phases} phases",
    )  # fmt: skip
