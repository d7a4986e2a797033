"""Names for what numbers depend on: a model as it was built, and any value that decides how it is used.

Two models that compute the same thing in the same way have one name, whatever their files, layers or classes' modules
are called. Another weight, another layer, or another line in a function or class that does not come from an installed
package makes another name.
"""

import dis
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, partial
from types import CodeType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from ismbench.user_module import is_library, library_version

if TYPE_CHECKING:
    import keras

__all__ = ["model_identity", "structure_identity", "value_identity", "weights_identity"]

_PLAIN = (type(None), bool, int, float, complex, str, bytes)
_OF_NODES = ("_inbound_nodes", "_outbound_nodes", "_auto_config")


def model_identity(model: "keras.Model") -> str:
    """SHA-256 of a model as it is now: its layers and how they are wired, their own code, and their weights.

    Raises:
        InputError: The model is subclassed, so that its layers cannot be read.
    """
    return _of_graph(model, _Digest())


def structure_identity(model: "keras.Model") -> str:
    """SHA-256 of a model as it is now without the values of its weights: layers, their wiring, their own code.

    Raises:
        InputError: The model is subclassed, so that its layers cannot be read.
    """
    return _of_graph(model, _Digest(values=False))


def weights_identity(model: "keras.Model") -> str:
    """SHA-256 of the values of a model's weights as they are now, in the order in which Keras lists them."""
    import keras

    digest = _Digest()
    for weight in model.weights:
        digest.add(keras.ops.convert_to_numpy(weight))
    return digest.hexdigest()


def _of_graph(model: "keras.Model", digest: "_Digest") -> str:
    from ismbench.engine.graph import read_graph
    from ismbench.engine.own_rules import load_rules, own_rules

    graph = read_graph(model)
    load_rules(graph)
    digest.add([graph.inputs, graph.outputs, graph.input_shapes, graph.input_dtypes])
    for node in graph.nodes:
        digest.add(type(node.operation).__name__)
        digest.add(node.layer)
        digest.add([list(node.args), dict(node.kwargs), node.inputs, node.outputs])
        for rule in own_rules(node):
            digest.add(list(rule))
    return digest.hexdigest()


def value_identity(value: Any) -> str:
    """SHA-256 of a value: plain data, arrays, dataclasses, and functions with all that they refer to."""
    digest = _Digest()
    digest.add(value)
    return digest.hexdigest()


