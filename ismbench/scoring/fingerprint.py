"""A hash of what was read: every record's name, place and letters; not the file that they came from."""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fingerprint"]


class Fingerprint:
    """Takes in records as the columns of a store.

    Attributes:
        records: How many there were.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.records = 0

    def add(self, columns: Mapping[str, NDArray[Any]]) -> None:
        """Takes in records; of those that cannot be scored not the reason, which names files and lines."""
        values = {**columns, "reason": columns["reason"] == ""}
        for name in sorted(values):
            array = values[name]
            self._hash.update(f"{name}:{len(array)}:".encode())
            if array.dtype == object:
                for text in array:
                    data = str(text).encode("utf-8", "surrogatepass")
                    self._hash.update(f"{len(data)}:".encode() + data)
            else:
                self._hash.update(np.ascontiguousarray(array).tobytes())
        self.records += len(columns["reason"])

    def hexdigest(self) -> str:
        """The hash of all records so far."""
        return self._hash.hexdigest()
