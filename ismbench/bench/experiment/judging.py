"""What an experiment asks of scores beside agreement with naive ISM: part of its YAML file; null leaves one out."""

from typing import Annotated

from pydantic import Field, field_validator

from ismbench.bench.experiment.fields import Block, Positive, Seconds

__all__ = ["Faithfulness", "Interactions", "Judging", "MotifsFound", "Randomisation", "Stability"]


class Faithfulness(Block):
    """Does the prediction change where scores say? See ismbench.metrics.faithfulness.

    Attributes:
        shuffles: Dinucleotide shuffles of each sequence that its bases are exchanged with.
    """

    shuffles: Positive = 5


class Randomisation(Block):
    """Do scores change when the model's weights do? See ismbench.bench.measure.tracks.randomisation.

    Attributes:
        sequences: Of the judged ones, so many at most.
        stages: From the last layer alone to all layers, so many.
        budget: Seconds for a method; one that would take longer is left out.
    """

    sequences: Positive = 8
    stages: Positive = 3
    budget: Seconds = 30.0


class Stability(Block):
    """Do scores stay where nothing that matters changes? See ismbench.bench.measure.tracks.stability.

    Attributes:
        sequences: Of the judged ones, so many at most.
        shifts: Positions that a window moves by, to the right or (negative) to the left; none leaves shifts out.
        reverse_complement: Both strands are compared.
        seeds: Further seeds of methods that have one; 0 leaves them out.
        budget: Seconds for each of these of a method; one that would take longer is left out.
    """

    sequences: Positive = 8
    shifts: tuple[Annotated[int, Field(strict=True)], ...] = (1, 10)
    reverse_complement: bool = True
    seeds: Annotated[int, Field(ge=0, le=100, strict=True)] = 1
    budget: Seconds = 30.0

    @field_validator("shifts")
    @classmethod
    def _moved(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if 0 in value:
            raise ValueError("must be numbers of positions other than 0")
        return value


class MotifsFound(Block):
    """Which planted motifs does TF-MoDISco find in scores? See ismbench.bench.measure.tracks.motifs.

    Attributes:
        seqlets: Of each sign, at most so many; more take longer.
    """

    seqlets: Positive = 2000


class Interactions(Block):
    """What does ISM of pairs say? See ismbench.bench.measure.tracks.rules and discordance.

    Attributes:
        sequences: Of so many of the first sequences; of rules, of so many in whole groups.
        positions: So many positions of each: half of them those of the largest effects.
    """

    sequences: Positive = 8
    positions: Annotated[int, Field(ge=4, le=200, strict=True)] = 24


class Judging(Block):
    """What is asked.

    Attributes:
        faithfulness: Whether the model does what scores say.
        randomisation: Whether scores change with its weights.
        stability: Whether they stay where nothing that matters changes.
        interactions: What pairs of substitutions do.
        motifs_found: Which planted motifs TF-MoDISco finds in them.
    """

    faithfulness: Faithfulness | None = None
    randomisation: Randomisation | None = None
    stability: Stability | None = None
    interactions: Interactions | None = None
    motifs_found: MotifsFound | None = None
