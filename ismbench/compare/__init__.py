"""Two sets of measurements against each other: verdicts that may block a merge, and what they rest on."""

from ismbench.compare.compared_cell import ComparedCell
from ismbench.compare.comparison import Comparison, compare
from ismbench.compare.measured import Key, MeasuredCell, Measurements, pooled
from ismbench.compare.noise import Noise, measure_noise
from ismbench.compare.noise_file import find_noise
from ismbench.compare.read_side import BaselineMissingError, read_measurements
from ismbench.compare.thresholds import Thresholds

__all__ = [
    "BaselineMissingError",
    "ComparedCell",
    "Comparison",
    "Key",
    "MeasuredCell",
    "Measurements",
    "Noise",
    "Thresholds",
    "compare",
    "find_noise",
    "measure_noise",
    "pooled",
    "read_measurements",
]
