"""The words of a comparison, and which of them block a merge."""

from enum import StrEnum

__all__ = ["REGRESSIONS", "Change", "Verdict"]


class Verdict(StrEnum):
    """What became of a cell."""

    SAME = "SAME"
    FASTER = "FASTER"
    SLOWER = "SLOWER"
    AMBIGUOUS = "AMBIGUOUS"
    MISSING = "MISSING"
    NEW = "NEW"
    NONEQUIVALENT = "NONEQUIVALENT"


class Change(StrEnum):
    """What became of a cell's memory, or of its agreement with naive ISM and with planted truth."""

    SAME = "same"
    BETTER = "better"
    WORSE = "worse"
    UNSURE = "unsure"
    UNKNOWN = "unknown"


REGRESSIONS = frozenset({Verdict.SLOWER, Verdict.NONEQUIVALENT, Verdict.MISSING})
"""Verdicts that end with exit code 3, MISSING unless it is allowed."""
