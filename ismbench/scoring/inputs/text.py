"""Lines of text files as people have them: compressed or not, with a mark at the start, whatever ends the lines."""

from collections.abc import Iterator
from pathlib import Path

from ismbench.errors import InputError

__all__ = ["text_lines"]

_UTF8_MARK = b"\xef\xbb\xbf"
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")


def text_lines(path: Path, what: str) -> Iterator[tuple[int, str]]:
    """Reads a text file: plain, gzip or bgzip.

    UTF-8, with or without its mark; a line that is not is read as Latin-1, in which any byte is a letter.

    Args:
        path: The file.
        what: What it should be, for the message, such as "A BED file".

    Yields:
        The number of each line, from 1, and the line without its end.

    Raises:
        InputError: The file cannot be read, or holds no text.
    """
    from xopen import xopen

    try:
        with xopen(path, "rb", threads=0) as file:
            for number, line in enumerate(file, start=1):
                if number == 1:
                    _check_marks(line)
                    line = line.removeprefix(_UTF8_MARK)
                yield number, _decoded(line.rstrip(b"\r\n"))
    except InputError:
        raise
    except Exception as error:  # every compression has an error of its own
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{what} must be plain, gzip or bgzip text. Received: {path}: {reason}") from None


def _check_marks(line: bytes) -> None:
    if line.startswith(_OTHER_MARKS):
        raise ValueError("it is UTF-16; save it as UTF-8")
    if b"\0" in line:
        raise ValueError("it holds zero bytes, and is no text")


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
