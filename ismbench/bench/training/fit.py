"""Trains one model: seeded, so that the same job gives the same weights on the same machine."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ismbench.bench.experiment.data import Split
from ismbench.bench.experiment.train_job import TrainJob
from ismbench.bench.experiment.trained_weights import (
    Performance,
    Tell,
    TrainedModel,
    weights_file,
    write_record,
)
from ismbench.bench.experiment.training import TrainEntry
from ismbench.bench.training.epoch_batches import Batches
from ismbench.bench.training.epoch_watch import EpochWatch
from ismbench.bench.training.loss import LOSSES
from ismbench.bench.training.quality import FEWEST_OUTPUTS, performance
from ismbench.bench.training.schedule import Schedule
from ismbench.errors import InputError
from ismbench.files import whole_file
from ismbench.model_loading import build_from_file
from ismbench.sequence import SignalSet
from ismbench.weights import seed_weights

__all__ = ["build_for", "train_model"]

MOMENTUM = 0.9
WEIGHT_DECAY = 0.01
"""Of AdamW, as in the authors' code."""
CLIP = 1.0
"""Largest norm of a step's gradient."""
BATCH_NORM_MOMENTUM = 0.9
"""Keras's 0.99 needs more steps than a short training has; this is PyTorch's default, which the paper trained with."""


def train_model(job: TrainJob, split: Split, folder: Path, tell: Tell) -> TrainedModel:
    """Trains a model and leaves weights, checkpoints and record in a folder.

    Args:
        job: What to train.
        split: The data that it learns from and is judged by.
        folder: Where trained models are kept.
        tell: Takes reports of progress.

    Raises:
        InputError: The model does not fit the data or its loss, or its loss is not a number.
    """
    started = time.monotonic()
    _be_deterministic(job.train.seed)
    _check_loss(job, split)
    model = build_for(job, len(split.test.outputs))
    _first_weights(model, job.train.seed)
    learned = split.train.take(slice(max(2, round(job.train.fraction * len(split.train)))))
    watch = _fit(model, job, learned, split, tell)
    seen = split.centred(learned.take(slice(len(split.test))))

    def judged() -> Performance:
        return Performance(performance(model, seen), performance(model, split.test))

    checkpoints = {}
    for epoch, weights in watch.checkpoints.items():
        model.set_weights(weights)
        _save(model, weights_file(folder, job.identity, epoch))
        checkpoints[epoch] = judged()
    model.set_weights(watch.best[1])
    _save(model, weights_file(folder, job.identity))
    record = TrainedModel(
        identity=job.identity,
        n_train=len(learned),
        n_parameters=model.count_params(),
        n_outputs=len(split.test.outputs),
        kept_epoch=watch.best_epoch,
        kept=judged(),
        checkpoints=checkpoints,
        history=tuple(watch.history),
        seconds=time.monotonic() - started,
    )
    write_record(folder, record)
    return record


def _fit(model: keras.Model, job: TrainJob, learned: SignalSet, split: Split, tell: Tell) -> EpochWatch:
    """The main part, then each round of the fine-tuning from the best weights so far."""
    train = job.train
    batches = Batches(learned, split.length, train.batch, train.shift, train.seed)
    schedule = Schedule.of(train, len(batches))
    _compile(model, train)
    watch = EpochWatch(job, schedule, split.validation, tell)
    for stage in (schedule.main, *schedule.rounds):
        if stage.round:
            watch.begin_round(model)
        model.fit(
            batches, initial_epoch=stage.start, epochs=stage.end, verbose=0, shuffle=False, callbacks=[watch]
        )
        if watch.broken:
            raise InputError(
                "A training must stay finite; lower learning_rate. Received:"
                f" {job.name}, whose loss is not a number in epoch {watch.history[-1].epoch}"
            )
    return watch


def build_for(job: TrainJob, n_outputs: int, weights: Path | None = None) -> keras.Model:
    """Builds a job's model with as many outputs as the data has.

    Raises:
        InputError: It cannot be built, or has other outputs.
    """
    options: Mapping[str, Any] = {"n_outputs": n_outputs, **job.options}
    model = build_from_file(job.path, job.length, dict(options), weights)
    if len(model.outputs) != 1 or tuple(model.outputs[0].shape[1:]) != (n_outputs,):
        raise InputError(
            f"A model must have the {n_outputs} outputs of its data. Received: {job.path} with"
            f" {[tuple(o.shape[1:]) for o in model.outputs]}"
        )
    return model


def _check_loss(job: TrainJob, split: Split) -> None:
    n_outputs = len(split.test.outputs)
    if job.train.loss == "mse_and_correlation" and n_outputs < FEWEST_OUTPUTS:
        raise InputError(
            f"The loss mse_and_correlation is over the outputs and needs {FEWEST_OUTPUTS} or more; use loss: mse."
            f" Received: {job.name} with {n_outputs}"
        )


def _be_deterministic(seed: int) -> None:
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        # On a CPU TensorFlow's sums have one order anyway; and the switch cannot be turned back.
        if tf.config.list_physical_devices("GPU"):
            tf.config.experimental.enable_op_determinism()


def _first_weights(model: keras.Model, seed: int) -> None:
    """Kernels by He et al. 2015 from the seed alone, the rest as Keras starts it, on every backend the same."""
    seed_weights(model, seed)
    for variable in model.variables:
        if variable.name in ("gamma", "moving_variance"):
            variable.assign(np.ones(variable.shape))
        elif variable.name in ("beta", "moving_mean", "bias"):
            variable.assign(np.zeros(variable.shape))


def _compile(model: keras.Model, train: TrainEntry) -> None:
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = BATCH_NORM_MOMENTUM
    if train.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(train.learning_rate, momentum=MOMENTUM, global_clipnorm=CLIP)
    else:
        optimizer = keras.optimizers.AdamW(
            train.learning_rate, weight_decay=WEIGHT_DECAY, global_clipnorm=CLIP
        )
    model.compile(optimizer=optimizer, loss=LOSSES[train.loss], jit_compile=False)


def _save(model: keras.Model, path: Path) -> None:
    """Writes weights as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        model.save_weights(temporary)
