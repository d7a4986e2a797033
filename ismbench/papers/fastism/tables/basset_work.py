"""Multiply-adds of Basset for one mutation, counted as the paper counts them and as the engine does."""

from dataclasses import dataclass

import pandas as pd

from ismbench.papers.core.study_records import PaperRecords

__all__ = ["CONVOLUTIONS", "DENSE", "POOLS", "BassetWork", "basset_work"]

CONVOLUTIONS = ("conv1", "conv2", "conv3")
POOLS = ("pool1", "pool2", "pool3")
DENSE = {"dense1": "dense1", "dense2": "dense2", "dense3": "prediction"}
"""The paper's third fully connected layer is the model's last."""


@dataclass(frozen=True)
class BassetWork:
    """Of a mutation at position 500 of 1,000 bp.

    Attributes:
        full: Multiply-adds of a full pass by layer.
        changed: Positions that change by layer, where a layer has positions.
        every: Multiply-adds of every changed output by convolution.
        as_paper: Multiply-adds of the outputs that the paper counts, by convolution.
        outputs: How many outputs these are.
    """

    full: dict[str, int]
    changed: dict[str, int]
    every: dict[str, int]
    as_paper: dict[str, float]
    outputs: dict[str, int]

    @property
    def dense(self) -> int:
        """Multiply-adds of the fully connected layers, which a mutation reaches as a whole."""
        return sum(self.full[name] for name in DENSE.values())

    @property
    def total(self) -> int:
        """Of a full pass."""
        return self.dense + sum(self.full[name] for name in CONVOLUTIONS)

    @property
    def total_as_paper(self) -> float:
        """Of the windows that the paper counts, and the fully connected layers."""
        return self.dense + sum(self.as_paper.values())

    @property
    def total_of_every(self) -> int:
        """Of every changed output, and the fully connected layers."""
        return self.dense + sum(self.every.values())


def basset_work(records: PaperRecords) -> BassetWork:
    """Counts from the plan of Basset.

    Raises:
        MissingRecordsError: The study has not run.
    """
    layers = records.table("plan", "layers").set_index("layer")
    full = {str(name): int(value) for name, value in layers["full"].items()}
    wide = _widths(layers, "changed")
    # The supplement: the first convolution spans 489-510 for its max pooling, both counted.
    outputs = {"conv1": _widths(layers, "needed")["pool1"] + 1}
    for conv, pool in zip(CONVOLUTIONS[1:], POOLS, strict=False):
        kernel = wide[conv] - wide[pool] + 1
        outputs[conv] = wide[pool] + kernel // 2
    lengths, windowed = layers["changed_length"].to_dict(), layers["windowed"].to_dict()
    return BassetWork(
        full=full,
        changed=wide,
        every={conv: int(windowed[conv]) for conv in CONVOLUTIONS},
        as_paper={conv: full[conv] / float(lengths[conv]) * outputs[conv] for conv in CONVOLUTIONS},
        outputs=outputs,
    )


def _widths(layers: pd.DataFrame, end: str) -> dict[str, int]:
    widths = (layers[f"{end}_stop"] - layers[f"{end}_start"]).dropna()
    return {str(name): int(value) for name, value in widths.items()}
