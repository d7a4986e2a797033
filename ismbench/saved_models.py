"""Saved Keras models, which may hold code: it does not run unless the user asks for that."""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ismbench.errors import InputError
from ismbench.extensions import load_extensions

if TYPE_CHECKING:
    import keras

__all__ = ["CODE_LAYERS", "GIVEN", "load_saved"]

CODE_LAYERS = frozenset(
    {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "JaxExportLayer"}
)
"""Layers of Keras that are made from Python bytecode, a pickle or a compiled program in the file."""

_MOST_CONFIG = 256 * 2**20
GIVEN = "--import MODULE, or custom_objects= of ismbench.load_model in Python"
"""How the user gives the classes and functions that a file names."""


def load_saved(
    path: Path, *, unsafe: bool = False, custom_objects: Mapping[str, Any] | None = None
) -> "keras.Model":
    """Loads a saved model, not compiled for training.

    Keras has a safe mode of its own, which did not cover every format in every version; so the model's
    description is read first, as data.

    Args:
        path: A ``.keras`` or ``.h5`` file, or the ``.json`` of a model whose weights are set later.
        unsafe: Load Lambda layers and the like, which run code from the file.
        custom_objects: Classes and functions of the user's own that it names, by name.

    Raises:
        InputError: It cannot be loaded, or holds code and ``unsafe`` is not set.
    """
    import keras

    # Registers layers with Keras, too, so that a model that holds one loads.
    from ismbench.layers import KNOWN_FUNCTIONS

    _check_code(path, custom_objects or {}, unsafe=unsafe)
    known = {n: f for n, f in KNOWN_FUNCTIONS.items() if keras.saving.get_registered_object(n) is None}
    try:
        with keras.saving.custom_object_scope({**known, **(custom_objects or {})}):
            if path.suffix == ".json":
                return keras.models.model_from_json(path.read_text())
            return keras.saving.load_model(path, compile=False, safe_mode=not unsafe)
    except Exception as error:  # Keras raises whatever the file's reader raises
        mode = "" if unsafe else " in safe mode"
        raise InputError(f"{_reason(error)}. A saved model must load{mode}. Received: {path}") from error


def _check_code(path: Path, custom_objects: Mapping[str, Any], *, unsafe: bool) -> None:
    """Refuses a saved model that holds code, or names some that neither the user nor an installed package gives.

    Raises:
        InputError: It does.
    """
    entries = list(_entries(_config(path)))
    if next(_code(entries, custom_objects), None) is not None or _names_unknown_function(
        entries, custom_objects
    ):
        load_extensions()
    code = next(_code(entries, custom_objects), None)
    if code is not None and not unsafe:
        what, advice = code
        raise InputError(
            f"A saved model must load in safe mode, which runs no code of its own. Received: {path} with {what}; if you"
            f" trust whoever made it, give {advice}"
        )


def _reason(error: Exception) -> str:
    """What Keras says went wrong, without the description of the whole layer that it prints before and after."""
    words = " ".join(str(error).split()) or type(error).__name__
    words = words.rpartition("Exception encountered: ")[2]
    for noise in ("Full object config:", "config={"):
        words = words.partition(noise)[0]
    missing = "locate" in words or "Unknown layer" in words or "Unknown activation" in words
    advice = f"; give what it names: {GIVEN}" if missing else ""
    return words.strip().rstrip(".")[:500] + advice


def _config(path: Path) -> Any:
    """The description of a model's layers; None where there is none, which Keras then says."""
    try:
        if path.suffix == ".json":
            return json.loads(path.read_text())
        return json.loads(_zipped(path) if zipfile.is_zipfile(path) else _in_hdf5(path))
    except (
        OSError,
        KeyError,
        ValueError,
        TypeError,
        RecursionError,
        zipfile.BadZipFile,
        NotImplementedError,
    ):
        return None


def _zipped(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive, archive.open("config.json") as file:
        return file.read(_MOST_CONFIG)


def _in_hdf5(path: Path) -> str | bytes:
    import h5py

    with h5py.File(path, "r") as file:
        config: str | bytes = file.attrs["model_config"]
        return config


def _entries(config: Any) -> Iterator[dict[str, Any]]:
    """All mappings of a description: those of layers, functions, initializers, and their parts."""
    waiting = [config]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            yield here
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)


def _code(entries: Iterable[dict[str, Any]], custom: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What would run code, and what to do: layers that hold some, and classes and functions from outside of Keras."""
    for entry in entries:
        kind, module = entry.get("class_name"), entry.get("module")
        inner = entry.get("config")
        name = inner.get("name") if isinstance(inner, dict) else inner
        if isinstance(kind, str) and kind.rpartition(">")[2] in CODE_LAYERS:
            yield f"the layer {name!r} of type {kind}"[:200], "--unsafe-models"
        elif isinstance(kind, str) and isinstance(module, str) and not _is_known(module, entry, custom):
            yield f"{name!r} of type {module}.{kind}"[:200], f"what it names: {GIVEN}"


def _names_unknown_function(entries: Iterable[dict[str, Any]], custom: Mapping[str, Any]) -> bool:
    """Whether it names a function that is not registered; one that only training needs does not matter."""
    named = (e.get("config") for e in entries if e.get("class_name") == "function")
    return any(isinstance(name, str) and not _is_given(name, custom) for name in named)


def _is_known(module: str, entry: Mapping[str, Any], custom: Mapping[str, Any]) -> bool:
    """Of Keras or of this package, or what the user gave or registered: then nothing is imported for the file."""
    if module in ("builtins", "ismbench.layers") or module.split(".")[0] == "keras":
        return True
    name = entry.get("registered_name")
    return isinstance(name, str) and _is_given(name, custom)


def _is_given(name: str, custom: Mapping[str, Any]) -> bool:
    import keras

    return name in custom or keras.saving.get_registered_object(name) is not None
