"""What an export adds to INFO: values for each other allele and output, in the order of both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ismbench.scoring.export import ExportOptions
from ismbench.scoring.export.quantiles import Quantiles
from ismbench.scoring.opened import Opened
from ismbench.scoring.opened_variants import VariantLine

__all__ = ["InfoFields"]

_NOT_SCORED = "ISM_NOT_SCORED"
# VCF 4.3, section 1.2: what separates fields is written as the number of its character.
_ESCAPES = str.maketrans({" ": "_", "%": "%25", ",": "%2C", ";": "%3B", "=": "%3D", "\t": "%09", "\n": "_"})
_COMPARE, _QUANTILE = "ISM_COMPARE", "ISM_QUANTILE"
_KEYS = {
    "effects": ("ISM_EFFECT", "effect of the other allele"),
    "prediction": ("ISM_REF", "prediction for the reference allele"),
    "alternate_prediction": ("ISM_ALT", "prediction for the other allele"),
}


@dataclass(frozen=True)
class InfoFields:
    """The fields that are added.

    Attributes:
        outputs: Numbers of the outputs.
        labels: Their names.
        comparisons: Labels of the comparisons.
        rank: Ranks effects among those of a background.
    """

    outputs: list[int]
    labels: list[str]
    comparisons: tuple[str, ...] = ()
    rank: Quantiles | None = None

    @classmethod
    def of(cls, opened: Opened, options: ExportOptions) -> "InfoFields":
        """The fields for a store and the outputs that were asked for."""
        numbers = opened.chosen(options.output)
        rank = None if options.background is None else Quantiles.of(opened, options.background)
        return cls(numbers, [opened.labels[k] for k in numbers], opened.comparisons, rank)

    def header(self) -> Iterator[str]:
        """Lines that say what the fields are."""
        for variable, (key, text) in _KEYS.items():
            yield _head(key, text, self.labels, per_allele=variable != "prediction")
        if self.comparisons:
            yield _head(_COMPARE, "comparison of the two alleles", self.comparisons)
        if self.rank is not None:
            yield _head(_QUANTILE, "share of the background whose effect is at most as large", self.labels)
        yield (
            f'##INFO=<ID={_NOT_SCORED},Number=.,Type=String,Description="ismbench: why there is no score, for each'
            ' other allele">'
        )

    def is_own(self, head: str) -> bool:
        """Whether a line of a header is from an earlier export."""
        return head.startswith("##ismbench_command=") or any(
            head.startswith(f"##INFO=<ID={name},") for name in _OWN
        )

    def added(self, info: str, line: VariantLine) -> str:
        """The INFO column with the fields of a line."""
        words = (word for word in info.split(";") if word not in ("", "."))
        kept = [word for word in words if word.partition("=")[0] not in _OWN]
        scored = [allele for allele in line.alleles if not allele.reason]
        if scored:
            for variable, (key, _) in _KEYS.items():
                rows = [allele.values[variable] for allele in line.alleles]
                if variable == "prediction":
                    rows = [scored[0].values[variable]]
                kept.append(f"{key}={','.join(_number(row[k]) for row in rows for k in self.outputs)}")
            if self.comparisons:
                rows = [allele.values["comparisons"] for allele in line.alleles]
                kept.append(f"{_COMPARE}={','.join(_number(value) for row in rows for value in row)}")
            if self.rank is not None:
                rows = [self.rank(allele.values["effects"]) for allele in line.alleles]
                kept.append(f"{_QUANTILE}={','.join(_number(row[k]) for row in rows for k in self.outputs)}")
        if len(scored) < len(line.alleles):
            reasons = [allele.reason.translate(_ESCAPES) or "." for allele in line.alleles]
            kept.append(f"{_NOT_SCORED}={','.join(reasons)}")
        return ";".join(kept)


_OWN = (_NOT_SCORED, _COMPARE, _QUANTILE, *(key for key, _ in _KEYS.values()))
"""Every key; those of an earlier export are replaced."""


def _head(key: str, text: str, labels: Sequence[str], *, per_allele: bool = True) -> str:
    names = ", ".join(labels).replace("\\", "/").replace('"', "'")
    alone = len(labels) == 1
    number = str(len(labels)) if not per_allele else "A" if alone else "."
    order = "; for each other allele" if per_allele and not alone else "; of"
    return f'##INFO=<ID={key},Number={number},Type=Float,Description="ismbench: {text}{order} {names}">'


def _number(value: float) -> str:
    return "." if np.isnan(value) else f"{value:.6g}"
