"""The blocks ``data`` and ``train`` of an experiment."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, JsonValue, field_validator, model_validator

from ismbench.bench.experiment.fields import Block, FileName, Name, Positive, Seed

__all__ = ["DataEntry", "TrainEntry", "TrainingEntry"]

Share = Annotated[float, Field(gt=0, le=1)]
NotNegativeCount = Annotated[int, Field(ge=0, strict=True)]
Part = Annotated[float, Field(gt=0, lt=1)] | Annotated[tuple[Name, ...], Field(min_length=1)]


class DataEntry(Block):
    """What models are trained on, and what becomes of it.

    Attributes:
        source: simulated (cell types that answer to planted motifs) or immgen (files of ImmGen or AI-TAC, whose cuts x
            become log2(x + 2), as in Sasse et al. 2024).
        n: Sequences in all; of immgen, the first so many, by default all.
        sequences: FASTA or one-hot ``.npy`` of source immgen, relative to the experiment's folder.
        signals: Matrix of cuts of source immgen, ``.npy``, ``.csv`` or ``.tsv``.
        names: Names of the sequences in a ``.npy``, where there are any.
        regions: BED file that tells the chromosome of each sequence of source immgen by its name.
        validation: Share of the sequences that stop the training, or the chromosomes of these.
        test: Share of the sequences that no training sees, or the chromosomes of these.
        flank: Positions of real sequence that are kept at each end, where the source has them, so that shifts move the
            window over it.
        seed: Of the simulation and the split.
        options: Keyword arguments of the simulation.
    """

    source: Literal["simulated", "immgen"] = "simulated"
    n: Positive | None = None
    sequences: FileName | None = None
    signals: FileName | None = None
    names: FileName | None = None
    regions: FileName | None = None
    validation: Part = 0.1
    test: Part = 0.1
    flank: NotNegativeCount = 0
    seed: Seed = 0
    options: dict[str, Any] = Field(default={})

    @model_validator(mode="after")
    def _fits_its_source(self) -> Self:
        if (self.source == "immgen") != (self.sequences is not None and self.signals is not None):
            raise ValueError("sequences and signals must be given for source immgen, and for no other")
        if self.source == "simulated" and self.n is None:
            raise ValueError("n must be given for source simulated")
        by_chromosome = [isinstance(part, tuple) for part in (self.validation, self.test)]
        if any(by_chromosome) != (self.regions is not None) or len(set(by_chromosome)) > 1:
            raise ValueError(
                "regions must be given where validation and test are chromosomes, and only there"
            )
        if isinstance(self.validation, float) and isinstance(self.test, float):
            if self.validation + self.test >= 1:
                raise ValueError("validation and test must leave something to train on")
        elif set(self.chromosomes[0]) & set(self.chromosomes[1]):
            raise ValueError("validation and test must have different chromosomes")
        if self.regions is not None and self.source != "immgen":
            raise ValueError("regions must be given for source immgen, and for no other")
        return self

    @property
    def chromosomes(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Those of validation and of test; none where they are shares."""
        parts = (self.validation, self.test)
        first, second = (part if isinstance(part, tuple) else () for part in parts)
        return first, second


class TrainEntry(Block):
    """How a model is trained.

    Attributes:
        fraction: Share of the training split that is used.
        epochs: At most so many.
        least_steps: Epochs are repeated until so many steps are taken, so that little data is not left untrained.
        patience: Epochs without a better validation that end it; null never ends it. The weights of the best epoch
            are kept; without patience and fine-tuning, those of the last.
        batch: Sequences of a step.
        loss: mse, or mse_and_correlation: 0.95 mse + 0.05 (1 - Pearson's correlation of a sequence's outputs with its
            signals, mean of the batch), after Sasse et al. 2024; the latter needs three outputs or more.
        optimizer: sgd (momentum 0.9) or adamw.
        learning_rate: After the warm-up.
        warm_up: Epochs before the rate is reached; it doubles from each to the next.
        fine_tuning: Rounds that follow, each from the best weights so far, at a fifth of the rate before.
        fine_tuning_epochs: Epochs of such a round.
        shift: Windows are moved at random by up to so many positions, over the data's flanks; zeros beyond.
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
    warm_up: NotNegativeCount = 0
    fine_tuning: NotNegativeCount = 0
    fine_tuning_epochs: Positive = 1
    shift: NotNegativeCount = 0
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
