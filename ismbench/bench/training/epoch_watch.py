"""Judges the epochs of a training as they end."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy.typing as npt

from ismbench.bench.experiment.train_job import TrainJob
from ismbench.bench.experiment.trained_weights import Epoch, Tell
from ismbench.bench.training.quality import performance
from ismbench.bench.training.schedule import Schedule, Stage
from ismbench.sequence import SignalSet

__all__ = ["EpochWatch"]


@dataclass(eq=False)
class EpochWatch(keras.callbacks.Callback):  # type: ignore[misc]
    """Sets the rate of each epoch, judges it as it ends, keeps the best weights, ends what stands still.

    Attributes:
        job: The training.
        schedule: Its epochs and their rates.
        validation: What decides when it ends.
        tell: Takes reports of progress.
        history: Every epoch that was judged.
        checkpoints: Weights that the job asks for, by epoch.
        best: Performance of the epoch that is kept, and its weights.
        best_epoch: Its number, from 1.
        broken: The loss was not a number.
    """

    job: TrainJob
    schedule: Schedule
    validation: SignalSet
    tell: Tell
    history: list[Epoch] = field(default_factory=list)
    checkpoints: dict[int, list[npt.NDArray[Any]]] = field(default_factory=dict)
    best: tuple[float, list[npt.NDArray[Any]]] = (-math.inf, [])
    best_epoch: int = 0
    broken: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def begin_round(self, model: keras.Model) -> None:
        """Goes back to the best weights; the optimizer forgets what it gathered on the way from there."""
        model.set_weights(self.best[1])
        for variable in model.optimizer.variables:
            if variable.name != "learning_rate":
                variable.assign(keras.ops.zeros_like(variable))

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Sets the rate of the epoch (from 0)."""
        self.model.optimizer.learning_rate = self.schedule.rate(epoch)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Judges the epoch (from 0) by the validation split, if it is one that counts."""
        number, train = epoch + 1, self.job.train
        loss = float((logs or {}).get("loss", math.nan))
        if math.isfinite(loss) and not self._is_judged(number):
            return
        value = performance(self.model, self.validation) or 0.0
        self.history.append(Epoch(number, loss, value))
        if not math.isfinite(loss):
            self.broken = self.model.stop_training = True
            return
        # Without patience and fine-tuning the last weights count: checkpoints then show one training as it went.
        as_it_went = train.patience is None and not train.fine_tuning
        if as_it_went or value > self.best[0]:
            self.best, self.best_epoch = (value, self.model.get_weights()), number
        if number in train.checkpoints:
            self.checkpoints[number] = self.model.get_weights()
        self.model.stop_training = self._is_enough(number, self.schedule.main)
        self.tell(f"training {self.job.name}: validation r = {value:.3f}", number, self.schedule.epochs)

    def _is_judged(self, number: int) -> bool:
        return number % self.schedule.stretch == 0 or number in self.job.train.checkpoints

    def _is_enough(self, number: int, main: Stage) -> bool:
        train = self.job.train
        if train.patience is None or not max((0, *train.checkpoints)) <= number < main.end:
            return False
        since = max(self.best_epoch, train.warm_up * self.schedule.stretch)
        return number - since >= train.patience * self.schedule.stretch
