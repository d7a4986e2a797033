"""`ismbench reproduce`: a paper's tables and figures from one command."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ismbench.cli.options import Device, Results
from ismbench.errors import InputError
from ismbench.exit_codes import ExitCode

if TYPE_CHECKING:
    from rich.console import Console

    from ismbench.papers.core.reproduce import Outcome
    from ismbench.papers.core.study import Scale

__all__ = ["reproduce"]

_LINE_EVERY = 10.0


def reproduce(
    name: Annotated[str, typer.Argument(metavar="PAPER", help="fastism or tism.")],
    quick: Annotated[
        bool, typer.Option("--quick", help="Minutes on two cores, instead of an hour or two.")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Towards the sizes of the paper: many hours, or a GPU.")
    ] = False,
    device: Device = "auto",
    figures_only: Annotated[
        bool, typer.Option("--figures-only", help="Run nothing; tables, figures and page from the records.")
    ] = False,
    study: Annotated[
        list[str] | None,
        typer.Option("--study", metavar="NAME", help="Run only this study; may be repeated."),
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="STUDY.OPTION=VALUE",
            help="Give a study files of your own, such as beluga.weights=FILE; may be repeated.",
        ),
    ] = None,
    results: Results = Path("results"),
    folder: Annotated[
        Path, typer.Option(metavar="DIR", help="The folder that holds models/ and experiments/.")
    ] = Path(),
) -> None:
    """Regenerate the tables and figures of a paper; what is finished is not run again.

    Example: ismbench reproduce fastism --quick
    """
    from ismbench.cli.console import make_console
    from ismbench.cli.progress import watching
    from ismbench.papers import find_paper
    from ismbench.papers.core.reproduce import Settings, Watch
    from ismbench.papers.core.reproduce import reproduce as run

    console = make_console()
    watch = Watch(
        say=lambda line: _say(console, line),
        tell=_Steps(console),
        experiment=lambda plan: watching(console, plan),
    )
    if quick and full:
        raise InputError("A paper has one scale. Received: --quick and --full; leave one out")
    scale: Scale = "quick" if quick else "full" if full else "shipped"
    settings = Settings(scale, device, results, folder, tuple(study or ()), figures_only, tuple(given or ()))
    outcome = run(find_paper(name), settings, watch)
    _conclude(console, outcome)
    raise typer.Exit(outcome.exit_code)


def _say(console: "Console", line: str) -> None:
    # Not through the console: what it buffers when Ctrl-C comes in between would be printed twice.
    console.file.write(line + "\n")
    console.file.flush()


def _conclude(console: "Console", outcome: "Outcome") -> None:
    if outcome.exit_code == ExitCode.INTERRUPTED:
        _say(console, "Interrupted. The same command goes on from here.")
        return
    for name, reason in outcome.gaps.items():
        _say(console, f"missing: {name}: {reason}")
    _say(console, f"Page: {outcome.page}")


class _Steps:
    """A line for what a computation does: at once where the words are new, else every few seconds."""

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._words = ""
        self._last = 0.0

    def __call__(self, words: str, done: int = 0, total: int = 0) -> None:
        now = time.monotonic()
        if words == self._words and done < total and now - self._last < _LINE_EVERY:
            return
        self._words, self._last = words, now
        _say(self._console, f"  {words}" + (f": {done} of {total}" if total else ""))
