"""Opens what Keras 2 saved, and models of tf_keras at hand."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np

from ismbench.errors import InputError, in_one_line
from ismbench.frontends.keras2.build import Rebuilt, Settings, rebuild
from ismbench.frontends.keras2.weights import Stored, read_weights, set_weights
from ismbench.frontends.proof import SEQUENCES, one_hot_samples, prove

__all__ = ["as_it_is_now", "from_tf_keras", "is_keras2", "load_keras2"]

_CONVERTED: "WeakKeyDictionary[Any, tuple[dict[str, Any], Rebuilt]]" = WeakKeyDictionary()
"""Of each model of tf_keras at hand its description then, and what was made of it."""


def is_keras2(path: Path) -> bool:
    """Whether a file describes a model in the form of Keras 2.

    Raises:
        InputError: It is damaged, or holds no description of a model.
    """
    if path.suffix == ".keras":
        return _archive_version(path).startswith("2")
    description, version = _description(path)
    version = version or description.get("keras_version")
    return not str(version).startswith("3") if version else "module" not in description


def load_keras2(path: Path, weights: Path | None, settings: Settings) -> keras.Model:
    """A model that Keras 2 saved; what it was trained with is not read.

    Args:
        path: An ``.h5`` file, a ``.json`` file of layers, or a ``.keras`` file, which tf_keras reads.
        weights: The ``.h5`` file with the weights, which may hold more layers; None where the model holds them.
        settings: What the user says of it.

    Raises:
        InputError: A layer cannot be rebuilt, or its weights do not fit.
    """
    import h5py

    if path.suffix == ".keras":
        return _load_archive(path, weights, settings)
    source = path if weights is None else weights
    try:
        rebuilt = rebuild(_description(path)[0], settings)
        with h5py.File(source, "r") as file:
            set_weights(rebuilt, read_weights(file))
    except InputError as error:
        raise InputError(f"{error} (in {path})") from None
    except OSError as error:
        raise InputError(f"{in_one_line(error)}. A weights file must be whole. Received: {source}") from None
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:  # a description with holes
        raise InputError(
            f"{in_one_line(error)}. A model of Keras 2 must be whole. Received: {path}"
        ) from error
    return rebuilt.model


def _archive_version(path: Path) -> str:
    """The version of Keras that wrote a ``.keras`` file; "" where it does not say, which its reader then finds."""
    try:
        with zipfile.ZipFile(path) as archive:
            return str(json.loads(archive.read("metadata.json"))["keras_version"])
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile):
        return ""


def _load_archive(path: Path, weights: Path | None, settings: Settings) -> keras.Model:
    if weights is not None:
        raise InputError(f"A .keras file of Keras 2 has weights of its own. Received: {path} and {weights}")
    if not settings.unsafe:
        raise InputError(
            "A .keras file of Keras 2 is read by tf_keras, which may run what the file names; if you trust whoever made"
            f" it, give --unsafe-models; or save the model as .h5 where it was made. Received: {path}"
        )
    try:
        import tf_keras
    except ImportError:
        raise InputError(
            "A .keras file of Keras 2 needs tf_keras; pip install tf_keras, or save the model as .h5 where it was made."
            f" Received: {path}"
        ) from None
    try:
        model = tf_keras.models.load_model(path, compile=False, safe_mode=False)
    except Exception as error:  # tf_keras raises whatever the file's reader raises
        raise InputError(f"{in_one_line(error)}. A model of tf_keras must load. Received: {path}") from error
    return from_tf_keras(model, settings.custom, unsafe=True)


def _description(path: Path) -> tuple[dict[str, Any], str | None]:
    """The description of the layers, and the version of Keras that wrote it where the file says so."""
    try:
        text, version = _texts(path)
        description = json.loads(text)
    except InputError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{in_one_line(error)}. A model's file must be whole. Received: {path}") from None
    if not isinstance(description, dict) or not {"class_name", "config"} <= set(description):
        raise InputError(f"A description of a model must have class_name and config. Received: {path}")
    return description, version


def _texts(path: Path) -> tuple[str | bytes, str | None]:
    if path.suffix == ".json":
        return path.read_bytes(), None
    import h5py

    with h5py.File(path, "r") as file:
        if "model_config" not in file.attrs:
            raise InputError(
                f"The file holds weights without layers; give it as weights of a .json or .py file. Received: {path}"
            )
        version = file.attrs.get("keras_version")
        return file.attrs["model_config"], version.decode() if isinstance(version, bytes) else version


def from_tf_keras(
    model: Any, custom_objects: Mapping[str, Any] | None = None, *, unsafe: bool = True
) -> keras.Model:
    """A model of tf_keras (Keras 2) at hand, as one of Keras 3 with the same weights.

    Args:
        model: A functional or Sequential model.
        custom_objects: Classes and functions of Keras 3 that stand for the user's own, by name.
        unsafe: Lambda layers may run, on probes; the model is the user's own object.

    Raises:
        InputError: As ``load_keras2``.
    """
    rebuilt = rebuild(_described(model), Settings(custom_objects or {}, unsafe))
    set_weights(rebuilt, _stored(model))
    _prove(rebuilt.model, model)
    return rebuilt.model


def as_it_is_now(model: Any) -> keras.Model:
    """The same, made once for a model of tf_keras; its weights are those of now at each call.

    Raises:
        InputError: As ``from_tf_keras``.
    """
    description = _described(model)
    known = _CONVERTED.get(model)
    if known is None or known[0] != description:
        rebuilt = rebuild(description, Settings({}, unsafe=True))
        set_weights(rebuilt, _stored(model))
        _prove(rebuilt.model, model)
        known = _CONVERTED[model] = description, rebuilt
    else:
        set_weights(known[1], _stored(model))
    return known[1].model


def _described(model: Any) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(model.to_json())
    except (NotImplementedError, TypeError, ValueError) as error:
        raise InputError(
            f"{in_one_line(error)}. A model of tf_keras must say what its layers are. Received: {type(model).__name__}"
        ) from None
    return found


def _stored(model: Any) -> Stored:
    return {
        layer.name: [(w.name, w.numpy()) for w in (*layer.trainable_weights, *layer.non_trainable_weights)]
        for layer in model.layers
    }


def _prove(converted: keras.Model, model: Any) -> None:
    """Compares both on random sequences, unless the model leaves its sizes open."""
    shapes = [tuple(t.shape[1:]) for t in converted.inputs]
    if any(None in shape for shape in shapes):
        return
    rng = np.random.default_rng(0)
    inputs = [_sample(shape, rng) for shape in shapes]
    given = inputs if len(inputs) > 1 else inputs[0]
    expected = model(given, training=False)
    leaves = [np.asarray(y) for y in (expected if isinstance(expected, (list, tuple)) else [expected])]
    named = dict(zip(converted.output_names, leaves, strict=True))
    converted.proof = prove(
        converted, given, named, operations=len(model.layers), source=f"the model {model.name}"
    )


def _sample(shape: tuple[int, ...], rng: np.random.Generator) -> Any:
    if len(shape) == 2 and shape[1] == 4:
        return one_hot_samples(shape[0])
    return rng.random((SEQUENCES, *shape), dtype="float32")
