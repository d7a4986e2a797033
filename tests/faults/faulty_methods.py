"""Methods that misbehave. Tests put them into the table of methods, of the parent and of the workers."""

import ctypes
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from ismbench.methods import METHODS, Method, load

Array = Any
CHILD = "ISMBENCH_TEST_CHILD"
"""Variable that names the file where a method writes the number of the child that it left behind."""


_BATCH = 60
"""A whole number of batches for each sequence of a test."""


class Faulty(Method):
    """Does what its name says."""

    name, kind, summary = "", "delta", "misbehaves"
    subset = True
    batch = {"mutants_per_forward": _BATCH}  # noqa: RUF012

    @classmethod
    def rows(cls, length: int, settings: Any) -> int:
        return 3 * length

    def __init__(self, model: Any, target: Any, batch: Any, *, positions: Any = None) -> None:
        self.naive = load("naive_ism")(model, target, batch, positions=positions)
        self.calls = 0
        self.known: dict[bytes, Array] = {}

    def __call__(self, x: Array) -> Array:
        self.calls += 1
        return getattr(self, self.name)(x)

    def raises(self, x: Array) -> Array:
        raise RuntimeError("first line\nsecond line")

    def returns_nan(self, x: Array) -> Array:
        return np.full((*x.shape, 1), np.nan)

    def wrong_shape(self, x: Array) -> Array:
        return np.zeros(x.shape)

    def changes_input(self, x: Array) -> Array:
        x += 1
        return np.zeros((*x.shape, 1))

    def constant(self, x: Array) -> Array:
        return np.ones((*x.shape, 1), np.float32)

    def exits(self, x: Array) -> Array:
        os._exit(3)

    def is_killed(self, x: Array) -> Array:
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)

    def segfaults(self, x: Array) -> Array:
        return ctypes.string_at(0)  # reads what no process may read

    def hangs(self, x: Array) -> Array:
        # In native code, with the interpreter's lock held: no Python code of the worker runs any more.
        ctypes.PyDLL(None).pause()

    def floods(self, x: Array) -> Array:
        while True:
            os.write(2, b"x" * 65_535 + b"\n")

    def exceeds_memory(self, x: Array) -> Array:
        before = resource.getrlimit(resource.RLIMIT_AS)
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + 2**28, before[1]))
        try:
            return np.ones(2**27)  # a gigabyte
        finally:
            resource.setrlimit(resource.RLIMIT_AS, before)

    def writes_garbage(self, x: Array) -> Array:
        channel = int(sys.argv[1])
        os.write(channel, b'\x1e{"kind":"finished"}\n\x1e{"kind":"cell"' + os.urandom(10_000))
        return self.naive(x)

    def leaves_a_child(self, x: Array) -> Array:
        if self.calls == 1 and os.fork() == 0:
            os.setsid()  # out of the worker's process group
            if os.fork() == 0:  # and out of its children
                Path(os.environ[CHILD]).write_text(str(os.getpid()))
                time.sleep(600)
            os._exit(0)
        return self.naive(x)

    def slightly_wrong_ism(self, x: Array) -> Array:
        return self.naive(x) * 1.01

    def fast_and_wrong_ism(self, x: Array) -> Array:
        return np.zeros((*x.shape, 1), np.float32)

    def later_wrong_ism(self, x: Array) -> Array:
        # Right as long as sequences come for the first time, which is when they are usually looked at.
        key = x.tobytes()
        if key in self.known:
            return np.zeros((*x.shape, 1), np.float32)
        self.known[key] = x
        return self.naive(x)

    def later_rows_wrong_ism(self, x: Array) -> Array:
        scores = self.naive(x)
        scores[2:] *= 0.5
        return scores

    def last_batch_wrong_ism(self, x: Array) -> Array:
        # As where the rows that fill up the last batch are not cut off: what follows is shifted.
        scores = self.naive(x)
        mutants = 3 * int(np.isfinite(scores[0, :, 0, 0]).sum()) * len(x)
        if mutants % _BATCH:
            scores[-1] = np.roll(scores[-1], 1, axis=1)
        return scores

    def last_position_wrong_ism(self, x: Array) -> Array:
        scores = self.naive(x)
        scores[:, -1] = 0
        return scores

    def remembering_ism(self, x: Array) -> Array:
        key = x.tobytes()
        if key not in self.known:
            time.sleep(0.1)
            self.known[key] = self.naive(x)
        return self.known[key]


_NOT_FAULTS = ("name", "kind", "summary", "subset", "batch", "rows")
NAMES = tuple(word for word in vars(Faulty) if not word.startswith("_") and word not in _NOT_FAULTS)

for _name in NAMES:
    globals()[_name] = type(_name, (Faulty,), {"name": _name, "exact": _name.endswith("_ism")})


def install() -> None:
    """Adds them to the table."""
    METHODS.update({name: globals()[name] for name in NAMES})
