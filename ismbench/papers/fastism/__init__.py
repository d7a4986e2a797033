"""fastISM (Nair et al., Bioinformatics 2022): its table, figures, tutorial pictures and sweeps."""

from ismbench.papers.fastism.describe import PAPER

__all__ = ["PAPER"]
