"""The options of a method: the arguments of its constructor that have a type and a default."""

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, create_model

__all__ = ["NonNegative", "Positive", "defaults", "options_of", "signature_problem", "takes_positions"]

Positive = Annotated[int, Field(gt=0)]
NonNegative = Annotated[int, Field(ge=0)]

_GIVEN = ("model", "target", "batch")
_OF_THE_CALLER = ("positions", "alphabet")
"""Arguments that belong to the sequences at hand: who scores them chooses, and no experiment does."""


@cache
def options_of(method: type) -> type[BaseModel]:
    """The options of a method as a model that refuses unknown names and other types.

    Args:
        method: Its class; ``__init__(self, model, target, batch, *, name: type = default, ...)``.

    Raises:
        ValueError: See ``signature_problem``.
        NameError: A type in the signature does not exist.
    """
    problem = signature_problem(method)
    if problem is not None:
        raise ValueError(problem)
    fields: dict[str, Any] = {
        name: (_type(method, parameter), parameter.default)
        for name, parameter in _parameters(method).items()
        if name not in _OF_THE_CALLER
    }
    config = ConfigDict(extra="forbid", strict=True, frozen=True, protected_namespaces=())
    return create_model(f"{method.__name__}Options", __config__=config, **fields)


def defaults(method: type) -> Mapping[str, Any]:
    """Every option with its default."""
    return options_of(method)().model_dump()


def takes_positions(method: type) -> bool:
    """Whether a method can be told which positions to score."""
    return "positions" in _parameters(method)


def signature_problem(method: type) -> str | None:
    """What is wrong with the signature of a method's constructor, in words; None where nothing is."""
    names = list(inspect.signature(_constructor(method)).parameters.values())[1:]
    if tuple(p.name for p in names[:3]) != _GIVEN:
        received = ", ".join(p.name for p in names) or "nothing"
        return (
            "__init__ must take (self, model, target, batch), then options after a star. Received: "
            + received
        )
    for parameter in names[3:]:
        if parameter.kind is not parameter.KEYWORD_ONLY:
            return f"options of __init__ must stand after a star. Received: {parameter}"
        if parameter.default is parameter.empty or parameter.annotation is parameter.empty:
            return f"an option of __init__ must have a type and a default. Received: {parameter}"
    return None


def _constructor(method: type) -> Callable[..., None]:
    return cast(Callable[..., None], method.__init__)  # type: ignore[misc]


def _parameters(method: type) -> dict[str, inspect.Parameter]:
    found = inspect.signature(_constructor(method)).parameters
    return {name: p for name, p in found.items() if p.kind is p.KEYWORD_ONLY}


def _type(method: type, parameter: inspect.Parameter) -> Any:
    """The type of an option; a text, as under ``from __future__ import annotations``, is looked up."""
    if isinstance(parameter.annotation, str):
        return eval(parameter.annotation, _constructor(method).__globals__)
    return parameter.annotation
