"""What a track may look at before it judges the cells of a lane."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ismbench.bench.experiment.judging import Judging
from ismbench.bench.measure.explained_truth import ExplainedTruth, explained_truth
from ismbench.bench.measure.metric_rows import MetricRow
from ismbench.bench.measure.naive_reference import NaiveReference
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.workbench import Workbench
from ismbench.bench.records.sequence_file import LaneSequences

__all__ = ["Judge", "JudgedLane"]

Judge = Callable[[Scored], Iterator[MetricRow]]
"""From a cell's scores to rows of the table metrics."""


def _silent(words: str) -> None:
    return


@dataclass(frozen=True)
class JudgedLane:
    """A lane whose scores are judged.

    Attributes:
        bench: Its model, target and sequences.
        sequences: With what is known of them.
        judging: What the experiment asks.
        naive: Naive ISM of the first sequences; None where it failed.
        members: Weights of the model's kind from other trainings.
        step: Told before everything that may take long.
        note: Told why something that is asked is left out.
    """

    bench: Workbench
    sequences: LaneSequences
    judging: Judging
    naive: NaiveReference | None = None
    members: tuple[Path, ...] = ()
    step: Callable[[str], None] = _silent
    note: Callable[[str], None] = _silent

    @cached_property
    def truth(self) -> ExplainedTruth:
        """What is true of the numbers that are explained."""
        return explained_truth(self.bench.model, self.bench.target, self.sequences)
