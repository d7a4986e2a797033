"""Sequences from FASTA files, the shipped one included."""

import io
from collections.abc import Iterator
from importlib.resources import as_file, files
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

from ismbench.errors import InputError
from ismbench.sequence.encoding import DNA, one_hot
from ismbench.sequence.fasta_text import headers_and_letters
from ismbench.sequence.sequence_set import SequenceSet
from ismbench.sequence.text_bytes import open_bytes

__all__ = ["read_fasta", "shipped_dm3"]

DM3_LENGTH = 2000
MOST_BYTES = 2**27
LONGEST_NAME = 255
_DM3_FILE = "dm3_upstream2000.distinct100.fa.gz"


def read_fasta(
    path: str | PathLike[str], length: int | None = None, *, limit: int | None = None, alphabet: str = DNA
) -> SequenceSet:
    """Reads a FASTA file, plain or compressed (gz, bz2, xz, zst).

    Args:
        path: The file.
        length: Positions to keep: the centre of longer records (the left one of two centres). By default
            all records must be equally long.
        limit: Read only so many records from the start; all by default.
        alphabet: The letters of the A channels, in order.

    Returns:
        The records in the file's order, named by the first word of their headers.

    Raises:
        InputError: No such file, not FASTA, no records, an empty record, a record shorter than ``length``, or
            a letter that is neither in the alphabet nor ambiguous; the message names record and position.
    """
    if length is not None and length < 1:
        raise InputError(f"length must be at least 1. Received: {length}")
    if limit is not None and limit < 1:
        raise InputError(f"limit must be at least 1. Received: {limit}")
    names, sequences = [], []
    for name, letters in _records(Path(path)):
        # Letters are checked before the cut: a broken file is broken outside of the window too.
        one_hot([letters], alphabet, names=[name])
        names.append(name)
        sequences.append(letters if length is None else _centre(letters, length, name))
        if len(names) == limit:
            break
    if not names:
        raise InputError(f"A FASTA file needs at least one record. Received: {path}, which has none")
    return SequenceSet(
        tuple(names), one_hot(sequences, alphabet, names=names), source=f"fasta:{Path(path).name}"
    )


def shipped_dm3(length: int = DM3_LENGTH, *, limit: int | None = None) -> SequenceSet:
    """Returns the 100 Drosophila upstream regions that ship with the package.

    Args:
        length: Positions to keep, the centre of 2,000.
        limit: Only so many from the start; all 100 by default.

    Raises:
        InputError: ``length`` above 2,000 or ``limit`` above 100.
    """
    with as_file(files("ismbench") / "data" / _DM3_FILE) as path:
        sequences = read_fasta(path, length, limit=limit)
    if limit is not None and len(sequences) < limit:
        raise InputError(f"The shipped dm3 set has {len(sequences)} sequences. Received: limit={limit}")
    return SequenceSet(sequences.names, sequences.x, source=f"dm3:{_DM3_FILE}")


def _records(path: Path) -> Iterator[tuple[str, str]]:
    if not _is_file(path):
        raise InputError(f"A FASTA file must exist. Received: {path}")
    try:
        with _open(path) as file:
            for number, (header, letters) in enumerate(headers_and_letters(file), start=1):
                name = _name(header, number, path)
                if not letters:
                    raise InputError(
                        f"A FASTA record needs letters. Received: {name} in {path}, which is empty"
                    )
                yield name, letters
    except InputError:
        raise
    except Exception as error:  # every compression has an error of its own
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(
            f"A sequence file must be FASTA, plain or compressed. Received: {path}: {reason}"
        ) from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long
        return False


def _name(header: str, number: int, path: Path) -> str:
    """The first word of a header, without anything that would act on a terminal."""
    word = next(iter(header.split()), f"record {number}")
    if len(word) > LONGEST_NAME:
        raise InputError(
            f"The name of a FASTA record must have at most {LONGEST_NAME} letters. Received: {word[:40]}... in"
            f" {path}, with {len(word)}"
        )
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in word)


def _open(path: Path) -> "_Capped":
    return _Capped(open_bytes(path), str(path))


class _Capped(io.RawIOBase):
    """A binary file that may hold so much and no more: a small compressed file can unfold to any size."""

    def __init__(self, file: BinaryIO, path: str) -> None:
        self._file, self._path, self._left = file, path, MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise InputError(
                f"A FASTA file must have at most {MOST_BYTES:,} letters, up to the last record that is read and"
                f" unpacked. Received: {self._path}; cut the regions out that you need"
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def _centre(letters: str, length: int, name: str) -> str:
    if len(letters) < length:
        raise InputError(
            f"A record must be at least as long as the model's input, {length}. Received: {name}, which has"
            f" {len(letters)} letters"
        )
    start = (len(letters) - length) // 2
    return letters[start : start + length]
