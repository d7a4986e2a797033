"""Parts of a state that stand for themselves: objects that are only themselves, and the numbers of arrays."""

from hashlib import blake2b
from typing import Any

import keras
import numpy as np

from ismbench.engine import backend

__all__ = ["Same", "array_state", "numbers_of"]


class Same:
    """An object known by its identity, and kept, so that no other object gets its address."""

    __slots__ = ("thing",)

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.thing is other.thing

    def __hash__(self) -> int:
        return id(self.thing)


def array_state(value: Any) -> Any:
    """Type, shape and content of an array."""
    array = np.ascontiguousarray(value)
    content = repr(array.tolist()) if array.dtype.hasobject else blake2b(array.tobytes()).digest()
    return "array", str(array.dtype), array.shape, content


def numbers_of(value: Any) -> Any:
    """Of an array or tensor of another library; itself where it is read at each call anyway."""
    changes = hasattr(value, "assign") or (backend.name() == "torch" and keras.ops.is_tensor(value))
    try:
        return Same(value) if changes else array_state(np.asarray(value))
    except Exception:  # symbolic, or on a device of its own: whatever its library raises
        return Same(value)
