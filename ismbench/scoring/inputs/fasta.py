"""Records of a FASTA file, one after the other."""

from pathlib import Path

from ismbench.errors import InputError
from ismbench.scoring.inputs.input_record import Broken, Record, Records
from ismbench.sequence.fasta_text import headers_and_letters
from ismbench.sequence.text_bytes import open_bytes

__all__ = ["fasta_records"]


def fasta_records(path: Path, width: int) -> Records:
    """Reads a FASTA file, plain or compressed.

    Args:
        path: The file.
        width: Letters that every record must have.

    Yields:
        The records in order, named by the first word of their headers.

    Raises:
        InputError: It is no FASTA file.
    """
    try:
        with open_bytes(path) as file:
            for number, (header, letters) in enumerate(headers_and_letters(file), start=1):
                name = next(iter(header.split()), f"record {number}")
                if len(letters) == width:
                    yield Record(name, letters.upper())
                else:
                    yield Broken(name, _wrong_length(name, len(letters), width))
    except Exception as error:  # every compression has an error of its own
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"A FASTA file must be plain, gzip or bgzip. Received: {path}: {reason}") from None


def _wrong_length(name: str, length: int, width: int) -> str:
    return (
        f"A FASTA record must be as long as the model's input (and its shifts), {width}."
        f" Received: {name} with {length}; cut or pad it, or give --length if the model takes any"
    )
