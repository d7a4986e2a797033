"""The layers of a description by Keras 2, put together as a functional model of Keras 3."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from ismbench.errors import InputError
from ismbench.frontends.keras2.arguments import modern_layer
from ismbench.frontends.keras2.lambdas import known_lambda
from ismbench.frontends.keras2.operations import apply_operation

__all__ = ["Rebuilt", "Settings", "rebuild"]

_MODELS = ("Model", "Functional", "Sequential")
_OPERATIONS = ("TFOpLambda", "SlicingOpLambda")
_CONSTANT = "_CONSTANT_VALUE"


@dataclass(frozen=True)
class Settings:
    """What the user says of a model.

    Attributes:
        custom: Classes and functions by name.
        unsafe: Code in the file may run.
        length: Positions of the input, where the description leaves them open.
    """

    custom: Mapping[str, Any]
    unsafe: bool = False
    length: int | None = None


@dataclass(frozen=True)
class Rebuilt:
    """A model and its layers under their old names, in the old order.

    Attributes:
        model: Of Keras 3.
        layers: Of each old name what stands in its place: a layer, or a nested model.
        trainable: Whether the description says so, by name; Keras 2 kept the weights of a nested model in this order.
    """

    model: keras.Model
    layers: "dict[str, keras.layers.Layer | Rebuilt]"
    trainable: dict[str, bool]


def rebuild(description: Mapping[str, Any], settings: Settings) -> Rebuilt:
    """Builds a model from its description.

    Args:
        description: With ``class_name`` and ``config``.
        settings: What the user says of it.

    Raises:
        InputError: It is subclassed, or a layer cannot be rebuilt.
    """
    kind, config = description.get("class_name"), description.get("config")
    if kind not in _MODELS or config is None:
        raise InputError(
            f"A model must be a functional or Sequential one. Received: {kind!r}; build it in a .py file"
        )
    if kind == "Sequential":
        config = _chained(config, settings.length)
    return _Builder(settings).functional(config)


def _chained(config: Any, length: int | None) -> dict[str, Any]:
    """The description of a Sequential model, in the form of a functional one."""
    entries = config if isinstance(config, list) else config["layers"]
    name = "sequential" if isinstance(config, list) else config.get("name", "sequential")
    first = entries[0] if entries else {"class_name": None, "config": {}}
    layers: list[dict[str, Any]] = []
    if first["class_name"] != "InputLayer":
        shape = first["config"].get("batch_input_shape") or _shape_inside(first)
        if shape is None:
            if length is None:
                raise InputError(f"The model {name!r} does not say what it takes; give the length")
            shape = [None, length, 4]
        given = {"name": f"{name}_input", "batch_input_shape": shape}
        layers.append(
            {"class_name": "InputLayer", "name": given["name"], "config": given, "inbound_nodes": []}
        )
    for entry in entries:
        before = [[[layers[-1]["name"], 0, 0, {}]]] if layers else []
        layers.append({**entry, "name": _name(entry), "inbound_nodes": before})
    return {
        "name": name,
        "layers": layers,
        "input_layers": [[layers[0]["name"], 0, 0]],
        "output_layers": [[layers[-1]["name"], 0, 0]],
    }


def _shape_inside(entry: Mapping[str, Any]) -> Any:
    """What a wrapper's or a nested model's own first layer takes."""
    config = entry["config"]
    inner = config.get("layers", []) if isinstance(config, dict) else config
    return next(
        (c["config"]["batch_input_shape"] for c in inner if c["config"].get("batch_input_shape")), None
    )


class _Builder:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._layers: dict[str, Any] = {}
        self._tensors: dict[tuple[str, int], list[Any]] = {}
        self._first: dict[str, int] = {}

    def functional(self, config: Mapping[str, Any]) -> Rebuilt:
        entries = {_name(entry): entry for entry in config["layers"]}
        self._first = _first_calls(config, entries)
        for name, entry in entries.items():
            if entry["class_name"] == "InputLayer":
                self._tensors[name, 0] = [self._input(entry["config"])]
        waiting = [(n, i) for n, e in entries.items() for i in range(len(e["inbound_nodes"]))]
        while waiting:
            ready = [c for c in waiting if self._is_ready(entries[c[0]]["inbound_nodes"][c[1]], entries)]
            if not ready:
                raise InputError(f"Every layer must get its input from another. Received: {waiting[0][0]!r}")
            for name, i in ready:
                self._tensors[name, self._first[name] + i] = self._apply(
                    entries[name], entries[name]["inbound_nodes"][i]
                )
            waiting = [call for call in waiting if call not in ready]
        inputs = [self._tensor(at) for at in _ends(config["input_layers"])]
        outputs = [self._named(at) for at in _ends(config["output_layers"])]
        model = keras.Model(_single(inputs), _single(outputs), name=_plain(config.get("name", "model")))
        layers = {name: self._layers[name] for name in entries if name in self._layers}
        trainable = {name: bool(e["config"].get("trainable", True)) for name, e in entries.items()
                     if isinstance(e["config"], dict)}  # fmt: skip
        return Rebuilt(model, layers, trainable)

    def _input(self, config: Mapping[str, Any]) -> Any:
        shape = list(config.get("batch_input_shape") or config["batch_shape"])
        if self._settings.length is not None and len(shape) == 3 and shape[1] is None:
            shape[1] = self._settings.length
        return keras.Input(shape[1:], name=_plain(config["name"]))

    def _is_ready(self, node: Any, entries: Mapping[str, Any]) -> bool:
        return all((name, i) in self._tensors for name, i in _sources(node, entries))

    def _apply(self, entry: Mapping[str, Any], node: Any) -> list[Any]:
        """The outputs of one call of a layer."""
        kind, name = entry["class_name"], _name(entry)
        calls = [node] if node and isinstance(node[0], str) else list(node)
        arguments = [self._argument(call) for call in calls]
        named = {key: self._value(v) for call in calls if len(call) > 3 for key, v in (call[3] or {}).items()}
        if kind in _OPERATIONS:
            function = entry["config"]["function"]
            return _listed(apply_operation(name, function, tuple(arguments), named))
        layer = self._layer(entry, arguments)
        called = layer.model if isinstance(layer, Rebuilt) else layer
        options = {k: v for k, v in named.items() if v is not None and k not in ("training", "mask")}
        return _listed(called(_single(arguments), **options))

    def _layer(self, entry: Mapping[str, Any], arguments: list[Any]) -> Any:
        name = _name(entry)
        if name not in self._layers:
            if entry["class_name"] in _MODELS:
                self._layers[name] = rebuild(entry, self._settings)
            elif entry["class_name"] == "Lambda":
                shape = tuple(_single(arguments).shape)
                self._layers[name] = known_lambda(entry, shape, unsafe=self._settings.unsafe)
            else:
                self._layers[name] = modern_layer(entry, self._settings.custom)
        return self._layers[name]

    def _argument(self, call: Sequence[Any]) -> Any:
        return call[2] if call[0] == _CONSTANT else self._tensor(call)

    def _value(self, value: Any) -> Any:
        """An argument by name: a tensor by where it comes from, a list that may hold some, or a plain value."""
        if not isinstance(value, list):
            return value
        if _is_place(value) and (value[0], value[1]) in self._tensors:
            return self._tensor(value)
        return [self._value(part) for part in value]

    def _tensor(self, at: Sequence[Any]) -> Any:
        return self._tensors[at[0], at[1]][at[2]]

    def _named(self, at: Sequence[Any]) -> Any:
        """An output under its layer's name, which an operation that replaces the layer lacks."""
        tensor, name = self._tensor(at), _plain(at[0])
        if at[0] not in self._layers or isinstance(self._layers[at[0]], (keras.layers.Layer, Rebuilt)):
            return tensor
        return keras.layers.Identity(name=name)(tensor)


