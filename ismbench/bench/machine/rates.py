"""How fast the device of a worker multiplies and copies, through the backend that the methods use."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ismbench.bench.machine.machine import rate

__all__ = ["device_rates"]


def device_rates(device: str) -> dict[str, float]:
    """Measures multiply-adds per second of a float32 matmul, and bytes per second read and written by a copy.

    Args:
        device: cpu or gpu; a GPU gets larger arrays.

    Returns:
        The columns matmul_per_second and copy_bytes_per_second of the table runs.
    """
    from keras import ops

    size = 8192 if device == "gpu" else 1536
    a = ops.convert_to_tensor(np.random.default_rng(0).standard_normal((size, size), dtype=np.float32))
    # A quarter of a gigabyte: no cache holds it.
    b = ops.ones((2**13, 2**13))
    matmul, copy = _finished(lambda: ops.matmul(a, a)), _finished(lambda: ops.add(b, 1.0))
    return {
        "matmul_per_second": rate(size**3, matmul),
        "copy_bytes_per_second": rate(2 * 4 * 2**26, copy),
    }


def _finished(call: Callable[[], Any]) -> Callable[[], Any]:
    """The same call, ended by fetching one number, so that the device has finished."""
    from keras import ops

    return lambda: ops.convert_to_numpy(call()[0, 0])
