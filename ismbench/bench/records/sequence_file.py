"""The sequences of a lane on their way from the run to its workers, with the hash that both know them by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench import digest
from ismbench.bench.records.array_files import write_arrays
from ismbench.sequence import MotifSite, SequenceSet
from ismbench.simulate import truth_of

if TYPE_CHECKING:
    from ismbench.measured import MeasuredWindows
    from ismbench.simulate import Response
    from ismbench.simulate.rule_sequences import RuleSequences

__all__ = ["LaneSequences"]


@dataclass(frozen=True)
class LaneSequences:
    """Sequences of one length.

    Attributes:
        x: uint8 (N, L, A), one-hot.
        names: Text (N,).
        planted: Bool (N, L), True where motifs were planted; None if nothing was.
        effects: float32 (M, L, A, K), exact ISM of the function that signals were simulated with, of the first M
            sequences; None if none were.
        measured: float64 (N, L, A), effects that an assay measured, NaN where none; None if nothing was measured.
        replicates: float64 (N,), agreement of two measurements of a sequence's element; NaN where there is one.
        site_names: Text (S,), names of planted motifs; None if nothing was.
        site_places: int64 (S, 3), of each the sequence, the first position, and one past the last.
        sites: Bool (M, L, K), True inside of planted motifs that its output answers to; None likewise.
        groups: int64 (N,), which sequences show rules together; None, as the next three, where they show none.
        places: int64 (N, R, 2, 2), begin and end of the places of both motifs of each rule.
        present: Bool (N, R, 2), a motif stands there.
        backgrounds: uint8 (N, L, A), the sequences without any motif.
    """

    x: NDArray[np.uint8]
    names: NDArray[np.str_]
    planted: NDArray[np.bool_] | None = None
    effects: NDArray[np.float32] | None = None
    sites: NDArray[np.bool_] | None = None
    measured: NDArray[np.float64] | None = None
    replicates: NDArray[np.float64] | None = None
    site_names: NDArray[np.str_] | None = None
    site_places: NDArray[np.int64] | None = None
    groups: NDArray[np.int64] | None = None
    places: NDArray[np.int64] | None = None
    present: NDArray[np.bool_] | None = None
    backgrounds: NDArray[np.uint8] | None = None

    @classmethod
    def of(
        cls, records: SequenceSet, seed: int, response: "Response | None" = None, judged: int = 0
    ) -> "LaneSequences":
        """Those of an experiment, in random order: the first ones are those that naive ISM scores.

        Args:
            records: The sequences.
            seed: Of the order.
            response: The function that signals were simulated with, if any were.
            judged: So many of the first sequences are judged: what is true of them is found out.
        """
        order = np.random.default_rng(seed).permutation(len(records)).tolist()
        records = records.take(order)
        found = cls(records.x.astype(np.uint8), np.array(records.names), records.motif_mask())
        if records.motifs is not None:
            found = replace(found, **_site_table(records.motifs))
        if response is None:
            return found
        truth = truth_of(response, records.take(slice(judged)))
        return replace(found, effects=truth.effects, sites=truth.sites)

    def with_measured(self, windows: "MeasuredWindows") -> "LaneSequences":
        """The same with what was measured of them."""
        from ismbench.metrics.measured import replicate_agreement  # scipy is slow to import

        rows = self._rows_of(windows.sequences)
        twice = {name: replicate_agreement(*pair) for name, pair in windows.replicates.items()}
        of_each = [twice.get(str(name).rpartition(":")[0], np.nan) for name in self.names]
        return replace(self, measured=windows.effects[rows], replicates=np.array(of_each))

    def with_rules(self, found: "RuleSequences") -> "LaneSequences":
        """The same with what is known of the rules that they show."""
        rows = self._rows_of(found.sequences)
        return replace(
            self,
            sites=found.sites[rows],
            groups=found.groups[rows],
            places=found.places[rows],
            present=found.present[rows],
            backgrounds=found.backgrounds[rows].astype(np.uint8),
        )

    def _rows_of(self, records: SequenceSet) -> list[int]:
        row = {name: i for i, name in enumerate(records.names)}
        return [row[str(name)] for name in self.names]

    def sites_of(self, count: int) -> Iterator[tuple[int, MotifSite]]:
        """The planted motifs of so many of the first sequences, each with its sequence's number."""
        if self.site_names is None or self.site_places is None:
            return
        for name, (number, start, end) in zip(self.site_names, self.site_places.tolist(), strict=True):
            if number < count:
                yield number, MotifSite(str(name), start, end, "")

    @property
    def identity(self) -> str:
        """Hash of all arrays."""
        return digest.of_arrays(*self._arrays().values())

    def write(self, path: Path) -> None:
        """Writes a file that is whole or not there; NoRoomError where there is no room."""
        write_arrays(path, **self._arrays())

    @classmethod
    def read(cls, path: Path) -> "LaneSequences":
        """What ``write`` wrote."""
        with np.load(path, allow_pickle=False) as data:
            return cls(**{name: data[name] for name in data.files})

    def _arrays(self) -> dict[str, NDArray[Any]]:
        every: dict[str, NDArray[Any] | None] = {"x": self.x, "names": self.names, "planted": self.planted}
        every |= {"effects": self.effects, "sites": self.sites}
        every |= {"site_names": self.site_names, "site_places": self.site_places}
        every |= {"measured": self.measured, "replicates": self.replicates}
        every |= {"groups": self.groups, "places": self.places, "present": self.present}
        every |= {"backgrounds": self.backgrounds}
        return {name: array for name, array in every.items() if array is not None}


def _site_table(motifs: Sequence[Sequence[MotifSite]]) -> dict[str, NDArray[Any]]:
    sites = [(number, site) for number, row in enumerate(motifs) for site in row]
    places = np.array([(number, site.start, site.end) for number, site in sites], np.int64).reshape(-1, 3)
    return {"site_names": np.array([site.name for _, site in sites], np.str_), "site_places": places}
