"""Short convolutions with fewer products: Karatsuba's scheme on even and odd positions.

With x = x_e(t^2) + t x_o(t^2) and likewise for the taps, a convolution of n positions by k taps is

    even outputs: x_e y_e + t x_o y_o        odd outputs: (x_e + x_o)(y_e + y_o) - x_e y_e - x_o y_o

three convolutions of half the size instead of four, and again inside each. Every product is a matrix product of
channels, so what is saved are multiply-adds, at the price of additions. The rounding of the subtraction is at the scale
of the difference, which is what the convolution carries here, and not at that of the reference.

Karatsuba and Ofman, Doklady Akademii Nauk SSSR 145, 1962; on polyphase components, Mou and Duhamel, IEEE Trans.
Signal Processing 39, 1991.
"""

from collections.abc import Callable, Sequence
from typing import Any

from keras import ops

__all__ = ["combine", "leaves", "pad", "split"]


def leaves(positions: int, taps: int, levels: int) -> list[tuple[int, int]]:
    """(positions, taps) of the products that are left after splitting ``levels`` times; one where nothing splits."""
    if levels == 0 or positions < 2 or taps < 2:
        return [(positions, taps)]
    return [leaf for part in _halves(positions, taps) for leaf in leaves(*part, levels - 1)]


def split(x: Any, positions: int, taps: int, levels: int, axis: int) -> list[Any]:
    """The factor of each leaf that comes from x, in the order of ``leaves``.

    Args:
        x: Differences, or a kernel.
        positions: Of the whole convolution.
        taps: Likewise.
        levels: How often to split.
        axis: Where the positions (or the taps) of x lie.
    """
    if levels == 0 or positions < 2 or taps < 2:
        return [x]
    even, odd = (x[(slice(None),) * axis + (slice(first, None, 2),)] for first in (0, 1))
    both = even + pad(odd, axis, 0, even.shape[axis] - odd.shape[axis])
    parts = zip((even, odd, both), _halves(positions, taps), strict=True)
    return [leaf for part, size in parts for leaf in split(part, *size, levels - 1, axis)]


def combine(
    products: Sequence[Any], positions: int, taps: int, levels: int, add_up: Callable[[Any, int, int], Any]
) -> Any:
    """(R, Q, positions + taps - 1, C) the convolution from the products of its leaves.

    Args:
        products: One for each of ``leaves``.
        positions: Of the whole convolution.
        taps: Likewise.
        levels: How often it was split.
        add_up: Makes the convolution of a leaf from (its product, its positions, its taps).
    """
    if levels == 0 or positions < 2 or taps < 2:
        (product,) = products
        return add_up(product, positions, taps)
    halves = _halves(positions, taps)
    parts, first = [], 0
    for n, k in halves:
        count = len(leaves(n, k, levels - 1))
        parts.append(combine(products[first : first + count], n, k, levels - 1, add_up))
        first += count
    evens, odds, both = parts
    length = positions + taps - 1
    half = (length + 1) // 2
    even = _fit(evens, half) + _fit(odds, half, shift=1)
    odd = _fit(both, half) - _fit(evens, half) - _fit(odds, half)
    joined = ops.stack([even, odd], axis=3)
    return ops.reshape(joined, (*even.shape[:2], 2 * half, even.shape[3]))[:, :, :length]


def _halves(positions: int, taps: int) -> tuple[tuple[int, int], ...]:
    """Sizes of even x even, odd x odd, and sum x sum."""
    large = -(-positions // 2), -(-taps // 2)
    return large, (positions // 2, taps // 2), large


def _fit(x: Any, length: int, shift: int = 0) -> Any:
    """Moves x (R, Q, n, C) by ``shift`` positions and gives it ``length`` of them; what falls off is zero."""
    return pad(x[:, :, : length - shift], 2, shift, max(length - shift - x.shape[2], 0))


def pad(x: Any, axis: int, before: int, after: int) -> Any:
    """Zeros on both sides of one axis."""
    if before == 0 and after == 0:
        return x
    return ops.pad(x, [(before, after) if i == axis else (0, 0) for i in range(len(x.shape))])
