"""Is a class what a method must be? The rules, each with what was received."""

import inspect
from collections.abc import Iterator
from typing import Any, get_args

from ismbench.methods.base import Colour, Kind, Method
from ismbench.methods.batch import BATCH_COLUMNS
from ismbench.methods.options import options_of, signature_problem

__all__ = ["problem"]

_BACKENDS = ("tensorflow", "jax", "torch")


def problem(found: Any) -> str | None:
    """Says what keeps a class from being a method; None where nothing does."""
    if not inspect.isclass(found) or not issubclass(found, Method):
        return f"a method must be a class derived from ismbench.methods.Method. Received: {found!r}"
    return next(_problems(found), None)


def _problems(method: type[Method]) -> Iterator[str]:
    if inspect.isabstract(method):
        yield f"a method must define __call__(self, x). Received: {method.__name__} without it"
    wrong = signature_problem(method)
    if wrong is not None:
        yield wrong
        return
    takes = list(inspect.signature(method.__call__).parameters)
    if len(takes) != 2:
        yield f"__call__ must take (self, x). Received: ({', '.join(takes)})"
    try:
        options_of(method)()
    except Exception as error:  # a type that does not exist, or that pydantic cannot check
        yield f"the options of __init__ must have types that can be checked. Received: {error}"
    yield from _values(method)


def _values(method: type[Method]) -> Iterator[str]:
    choices = {
        "kind": (getattr(method, "kind", None), get_args(Kind)),
        "colour": (method.colour, get_args(Colour)),
        "outputs": (method.outputs, ("every", "one")),
        **{f"backends[{i}]": (backend, _BACKENDS) for i, backend in enumerate(method.backends)},
        **{f"batch[{i}]": (column, BATCH_COLUMNS) for i, column in enumerate(method.batch)},
    }
    for name, (value, allowed) in choices.items():
        if value not in allowed:
            yield f"{name} must be one of {', '.join(allowed)}. Received: {value!r}"
    if not method.batch:
        yield f"batch must name at least one of {', '.join(BATCH_COLUMNS)}. Received: none"
