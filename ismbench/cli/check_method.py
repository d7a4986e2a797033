"""`ismbench check-method`: does a method hold what every method must?"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ismbench.cli.options import build_options
from ismbench.errors import InputError
from ismbench.exit_codes import ExitCode

if TYPE_CHECKING:
    from ismbench.methods import Method

__all__ = ["check_method"]


def check_method(
    method: Annotated[
        str, typer.Argument(metavar="FILE", help="A Python file that defines a method, or a method's name.")
    ],
    option: Annotated[
        list[str] | None,
        typer.Option("--option", metavar="KEY=VALUE", help="An option of the method, such as n_steps=20."),
    ] = None,
) -> None:
    """Check a method on small models: one line for each promise; exit code 4 if one is broken.

    Example: ismbench check-method occlusion.py --option width=15
    """
    from ismbench.methods import find
    from ismbench.methods.conformance import examine
    from ismbench.methods.conformance_case import Case

    found, options = find(method), build_options(option)
    _refuse_options(found, options)
    reason = found.skip(os.environ.get("KERAS_BACKEND", "tensorflow"))
    if reason is not None:
        raise InputError(f"A method must run here to be checked. Received: {method}; {reason}")
    os.environ.update(found.environment or {})  # before anything imports Keras
    counts = {"ok": 0, "FAILED": 0, "skipped": 0}
    for outcome in examine(Case(found, options)):
        counts[outcome.status] += 1
        reason = f": {' '.join(outcome.reason.split())}" if outcome.reason else ""
        typer.echo(f"{outcome.status:8}{outcome.check.words}{reason}")
    typer.echo(f"{Path(method).name}: " + ", ".join(f"{n} {status}" for status, n in counts.items()))
    if counts["FAILED"]:
        raise typer.Exit(ExitCode.SOME_FAILED)


def _refuse_options(method: "type[Method]", options: dict[str, Any]) -> None:
    from pydantic import ValidationError

    from ismbench.methods.options import options_of

    try:
        options_of(method).model_validate(options)
    except ValidationError as error:
        first = error.errors()[0]
        known = ", ".join(options_of(method).model_fields) or "none"
        rule = "unknown option" if first["type"] == "extra_forbidden" else first["msg"]
        raise InputError(
            f"--option {'.'.join(map(str, first['loc']))}: {rule}; the method's options are {known}."
            f" Received: {first['input']!r}"
        ) from None
