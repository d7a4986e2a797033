"""The blocks ``data`` and ``train`` of an experiment."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, JsonValue, field_validator, model_validator

from ismbench.bench.experiment.fields import Block, FileName, Positive, Seed

__all__ = ["DataEntry", "TrainEntry", "TrainingEntry"]

Share = Annotated[float, Field(gt=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]


class DataEntry(Block):
    """What models are trained on, and what becomes of it.

    Attributes:
        source: simulated (cell types that answer to planted motifs) or immgen (files of ImmGen or AI-TAC).
        n: Sequences in all; of immgen, the first so many, by default all.
        sequences: FASTA or one-hot ``.npy`` of source immgen, relative to the experiment's folder.
        signals: Matrix of signals of source immgen, ``.npy``, ``.csv`` or ``.tsv``.
        names: Names of the sequences in a ``.npy``, where there are any.
        validation: Share of the sequences that stop the training.
        test: Share of the sequences that no training sees.
        seed: Of the simulation and the split.
        options: Keyword arguments of the simulation.
    """

    source: Literal["simulated", "immgen"] = "simulated"
    n: Positive | None = None
    sequences: FileName | None = None
    signals: FileName | None = None
    names: FileName | None = None
    validation: Annotated[float, Field(gt=0, lt=1)] = 0.1
    test: Annotated[float, Field(gt=0, lt=1)] = 0.1
    seed: Seed = 0
    options: dict[str, Any] = Field(default={})

    @model_validator(mode="after")
    def _fits_its_source(self) -> Self:
        if (self.source == "immgen") != (self.sequences is not None and self.signals is not None):
            raise ValueError("sequences and signals must be given for source immgen, and for no other")
        if self.source == "simulated" and self.n is None:
            raise ValueError("n must be given for source simulated")
        if self.validation + self.test >= 1:
            raise ValueError("validation and test must leave something to train on")
        return self


class TrainEntry(Block):
    """How a model is trained.

    Attributes:
        fraction: Share of the training split that is used.
        epochs: At most so many.
        least_steps: Epochs are added until so many steps are taken, so that little data is not left untrained.
        patience: Epochs without a better validation that end it, and so many steps; null never ends it. The weights
            of the best epoch are kept; without patience, those of the last.
        batch: Sequences of a step.
        loss: mse, or mse_and_correlation: 0.95 mse + 0.05 (1 - Pearson's correlation over the batch, mean of the
            outputs), after Sasse et al. 2024.
        optimizer: sgd (momentum 0.9) or adamw.
        learning_rate: At the start; it falls to a tenth along a cosine over all epochs.
        shift: Sequences are moved at random by up to so many positions, zeros filling up.
        seed: Of the first weights, of the order, of shifts and of dropout.
        checkpoints: Epochs whose weights are kept, too; training goes on at least to the last of them.
    """

    fraction: Share = 1.0
    epochs: Positive = 20
    least_steps: Positive = 1
    patience: Positive | None = 5
    batch: Positive = 64
    loss: Literal["mse", "mse_and_correlation"] = "mse_and_correlation"
    optimizer: Literal["sgd", "adamw"] = "sgd"
    learning_rate: Annotated[float, Field(gt=0)] = 0.01
    shift: Annotated[int, Field(ge=0, strict=True)] = 0
    seed: Seed = 0
    checkpoints: tuple[Positive, ...] = ()

    @field_validator("checkpoints")
    @classmethod
    def _ascending(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if list(value) != sorted(set(value)):
            raise ValueError("must ascend")
        return value

    @model_validator(mode="after")
    def _checkpoints_come_true(self) -> Self:
        if self.checkpoints and self.checkpoints[-1] > self.epochs:
            raise ValueError("epochs must not be below the last of the checkpoints")
        return self


class TrainingEntry(TrainEntry):
    """How all trained models of an experiment are trained, where a model's own block does not say otherwise.

    Attributes:
        options: Keyword arguments of ``build`` for every trained model, beneath its own.
    """

    options: dict[str, JsonValue] = Field(default={})
