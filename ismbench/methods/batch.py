"""The things that "batch size" can mean; which of them a method has, it says itself."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, get_args

__all__ = ["BATCH_COLUMNS", "BATCH_WORDS", "BatchColumn", "BatchSizes"]

BatchColumn = Literal[
    "sequences_per_call", "mutants_per_forward", "steps_per_forward", "references_per_example"
]


@dataclass(frozen=True)
class BatchSizes:
    """The four things that "batch size" can mean; None lets the method choose.

    Attributes:
        sequences_per_call: Sequences that go through the model together.
        mutants_per_forward: Mutants in one forward pass of ISM.
        steps_per_forward: Interpolation points in one pass of Integrated Gradients, all sequences together.
        references_per_example: Baselines per sequence in DeepSHAP.
    """

    sequences_per_call: int | None = None
    mutants_per_forward: int | None = None
    steps_per_forward: int | None = None
    references_per_example: int | None = None


BATCH_COLUMNS: tuple[BatchColumn, ...] = get_args(BatchColumn)
"""The columns of record tables that hold a batch size."""

BATCH_WORDS: Mapping[str, str] = {
    "sequences_per_call": "sequences",
    "mutants_per_forward": "mutants",
    "steps_per_forward": "steps",
    "references_per_example": "references",
}
"""What each of them counts, in a word."""

assert tuple(field.name for field in fields(BatchSizes)) == BATCH_COLUMNS == tuple(BATCH_WORDS)
