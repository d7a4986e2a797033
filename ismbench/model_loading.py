"""A model of whatever form, opened and checked: a Python file that builds it, or a saved model."""

import importlib.util
import inspect
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ismbench.errors import InputError, ModelFailedError, in_one_line

if TYPE_CHECKING:
    import keras

__all__ = ["build_from_file", "check_input", "load_model", "open_model"]


def load_model(
    path: Path,
    length: int,
    options: dict[str, Any],
    weights: Path | None,
    n_channels: int = 4,
    *,
    unsafe: bool = False,
) -> "keras.Model":
    """Builds or loads a model and checks that it takes one-hot sequences of this length.

    Args:
        path: A Python file with ``build``, or a saved model.
        length: Positions of a sequence.
        options: Keyword arguments of ``build``.
        weights: Weights to load, or None.
        n_channels: Channels of a sequence.
        unsafe: A saved model may run the code that it holds.

    Raises:
        InputError: It cannot be built or loaded, is subclassed, or takes something else.
    """
    model = open_model(path, length, options, weights, unsafe=unsafe)
    check_input(model, str(path), length, n_channels)
    return model


def open_model(
    path: Path,
    length: int | None,
    options: Mapping[str, Any],
    weights: Path | None = None,
    *,
    unsafe: bool = False,
) -> "keras.Model":
    """Builds or loads a model, of whatever form; a Python file chooses the length where none is given.

    Raises:
        InputError: It cannot be built or loaded, or options are given for a saved model.
    """
    if path.suffix == ".py":
        return build_from_file(path, length, dict(options), weights)
    if options:
        raise InputError(
            f"Options are for a Python file with build(...). Received: {dict(options)} and {path}"
        )
    from ismbench.saved_models import load_saved

    model = load_saved(path, unsafe=unsafe)
    if weights is not None:
        from ismbench.weights import load_weights

        load_weights(model, weights)
    return model


def build_from_file(
    path: Path, length: int | None, options: dict[str, Any], weights: Path | None
) -> "keras.Model":
    """Calls ``build`` of a model file, with ``length`` and ``weights`` where given, and the options that it takes.

    Raises:
        ModelFailedError: The code of the file raised.
        InputError: There is no ``build``, or it does not take an option.
    """
    with user_code(path, "reading it"):
        module = _module(path)
    build = getattr(module, "build", None)
    if not callable(build):
        raise InputError(f"A model file must define build(...). Received: {path}")
    given = {
        **({} if length is None else {"length": length}),
        **options,
        **({} if weights is None else {"weights": str(weights)}),
    }
    takes = inspect.signature(build).parameters
    if not any(p.kind is p.VAR_KEYWORD for p in takes.values()):
        unknown = sorted(set(given) - set(takes))
        if unknown:
            raise InputError(f"build of {path} takes {', '.join(takes)}. Received: {unknown[0]}")
    with user_code(path, "build"):
        return build(**given)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"ismbench_model_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def user_code(path: Path, phase: str) -> Iterator[None]:
    """Turns what the code of a file raises into one line with the file, the line and the phase.

    Raises:
        ModelFailedError: Something within it raised.
        InputError: Something within it raised this: it says all itself.
    """
    try:
        yield
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
        ]
        own = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
        line = own or (lines[-1] if lines else None)
        where = f"{path}:{line}" if line else str(path)
        raise ModelFailedError(f"{where}: {phase} failed: {in_one_line(error)}") from error


def check_input(model: Any, name: str, length: int, n_channels: int = 4) -> None:
    """Checks that a model takes one-hot sequences of this length and nothing else.

    Raises:
        InputError: It does not, or it is subclassed; ``name`` says which model.
    """
    from ismbench.engine.graph import read_graph

    try:
        shapes = read_graph(model).input_shapes
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    fits = len(shapes) == 1 and len(shapes[0]) == 2 and shapes[0][0] in (None, length)
    if not fits or shapes[0][1] != n_channels:
        raise InputError(
            f"A model must have one input of one-hot sequences ({length}, {n_channels})."
            f" Received: {name} with {', '.join(map(str, shapes))}"
        )
