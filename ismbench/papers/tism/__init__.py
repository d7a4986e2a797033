"""Taylor ISM (Sasse et al., iScience 2024): run times, agreement with ISM, and what trained models make of it."""

from ismbench.papers.tism.paper import PAPER

__all__ = ["PAPER"]
