"""fastISM (Nair et al., Bioinformatics 2022): its table, figures, tutorial pictures and sweeps."""

from ismbench.papers.fastism.paper import PAPER

__all__ = ["PAPER"]
