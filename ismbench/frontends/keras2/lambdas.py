"""Lambda layers, known by what they compute: the code in a file runs only if the user says so.

A function that returns its argument is known from its bytes, which are compared and never run. Any other is run on
probes, with ``unsafe`` alone, and replaced by the operation that gives the same numbers.
"""

import base64
import binascii
import marshal
import struct
import types
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import keras
import numpy as np
from keras import ops

from ismbench.errors import InputError, in_one_line

__all__ = ["known_lambda"]

_IDENTITIES = (b"|\x00S\x00", b"|\x00\x00S", b"\x97\x00|\x00S\x00")
"""Bytecode of ``lambda x: x``: Python 3.6 to 3.10, up to 3.5, and 3.11 to 3.12."""

_RECIPE = "build the model in a Python file with build(...) and load its weights there"

Shape = tuple[int | None, ...]


def known_lambda(entry: Mapping[str, Any], shape: Shape, *, unsafe: bool) -> Callable[[Any], Any]:
    """What a Lambda layer computes, as an operation or a layer of Keras 3.

    Args:
        entry: The layer's description.
        shape: Of its input, with the batch axis.
        unsafe: Its code may run, on probes.

    Raises:
        InputError: It is none that is known, or is not known without running it.
    """
    config = entry["config"]
    name = config["name"]
    code = _bytecode(config)
    if code is not None and _returns_its_argument(code):
        identity: Callable[[Any], Any] = keras.layers.Identity(name=str(name).replace("/", "_"))
        return identity
    if not unsafe:
        raise InputError(
            f"A saved model must load without running code of its own. Received: the layer {name!r} of type Lambda; if"
            f" you trust whoever made it, give --unsafe-models; or {_RECIPE}"
        )
    function = _function(code, name)
    options = config.get("arguments") or {}
    for known in _candidates(shape):
        if _same(function, options, known, shape):
            return known
    raise InputError(
        f"A Lambda layer must compute logsumexp, a slice, a crop, expand_dims, squeeze or the reverse complement."
        f" Received: {name!r}, which computes something else; {_RECIPE}"
    )


def _bytecode(config: Mapping[str, Any]) -> bytes | None:
    function = config.get("function")
    if isinstance(function, dict):  # the form of tf_keras' .keras files
        inner = function.get("config")
        function = [inner.get("code")] if isinstance(inner, dict) else None
    if not isinstance(function, (list, tuple)) or not isinstance(function[0], str):
        return None
    try:
        return base64.b64decode(function[0])
    except (binascii.Error, ValueError):
        return None


def _returns_its_argument(code: bytes) -> bool:
    """Reads the head of a marshalled function of one argument as data; its layout is that of every Python 3."""
    if code[:1] not in (b"\xe3", b"c") or code[1:5] != b"\x01\x00\x00\x00":
        return False
    at = next((i for i in (21, 25) if code[i : i + 1] in (b"s", b"\xf3")), None)
    if at is None or len(code) < at + 5:
        return False
    (size,) = struct.unpack_from("<i", code, at + 1)
    return code[at + 5 : at + 5 + size] in _IDENTITIES


def _function(code: bytes | None, name: str) -> Callable[..., Any]:
    import tensorflow as tf

    try:
        loaded = marshal.loads(code or b"")
    except (ValueError, EOFError, TypeError) as error:
        raise InputError(
            f"The code of {name!r} is of another Python version ({in_one_line(error)}); {_RECIPE}"
        ) from None
    scope = {"tf": tf, "keras": keras, "np": np, "K": keras.ops, "math": tf.math}
    return types.FunctionType(loaded, {**scope, "__builtins__": __builtins__})


def _candidates(shape: Shape) -> Iterator[Callable[[Any], Any]]:
    axes = range(1, len(shape))
    for axis in axes:
        yield from (partial(ops.logsumexp, axis=axis, keepdims=keep) for keep in (True, False))
        if shape[axis] == 1:
            yield partial(ops.squeeze, axis=axis)
    yield from (partial(ops.expand_dims, axis=axis) for axis in range(1, len(shape) + 1))
    yield partial(_at, at=(slice(None), slice(None, None, -1), slice(None, None, -1)))
    for axis in axes:
        yield from (partial(_at, at=(slice(None),) * axis + (cut,)) for cut in _cuts(shape[axis] or 0))


def _at(x: Any, at: tuple[slice | int, ...]) -> Any:
    return x[at]


def _cuts(size: int) -> Iterator[slice | int]:
    """One position; and pieces: every one of a short axis, of a long one those that a crop leaves."""
    yield from range(min(size, 64))
    for first in range(size):
        ends = range(first + 1, size + 1) if size <= 8 else {size, size - first, size - first - 1}
        yield from (slice(first, end) for end in ends if end > first)
        if size > 8:
            yield slice(0, first + 1)


def _same(function: Callable[..., Any], options: Any, known: Callable[[Any], Any], shape: Shape) -> bool:
    rng = np.random.default_rng(0)
    for scale in (1.0, 30.0):
        probe = ops.convert_to_tensor(
            rng.normal(0, scale, (2, *(8 if n is None else n for n in shape[1:]))).astype("float32")
        )
        try:
            wanted = np.asarray(function(probe, **options))
            given = ops.convert_to_numpy(known(probe))
        except (
            Exception
        ):  # whatever the code in the file, or an operation that does not fit the shape, raises
            return False
        if wanted.shape != given.shape or not np.allclose(wanted, given, rtol=1e-5, atol=1e-6):
            return False
    return True
