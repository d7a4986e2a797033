"""Headers and letters of FASTA text in any encoding that is a relative of ASCII."""

import io
from collections.abc import Iterator
from typing import Any

from ismbench.sequence.text_bytes import HEAD, check_marks

__all__ = ["headers_and_letters"]


def headers_and_letters(file: Any) -> Iterator[tuple[str, str]]:
    """Reads records one after the other; letters are as they stand there.

    dnaio's own records hold ASCII only, and its encoding is that of the locale.

    Args:
        file: Open for reading bytes; uncompressed text, UTF-8 with or without its mark.

    Raises:
        Exception: Of dnaio, or ValueError, where it is no FASTA text.
    """
    from dnaio.readers import FastaReader

    data = io.BufferedReader(file, 2**16)

    class Utf8Reader(FastaReader):
        def __init__(self) -> None:
            super().__init__(data, sequence_class=lambda name, letters, qualities: (name, letters))
            self._file.reconfigure(encoding="utf-8-sig", errors="replace")

    check_marks(data.peek(HEAD)[:HEAD])
    found: Any = Utf8Reader()
    yield from found
