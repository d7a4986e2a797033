"""A file for HDF5, which can end the process where a write fails, as on a full disk: the failure is told afterwards."""

import io
from typing import Any

__all__ = ["PatientFile"]


class PatientFile(io.FileIO):
    """Takes every write; the first that failed is raised by `check`. For h5py's files on Python objects."""

    failure: OSError | None = None

    def write(self, data: Any) -> int:
        """Writes, or remembers why it could not; what comes after a failure is dropped."""
        view = memoryview(data).cast("B")
        done = 0
        try:
            while self.failure is None and done < len(view):
                done += super().write(view[done:])
        except OSError as error:
            self.failure = error
        if self.failure is not None:
            self.seek(len(view) - done, io.SEEK_CUR)
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        """Changes the size, or remembers why it could not."""
        try:
            return super().truncate(size)
        except OSError as error:
            self.failure = self.failure or error
            return self.tell() if size is None else size

    def readinto(self, buffer: Any) -> int:
        """Reads; what a failed write left out is zeros."""
        view = memoryview(buffer).cast("B")
        done = super().readinto(view) or 0
        if self.failure is not None:
            view[done:] = bytes(len(view) - done)
            return len(view)
        return done

    def check(self) -> None:
        """Raises the first failure, if there was one."""
        if self.failure is not None:
            raise self.failure
