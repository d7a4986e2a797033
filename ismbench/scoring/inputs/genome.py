"""A genome: random access to a FASTA file, plain or bgzip, through its index."""

from pathlib import Path

from ismbench.errors import InputError
from ismbench.scoring.inputs.genome_index import check_belongs, check_can_be_indexed, index_paths
from ismbench.sequence.text_bytes import HEAD, MARK, check_marks, open_bytes

__all__ = ["Genome"]


class Genome:
    """Letters of a genome by place.

    Args:
        path: FASTA, plain or bgzip; its index (`.fai`, and `.gzi`) is made beside it if it is not there.

    Attributes:
        lengths: Letters of each sequence.

    Raises:
        InputError: No such file, not FASTA, compressed with gzip, no index and no right to write one, or the index of
            another file.
    """

    def __init__(self, path: Path) -> None:
        import pysam

        pysam.set_verbosity(0)  # the library's own words would stand beside ours
        if not path.is_file():
            raise InputError(f"A genome must be a FASTA file. Received: {path}, which does not exist")
        self.path = path
        check_can_be_indexed(path)
        _check_beginning(path)
        try:
            if not all(index.is_file() for index in index_paths(path)):
                pysam.faidx(str(path))
            self._file = pysam.FastaFile(str(path))
        except (OSError, ValueError, pysam.SamtoolsError) as error:
            # samtools has a code, and no words.
            reason = (
                "a sequence has a line of another width, or none"
                if isinstance(error, pysam.SamtoolsError)
                else error
            )
            raise _no_genome(path, reason) from None
        self.lengths = dict(zip(self._file.references, self._file.lengths, strict=True))
        check_belongs(path)

    def check(self, chrom: str, start: int, end: int) -> str | None:
        """Why a stretch (from 0, end excluded) cannot be read; None if it can."""
        length = self.lengths.get(chrom)
        if length is None:
            return f"A region must lie on a sequence of the genome. Received: {chrom!r}{self._naming_hint(chrom)}"
        if start < 0 or end > length:
            return (
                f"A region as wide as the model's input must lie within the {length:,} letters of {chrom}."
                f" Received: {chrom}:{start + 1:,}-{end:,}; leave it out, or use --on-error skip"
            )
        return None

    def letters(self, chrom: str, start: int, end: int) -> str:
        """Capital letters of a stretch that `check` allows."""
        return str(self._file.fetch(chrom, start, end)).upper()

    def _naming_hint(self, chrom: str) -> str:
        other = chrom.removeprefix("chr") if chrom.startswith("chr") else f"chr{chrom}"
        if other in self.lengths:
            return f"; the genome calls it {other!r}: input and genome must name chromosomes alike"
        names = list(self.lengths)
        more = ", ..." if len(names) > 4 else ""
        return f"; {self.path.name} has {', '.join(names[:4])}{more}"

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


def _check_beginning(path: Path) -> None:
    """Raises InputError where a file begins in a way that samtools refuses without a word."""
    try:
        with open_bytes(path) as file:
            head = file.read(HEAD)
        check_marks(head)
    except ValueError as error:
        raise _no_genome(path, error) from None
    if head.startswith(MARK):
        raise _no_genome(path, "it begins with a byte-order mark; save it without")
    if not head.startswith(b">"):
        raise _no_genome(path, "it does not begin with >" if head else "it is empty")


def _no_genome(path: Path, reason: object) -> InputError:
    words = " ".join(str(reason).split())
    return InputError(
        f"A genome must be FASTA with lines of one width, plain or bgzip. Received: {path}: {words}"
    )
