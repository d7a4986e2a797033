"""Judges the epochs of a training as they end."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy.typing as npt

from ismbench.bench.experiment.train_job import TrainJob
from ismbench.bench.experiment.trained_weights import Epoch, Tell
from ismbench.bench.training.quality import mean_of_defined, pearson_by_output
from ismbench.sequence import SignalSet

__all__ = ["EpochWatch"]


@dataclass(eq=False)
class EpochWatch(keras.callbacks.Callback):  # type: ignore[misc]
    """Judges epochs as they end, keeps the best weights and checkpoints, ends what does not get better.

    Attributes:
        job: The training.
        epochs: Epochs in all, at most.
        validation: What decides when it ends.
        tell: Takes reports of progress.
        history: Every epoch that was judged.
        checkpoints: Weights that the job asks for, by epoch.
        best: Pearson's correlation of the epoch that is kept, and its weights.
        best_epoch: Its number, from 1.
        broken: The loss was not a number.
    """

    job: TrainJob
    epochs: int
    validation: SignalSet
    tell: Tell
    history: list[Epoch] = field(default_factory=list)
    checkpoints: dict[int, list[npt.NDArray[Any]]] = field(default_factory=dict)
    best: tuple[float, list[npt.NDArray[Any]]] = (-math.inf, [])
    best_epoch: int = 0
    broken: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Judges the epoch (from 0) by the validation split, if it is one that counts."""
        number, train = epoch + 1, self.job.train
        loss = float((logs or {}).get("loss", math.nan))
        if math.isfinite(loss) and not self._is_judged(number):
            return
        value = mean_of_defined(pearson_by_output(self.model, self.validation)) or 0.0
        self.history.append(Epoch(number, loss, value))
        if not math.isfinite(loss):
            self.broken = self.model.stop_training = True
            return
        # Without patience the last weights count: checkpoints then show one training as it went.
        if train.patience is None or value > self.best[0]:
            self.best, self.best_epoch = (value, self.model.get_weights()), number
        if number in train.checkpoints:
            self.checkpoints[number] = self.model.get_weights()
        self.model.stop_training = self._is_enough(number)
        self.tell(f"training {self.job.name}: validation r = {value:.3f}", number, self.epochs)

    @property
    def _stretch(self) -> int:
        """With little data an epoch is short: so many make one of the usual length."""
        return max(1, self.epochs // self.job.train.epochs)

    def _is_judged(self, number: int) -> bool:
        return number % self._stretch == 0 or number in self.job.train.checkpoints or number == self.epochs

    def _is_enough(self, number: int) -> bool:
        train = self.job.train
        if train.patience is None or number < max((0, *train.checkpoints)):
            return False
        return number - self.best_epoch >= train.patience * self._stretch
