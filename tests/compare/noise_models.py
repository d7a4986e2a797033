"""Machines that nobody measured: runs with a spread, a drift and a load that are known."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ismbench.compare import MeasuredCell, Measurements
from ismbench.compare.machine_state import MachineState
from tests.compare.made_up import METHODS, key, side


@dataclass(frozen=True)
class Machine:
    """How a machine disturbs the times of a run; all are standard deviations of log times.

    Attributes:
        spread: Of a repetition by itself.
        drift: Of a run as a whole, of each cell by itself.
        load: Of a round, for all cells alike; one round remembers 0.7 of the round before.
        hiccups: Share of repetitions that something else makes up to 5 times as long.
        state: Of a run as a whole, for all cells alike.
    """

    spread: float
    drift: float
    load: float = 0.0
    hiccups: float = 0.0
    state: float = 0.0

    def run(self, seed: int, n: int = 9, slow: Mapping[str, float] | None = None) -> Measurements:
        """One run of ``METHODS`` in n rounds, each method a second times its factor in ``slow``."""
        rng = np.random.default_rng([seed, n])
        shape = (len(METHODS), n)
        logs = (
            rng.normal(0, self.drift, (shape[0], 1)) + rng.normal(0, self.spread, shape) + self._load(rng, n)
        )
        logs += rng.normal(0, self.state) if self.state else 0.0
        logs += np.where(rng.random(shape) < self.hiccups, rng.uniform(0, np.log(5), shape), 0)
        cells = []
        for method, row in zip(METHODS, logs, strict=True):
            samples = np.exp(row) * (slow or {}).get(method, 1.0)
            cells.append(MeasuredCell(key(method), samples=tuple(samples.tolist()), state=MachineState("m1")))
        return side(*cells, source=f"run {seed}")

    def _load(self, rng: np.random.Generator, n: int) -> np.ndarray:
        found, state = [], rng.normal(0, self.load)
        for step in rng.normal(0, self.load * np.sqrt(1 - 0.7**2), n):
            state = 0.7 * state + step
            found.append(state)
        return np.array(found)


QUIET = Machine(spread=0.01, drift=0.005)
BUSY = Machine(spread=0.05, drift=0.03, load=0.05)
LOADED = Machine(spread=0.2, drift=0.1, load=0.2, hiccups=0.1)
SHARED = Machine(spread=0.04, drift=0.03, load=0.02, state=0.08)
MACHINES = {"quiet": QUIET, "busy": BUSY, "loaded": LOADED, "shared": SHARED}
