"""`ismbench ab`: two git revisions, run in turns on this machine, and compared."""

import re
from pathlib import Path
from typing import Annotated

import typer

from ismbench.cli.compare import AllowMissing
from ismbench.cli.conclude import JsonFile, JUnitFile, MarkdownFile, conclude
from ismbench.cli.options import Device, ExperimentFile, Imports, Only, Results, Set, Unsafe
from ismbench.cli.shares import MemoryThreshold, Threshold, share

__all__ = ["ab"]


def ab(
    rev_a: Annotated[str, typer.Argument(metavar="REV_A", help="The base: a commit, branch or tag.")],
    rev_b: Annotated[str, typer.Argument(metavar="REV_B", help="The head.")],
    file: ExperimentFile,
    only: Only = None,
    changes: Set = None,
    device: Device = "auto",
    rounds: Annotated[
        int, typer.Option(metavar="N", help="Run A B B A so often; more rounds see through more noise.")
    ] = 2,
    threshold: Threshold = "10%",
    memory_threshold: MemoryThreshold = "25%",
    own: Annotated[
        bool,
        typer.Option(
            "--own-environments",
            help="Install each revision by itself; else only where requirements differ from this checkout.",
        ),
    ] = False,
    extras: Annotated[
        str, typer.Option(metavar="NAMES", help="Extras that such an environment gets.")
    ] = "explainers",
    pythons: Annotated[
        list[Path] | None,
        typer.Option(
            "--python", metavar="FILE", help="Interpreter to use; given twice, one for each revision."
        ),
    ] = None,
    allow_missing: AllowMissing = False,
    results: Results = Path("results"),
    imports: Imports = None,
    unsafe_models: Unsafe = False,
    markdown: MarkdownFile = None,
    json: JsonFile = None,
    junit: JUnitFile = None,
) -> None:
    """Run two git revisions in turns and compare them; exit codes as for compare.

    Example: ismbench ab main HEAD -- experiments/smoke.yaml
    """
    from ismbench.compare import Thresholds
    from ismbench.compare.ab import AB, run_ab

    wanted = AB(
        names=(rev_a, rev_b),
        file=file,
        only=tuple(only or ()),
        changes=tuple(changes or ()),
        device=device,
        rounds=rounds,
        thresholds=Thresholds(share(threshold), share(memory_threshold)),
        extras=extras,
        own=own,
        pythons=_both(pythons or []),
        allow_missing=allow_missing,
        imports=tuple(imports or ()),
        unsafe_models=unsafe_models,
    )
    folder = (
        results
        / "ab"
        / "-".join(re.sub(r"[^A-Za-z0-9.]+", "_", word)[:40] for word in (rev_a, rev_b, file.stem))
    )
    conclude(run_ab(wanted, folder, typer.echo), markdown, json, junit)


def _both(pythons: list[Path]) -> tuple[Path, ...]:
    from ismbench.errors import InputError

    missing = [path for path in pythons if not path.is_file()]
    if len(pythons) > 2 or missing:
        raise InputError(
            f"--python takes one or two interpreters that exist. Received: {(missing or pythons)[-1]}"
        )
    # Not resolved: an environment's interpreter is a link, and is known by where the link lies.
    found = [path.absolute() for path in pythons]
    return tuple(found * 2 if len(found) == 1 else found)
