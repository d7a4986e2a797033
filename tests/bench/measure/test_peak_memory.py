import sys

import numpy as np
import pytest

from ismbench.bench.measure.peak_memory import peak_memory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.mark.parametrize("megabytes", [50, 200])
def test_a_peak_that_is_gone_when_the_call_ends(megabytes: int) -> None:
    def call() -> None:
        np.ones(megabytes * 2**17).sum()

    for _ in range(2):  # an earlier, larger peak does not count
        peak = peak_memory(call, "cpu", "tensorflow")
        if peak is None:
            pytest.skip("the kernel does not reset peaks here")
        assert 0.9 * megabytes < peak / 2**20 < 1.5 * megabytes + 20
    small = peak_memory(lambda: None, "cpu", "tensorflow")
    assert small is not None
    assert small < 20 * 2**20
