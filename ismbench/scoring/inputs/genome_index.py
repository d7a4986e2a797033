"""Whether a genome's index belongs to it: every sequence lies where the index says, and none is left out.

An index of another file gives other letters, and nobody would know. Of two sequences with one name, the index has only
the first.
"""

import os
import zlib
from bisect import bisect_right
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ismbench.errors import InputError

__all__ = ["check_belongs", "check_can_be_indexed", "index_paths", "is_bgzip"]

_LONGEST_HEADER = 4096
_MOST_CHECKED = 10_000
_GZIP = b"\x1f\x8b"
_BLOCK = 2**16
"""Bytes that a block of a bgzip file has at most."""


class _Entry(NamedTuple):
    """A line of a .fai file.

    Attributes:
        name: Of the sequence.
        length: Its letters.
        start: Byte of the first letter.
        letters: Letters of a line.
        width: Bytes of a line.
    """

    name: str
    length: int
    start: int
    letters: int
    width: int

    @property
    def end(self) -> int:
        """Byte after the last letter."""
        if not self.length:
            return self.start
        lines, rest = divmod(self.length - 1, self.letters)
        return self.start + lines * self.width + rest + 1


class _Bytes(Protocol):
    """Random access to the text of a genome."""

    def at(self, place: int, count: int) -> bytes:
        """At most ``count`` bytes from a place."""


def is_bgzip(path: Path) -> bool:
    """Whether a compressed genome can be read at any place.

    Raises:
        InputError: It is compressed in another way.
    """
    with path.open("rb") as file:
        head = file.read(18)
    # RFC 1952 and the SAM specification: bgzip is gzip with an extra field named BC.
    if head[:2] == _GZIP and head[12:14] != b"BC":
        raise InputError(
            f"A compressed genome must be bgzip, which can be read at any place. Received: {path}, which is gzip;"
            " decompress it, or compress it again with bgzip"
        )
    return head[:2] == _GZIP


def index_paths(path: Path) -> list[Path]:
    """Files of the index: `.fai`, and `.gzi` of a bgzip file."""
    return [path.with_name(path.name + end) for end in ((".fai", ".gzi") if is_bgzip(path) else (".fai",))]


def check_can_be_indexed(path: Path) -> None:
    """Raises InputError where a part of the index is missing and cannot be made."""
    missing = [index.name for index in index_paths(path) if not index.is_file()]
    if missing and not os.access(path.parent, os.W_OK):
        raise InputError(
            f"A genome needs its index beside it. Received: {path} without {' and '.join(missing)}, in a folder that"
            " cannot be written; make it with samtools faidx, or copy the genome"
        )


def check_belongs(path: Path) -> None:
    """Raises InputError where the index is another file's, or two sequences have one name."""
    fai, *gzi = index_paths(path)
    entries = _entries(fai)
    text: _Bytes = _Bgzip(path, gzi[0]) if gzi else _Plain(path)
    names = {entry.name for entry in entries}
    after = 0
    for entry in entries[:_MOST_CHECKED]:
        if not _is_header(text.at(after, min(entry.start - after, _LONGEST_HEADER)), entry.name):
            raise _wrong(path, fai, entry.name, names, text.at(after, _LONGEST_HEADER))
        after = entry.end
    rest = text.at(after, _LONGEST_HEADER)
    cut = bool(entries) and not text.at(after - 1, 1)
    if len(entries) <= _MOST_CHECKED and (cut or rest.strip()):
        raise _wrong(path, fai, "nothing", names, rest)


def _is_header(between: bytes, name: str) -> bool:
    """Whether all that stands between two sequences, or its beginning, is the header of the second."""
    header = between.strip(b"\r\n")
    return header.split()[:1] == [b">" + name.encode()] and b"\n" not in header


def _wrong(path: Path, fai: Path, name: str, names: set[str], found: bytes) -> InputError:
    there = found.split()[:1]
    twice = there[0][1:].decode(errors="replace") if there and there[0].startswith(b">") else ""
    if twice != name and twice in names:
        return InputError(
            f"Every sequence of a genome must have a name of its own. Received: {path} with {twice!r} twice"
        )
    return InputError(
        f"A genome's index must have been made from it. Received: {fai}, which has {name} elsewhere; remove the index,"
        " it is made anew"
    )


def _entries(fai: Path) -> list[_Entry]:
    try:
        rows = [line.split("\t") for line in fai.read_text(encoding="utf-8", errors="replace").splitlines()]
        found = [_Entry(row[0], *(int(value) for value in row[1:5])) for row in rows]
    except (ValueError, TypeError):
        raise InputError(
            f"A genome's index must have been made by samtools faidx. Received: {fai}; remove it, it is made anew"
        ) from None
    return sorted(found, key=lambda entry: entry.start)


class _Plain:
    """Bytes of a plain file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def at(self, place: int, count: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek(place)
            return file.read(max(count, 0))


class _Bgzip:
    """Bytes of a bgzip file, by its `.gzi` index: pairs of compressed and uncompressed places of its blocks."""

    def __init__(self, path: Path, gzi: Path) -> None:
        self._path = path
        pairs: NDArray[np.uint64] = np.fromfile(gzi, "<u8", offset=8).reshape(-1, 2)
        self._compressed = [0, *pairs[:, 0].tolist()]
        self._plain = [0, *pairs[:, 1].tolist()]

    def at(self, place: int, count: int) -> bytes:
        block = bisect_right(self._plain, place) - 1
        skip = place - self._plain[block]
        found = b""
        with self._path.open("rb") as file:
            file.seek(self._compressed[block])
            data = file.read(_BLOCK * (2 + max(count, 0) // _BLOCK))
        while data and len(found) < skip + max(count, 0):
            stream = zlib.decompressobj(wbits=31)
            try:
                found += stream.decompress(data)
            except zlib.error:
                break
            data = stream.unused_data
        return found[skip : skip + max(count, 0)]
