"""The records of a run while it goes on: one JSON object a line, only ever appended to.

A run may be killed at any moment. A line counts once it ends in a newline; a line that was cut off, or that
is otherwise no sound entry, is skipped. The last line about a cell holds. Positions of lines are kept in
memory, their content is not, so that a run of many cells stays small.
"""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ismbench.bench.records.schema import SCHEMA_VERSION
from ismbench.errors import InputError

__all__ = ["Journal"]

Entry = dict[str, Any]
_FORGET = "forget"


class Journal:
    """An append-only file of entries, each with a "kind" and, to be found again, a "key".

    Args:
        path: The file; made if it is not there. A line cut off at its end is closed, so that it stays alone.
        accept: Tells sound entries; others are skipped. See ``validate.is_sound``.

    Attributes:
        skipped: Lines that could not be read.

    Raises:
        InputError: The file cannot be read or written, or was written by another version of the schema.
    """

    def __init__(self, path: Path, accept: Callable[[Entry], bool] = bool) -> None:
        self.path = path
        self.accept = accept
        self.skipped = 0
        self._where: dict[tuple[str, str], int] = {}
        self._status: dict[tuple[str, str], str] = {}
        try:
            # Unbuffered: after a failed write nothing is left behind to be written later, at a wrong place.
            self._out = path.open("ab", buffering=0)
            self._file = path.open("rb")
        except OSError as error:
            raise InputError(
                f"A results folder must be writable. Received: {path.parent}: {error.strerror}"
            ) from None
        try:
            self._read()
            if not self._where:
                self.append("schema", "", {"schema_version": SCHEMA_VERSION})
        except BaseException:
            self.close()
            raise

    def append(self, kind: str, key: str, values: Entry) -> None:
        """Adds an entry; it has reached the disk when this returns."""
        entry = {"kind": kind, "key": key, **values}
        start = self._write(json.dumps(entry, separators=(",", ":")).encode() + b"\n")
        self._note(start, entry)

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

    def forget(self, kind: str, key: str) -> None:
        """Takes back whatever was said of a key, if anything was."""
        if (kind, key) in self._where:
            self.append(_FORGET, key, {"of": kind})

    def close(self) -> None:
        """Closes the file."""
        self._file.close()
        self._out.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> None:
        start = 0
        line = b""
        for line in self._file:
            entry = _parse(line)
            if entry is None or not self.accept(entry):
                self.skipped += 1
            else:
                self._note(start, entry)
            start += len(line)
        if line and not line.endswith(b"\n"):
            self._write(b"\n")

    def _write(self, data: bytes) -> int:
        """Adds bytes at the end, all of them or none; returns where they start."""
        start = self._out.seek(0, os.SEEK_END)
        try:
            left = memoryview(data)
            while left:
                left = left[self._out.write(left) or 0 :]
            os.fsync(self._out.fileno())
        except BaseException as error:
            with contextlib.suppress(OSError):  # half a line would spoil the next one
                self._out.truncate(start)
            if not isinstance(error, OSError):
                raise
            raise InputError(
                f"A results folder must have room for records. Received: {self.path}: {error.strerror}"
            ) from None
        return start

    def _note(self, start: int, entry: Entry) -> None:
        if entry["kind"] == "schema" and entry.get("schema_version") != SCHEMA_VERSION:
            raise InputError(
                f"A results folder must have schema version {SCHEMA_VERSION}; use --fresh or other --results."
                f" Received: {self.path} with version {entry.get('schema_version')}"
            )
        if entry["kind"] == _FORGET:
            self._where.pop((str(entry.get("of")), entry["key"]), None)
            self._status.pop((str(entry.get("of")), entry["key"]), None)
            return
        place = (entry["kind"], entry["key"])
        self._where[place] = start
        self._status[place] = sys.intern(str(entry.get("status")))


def _parse(line: bytes) -> Entry | None:
    if not line.endswith(b"\n"):
        return None
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    known = isinstance(entry, dict) and all(isinstance(entry.get(k), str) for k in ("kind", "key"))
    return entry if known else None
