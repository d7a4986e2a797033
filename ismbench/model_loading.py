"""The one door for models of whatever form: opened as a Keras 3 model, and checked."""

import inspect
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ismbench.errors import InputError, ModelFailedError, in_one_line
from ismbench.model_forms import check_form, check_weights_file
from ismbench.user_imports import UserImport, import_all, user_imports
from ismbench.user_module import import_file

if TYPE_CHECKING:
    import keras

__all__ = ["build_from_file", "check_input", "load_for_length", "load_model"]


def load_model(
    path: str | PathLike[str],
    weights: str | PathLike[str] | None = None,
    length: int | None = None,
    options: Mapping[str, Any] | None = None,
    custom_objects: Mapping[str, Any] | None = None,
    *,
    unsafe: bool = False,
    imports: Iterable[str | PathLike[str] | UserImport] = (),
) -> "keras.Model":
    """Opens a model of whatever form as a Keras 3 model; every command opens models through here.

    Args:
        path: A ``.keras`` file, an ``.h5`` of Keras 2 or 3, a ``.json`` of layers (with ``weights``), a ``.pt2`` of
            ``torch.export.save``, or a ``.py`` file with ``build(...)``.
        weights: A file of weights (``.h5``, ``.weights.h5``, ``.keras``) to set in place of the model's own.
        length: Positions of the input, for a Python file and for a model of Keras 2 that leaves them open.
        options: Keyword arguments of ``build``.
        custom_objects: Layers and functions of your own that the file names, by name.
        unsafe: A saved model may run the code that it holds (Lambda layers).
        imports: Modules by name, and Python files, that are imported first: what they define may be named by the file,
            and what they register holds.

    Returns:
        The model, not compiled for training. Its attribute ``proof`` says how well it was seen to equal what it was
        converted from, where it was converted and could be compared.

    Raises:
        InputError: It cannot be opened; the message begins with the reason.
        ModelFailedError: The code of a Python file raised.
    """
    path, given = Path(path), None if weights is None else Path(weights)
    form = check_form(path, given)
    if given is not None:
        check_weights_file(given)
    own = {**import_all(user_imports(imports)), **_by_name(custom_objects)}
    if form == ".py":
        return build_from_file(path, length, dict(options or {}), given)
    if options:
        raise InputError(
            f"Options are for a Python file with build(...). Received: {dict(options)} and {path}"
        )
    if form == ".pt2":
        return _from_torch_export(path, given)
    from ismbench.frontends.keras2 import Settings, is_keras2, load_keras2

    settings = Settings(own, unsafe, length)
    if is_keras2(path):
        return load_keras2(path, given, settings)
    from ismbench.frontends.proof import kept_proof
    from ismbench.saved_models import load_saved
    from ismbench.weights import load_weights

    model = load_saved(path, unsafe=unsafe, custom_objects=own)
    if given is not None:
        load_weights(model, given, own)
    elif path.suffix == ".keras" and (proof := kept_proof(path)) is not None:
        model.proof = proof
    return model


def load_for_length(
    path: Path,
    length: int,
    options: dict[str, Any],
    weights: Path | None,
    n_channels: int = 4,
    *,
    unsafe: bool = False,
    imports: Iterable[UserImport] = (),
) -> "keras.Model":
    """Opens a model and checks that it takes one-hot sequences of this length.

    Args:
        path: As ``load_model``.
        length: Positions of a sequence.
        options: Keyword arguments of ``build``.
        weights: Weights to load, or None.
        n_channels: Channels of a sequence.
        unsafe: A saved model may run the code that it holds.
        imports: Code of the user's that is imported first.

    Raises:
        InputError: It cannot be opened, is subclassed, or takes something else.
    """
    model = load_model(path, weights, length, options, unsafe=unsafe, imports=imports)
    check_input(model, str(path), length, n_channels)
    return model


def _by_name(custom_objects: Any) -> Mapping[str, Any]:
    if custom_objects is None or isinstance(custom_objects, Mapping):
        return custom_objects or {}
    raise InputError(
        f"custom_objects maps names to classes and functions. Received: {type(custom_objects).__name__}"
    )


def _from_torch_export(path: Path, weights: Path | None) -> "keras.Model":
    if weights is not None:
        raise InputError(f"A .pt2 file has weights of its own. Received: {path} and {weights}")
    from ismbench.frontends.torch import load_pt2

    return load_pt2(path)


def build_from_file(
    path: Path, length: int | None, options: dict[str, Any], weights: Path | None
) -> "keras.Model":
    """Calls ``build`` of a model file, with ``length`` and ``weights`` where given, and the options that it takes.

    Raises:
        ModelFailedError: The code of the file raised.
        InputError: There is no ``build``, or it does not take an option.
    """
    with user_code(path, "reading it"):
        module = import_file(path, f"ismbench_model_{path.stem}")
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
    if len(shapes) > 1:
        raise InputError(
            f"A model must have one input of one-hot sequences ({length}, {n_channels}); fix the others, such as"
            " control tracks, in the model or in a Python file whose build(...) returns one of sequences alone."
            f" Received: {name} with {', '.join(map(str, shapes))}"
        )
    fits = len(shapes) == 1 and len(shapes[0]) == 2 and shapes[0][0] in (None, length)
    if not fits or shapes[0][1] != n_channels:
        raise InputError(
            f"A model must have one input of one-hot sequences ({length}, {n_channels})."
            f" Received: {name} with {', '.join(map(str, shapes))}"
        )
