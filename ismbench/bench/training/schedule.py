"""When a training has which learning rate: a warm-up, the main part, and rounds of fine-tuning."""

import math
from dataclasses import dataclass

from ismbench.bench.experiment.training import TrainEntry

__all__ = ["Schedule", "Stage"]

WARM_UP_GROWTH = 2.0
"""Of the rate, from an epoch of the warm-up to the next."""
FINE_TUNING_RATE = 0.2
"""Of a round, over that before; the authors' code has it."""


@dataclass(frozen=True)
class Stage:
    """Epochs on end, numbered from 0 over the whole training.

    Attributes:
        start: The first.
        end: One past the last.
        round: Of the fine-tuning, from 1; 0 is the main part.
    """

    start: int
    end: int
    round: int


@dataclass(frozen=True)
class Schedule:
    """The epochs of a training.

    Attributes:
        train: Its settings.
        stretch: With little data an epoch is short: so many make one of the settings' epochs.
    """

    train: TrainEntry
    stretch: int

    @classmethod
    def of(cls, train: TrainEntry, steps_an_epoch: int) -> "Schedule":
        """That of settings whose epochs have so many steps."""
        wanted = math.ceil(train.least_steps / steps_an_epoch)
        return cls(train, max(1, math.ceil(wanted / train.epochs)))

    @property
    def main(self) -> Stage:
        """Everything before the fine-tuning."""
        return Stage(0, self.train.epochs * self.stretch, 0)

    @property
    def rounds(self) -> tuple[Stage, ...]:
        """The rounds of the fine-tuning."""
        size, first = self.train.fine_tuning_epochs * self.stretch, self.main.end
        return tuple(
            Stage(first + i * size, first + (i + 1) * size, i + 1) for i in range(self.train.fine_tuning)
        )

    @property
    def epochs(self) -> int:
        """In all."""
        return self.rounds[-1].end if self.rounds else self.main.end

    def rate(self, epoch: int) -> float:
        """Learning rate of an epoch from 0."""
        for stage in self.rounds:
            if stage.start <= epoch < stage.end:
                return self.train.learning_rate * FINE_TUNING_RATE**stage.round
        missing = max(0, self.train.warm_up - epoch // self.stretch)
        return self.train.learning_rate / WARM_UP_GROWTH**missing
