"""What of a program is a user's own, and may become another while it runs; and what of it tells what it computes."""

from functools import cache
from types import CodeType
from typing import Any

from ismbench.user_module import is_library

__all__ = ["attributes", "cell_content", "code_of", "is_core", "is_settled", "names_in", "unwrapped"]


def cell_content(cell: Any) -> Any:
    """What a cell of a closure holds; None where its name is not bound yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def code_of(code: CodeType) -> Any:
    """What a function's code does; equal for the same text."""
    constants = tuple(
        code_of(c) if isinstance(c, CodeType) else (type(c).__name__, repr(c)) for c in code.co_consts
    )
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars


def names_in(code: CodeType) -> set[str]:
    """The names of globals and attributes that a function's code mentions."""
    inner = (names_in(c) for c in code.co_consts if isinstance(c, CodeType))
    return set(code.co_names).union(*inner)


def attributes(value: Any) -> dict[str, Any] | None:
    """What an object holds, in its dictionary and its slots; None where that cannot be seen."""
    slots = [
        name
        for base in type(value).__mro__
        for name in _as_names(vars(base).get("__slots__", ()))
        if name not in ("__dict__", "__weakref__") and hasattr(value, name)
    ]
    own = getattr(value, "__dict__", None)
    if own is None and not slots:
        return None
    return {**(own or {}), **{name: getattr(value, name) for name in slots}}


def unwrapped(member: Any) -> Any:
    """The function behind a method, a static or class method, or a property of a class."""
    function = getattr(member, "fget", None) or getattr(member, "__func__", None)
    return member if function is None else function


def _as_names(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)


@cache
def is_core(module: str | None) -> bool:
    """Whether a module is of Keras or of what it stands on: even functions that it makes anew are the same ones."""
    return (module or "").split(".")[0] in ("keras", "numpy", "tensorflow", "jax", "torch", "builtins")


@cache
def is_settled(module: str | None) -> bool:
    """Whether what a module defines stays what it is: it is installed, or Python's or this package's own."""
    return is_core(module) or is_library(module) or (module or "").split(".")[0] == "ismbench"
