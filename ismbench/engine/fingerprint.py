"""What a model computes, as a value to compare: is it still the model that something was built for?

Weights are told apart by identity and not by value: they are read at each call. Everything else that compiled code
holds on to counts: how the layers are wired, their options as they are now, their functions, the rules in force.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from hashlib import blake2b
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, Generic, TypeVar

import keras
import numpy as np

from ismbench.engine.functions import registered
from ismbench.engine.graph import functional_of
from ismbench.engine.rules import RULES

__all__ = ["Current", "cell_content", "fingerprint"]

Built = TypeVar("Built")
_PLAIN = (type(None), bool, int, float, complex, str, bytes, np.dtype, type(Ellipsis))
_TRAINING = (keras.initializers.Initializer, keras.regularizers.Regularizer, keras.constraints.Constraint)
"""Plays no part after a layer is built, or only in training."""
_COUNTS = ("_dtype_policy", "_autocast", "autocast", "_supports_masking")
"""Attributes that every layer has, and that its result depends on."""


def fingerprint(*values: Any) -> tuple[Any, ...]:
    """What models, functions and options are now; equal as long as they compute the same with the same weights.

    Args:
        values: Keras models, functions (known by their code, closure and defaults), and plain data.
    """
    reader = _Reader()
    return tuple(reader.read(value) for value in values), tuple(RULES.items()), registered()


class Current(Generic[Built]):
    """Something built from a model, and built anew as soon as the model is another one.

    Args:
        build: Builds it.
        values: What it depends on; see ``fingerprint``.
    """

    def __init__(self, build: Callable[[], Built], *values: Any) -> None:
        self._build, self._values = build, values
        self._state = fingerprint(*values)
        self._built = build()

    def __call__(self) -> Built:
        """What fits the model as it is now."""
        state = fingerprint(*self._values)
        if state != self._state:
            self._built = self._build()
            self._state = state
        return self._built


class _Same:
    """An object known by its identity, and kept, so that no other object gets its address."""

    __slots__ = ("thing",)

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.thing is other.thing

    def __hash__(self) -> int:
        return id(self.thing)


class _Reader:
    """Walks through objects; what was met before is named by its number."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._kept: list[Any] = []

    def read(self, value: Any) -> Any:
        if isinstance(value, _PLAIN):
            return type(value).__name__, repr(value) if isinstance(value, (float, complex)) else value
        if isinstance(value, (np.ndarray, np.generic)):
            array = np.ascontiguousarray(value)
            return "array", str(array.dtype), array.shape, blake2b(array.tobytes()).digest()
        if isinstance(value, (keras.Variable, keras.KerasTensor)):
            return _Same(value)
        if isinstance(value, _TRAINING):
            return None
        if isinstance(value, ModuleType):
            return "module", value.__name__
        if id(value) in self._seen:
            return "again", self._seen[id(value)]
        self._seen[id(value)] = len(self._seen)
        self._kept.append(value)
        return self._compound(value)

    def _compound(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return type(value).__name__, tuple(map(self.read, value))
        if isinstance(value, Mapping):
            return "dict", tuple((self.read(k), self.read(v)) for k, v in value.items())
        if isinstance(value, (set, frozenset)):
            return "set", frozenset(map(self.read, value))
        if isinstance(value, slice):
            return "slice", value.start, value.stop, value.step
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
        if isinstance(value, (type, BuiltinFunctionType)):
            return _Same(value)
        return self._object(value)

    def _function(self, function: FunctionType) -> Any:
        if _is_library(function.__module__):
            return _Same(function)
        cells = tuple(self.read(cell_content(cell)) for cell in function.__closure__ or ())
        names = sorted(set(_names(function.__code__)) & function.__globals__.keys())
        used = tuple((name, self.read(function.__globals__[name])) for name in names)
        defaults = self.read(function.__defaults__), self.read(function.__kwdefaults__)
        return "function", _code(function.__code__), cells, defaults, used

    def _object(self, value: Any) -> Any:
        model = functional_of(value)
        if model is not None:
            return self._model(model)
        kind = type(value)
        if isinstance(value, keras.Operation):
            skipped = _common_attributes()
            extra: tuple[Any, ...] = tuple(self.read(getattr(value, n, None)) for n in _COUNTS)
            if not _is_library(kind.__module__):
                extra = (*extra, self.read(kind.call))
        else:
            skipped, extra = frozenset(), ()
        own = getattr(value, "__dict__", None)
        if own is None:
            return _Same(value)
        return (_Same(kind), extra, tuple((n, self.read(v)) for n, v in own.items() if n not in skipped))

    def _model(self, functional: Any) -> Any:
        """The nodes by identity, since a node does not change; the operations as they are now."""
        nodes = [node for depth in functional._nodes_by_depth.values() for node in depth]
        ends = tuple(map(_Same, (*functional.inputs, *functional.outputs)))
        return "model", ends, tuple((_Same(n), self.read(n.operation)) for n in nodes if not n.is_input)


def _code(code: CodeType) -> Any:
    constants = tuple(
        _code(c) if isinstance(c, CodeType) else (type(c).__name__, repr(c)) for c in code.co_consts
    )
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars


def _names(code: CodeType) -> list[str]:
    inner = [name for c in code.co_consts if isinstance(c, CodeType) for name in _names(c)]
    return [*code.co_names, *inner]


def cell_content(cell: Any) -> Any:
    """What a cell of a closure holds; None where its name is not bound yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


@cache
def _is_library(module: str | None) -> bool:
    """Whether functions of a module are known by their name: those of Keras and of what it stands on."""
    return (module or "").split(".")[0] in ("keras", "numpy", "tensorflow", "jax", "torch", "builtins")


@cache
def _common_attributes() -> frozenset[str]:
    """What every layer, model and operation carries: its wiring, counters, and the state of training."""
    fitted = {"history", "_optimizer", "_loss", "loss"}
    return frozenset(
        fitted.union(*map(vars, (keras.layers.Layer(), keras.Model(), keras.Operation())))
    ) - set(_COUNTS)
