"""Karatsuba's scheme gives the convolution, with the products that it promises."""

import numpy as np
import pytest

from ismbench.engine.rules.karatsuba import combine, leaves, split


@pytest.mark.parametrize("levels", [0, 1, 2, 3])
@pytest.mark.parametrize("positions", range(1, 10))
def test_it_is_a_convolution(positions: int, levels: int) -> None:
    rng = np.random.default_rng(positions)
    for taps in range(1, 13):
        x, kernel = rng.standard_normal((1, 2, positions, 1)), rng.standard_normal(taps)
        factors = split(x, positions, taps, levels, axis=2)
        kernels = split(kernel, positions, taps, levels, axis=0)
        sizes = [(f.shape[2], len(k)) for f, k in zip(factors, kernels, strict=True)]
        assert sizes == leaves(positions, taps, levels)

        def add_up(product: tuple[np.ndarray, np.ndarray], n: int, k: int) -> np.ndarray:
            f, taps = product
            assert (f.shape[2], len(taps)) == (n, k)
            return np.stack([np.convolve(row[:, 0], taps)[:, None] for row in f[0]])[None]

        result = combine(list(zip(factors, kernels, strict=True)), positions, taps, levels, add_up)
        expected = np.stack([np.convolve(row[:, 0], kernel)[:, None] for row in x[0]])[None]
        np.testing.assert_allclose(np.asarray(result), expected, atol=1e-12)


def test_three_products_do_the_work_of_four() -> None:
    assert leaves(2, 2, 1) == [(1, 1)] * 3
    assert len(leaves(4, 4, 2)) == 9
    # The second convolution of Basset: 7 positions by 11 taps.
    assert sum(n * k for n, k in leaves(7, 11, 1)) == 63
    assert sum(n * k for n, k in leaves(7, 11, 2)) == 50
