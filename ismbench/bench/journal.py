"""The records of a run while it goes on: one JSON object a line, only ever appended to.

A run may be killed at any moment. A line counts once it ends in a newline; a line that was cut off, or that
is otherwise no JSON object, is skipped. The last line about a cell holds. Positions of lines are kept in
memory, their content is not, so that a run of many cells stays small.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ismbench.bench.schema import SCHEMA_VERSION
from ismbench.errors import InputError

__all__ = ["Journal"]

Entry = dict[str, Any]


class Journal:
    """An append-only file of entries, each with a "kind" and, to be found again, a "key".

    Args:
        path: The file; made if it is not there. A line cut off at its end is closed, so that it stays alone.

    Attributes:
        skipped: Lines that could not be read.

    Raises:
        InputError: The file cannot be read or written, or was written by another version of the schema.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.skipped = 0
        self._where: dict[tuple[str, str], int] = {}
        self._status: dict[tuple[str, str], str] = {}
        try:
            self._file = path.open("a+b")
        except OSError as error:
            raise InputError(
                f"A results folder must be writable. Received: {path.parent}: {error.strerror}"
            ) from None
        self._read()
        if not self._where:
            self.append("schema", "", {"schema_version": SCHEMA_VERSION})

    def append(self, kind: str, key: str, values: Entry) -> None:
        """Adds an entry; it has reached the disk when this returns."""
        line = json.dumps({"kind": kind, "key": key, **values}, separators=(",", ":")).encode() + b"\n"
        start = self._file.seek(0, os.SEEK_END)
        try:
            self._file.write(line)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise InputError(
                f"A results folder must have room for records. Received: {self.path}: {error.strerror}"
            ) from None
        self._note(start, {"kind": kind, "key": key, **values})

    def status(self, kind: str, key: str) -> str | None:
        """The "status" of the newest entry, without reading it again; None where there is no entry."""
        return self._status.get((kind, key))

    def get(self, kind: str, key: str) -> Entry | None:
        """The newest entry of this kind and key."""
        start = self._where.get((kind, key))
        if start is None:
            return None
        self._file.seek(start)
        return _parse(self._file.readline())

    def every(self, kind: str) -> Iterator[Entry]:
        """The newest entry of each key of a kind, in the order in which the keys first came."""
        for found, key in list(self._where):
            if found == kind and (entry := self.get(kind, key)) is not None:
                yield entry

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> None:
        start = self._file.seek(0)
        line = b""
        for line in self._file:
            entry = _parse(line)
            if entry is None:
                self.skipped += 1
            else:
                self._note(start, entry)
            start += len(line)
        if line and not line.endswith(b"\n"):
            self._file.write(b"\n")
            self._file.flush()

    def _note(self, start: int, entry: Entry) -> None:
        if entry["kind"] == "schema" and entry.get("schema_version") != SCHEMA_VERSION:
            raise InputError(
                f"A results folder must have schema version {SCHEMA_VERSION}; use --fresh or other --results."
                f" Received: {self.path} with version {entry.get('schema_version')}"
            )
        place = (entry["kind"], entry["key"])
        self._where[place] = start
        self._status[place] = str(entry.get("status"))


def _parse(line: bytes) -> Entry | None:
    if not line.endswith(b"\n"):
        return None
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    known = isinstance(entry, dict) and all(isinstance(entry.get(k), str) for k in ("kind", "key"))
    return entry if known else None
