"""Records of a FASTA file, one after the other."""

from pathlib import Path

from ismbench.errors import InputError
from ismbench.scoring.inputs.input_record import Broken, Record, Records

__all__ = ["fasta_records"]


def fasta_records(path: Path, width: int) -> Records:
    """Reads a FASTA file: plain, gzip or bgzip.

    Args:
        path: The file.
        width: Letters that every record must have.

    Yields:
        The records in order, named by the first word of their headers.

    Raises:
        InputError: It is no FASTA file.
    """
    import dnaio

    try:
        with dnaio.open(path, fileformat="fasta", open_threads=0) as reader:
            for number, record in enumerate(reader, start=1):
                name = record.name.split()[0] if record.name.split() else f"record {number}"
                if len(record.sequence) == width:
                    yield Record(name, record.sequence.upper())
                else:
                    yield Broken(name, _wrong_length(name, len(record.sequence), width))
    except Exception as error:  # every compression has an error of its own
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"A FASTA file must be plain, gzip or bgzip. Received: {path}: {reason}") from None


def _wrong_length(name: str, length: int, width: int) -> str:
    return (
        f"A FASTA record must be as long as the model's input (and its shifts), {width}."
        f" Received: {name} with {length}; cut or pad it, or give --length if the model takes any"
    )
