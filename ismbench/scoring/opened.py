"""A finished or growing store, read chunk by chunk for exports and pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ismbench.bench.experiment.refusals import hint
from ismbench.errors import InputError
from ismbench.scores import Kind
from ismbench.scoring import store
from ismbench.scoring.passages import Passage, Reading, read_passages
from ismbench.scoring.spec import window
from ismbench.scoring.store_identity import FORMAT

__all__ = ["Opened", "Passage", "open_scores"]

_PER_BASE = ("delta", "centered", "log2fc")


@dataclass(frozen=True, eq=False)
class Opened:
    """A store.

    Attributes:
        path: Where.
        group: Its Zarr group.
        attributes: Of the group.
        labels: Of the outputs.
        first: First scored position.
        end: One past the last.
    """

    path: Path
    group: Any
    attributes: dict[str, Any]
    labels: tuple[str, ...]
    first: int
    end: int

    @property
    def variants(self) -> bool:
        """Whether records are variants."""
        return "variant" in self.group

    @property
    def variant_values(self) -> list[str]:
        """Names of the variables with numbers for each variant."""
        names = ["effects", "prediction", "alternate_prediction", "comparisons"]
        return [name for name in names if name in self.group]

    @property
    def comparisons(self) -> tuple[str, ...]:
        """Labels of the comparisons of variants, if there are any."""
        return tuple(str(name) for name in self.group["comparison"][:]) if "comparison" in self.group else ()

    @property
    def record(self) -> str:
        """Name of the axis of records."""
        return "variant" if self.variants else "sequence"

    @property
    def count(self) -> int:
        """Number of records, scored or not."""
        return int(self.group[self.record].shape[0])

    @property
    def width(self) -> int:
        """W, the scored positions."""
        return self.end - self.first

    def output(self, word: str | None) -> int:
        """Number of an output by its name or number, or that of a head with one output; None is the only one.

        Raises:
            InputError: There is none of that name, or there are several.
        """
        found = self.chosen(word)
        if len(found) > 1:
            some = ", ".join(self.labels[k] for k in found[:4])
            raise InputError(
                f"One output is taken at a time here. Received: {word or 'no name'}, of {len(found)} outputs; give one"
                f" with --output, of {some}, ..."
            )
        return found[0]

    def _number(self, word: str) -> int:
        if self.labels.count(word) > 1:
            raise InputError(
                f"A name must belong to one output. Received: {word!r}, which {self.labels.count(word)} outputs of"
                f" {self.path} have; give the number, the first is {self.labels.index(word)}"
            )
        if word in self.labels:
            return self.labels.index(word)
        if word.isdecimal() and int(word) < len(self.labels):
            return int(word)
        raise InputError(f"An output must be in the store. Received: {word!r}{hint(word, self.labels[:20])}")

    def chosen(self, words: str | None) -> list[int]:
        """Numbers of the outputs that words, separated by commas, mean: names, numbers, or the name of a head.

        None or "every" is all.

        Raises:
            InputError: There is none of that name, or there are several.
        """
        if words is None or (words == "every" and "every" not in self.labels):
            return list(range(len(self.labels)))
        # A name may hold commas.
        found = [words] if words in self.labels else words.split(",")
        return [k for word in found for k in self._of_head(word) or [self._number(word)]]

    def _of_head(self, word: str) -> list[int]:
        """Outputs of a head, by its name; none where that is the name of an output."""
        if word in self.labels or word not in self.attributes["heads"]:
            return []
        return [k for k, label in enumerate(self.labels) if label.startswith(f"{word}.")]

    def check_sequences(self) -> None:
        """Raises InputError where the store holds variants."""
        if self.variants:
            raise InputError(
                f"This needs scores of sequences or regions. Received: {self.path}, which has variants"
            )

    def check_hypothetical(self) -> None:
        """Raises InputError where scores are one number a position."""
        reduction = self.attributes["settings"]["reduction"]
        if self._kind == "delta" and reduction not in _PER_BASE:
            raise InputError(
                f"Hypothetical contributions need a score for every base. Received: {self.path} with the reduction"
                f" {reduction!r}; score with delta"
            )
        if self._kind != "delta" and reduction == "contribution":
            raise InputError(
                "Hypothetical contributions need the method's values as they are. Received:"
                f" {self.path} with the reduction 'contribution'; score with delta"
            )

    def check_places(self) -> None:
        """Raises InputError where records have no place in a genome."""
        if self.attributes["input"]["kind"] == "fasta":
            raise InputError(
                f"This needs coordinates in a genome. Received: {self.path}, scored from FASTA; score regions instead"
            )

    def blocks(self, output: int, rows: range | None = None) -> Iterator[Passage]:
        """Scored records, a chunk at a time.

        Args:
            output: Which.
            rows: Records to read; all by default.
        """
        for (block,) in self.blocks_of([output], rows):
            yield block

    def blocks_of(self, outputs: Sequence[int], rows: range | None = None) -> Iterator[list[Passage]]:
        """Scored records of several outputs, a chunk at a time, each chunk read once.

        Args:
            outputs: Which.
            rows: Records to read; all by default.

        Yields:
            A block for each output, of the same records.
        """
        whole = range(self.count) if rows is None else rows
        return read_passages(self.group, self._reading, (self.first, self.end), outputs, whole)

    def rows_with_scores(self) -> int:
        """Number of records that have scores; a record that no run has come to has none."""
        if self.complete:
            return int((np.asarray(self.group["reason"][:], dtype=object) == "").sum())
        return sum(len(block.names) for block in self.blocks(0))

    def unknown(self) -> int:
        """Number of positions of scored records that were not scored, because no letter is known (N)."""
        scored = np.asarray(self.group["reason"][:], dtype=object) == ""
        return int(np.asarray(self.group["unknown"][:])[scored].sum())

    def any_scored(self) -> bool:
        """Whether there is a record with scores; stops at the first."""
        if not self.variants:
            return next(self.blocks(0), None) is not None
        step = int(self.group["effects"].chunks[0])
        parts = (self.group["effects"][first : first + step] for first in range(0, self.count, step))
        return any(not np.isnan(part).all() for part in parts)

    @property
    def complete(self) -> bool:
        """Whether the run that wrote it came to its end."""
        return bool(self.attributes.get("complete"))

    def remarks(self) -> list[str]:
        """What a user should know before anything is made of it."""
        if self.complete:
            return []
        return [f"the run of {self.path} is not finished; what it has not come to is left out"]

    @property
    def bases(self) -> str:
        """What the value of a base is, in words."""
        if self._kind == "delta":
            return "each base, minus the mean of the four"
        name = self.attributes["settings"]["method"]
        return f"each base, by {name}" if self._kind == "map" else f"the base that is there, by {name}"

    @property
    def _reading(self) -> Reading:
        return Reading(self._kind, self.attributes["settings"]["reduction"])

    @property
    def _kind(self) -> Kind:
        kind: Kind = self.group["effects" if self.variants else "scores"].attrs["kind"]
        return kind


def open_scores(path: Path) -> Opened:
    """Opens a store that `ismbench score` wrote.

    Raises:
        InputError: It is none.
    """
    store.require("zarr")
    if not path.is_dir():
        raise InputError(f"A store of scores must exist. Received: {path}")
    group = store.open_group(path, "r")
    attributes = dict(group.attrs)
    if "run" not in attributes or "output" not in group:
        raise InputError(f"A store must be one that ismbench score wrote. Received: {path}, which is not")
    if attributes.get("format") != FORMAT:
        raise InputError(
            f"A store must be of format {FORMAT}. Received: {path} of format {attributes.get('format')}; score again"
        )
    labels = tuple(str(label) for label in group["output"][:])
    if attributes["settings"]["reduction"] == "l2_outputs":
        labels = (f"norm of {len(labels)} outputs",)
    length = int(group["position"].shape[0])
    return Opened(path, group, attributes, labels, *window(length, attributes["settings"]["window"]))
