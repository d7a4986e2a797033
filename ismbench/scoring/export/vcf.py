"""Variants as VCF or BCF: the input's own lines, with predictions and effects added to INFO."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ismbench.errors import InputError
from ismbench.files import whole_file
from ismbench.scoring.export import ExportOptions
from ismbench.scoring.export.vcf_info import InfoFields
from ismbench.scoring.opened import Opened
from ismbench.scoring.opened_variants import lines_of_variants

__all__ = ["write"]

_CONTIG = "##contig=<ID="


def write(opened: Opened, out: Path, options: ExportOptions) -> list[Path]:
    """Writes the lines of the input in their order; .vcf.gz is bgzip, .bcf is BCF. Those not scored say why.

    Everything that the lines said stays: IDs, QUAL, FILTER, INFO, samples. A line that is none of a VCF is left out.
    """
    if not opened.variants:
        raise InputError(f"A VCF needs scores of variants. Received: {opened.path}, which has sequences")
    fields = InfoFields.of(opened, options)
    with whole_file(out) as temporary, _writer(temporary) as file:
        for head in _header(opened, fields):
            file.write(f"{head}\n".encode())
        for line in lines_of_variants(opened):
            columns = line.text.split("\t")
            columns[7] = fields.added(columns[7], line)
            file.write(("\t".join(columns) + "\n").encode())
    return [out]


def _header(opened: Opened, fields: InfoFields) -> Iterator[str]:
    *heads, columns = str(opened.attributes["vcf_header"]).splitlines()
    kept = [head for head in heads if not fields.is_own(head)]
    yield from kept
    known = {
        head.removeprefix(_CONTIG).split(",")[0].rstrip(">") for head in kept if head.startswith(_CONTIG)
    }
    chroms = dict.fromkeys(str(chrom) for chrom in opened.group["chrom"][:])
    yield from (f"{_CONTIG}{chrom}>" for chrom in chroms if chrom and chrom not in known)
    yield from fields.header()
    yield f"##ismbench_command={opened.attributes['command']}"
    yield columns


@contextmanager
def _writer(path: Path) -> Iterator[IO[bytes] | Any]:
    """A file that takes the text of a VCF, and becomes what the name's ending says."""
    import pysam

    if path.name.endswith(".gz"):
        with pysam.BGZFile(str(path), "wb") as packed:
            yield packed
        return
    if not path.name.endswith(".bcf"):
        with path.open("wb") as plain:
            yield plain
        return
    text = path.with_name(f"{path.name}.vcf")
    try:
        with text.open("wb") as plain:
            yield plain
        _as_bcf(text, path)
    finally:
        text.unlink(missing_ok=True)


def _as_bcf(text: Path, path: Path) -> None:
    # Through bcftools, since pysam adds an END to records of symbolic alleles, which the header may not name.
    import pysam
    import pysam.bcftools

    try:
        pysam.bcftools.view("--no-version", "-Ob", "-o", str(path), str(text), catch_stdout=False)
    except pysam.SamtoolsError:
        raise InputError(
            "A BCF holds only what its header names: contigs, FILTER, INFO, FORMAT. Received: records with others;"
            " export a .vcf.gz, or mend the input's header"
        ) from None
