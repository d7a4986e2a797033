"""Compiled functions of the last runs, kept for the next.

TensorFlow frees the code that it compiled for a function only with the process, so hundreds of runs of one model would
grow without end, and each would compile anew.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ismbench.identity import model_identity, value_identity
from ismbench.scoring.members import Ensemble

if TYPE_CHECKING:
    import keras

__all__ = ["keep"]

Made = TypeVar("Made")
MOST = 2
"""Runs that are kept; each keeps its models."""


@dataclass(frozen=True)
class _Entry:
    models: "tuple[keras.Model, ...]"
    made: Any


_entries: OrderedDict[str, _Entry] = OrderedDict()


def keep(ensemble: Ensemble, depends_on: Any, make: Callable[[], Made]) -> Made:
    """What an earlier run made, or what is made now.

    Args:
        ensemble: The models; what was made with others that are equal serves as well.
        depends_on: All else that it depends on.
        make: Makes it from the ensemble.
    """
    key = value_identity([ensemble.hashes, depends_on])
    found = _entries.get(key)
    if found is None or not _unchanged(found, ensemble):
        found = _entries[key] = _Entry(ensemble.models, make())
    _entries.move_to_end(key)
    while len(_entries) > MOST:
        _entries.popitem(last=False)
    return cast(Made, found.made)


def _unchanged(found: _Entry, ensemble: Ensemble) -> bool:
    """Whether the models that are kept have the weights of then; they may have been trained further."""
    return all(
        kept is model or model_identity(kept) == identity
        for kept, model, identity in zip(found.models, ensemble.models, ensemble.hashes, strict=True)
    )
