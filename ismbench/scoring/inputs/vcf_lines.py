"""Lines of VCF and BCF files: what they say, and their text, so that nothing of them is lost in an export."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ismbench.errors import InputError
from ismbench.scoring.inputs.text import text_lines
from ismbench.sequence.text_bytes import open_bytes

__all__ = ["VcfFile", "VcfLine"]

_FEWEST = 8
_FARTHEST = 2**62


@dataclass(frozen=True)
class VcfLine:
    """A line of variants.

    Attributes:
        number: Of the record, from 1.
        text: The line.
        fault: Why it is no line of a VCF; empty if it is one.
        chrom: Sequence of the genome.
        position: First base of the reference allele, from 1.
        name: The ID column; empty where there is none.
        ref: Reference allele.
        alts: Other alleles; one empty word where there is none.
    """

    number: int
    text: str
    fault: str = ""
    chrom: str = ""
    position: int = 0
    name: str = ""
    ref: str = ""
    alts: tuple[str, ...] = ()


class VcfFile:
    """A VCF file (plain, gzip or bgzip) or a BCF file.

    Args:
        path: The file.

    Attributes:
        header: Its lines of meta-information with the line of columns; complete once the lines were read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.header = ""

    def lines(self) -> Iterator[VcfLine]:
        """Reads the lines.

        Raises:
            InputError: The file cannot be read, or has no header.
        """
        return self._from_bcf() if _is_bcf(self._path) else self._from_text(self._path)

    def _from_text(self, path: Path) -> Iterator[VcfLine]:
        number, heads = 0, list[str]()
        for line_number, text in text_lines(path, "A VCF file"):
            if text.startswith("#"):
                heads.append(text)
            elif text.strip():
                self._take(heads)
                number += 1
                yield _parsed(text, number, f"line {line_number} of {self._path.name}")
        self._take(heads)

    def _take(self, heads: list[str]) -> None:
        if self.header:
            return
        if not heads or not heads[0].startswith("##fileformat=VCF") or not heads[-1].startswith("#CHROM\t"):
            raise InputError(
                "A VCF file has a header that begins with ##fileformat=VCF and ends with the line #CHROM ... INFO."
                f" Received: {self._path} without it"
            )
        self.header = "".join(f"{line}\n" for line in heads)

    def _from_bcf(self) -> Iterator[VcfLine]:
        # Through bcftools, since pysam adds an END to records of symbolic alleles.
        import pysam
        import pysam.bcftools

        with tempfile.TemporaryDirectory() as folder:
            text = Path(folder) / f"{self._path.name}.vcf"
            try:
                pysam.bcftools.view("--no-version", "-o", str(text), str(self._path), catch_stdout=False)
            except pysam.SamtoolsError:
                raise InputError(
                    f"A BCF file must be whole. Received: {self._path}, which bcftools cannot read to its end"
                ) from None
            yield from self._from_text(text)


def _is_bcf(path: Path) -> bool:
    try:
        with open_bytes(path) as file:
            return bool(file.read(3) == b"BCF")
    except Exception:  # the reader of lines says what is wrong
        return False


def _parsed(text: str, number: int, place: str) -> VcfLine:
    columns = text.split("\t", _FEWEST)
    position = columns[1] if len(columns) > 1 else ""
    if len(columns) < _FEWEST or not (
        position.isascii() and position.isdecimal() and int(position) < _FARTHEST
    ):
        fault = (
            "A line of a VCF has tab-separated CHROM, POS (a number), ID, REF, ALT, QUAL, FILTER and INFO. Received:"
            f" {text[:80]!r} in {place}"
        )
        return VcfLine(number, text, fault)
    chrom, _, name, ref, alts = columns[:5]
    return VcfLine(
        number, text, "", chrom, int(position), "" if name == "." else name, ref.upper(),
        tuple("" if alt == "." else alt for alt in alts.split(",")),
    )  # fmt: skip
