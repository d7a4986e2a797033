"""Readers of measured data: accessibility of peaks (ImmGen, AI-TAC), saturation mutagenesis in reporter assays."""

from ismbench.measured.immgen import read_immgen
from ismbench.measured.regions import read_regions
from ismbench.measured.satmut import Element, MeasuredVariant, effects, read_elements, read_satmut

__all__ = [
    "Element",
    "MeasuredVariant",
    "effects",
    "read_elements",
    "read_immgen",
    "read_regions",
    "read_satmut",
]
