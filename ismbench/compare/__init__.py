"""Two sets of measurements against each other: verdicts that may block a merge, and what they rest on."""

from ismbench.compare.comparison import Comparison, Row, compare
from ismbench.compare.measured import Key, MeasuredCell, Measurements, pooled
from ismbench.compare.noise import Noise, find_noise, measure_noise
from ismbench.compare.read import BaselineMissingError, read_measurements
from ismbench.compare.thresholds import Thresholds

__all__ = [
    "BaselineMissingError",
    "Comparison",
    "Key",
    "MeasuredCell",
    "Measurements",
    "Noise",
    "Row",
    "Thresholds",
    "compare",
    "find_noise",
    "measure_noise",
    "pooled",
    "read_measurements",
]
