"""How much an experiment may spend, on timing and on judging scores: part of its YAML file."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from ismbench.bench.experiment.fields import Block, Positive, Seconds

__all__ = ["Budget", "Concordance", "Repetitions"]


class Repetitions(Block):
    """How often a call is timed."""

    min: Positive = 3
    max: Positive = 15

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max < self.min:
            raise ValueError("max must not be below min")
        return self


class Budget(Block):
    """What a cell may take.

    Attributes:
        cell: Seconds of timed repetitions that a cell aims at.
        limit: Seconds that the fewest repetitions of the smallest work may take; above it, over_budget.
        timeout: Seconds that one step of a worker may take before it is killed.
        repetitions: Least and most timed repetitions.
        interleave: Cells that are timed together, in rounds.
    """

    cell: Seconds = 6.0
    limit: Seconds = 90.0
    timeout: Seconds = 300.0
    repetitions: Repetitions = Repetitions()
    interleave: Positive = 10


class Concordance(Block):
    """What naive ISM scores, off the clock, for the others to be compared with.

    Attributes:
        sequences: At most so many are scored.
        min_sequences: If the budget is short of so many, so many are scored at a subset of positions.
        budget: Seconds that it aims at, for each lane.
        tolerance: Largest deviation of an exact method, over the largest |effect| (float32).
    """

    sequences: Positive = 8
    min_sequences: Positive = 4
    budget: Seconds = 20.0
    tolerance: Annotated[float, Field(gt=0, lt=1)] = 1e-4
