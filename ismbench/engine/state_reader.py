"""Reads models, functions and objects into values that can be compared: what they hold now, not what they are.

Libraries do not change while a program runs: what they define is known by its identity. What a user defines is known
by what it holds: functions by their code, objects by their attributes, classes and modules by those of their
attributes that a function mentions.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from functools import cache, partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import keras
import numpy as np

from ismbench.engine.graph import functional_of
from ismbench.engine.own_code import (
    attributes,
    cell_content,
    code_of,
    is_core,
    is_settled,
    names_in,
    unwrapped,
)
from ismbench.engine.state_parts import Same, array_state, numbers_of

__all__ = ["StateReader"]

_PLAIN = (type(None), bool, int, float, complex, str, bytes, np.dtype, type(Ellipsis))
_TRAINING = (keras.initializers.Initializer, keras.regularizers.Regularizer, keras.constraints.Constraint)
"""Plays no part after a layer is built, or only in training."""
_COUNTS = ("_dtype_policy", "_autocast", "autocast", "_supports_masking", "_layers", "_modules")
"""What every layer has, and its result depends on; on torch, layers of layers are in ``_modules`` and nowhere else."""
_ENTRIES = ("call", "__call__", "compute_mask")
"""What Keras calls, or an expression, without any function's naming it."""


class StateReader:
    """Walks through objects; what was met before is named by its number."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._kept: list[Any] = []
        self._variables: dict[int, Any] = {}
        self._mentioned: set[str] = set(_ENTRIES)
        self._owners: dict[int, Any] = {}

    @property
    def variables(self) -> list[Any]:
        """The Keras variables that were met."""
        return list(self._variables.values())

    def read_all(self, values: Iterable[Any]) -> tuple[Any, ...]:
        """Several values, and what their functions take from classes and modules."""
        return tuple(self.read(value) for value in values), self._taken_from_owners()

    def read(self, value: Any) -> Any:
        """One value."""
        if isinstance(value, _PLAIN):
            return type(value).__name__, repr(value) if isinstance(value, (float, complex)) else value
        if isinstance(value, (np.ndarray, np.generic)):
            return array_state(value)
        if isinstance(value, keras.Variable):
            self._variables[id(value)] = value
            return Same(value)
        if isinstance(value, keras.KerasTensor):
            return Same(value)
        if isinstance(value, _TRAINING):
            return None
        if id(value) in self._seen:
            return "again", self._seen[id(value)]
        self._seen[id(value)] = len(self._seen)
        self._kept.append(value)
        return self._compound(value)

    def _compound(self, value: Any) -> Any:
        if isinstance(value, (list, tuple, deque)):
            return type(value).__name__, tuple(map(self.read, value))
        if isinstance(value, Mapping):
            return "dict", tuple((self.read(k), self.read(v)) for k, v in value.items())
        if isinstance(value, (set, frozenset)):
            return "set", frozenset(map(self.read, value))
        if isinstance(value, slice):
            return "slice", value.start, value.stop, value.step
        if isinstance(value, ModuleType):
            return self._owner(value, value.__name__)
        if callable(value) and not isinstance(value, keras.Operation):
            return self._callable(value)
        return self._object(value)

    def _callable(self, value: Any) -> Any:
        if isinstance(value, FunctionType):
            return self._function(value)
        if isinstance(value, MethodType):
            return "method", self.read(value.__func__), self.read(value.__self__)
        if isinstance(value, partial):
            return "partial", self.read(value.func), self.read(value.args), self.read(value.keywords)
        if isinstance(value, type):
            return self._class(value)
        if isinstance(value, BuiltinFunctionType):
            return Same(value)
        return self._object(value)

    def _function(self, function: FunctionType) -> Any:
        # Where it was written: its name may be that of a function that it wraps.
        module = function.__globals__.get("__name__")
        if is_core(module) or (is_settled(module) and "<locals>" not in function.__qualname__):
            return Same(function)
        names = names_in(function.__code__)
        self._mentioned.update(names)
        cells = tuple(self.read(cell_content(cell)) for cell in function.__closure__ or ())
        scope = function.__globals__
        used = tuple((name, self.read(scope[name])) for name in sorted(names & scope.keys()))
        rest = function.__defaults__, function.__kwdefaults__, vars(function)
        return "function", code_of(function.__code__), cells, used, tuple(map(self.read, rest))

    def _object(self, value: Any) -> Any:
        model = functional_of(value)
        if model is not None:
            return self._model(model)
        kind = type(value)
        if hasattr(kind, "__array__"):
            return numbers_of(value)
        own = attributes(value)
        if own is None:
            return Same(value)
        skipped: frozenset[str] = frozenset()
        extra: tuple[Any, ...] = ()
        if isinstance(value, keras.Operation):
            skipped = _common_attributes()
            extra = Same(kind.call), *(self.read(getattr(value, n, None)) for n in _COUNTS)
        return self.read(kind), extra, tuple((n, self.read(v)) for n, v in own.items() if n not in skipped)

    def _model(self, functional: Any) -> Any:
        """The nodes by identity, since a node does not change; the operations and constants as they are now."""
        nodes = [node for depth in functional._nodes_by_depth.values() for node in depth]
        ends = tuple(map(Same, (*functional.inputs, *functional.outputs)))
        return "model", ends, tuple(map(self._node, (n for n in nodes if not n.is_input)))

    def _node(self, node: Any) -> Any:
        given = node.arguments
        constants = self.read(given.args), self.read(given.kwargs)
        return Same(node), self.read(node.operation), constants

    def _class(self, kind: type) -> Any:
        for base in kind.__mro__:
            self._owner(base, base.__module__)
        return Same(kind)

    def _owner(self, owner: Any, module: str) -> Any:
        """A class or module, whose attributes count as far as functions mention them."""
        if not is_settled(module):
            self._owners[id(owner)] = owner
        return Same(owner)

    def _taken_from_owners(self) -> tuple[Any, ...]:
        """What functions mention of the classes and modules that were met; which may mention more, and meet more."""
        found: list[Any] = []
        known: set[tuple[int, str]] = set()
        while True:
            wanted = [
                (owner, name)
                for key, owner in self._owners.items()
                for name in sorted(vars(owner).keys() & self._mentioned)
                if (key, name) not in known
            ]
            if not wanted:
                return tuple(found)
            for owner, name in wanted:
                known.add((id(owner), name))
                found.append((name, self.read(unwrapped(vars(owner)[name]))))


@cache
def _common_attributes() -> frozenset[str]:
    """What every layer, model and operation carries: its wiring, counters, and the state of training."""
    fitted = {"history", "_optimizer", "_loss", "loss"}
    blank = (keras.layers.Layer(), keras.Model(), keras.Operation())
    return frozenset(fitted.union(*map(vars, blank))) - set(_COUNTS)
