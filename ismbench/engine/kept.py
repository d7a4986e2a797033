"""Engines that are kept with their model, since compiling one takes seconds, and that go when it goes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from ismbench.engine.base_engine import BaseEngine
from ismbench.engine.fingerprint import fingerprint
from ismbench.engine.target import Target

__all__ = ["kept_engine"]

E = TypeVar("E", bound=BaseEngine)
MOST = 4
_NAME = "_ismbench_engines"


class _Kept:
    """Opaque to whatever walks through a model's attributes."""

    def __init__(self) -> None:
        self.engines: OrderedDict[Hashable, BaseEngine] = OrderedDict()


def kept_engine(model: Any, target: Target, options: Hashable, build: Callable[[], E]) -> E:
    """The engine of a model for a target: the one that is kept, else a new one; it follows changes of the model itself.

    It has looked at the model, and may be asked for shapes at once.

    Args:
        model: A Keras model.
        target: What to explain; a new function that computes the same is the same target.
        options: All else that the engine depends on.
        build: Builds it.
    """
    # In the model's own dictionary, past Keras' tracking: a table of ours would keep the model alive, since an engine
    # holds on to it.
    kept: _Kept = vars(model).setdefault(_NAME, _Kept())
    wanted = fingerprint(target)
    key = (wanted, options)
    engine: Any = kept.engines.pop(key, None)
    # What a function refers to may have changed since its engine was built.
    if engine is None or fingerprint(engine.target) != wanted:
        engine = build()
    else:
        engine.refresh()
    kept.engines[key] = engine
    while len(kept.engines) > MOST:
        kept.engines.popitem(last=False)
    found: E = engine
    return found
