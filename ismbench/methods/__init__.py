"""Attribution methods, one a file; what each is and takes stands on its class, readable without what it imports."""

from ismbench.methods.base import BatchSizes, Explainer, Kind, Method
from ismbench.methods.batch import BatchColumn
from ismbench.methods.table import METHODS, UNUSABLE, Factory, find, load

__all__ = [
    "METHODS",
    "UNUSABLE",
    "BatchColumn",
    "BatchSizes",
    "Explainer",
    "Factory",
    "Kind",
    "Method",
    "find",
    "load",
]
