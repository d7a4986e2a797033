"""Readers of measured data: accessibility of peaks (ImmGen, AI-TAC), saturation mutagenesis in reporter assays."""

from ismbench.measured.immgen import read_immgen
from ismbench.measured.regions import read_regions
from ismbench.measured.satmut import (
    Element,
    MeasuredVariant,
    effects,
    elements_of,
    read_elements,
    read_satmut,
)
from ismbench.measured.satmut_windows import MeasuredWindows, element_windows

__all__ = [
    "Element",
    "MeasuredVariant",
    "MeasuredWindows",
    "effects",
    "element_windows",
    "elements_of",
    "read_elements",
    "read_immgen",
    "read_regions",
    "read_satmut",
]
