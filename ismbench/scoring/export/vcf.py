"""Variants as VCF, with predictions and effects in INFO."""

from pathlib import Path
from typing import Any

import numpy as np

from ismbench.errors import InputError
from ismbench.files import whole_file
from ismbench.scoring.export import ExportOptions
from ismbench.scoring.opened import Opened

__all__ = ["write"]

_INFO = {
    "ISM_EFFECT": ("effects", "effect of the other allele"),
    "ISM_REF": ("prediction", "prediction for the reference allele"),
    "ISM_ALT": ("alternate_prediction", "prediction for the other allele"),
}


def write(opened: Opened, out: Path, options: ExportOptions) -> list[Path]:
    """Writes a line for every variant, in the order of the store; .vcf.gz is bgzip. Those not scored say why.

    A variant before the first base (POS 0, a telomere) is left out: it has no score, and pysam cannot write it.
    """
    import pysam

    if not opened.variants:
        raise InputError(f"A VCF needs scores of variants. Received: {opened.path}, which has sequences")
    numbers = opened.chosen(options.output)
    header = pysam.VariantHeader()
    words = ", ".join(opened.labels[i] for i in numbers).replace('"', "'")
    for key, (_, text) in _INFO.items():
        header.info.add(key, len(numbers), "Float", f"ismbench: {text}, for {words}")
    header.info.add("ISM_NOT_SCORED", 1, "String", "ismbench: why there is no score")
    header.add_meta("ismbench_command", opened.attributes["command"])
    for chrom in dict.fromkeys(str(c) for c in opened.group["chrom"][:]):
        header.contigs.add(chrom)
    mode = "wz" if out.name.endswith(".gz") else "w"
    with whole_file(out) as temporary, pysam.VariantFile(str(temporary), mode, header=header) as file:
        step = int(opened.group["effects"].chunks[0])
        for first in range(0, opened.count, step):
            for record in _records(opened, slice(first, first + step), numbers, file):
                file.write(record)
    return [out]


def _records(opened: Opened, rows: slice, numbers: list[int], file: Any) -> list[Any]:
    names = ("variant", "chrom", "pos", "ref", "alt", "reason")
    columns = {name: opened.group[name][rows] for name in names}
    values = {key: np.asarray(opened.group[name][rows])[:, numbers] for key, (name, _) in _INFO.items()}
    found = []
    for i in range(len(columns["pos"])):
        alleles = [str(columns["ref"][i]) or "N", str(columns["alt"][i]) or "."]
        position = int(columns["pos"][i]) - 1
        if position < 0:
            continue
        record = file.new_record(
            contig=str(columns["chrom"][i]), start=position, alleles=alleles, id=str(columns["variant"][i])
        )
        if columns["reason"][i]:
            record.info["ISM_NOT_SCORED"] = _plain(str(columns["reason"][i]))
        elif np.isnan(values["ISM_EFFECT"][i]).all():
            record.info["ISM_NOT_SCORED"] = "the_run_has_not_come_to_it"
        else:
            for key, value in values.items():
                record.info[key] = tuple(float(v) for v in value[i])
        found.append(record)
    return found


def _plain(text: str) -> str:
    """Text without what separates fields of a VCF line."""
    return text.translate(str.maketrans(" ;=\t,", "_,:__"))
