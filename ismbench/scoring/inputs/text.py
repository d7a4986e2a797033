"""Lines of text files as people have them: compressed or not, with a mark at the start, whatever ends the lines."""

import io
from collections.abc import Iterator
from pathlib import Path

from ismbench.errors import InputError
from ismbench.sequence.text_bytes import HEAD, check_marks, open_bytes

__all__ = ["text_lines"]


def text_lines(path: Path, what: str) -> Iterator[tuple[int, str]]:
    """Reads a text file, plain or compressed, whose lines end as on Unix, Windows or old Macs.

    UTF-8, with or without its mark; a line that is not is read as Latin-1, in which any byte is a letter.

    Args:
        path: The file.
        what: What it should be, for the message, such as "A BED file".

    Yields:
        The number of each line, from 1, and the line without its end.

    Raises:
        InputError: The file cannot be read, or holds no text.
    """
    try:
        with open_bytes(path) as file:
            data = io.BufferedReader(file)
            check_marks(data.peek(HEAD)[:HEAD])
            # Latin-1 keeps every byte, so that each line can be decoded by itself.
            for number, line in enumerate(io.TextIOWrapper(data, "latin-1"), start=1):
                yield number, _decoded(line.rstrip("\n").encode("latin-1"))
    except InputError:
        raise
    except Exception as error:  # every compression has an error of its own
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{what} must be plain, gzip or bgzip text. Received: {path}: {reason}") from None


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("latin-1")
