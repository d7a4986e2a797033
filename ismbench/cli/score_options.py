"""The options that say what to score and how: one place for `score` and `plan-score`."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from ismbench.cli.options import MODEL_HELP, BuildOptions, Imports, Unsafe, build_options
from ismbench.errors import InputError

if TYPE_CHECKING:
    from ismbench.scoring.inputs import Source
    from ismbench.scoring.spec import ModelSource, ScoreSpec

__all__ = ["ScoreOptions", "takes_score_options"]


@dataclass(frozen=True)
class ScoreOptions:
    """What the command line says, word by word; `spec` and `source` are what it means."""

    model: Annotated[Path, typer.Argument(help=MODEL_HELP, metavar="MODEL")]
    inputs: Annotated[
        list[str],
        typer.Argument(
            help="Sequences (FASTA), regions (BED, narrowPeak, broadPeak, gappedPeak, .txt), variants (VCF, BCF), or"
            " regions such as chr1:1,001-2,000. Regions are cut or widened around their middle (narrowPeak: around"
            " the summit) to what the model sees.",
            metavar="INPUT",
        ),
    ]
    genome: Annotated[
        Path | None,
        typer.Option(metavar="FASTA", help="The genome, plain or bgzip: for regions and variants."),
    ] = None
    input_format: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="fasta, bed, narrowpeak, broadpeak, gappedpeak or vcf; by default what the file's name says.",
        ),
    ] = None
    more: Annotated[
        list[Path] | None, typer.Option("--and", metavar="MODEL", help="One more model of an ensemble.")
    ] = None
    weights: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Weights to load; one for each model.")
    ] = None
    options: BuildOptions = None
    method: Annotated[str, typer.Option(help="How to score; see `ismbench list methods`.")] = "fast_ism"
    target: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="every, sum or mean of the outputs; a head's name, sum:HEAD or mean:HEAD; or numbers or names of"
            " outputs; several with commas.",
        ),
    ] = "every"
    labels: Annotated[Path | None, typer.Option(metavar="FILE", help="Names of the outputs, one a line.")] = (
        None
    )
    reduction: Annotated[
        str, typer.Option(metavar="NAME", help="What a score is: a name of ismbench.REDUCTIONS.")
    ] = "delta"
    window: Annotated[int | None, typer.Option(min=1, help="Score only so many central positions.")] = None
    rc: Annotated[bool, typer.Option("--rc", help="Average over both strands.")] = False
    rc_outputs: Annotated[
        str | None,
        typer.Option(
            metavar="HEAD=WAY,..",
            help="How heads lie on the other strand: keep, turn (positions run backwards), swap (strands change"
            " places) or turn+swap.",
        ),
    ] = None
    shifts: Annotated[
        str, typer.Option(metavar="N,N,..", help="Average over inputs moved by so many positions.")
    ] = "0"
    dtype: Annotated[str, typer.Option(metavar="float32|float16", help="Type of the stored scores.")] = (
        "float32"
    )
    batch: Annotated[str, typer.Option(metavar="N|auto", help="The method's batch size.")] = "auto"
    max_memory: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="Bound on the engine's largest tensors, such as 512MiB."),
    ] = None
    length: Annotated[
        int | None, typer.Option(min=1, help="Positions of the input; by default the model's own.")
    ] = None
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="KIND:HEAD,..",
            help="For variants, more ways to compare alleles: log2fc (of counts), log2fc_of_logs, jsd"
            " (Jensen-Shannon distance of profiles given as logits).",
        ),
    ] = None
    chunk: Annotated[
        int | None, typer.Option(min=1, help="Records of a chunk of the store, which is a task.")
    ] = None
    imports: Imports = None
    unsafe_models: Unsafe = False

    def spec(self) -> "ScoreSpec":
        """How to score.

        Raises:
            InputError: An option that makes no sense.
        """
        from ismbench.scoring.spec import ScoreSpec

        plain = (
            "method",
            "target",
            "labels",
            "reduction",
            "window",
            "rc",
            "rc_outputs",
            "dtype",
            "length",
            "compare",
            "chunk",
        )
        return ScoreSpec(
            models=self._models(),
            shifts=_shifts(self.shifts),
            batch=_batch(self.batch),
            max_memory=_size(self.max_memory),
            **{name: getattr(self, name) for name in plain},
        )

    def source(self) -> "Source":
        """The input.

        Raises:
            InputError: It is none of the kinds, does not exist, or needs a genome.
        """
        from ismbench.scoring.inputs import find_source

        return find_source(self.inputs, self.genome, self.input_format)

    def _models(self) -> "tuple[ModelSource, ...]":
        from ismbench.scoring.spec import ModelSource
        from ismbench.user_imports import user_imports

        paths, files = [self.model, *(self.more or [])], self.weights or []
        if files and len(files) != len(paths):
            raise InputError(
                f"--weights is given once for each model. Received: {len(files)} for {len(paths)} models"
            )
        known: list[Path | None] = list(files) or [None] * len(paths)
        given, imports = build_options(self.options), user_imports(self.imports)
        return tuple(
            ModelSource(p, w, given, self.unsafe_models, imports) for p, w in zip(paths, known, strict=True)
        )


def takes_score_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command, whose first parameter is a ScoreOptions, a parameter for each of its fields."""
    hints = get_type_hints(ScoreOptions, include_extras=True)
    parameters = [
        p.replace(annotation=hints[name], kind=p.KEYWORD_ONLY)
        for name, p in inspect.signature(ScoreOptions).parameters.items()
    ]
    own = list(inspect.signature(command).parameters.values())[1:]
    mine = [p.replace(kind=p.KEYWORD_ONLY) for p in own]

    def call(**words: Any) -> None:
        given = {f.name: words.pop(f.name) for f in fields(ScoreOptions)}
        command(ScoreOptions(**given), **words)

    call.__doc__ = command.__doc__
    call.__name__ = command.__name__
    call.__signature__ = inspect.Signature([*parameters, *mine])  # type: ignore[attr-defined]
    call.__annotations__ = {p.name: p.annotation for p in (*parameters, *mine)}
    return call


def _shifts(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in text.split(","))
    except ValueError:
        raise InputError(
            f"--shifts takes whole numbers with commas, such as -1,0,1. Received: {text!r}"
        ) from None


def _batch(text: str) -> int | None:
    if text == "auto":
        return None
    if not text.isdecimal():
        raise InputError(f"--batch is auto or a number. Received: {text!r}")
    return int(text)


def _size(text: str | None) -> int | None:
    units = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "B": 1}
    if text is None:
        return None
    unit = next((u for u in units if text.endswith(u)), "")
    try:
        return int(float(text.removesuffix(unit)) * units.get(unit, 1))
    except (ValueError, OverflowError):
        raise InputError(f"--max-memory takes a size such as 512MiB. Received: {text!r}") from None
