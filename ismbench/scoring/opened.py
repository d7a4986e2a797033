"""A finished or growing store, read chunk by chunk for exports and pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.experiment.refusals import hint
from ismbench.errors import InputError
from ismbench.scores import Kind, contribution_track
from ismbench.scoring import store
from ismbench.scoring.identity import FORMAT
from ismbench.scoring.spec import window

__all__ = ["Block", "Opened", "open_scores"]

Array = NDArray[Any]
_PER_BASE = ("delta", "centered", "log2fc")


@dataclass(frozen=True, eq=False)
class Block:
    """Scored records that follow each other, cut to the positions that were scored.

    Attributes:
        rows: Numbers of the records in the store.
        names: One per record.
        chrom: Sequence of the genome; empty for FASTA records.
        strand: As the input says.
        start: First scored position in the genome, from 0; -1 for FASTA records.
        x: (n, W, 4) one-hot.
        hypothetical: (n, W, 4) what each base would contribute; None where scores are one number a position.
        contribution: (n, W) what the base that is there contributes; both NaN where no letter is known (N).
    """

    rows: NDArray[np.int64]
    names: list[str]
    chrom: list[str]
    strand: list[str]
    start: NDArray[np.int64]
    x: Array
    hypothetical: Array | None
    contribution: Array


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
        """Number of an output by its name or number; None is the only one.

        Raises:
            InputError: There is none of that name, or there are several.
        """
        if word is None and len(self.labels) == 1:
            return 0
        if word is None:
            some = ", ".join(self.labels[:4])
            raise InputError(
                f"A store with {len(self.labels)} outputs needs --output. Received: none; there are {some}, ..."
            )
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
        """Numbers of the outputs that words, separated by commas, mean; None or "every" is all.

        Raises:
            InputError: There is none of that name, or there are several.
        """
        if words is None or (words == "every" and "every" not in self.labels):
            return list(range(len(self.labels)))
        # A name may hold commas.
        return [self.output(word) for word in ([words] if words in self.labels else words.split(","))]

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

    def blocks(self, output: int, rows: range | None = None) -> Iterator[Block]:
        """Scored records, a chunk at a time.

        Args:
            output: Which.
            rows: Records to read; all by default.
        """
        for (block,) in self.blocks_of([output], rows):
            yield block

    def blocks_of(self, outputs: Sequence[int], rows: range | None = None) -> Iterator[list[Block]]:
        """Scored records of several outputs, a chunk at a time, each chunk read once.

        Args:
            outputs: Which.
            rows: Records to read; all by default.

        Yields:
            A block for each output, of the same records.
        """
        rows = range(self.count) if rows is None else rows
        step = int(self.group["scores"].chunks[0])
        first = rows.start
        while first < rows.stop:
            last = min(rows.stop, (first // step + 1) * step)
            blocks = self._blocks(outputs, slice(first, last))
            if len(blocks[0].names):
                yield blocks
            first = last

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

    @property
    def bases(self) -> str:
        """What the value of a base is, in words."""
        if self._kind == "delta":
            return "each base, minus the mean of the four"
        name = self.attributes["settings"]["method"]
        return f"each base, by {name}" if self._kind == "map" else f"the base that is there, by {name}"

    @property
    def _kind(self) -> Kind:
        kind: Kind = self.group["effects" if self.variants else "scores"].attrs["kind"]
        return kind

    def _blocks(self, outputs: Sequence[int], rows: slice) -> list[Block]:
        fine = np.asarray(self.group["reason"][rows], dtype=object) == ""
        scores = np.asarray(self.group["scores"][rows], np.float32)[fine, self.first : self.end]
        # What no run has come to yet is NaN too.
        done = ~np.isnan(scores).all(axis=tuple(range(1, scores.ndim)))
        fine[fine] = done
        x = np.asarray(self.group["one_hot"][rows])[fine, self.first : self.end]
        start = np.asarray(self.group["start"][rows])[fine]
        names, chrom, strand = (
            [str(t) for t in self.group[n][rows][fine]] for n in (self.record, "chrom", "strand")
        )
        start = np.where(start < 0, start, start + self.first)
        numbers = rows.start + np.flatnonzero(fine)
        return [
            Block(numbers, names, chrom, strand, start, x, *self._known(scores[done], x, output))
            for output in outputs
        ]

    def _known(self, scores: Array, x: Array, output: int) -> tuple[Array | None, Array]:
        """Readings; NaN where no letter is known (N), however a method reads a base that is not there."""
        hypothetical, contribution = self._readings(scores, x, output)
        unknown = ~x.any(axis=2)
        contribution = np.where(unknown, np.float32(np.nan), contribution)
        if hypothetical is not None:
            hypothetical = np.where(unknown[..., None], np.float32(np.nan), hypothetical)
        return hypothetical, contribution

    def _readings(self, scores: Array, x: Array, output: int) -> tuple[Array | None, Array]:
        reduction = self.attributes["settings"]["reduction"]
        if reduction == "l2_outputs":
            return None, scores.max(axis=2)
        scores = scores[..., output]
        if scores.ndim == 2:
            return None, scores
        if self._kind != "delta":
            return self._by_base(scores, x)
        if reduction != "centered":
            scores = scores - scores.mean(axis=2, keepdims=True)
        return scores, (scores * x).sum(axis=2)

    def _by_base(self, scores: Array, x: Array) -> tuple[Array, Array]:
        """Values of a method that is not ISM; one that says nothing of absent bases has zeros there."""
        contribution = contribution_track(scores[..., None], x, self._kind)[..., 0]
        return (scores if self._kind == "map" else contribution[:, :, None] * x), contribution


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
