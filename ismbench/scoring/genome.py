"""A genome: random access to a FASTA file, plain or bgzip, through its index."""

import os
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from ismbench.errors import InputError

__all__ = ["Genome"]

_MOST_CHECKED = 10_000
_LONGEST_HEADER = 4096


class Genome:
    """Letters of a genome by place.

    Args:
        path: FASTA, plain or bgzip; its index (`.fai`, and `.gzi`) is made beside it if it is not there.

    Attributes:
        lengths: Letters of each sequence.

    Raises:
        InputError: No such file, not FASTA, compressed with gzip, no index and no right to write one, or the index of
            another file.
    """

    def __init__(self, path: Path) -> None:
        import pysam

        pysam.set_verbosity(0)  # the library's own words would stand beside ours
        if not path.is_file():
            raise InputError(f"A genome must be a FASTA file. Received: {path}, which does not exist")
        self.path = path
        _check_compression(path)
        _check_index(path)
        try:
            self._file = pysam.FastaFile(str(path))
        except (OSError, ValueError) as error:
            raise InputError(
                f"A genome must be FASTA with lines of one width, plain or bgzip. Received: {path}: {_line(error)}"
            ) from None
        self.lengths = dict(zip(self._file.references, self._file.lengths, strict=True))
        _check_belongs(path)

    def check(self, chrom: str, start: int, end: int) -> str | None:
        """Why a stretch (from 0, end excluded) cannot be read; None if it can."""
        length = self.lengths.get(chrom)
        if length is None:
            return f"A region must lie on a sequence of the genome. Received: {chrom!r}{self._naming_hint(chrom)}"
        if start < 0 or end > length:
            return (
                f"A region as wide as the model's input must lie within the {length:,} letters of {chrom}."
                f" Received: {chrom}:{start + 1:,}-{end:,}; leave it out, or use --on-error skip"
            )
        return None

    def letters(self, chrom: str, start: int, end: int) -> str:
        """Capital letters of a stretch that `check` allows."""
        return str(self._file.fetch(chrom, start, end)).upper()

    def _naming_hint(self, chrom: str) -> str:
        other = chrom.removeprefix("chr") if chrom.startswith("chr") else f"chr{chrom}"
        if other in self.lengths:
            return f"; the genome calls it {other!r}: input and genome must name chromosomes alike"
        names = list(self.lengths)
        more = ", ..." if len(names) > 4 else ""
        return f"; {self.path.name} has {', '.join(names[:4])}{more}"

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _check_compression(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(18)
    # RFC 1952 and the SAM specification: bgzip is gzip with an extra field named BC.
    if head[:2] == b"\x1f\x8b" and head[12:14] != b"BC":
        raise InputError(
            f"A compressed genome must be bgzip, which can be read at any place. Received: {path}, which is gzip;"
            " decompress it, or compress it again with bgzip"
        )


def _check_index(path: Path) -> None:
    index = path.with_name(path.name + ".fai")
    if not index.is_file() and not os.access(path.parent, os.W_OK):
        raise InputError(
            f"A genome needs its index beside it. Received: {path} without {index.name}, in a folder that cannot be"
            " written; make it with samtools faidx, or copy the genome"
        )


def _check_belongs(path: Path) -> None:
    """Looks whether the sequences of a plain file lie where its index says: an old index gives wrong letters."""
    index = path.with_name(path.name + ".fai")
    with path.open("rb") as file:
        if not index.is_file() or file.read(2) == b"\x1f\x8b":
            return
        for line in islice(index.read_text(encoding="utf-8", errors="replace").splitlines(), _MOST_CHECKED):
            if not _fits(file, line.split("\t")):
                raise InputError(
                    f"A genome's index must have been made from it. Received: {index}, which has"
                    f" {line.split()[0] if line.split() else 'nothing'} elsewhere; remove the index, it is made anew"
                )


def _fits(file: BinaryIO, columns: list[str]) -> bool:
    """Whether a line of an index names a header right before its letters, and another or the end right after."""
    name, length, start, letters, width = columns[0], *(int(c) for c in columns[1:5])
    before = min(start, _LONGEST_HEADER)
    file.seek(start - before)
    header = file.read(before).rstrip(b"\r\n").rpartition(b"\n")[2]
    known = before == start or header.startswith(b">")  # a header may be longer than what was read
    if known and header.split()[:1] != [b">" + name.encode()]:
        return False
    if not length:
        return True
    lines, rest = divmod(length - 1, letters)
    file.seek(start + lines * width + rest)
    end = file.read(5)
    return bool(end) and end[1:].lstrip(b"\r\n")[:1] in (b"", b">")


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())
