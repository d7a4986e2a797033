"""Scoring at scale: any model, any regions or variants, into a Zarr store that the field's tools read."""
