"""Position frequency matrices in JASPAR's format, the shipped ones included."""

from dataclasses import dataclass
from importlib.resources import files
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ismbench.errors import InputError
from ismbench.sequence import DNA, OneHot

__all__ = ["Motif", "read_motifs"]

_SHIPPED = "jaspar2024_core.jaspar"


@dataclass(frozen=True)
class Motif:
    """A position frequency matrix.

    Attributes:
        matrix_id: Such as MA0139.2.
        name: Of the factor.
        counts: float64 (W, 4), order A, C, G, T; every row has a positive sum.
    """

    matrix_id: str
    name: str
    counts: npt.NDArray[np.float64]

    @property
    def width(self) -> int:
        """W, its positions."""
        return len(self.counts)

    def draw(self, rng: np.random.Generator) -> OneHot:
        """Draws one instance, every position by itself: float32 (W, 4), one-hot."""
        chances = self.counts / self.counts.sum(axis=1, keepdims=True)
        codes = [rng.choice(len(DNA), p=row) for row in chances]
        return np.asarray(np.eye(len(DNA), dtype=np.float32)[codes])


def read_motifs(path: str | PathLike[str] | None = None) -> dict[str, Motif]:
    """Reads position frequency matrices in JASPAR's format.

    Args:
        path: The file; by default 27 matrices of JASPAR 2024 that ship with the package.

    Returns:
        The motifs by name (such as "CTCF"), in the file's order.

    Raises:
        InputError: No such file, a record that is not four rows A, C, G, T of equally many counts, or two
            of one name.
    """
    source = files("ismbench") / "data" / _SHIPPED if path is None else Path(path)
    if not source.is_file():
        raise InputError(f"A motif file must exist. Received: {path}")
    motifs: dict[str, Motif] = {}
    for record in source.read_text(encoding="utf-8").split(">")[1:]:
        motif = _parse(record)
        if motif.name in motifs:
            raise InputError(f"Motifs of a file need different names. Received: {motif.name} twice")
        motifs[motif.name] = motif
    if not motifs:
        raise InputError(f"A motif file needs at least one '>' record in JASPAR's format. Received: {path}")
    return motifs


def _parse(record: str) -> Motif:
    header, *lines = [line for line in record.splitlines() if line.strip()] or [""]
    matrix_id, _, name = header.strip().partition("\t")
    rows = [line.replace("[", " ").replace("]", " ").split() for line in lines]
    try:
        counts = np.array([[float(value) for value in row[1:]] for row in rows]).T
    except ValueError:
        counts = np.empty(0)
    letters = "".join(row[0] for row in rows)
    if letters != DNA or counts.ndim != 2 or not (counts >= 0).all() or not (counts.sum(axis=1) > 0).all():
        raise InputError(
            "A JASPAR record has four rows A, C, G, T with as many counts each. Received:"
            f" {header.strip() or 'no header'} with rows {letters or '(none)'}"
        )
    return Motif(matrix_id, name.strip() or matrix_id, counts)
