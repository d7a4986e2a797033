"""Trains one model: seeded, so that the same job gives the same weights on the same machine."""

import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ismbench.bench.experiment.data import Split
from ismbench.bench.experiment.train_job import TrainJob
from ismbench.bench.experiment.trained_weights import Tell, TrainedModel, weights_file, write_record
from ismbench.bench.experiment.training import TrainEntry
from ismbench.bench.training.epoch_batches import Batches
from ismbench.bench.training.epoch_watch import EpochWatch
from ismbench.bench.training.loss import LOSSES
from ismbench.bench.training.quality import mean_of_defined, pearson_by_output
from ismbench.errors import InputError
from ismbench.files import whole_file
from ismbench.model_loading import build_from_file
from ismbench.weights import seed_weights

__all__ = ["build_for", "train_model"]

MOMENTUM = 0.9
CLIP = 1.0
"""Largest norm of a step's gradient."""
LAST_RATE = 0.1
"""Learning rate at the end, over that at the start."""
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
        InputError: The model does not fit the data, or its loss is not a number.
    """
    started = time.monotonic()
    _be_deterministic(job.train.seed)
    model = build_for(job, len(split.test.outputs))
    _first_weights(model, job.train.seed)
    n_train = max(2, round(job.train.fraction * len(split.train)))
    batches = Batches(split.train.take(slice(n_train)), job.train.batch, job.train.shift, job.train.seed)
    epochs = max(job.train.epochs, math.ceil(job.train.least_steps / len(batches)))
    _compile(model, job.train, epochs * len(batches))
    watch = EpochWatch(job, epochs, split.validation, tell)
    model.fit(batches, epochs=epochs, verbose=0, shuffle=False, callbacks=[watch])
    if watch.broken:
        raise InputError(
            f"A training must stay finite; lower learning_rate. Received: {job.name}, whose loss is not a number in"
            f" epoch {len(watch.history)}"
        )
    checkpoints = {}
    for epoch, weights in watch.checkpoints.items():
        model.set_weights(weights)
        _save(model, weights_file(folder, job.identity, epoch))
        checkpoints[epoch] = mean_of_defined(pearson_by_output(model, split.test))
    model.set_weights(watch.best[1])
    _save(model, weights_file(folder, job.identity))
    found = pearson_by_output(model, split.test)
    record = TrainedModel(
        identity=job.identity,
        n_train=n_train,
        n_parameters=model.count_params(),
        kept_epoch=watch.best_epoch,
        test_pearson=mean_of_defined(found),
        test_pearson_by_output=tuple(None if math.isnan(v) else float(v) for v in found),
        checkpoint_test_pearson=checkpoints,
        history=tuple(watch.history),
        seconds=time.monotonic() - started,
    )
    write_record(folder, record)
    return record


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


def _compile(model: keras.Model, train: TrainEntry, steps: int) -> None:
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = BATCH_NORM_MOMENTUM
    rate = keras.optimizers.schedules.CosineDecay(train.learning_rate, steps, alpha=LAST_RATE)
    if train.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(rate, momentum=MOMENTUM, global_clipnorm=CLIP)
    else:
        optimizer = keras.optimizers.AdamW(rate, global_clipnorm=CLIP)
    model.compile(optimizer=optimizer, loss=LOSSES[train.loss], jit_compile=False)


def _save(model: keras.Model, path: Path) -> None:
    """Writes weights as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        model.save_weights(temporary)
