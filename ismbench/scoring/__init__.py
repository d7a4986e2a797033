"""Scoring at scale: any model, any regions or variants, into a Zarr store that the field's tools read."""

from ismbench.scoring.api import score

__all__ = ["score"]
