"""The table of methods: every class that a file of this package, or an installed package, declares."""

from collections.abc import Iterable
from difflib import get_close_matches
from importlib import import_module, metadata
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Protocol, cast

from ismbench.errors import InputError, UnsupportedError
from ismbench.methods.base import Explainer, Method
from ismbench.methods.batch import BatchSizes
from ismbench.methods.declaration import problem
from ismbench.methods.user_file import method_of_file, methods_in

__all__ = ["GROUP", "METHODS", "UNUSABLE", "Factory", "find", "load"]

GROUP = "ismbench.methods"
"""Entry points of this group are methods of installed packages: ``name = "package.module:Class"``."""


class Factory(Protocol):
    """What builds a method: its class."""

    def __call__(self, model: Any, target: Any, batch: BatchSizes, **options: Any) -> Explainer:
        """Builds it for a model and a target; raises UnsupportedError with a reason."""
        ...


def _own() -> list[type[Method]]:
    """The methods of this package, in the order of tables: one in each file that is not a helper of others."""
    here = Path(__file__).parent
    folders = {f"{__package__}": here, f"{__package__}.peers": here / "peers"}
    names = [
        f"{package}.{module.name}"
        for package, folder in folders.items()
        for module in iter_modules([str(folder)])
        if not module.ispkg and not module.name.startswith("_")
    ]
    found = [kind for name in names if name != __name__ for kind in methods_in(import_module(name))]
    return sorted(found, key=lambda kind: (kind.place, kind.name))


def _add_installed(table: dict[str, type[Method]], entries: Iterable[metadata.EntryPoint]) -> dict[str, str]:
    """Adds the methods of installed packages; what cannot be used is returned by name, with the reason."""
    unusable = {}
    for entry in entries:
        try:
            found = entry.load()
        except Exception as error:  # whatever a package raises at import must not take the others along
            unusable[entry.name] = f"{entry.value} cannot be loaded: {type(error).__name__}: {error}"
            continue
        reason = problem(found)
        if reason is None and entry.name in table:
            reason = "its name is taken"
        if reason is not None:
            unusable[entry.name] = f"{entry.value}: {reason}"
            continue
        found.name = entry.name
        table[entry.name] = found
    return unusable


METHODS: dict[str, type[Method]] = {kind.name: kind for kind in _own()}
"""Every method by name, in the order of tables and figures: ours, then those of installed packages."""

UNUSABLE: dict[str, str] = _add_installed(METHODS, metadata.entry_points(group=GROUP))
"""Methods of installed packages that cannot be used, and why."""


def find(name: str) -> type[Method]:
    """What is known of a method, without building it or importing what it needs.

    Args:
        name: A key of METHODS, or the path of a Python file that defines one.

    Raises:
        InputError: There is no such method, or the file does not define one.
    """
    if name.endswith(".py"):
        return method_of_file(Path(name))
    if name in METHODS:
        return METHODS[name]
    if name in UNUSABLE:
        raise InputError(f"A method of an installed package must be one. Received: {name}, {UNUSABLE[name]}")
    near = get_close_matches(name, METHODS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(METHODS)}"
    raise InputError(f"A method must be one of the table. Received: {name!r}; {hint}")


def load(name: str) -> Factory:
    """A method that can be built here.

    Args:
        name: See `find`.

    Returns:
        What builds it: ``load(name)(model, target, batch, **options)`` returns an Explainer.

    Raises:
        InputError: There is no such method.
        UnsupportedError: The packages that it needs are not installed.
    """
    method = find(name)
    reason = method.missing()
    if reason is not None:
        raise UnsupportedError(reason)
    return cast(Factory, method)