class _Digest:
    """Takes in values of any kind; what was seen before is named by its number.

    Args:
        values: Weights of layers count with their values, and not only with their shapes and types.
    """

    def __init__(self, *, values: bool = True) -> None:
        self._values = values
        self._hash = hashlib.sha256()
        self._seen: dict[int, tuple[int, Any]] = {}

    def hexdigest(self) -> str:
        return self._hash.hexdigest()

    def add(self, value: Any) -> None:
        if isinstance(value, _PLAIN):
            self._tag(type(value).__name__, repr(value))
        elif isinstance(value, (np.ndarray, np.generic)):
            self._array(np.asarray(value))
        elif isinstance(value, (list, tuple)):
            self._tag("list", str(len(value)))
            for item in value:
                self.add(item)
        elif isinstance(value, (set, frozenset)):
            self._tag("set", repr(sorted(map(repr, value))))
        elif isinstance(value, Mapping):
            self._mapping(value)
        else:
            self._object(value)

    def _tag(self, kind: str, text: str) -> None:
        self._hash.update(f"{kind}:{len(text)}:{text};".encode())

    def _array(self, value: np.ndarray[Any, Any]) -> None:
        self._tag("array", f"{value.dtype}{value.shape}")
        self._hash.update(np.ascontiguousarray(value).tobytes())

    def _mapping(self, value: Mapping[Any, Any]) -> None:
        self._tag("dict", str(len(value)))
        for key in sorted(value, key=repr):
            self.add(key)
            self.add(value[key])

    def _object(self, value: Any) -> None:
        if id(value) in self._seen:
            self._tag("again", str(self._seen[id(value)][0]))
            return
        # The value is kept, so that no other gets its id.
        self._seen[id(value)] = (len(self._seen), value)
        if isinstance(value, CodeType):
            self.add([value.co_code, value.co_names, value.co_varnames, _constants(value)])
        elif isinstance(value, FunctionType):
            self._function(value)
        elif isinstance(value, MethodType):
            self.add([value.__func__, value.__self__])
        elif isinstance(value, (staticmethod, classmethod)):
            self.add(value.__func__)
        elif isinstance(value, property):
            self.add([value.fget, value.fset])
        elif isinstance(value, type):
            self._class(value)
        elif isinstance(value, partial):
            self.add([value.func, value.args, value.keywords])
        elif is_dataclass(value):
            self.add([type(value), {f.name: getattr(value, f.name) for f in fields(value)}])
        else:
            self._instance(value)

    def _function(self, function: FunctionType) -> None:
        if is_library(function.__module__):
            self._library(function)
            return
        from ismbench.engine.own_code import cell_content

        cells = [cell_content(cell) for cell in function.__closure__ or ()]
        self.add([function.__code__, function.__defaults__, function.__kwdefaults__, cells])
        names = {name for name in _names(function.__code__) if not name.startswith("__")}  # no file's name
        modules: list[ModuleType] = []
        for name in sorted(names & set(function.__globals__)):
            self.add(name)
            self._global(function.__globals__[name], names, modules)

    def _global(self, value: Any, names: set[str], modules: list[ModuleType]) -> None:
        """What a name of a module means; of another module, which is read once, only what is asked of it."""
        if not isinstance(value, ModuleType):
            self.add(value)
        elif is_library(value.__name__):
            self._tag("library", value.__name__)
        elif value in modules:
            self._tag("again", str(modules.index(value)))
        else:
            modules.append(value)
            for name in sorted(names & set(vars(value))):
                self.add(name)
                self._global(vars(value)[name], names, modules)

    def _library(self, value: Any) -> None:
        """A class or function of a library, with the version of one that no list of versions names already."""
        module = str(value.__module__)
        self._tag("library", f"{module}.{value.__qualname__}{library_version(module)}")

    def _class(self, kind: type) -> None:
        if is_library(kind.__module__):
            self._library(kind)
            return
        self._tag("class", kind.__qualname__)
        for base in kind.__mro__[1:]:
            self.add(base)
        for name, value in sorted(vars(kind).items()):
            if not name.startswith("__") or isinstance(value, FunctionType):
                self.add(name)
                self.add(value)

    def _instance(self, value: Any) -> None:
        import keras

        self.add(type(value))
        if isinstance(value, keras.Layer):
            self.add(_config(value))
            for weight in value.weights:
                if self._values:
                    self.add(keras.ops.convert_to_numpy(weight))
                else:
                    self._tag("weight", f"{weight.dtype}{tuple(weight.shape)}")
            # A layer's own state, beside what its configuration says: functions, inner layers, constants.
            own = {k: v for k, v in vars(value).items() if k not in _layer_attributes()}
            self.add(
                {k: v for k, v in own.items() if _is_told(v, library=is_library(type(value).__module__))}
            )
            self.add(list(value._layers))
        elif isinstance(value, keras.Operation):
            self.add({k: v for k, v in vars(value).items() if k != "name" and k not in _OF_NODES})
        elif keras.ops.is_tensor(value) or isinstance(value, keras.Variable):
            self.add(keras.ops.convert_to_numpy(value))
        elif isinstance(value, np.dtype):
            self._tag("dtype", str(value))
        else:
            self._plain_object(value)

    def _plain_object(self, value: Any) -> None:
        """A function of a library by its name; an object by what it holds, unless it is one of Keras' or below it."""
        from ismbench.engine.own_code import attributes, is_core

        name = getattr(value, "__qualname__", getattr(value, "__name__", None))
        if isinstance(name, str):
            self._tag("name", f"{getattr(value, '__module__', None)}.{name}")
        if not is_core(type(value).__module__) or isinstance(value, SimpleNamespace):
            self.add(attributes(value))


def _config(layer: Any) -> Any:
    try:
        config = layer.get_config()
    except NotImplementedError:  # a layer that cannot be saved is known by its code and its state
        return None
    return _plain_names({k: v for k, v in config.items() if k not in ("name", "function")})


def _plain_names(value: Any) -> Any:
    """A configuration without names that Keras counts up, or that say in which file a class stands."""
    if isinstance(value, list):
        return [_plain_names(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = dict(value)
    if "class_name" in kept:
        kept.pop("registered_name", None)
        if not str(kept.get("module")).startswith("keras"):
            kept.pop("module", None)
        if isinstance(kept.get("config"), dict) and "DTypePolicy" not in str(kept["class_name"]):
            kept["config"] = {k: v for k, v in kept["config"].items() if k != "name"}
    return {key: _plain_names(item) for key, item in kept.items()}


def _is_told(value: Any, *, library: bool) -> bool:
    """Whether an attribute of a layer counts; a library's layers say their numbers in their configurations."""
    import keras

    if isinstance(value, (FunctionType, keras.Layer)):
        return True
    return not library and isinstance(value, (*_PLAIN, np.ndarray, np.generic, list, tuple, dict))


@cache
def _layer_attributes() -> frozenset[str]:
    import keras

    return frozenset(vars(keras.layers.Layer()))


def _constants(code: CodeType) -> tuple[Any, ...]:
    """What code computes with: not its docstring, which is its first constant and which no instruction loads."""
    loaded = any(i.opcode in dis.hasconst and i.arg == 0 for i in dis.get_instructions(code))
    said = not loaded and isinstance(code.co_consts[0] if code.co_consts else None, str)
    return (None, *code.co_consts[1:]) if said else code.co_consts


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _names(value)