def _name(entry: Mapping[str, Any]) -> str:
    """A layer's name; Keras 2.1 gave a Sequential model within none in its own description."""
    config = entry["config"]
    return str(entry["name"] if isinstance(config, list) else config["name"])


def _first_calls(config: Mapping[str, Any], entries: Mapping[str, Any]) -> dict[str, int]:
    """The number of each layer's first call: 1 for most models within, whose own building counted as a call."""
    ends = [*_ends(config["input_layers"]), *_ends(config["output_layers"])]
    seen: dict[str, int] = {}
    for name, call in _sources([[e["inbound_nodes"] for e in entries.values()], ends], entries):
        seen[name] = max(call, seen.get(name, 0))
    return {name: max(0, seen.get(name, 0) - len(e["inbound_nodes"]) + 1) if e["inbound_nodes"] else 0
            for name, e in entries.items()}  # fmt: skip


def _sources(node: Any, entries: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Where the tensors of a call come from, in whatever lists and arguments they stand."""
    if isinstance(node, dict):
        for value in node.values():
            yield from _sources(value, entries)
    elif isinstance(node, list):
        if _is_place(node) and node[0] in entries:
            yield node[0], node[1]
        for part in node:
            yield from _sources(part, entries)


def _is_place(value: Sequence[Any]) -> bool:
    return len(value) >= 3 and isinstance(value[0], str) and all(isinstance(v, int) for v in value[1:3])


def _ends(places: Any) -> list[Any]:
    """The places of inputs or outputs: one, a list, or a dict of them."""
    if isinstance(places, dict):
        return list(places.values())
    return [places] if _is_place(places) else list(places)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _single(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _plain(name: str) -> str:
    return name.replace("/", "_")
