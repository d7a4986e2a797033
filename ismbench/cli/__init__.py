"""The command line: parses, calls, prints. Every command imports what it needs when it is called."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from ismbench.cli import (
    ab,
    baseline,
    check_method,
    compare,
    convert,
    data,
    doctor,
    explain,
    export,
    init,
    listing,
    plan,
    plan_score,
    plot,
    recommend,
    report,
    reproduce,
    run,
    score,
    train,
    work,
)
from ismbench.cli.native_log import divert_native_log
from ismbench.errors import InputError

__all__ = ["app", "main"]

_LONGEST = 1000

app = typer.Typer(
    name="ismbench",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(init.init)
app.command()(run.run)
app.command()(recommend.recommend)
app.command()(plan.plan)
app.command("list")(listing.list_things)
app.command("check-method")(check_method.check_method)
app.command()(doctor.doctor)
app.command()(explain.explain)
app.command()(convert.convert)
app.command()(report.report)
app.command(epilog=compare.VERDICTS)(compare.compare)
app.command()(train.train)
app.command()(work.work)
app.command()(score.score)
app.command("plan-score")(plan_score.plan_score)
app.command()(export.export)
app.command()(plot.plot)
app.command()(ab.ab)
app.command()(reproduce.reproduce)
app.add_typer(baseline.app, name="baseline")
app.add_typer(data.app, name="data")


def _version(wanted: bool) -> None:
    if wanted:
        from ismbench.bench.machine.machine import versions

        typer.echo(f"ismbench {versions().get('ismbench', '(not installed)')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Benchmark attribution methods of DNA sequence models against in-silico saturation mutagenesis.

    Exit codes: 0 fine, 1 internal error, 2 wrong usage or input, 3 regression, 4 some cells failed,
    5 nothing comparable, 130 interrupted with everything finished so far kept.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command line and exits with its code.

    Args:
        arguments: Words after the program's name; by default those of this process, whose terminal is then kept
            free of native code's log.
    """
    if arguments is None:
        divert_native_log()
    try:
        app(args=arguments, prog_name="ismbench")
    except InputError as error:
        sys.stderr.write(f"ismbench: {_one_line(str(error))}\n")
        raise SystemExit(2) from None
    except OSError as error:
        if error.filename is None:
            raise
        # A file or folder that the user named, such as one whose name is too long.
        sys.stderr.write(f"ismbench: {_one_line(f'{error.filename}: {error.strerror}')}\n")
        raise SystemExit(2) from None


def _one_line(text: str) -> str:
    """A message in one line that a terminal shows as it is, whatever was in the input that it quotes."""
    line = " ".join(text.split())
    if len(line) > _LONGEST:
        line = f"{line[: _LONGEST // 2]} ... {line[-_LONGEST // 2 :]}"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
