"""Methods that misbehave. Tests put them into the table of methods, of the parent and of the workers."""

import os
import signal
import time
from typing import Any

import numpy as np

from ismbench.methods import METHODS, MethodSpec, load

Array = Any
NAMES = ("raises", "returns_nan", "wrong_shape", "changes_input", "exits", "segfaults", "hangs", "wrong_ism")


class Faulty:
    """Does what its name says, at its first call."""

    name = ""

    def __init__(self, model: Any, target: Any, batch: Any, positions: Any = None) -> None:
        self.naive = load("naive_ism")(model, target, batch, positions=positions)

    def __call__(self, x: Array) -> Array:
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

    def exits(self, x: Array) -> Array:
        os._exit(3)

    def segfaults(self, x: Array) -> Array:
        os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(60)

    def hangs(self, x: Array) -> Array:
        time.sleep(600)

    def wrong_ism(self, x: Array) -> Array:
        return self.naive(x) * 1.01


for _name in NAMES:
    globals()[_name] = type(_name, (Faulty,), {"name": _name})


def install() -> dict[str, MethodSpec]:
    """Adds them to the table; returns what was added."""
    added = {
        name: MethodSpec(
            name=name,
            module=__name__,
            factory=name,
            kind="delta",
            exact=name == "wrong_ism",
            batch_column="sequences_per_call",
            summary="misbehaves",
        )
        for name in NAMES
    }
    METHODS.update(added)
    return added
