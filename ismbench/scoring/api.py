"""`ismbench.score`: the command as a Python function."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ismbench.engine.target import Target
from ismbench.errors import InputError
from ismbench.scoring import store
from ismbench.scoring.inputs import find_source
from ismbench.scoring.scoring_run import Progress, run
from ismbench.scoring.spec import Execution, ModelSource, ScoreSpec, is_whole
from ismbench.user_imports import user_imports

if TYPE_CHECKING:
    import xarray

__all__ = ["score"]


def score(
    model: Any,
    inputs: str | Path | Sequence[str],
    out: str | Path,
    *,
    genome: str | Path | None = None,
    input_format: str | None = None,
    weights: str | Path | Sequence[str | Path] | None = None,
    options: Mapping[str, Any] | None = None,
    method: str = "fast_ism",
    target: str | int | Target | Sequence[str | int | Target] = "every",
    labels: str | Path | None = None,
    reduction: str = "delta",
    window: int | None = None,
    rc: bool = False,
    rc_outputs: str | None = None,
    shifts: int | Sequence[int] = (0,),
    dtype: Literal["float32", "float16"] = "float32",
    batch: int | None = None,
    max_memory: int | None = None,
    length: int | None = None,
    compare: str | None = None,
    chunk: int | None = None,
    on_error: Literal["stop", "skip"] = "stop",
    workers: int = 0,
    threads: int = 1,
    scheduler: str | None = None,
    slurm: str | Path | None = None,
    unsafe_models: bool = False,
    imports: Iterable[str | Path] = (),
    custom_objects: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> "xarray.Dataset":
    """Scores sequences, regions or variants into a Zarr store and opens it.

    Call it again with the same arguments after an interruption: it goes on where it stopped.

    Args:
        model: A Keras model, a Python file with ``build``, a saved model, or a list of these (an ensemble).
        inputs: A file of sequences (FASTA), regions (BED, narrowPeak, broadPeak, gappedPeak) or variants (VCF, BCF),
            or regions such as "chr1:1,001-2,000". Regions are cut or widened around their middle or summit to what
            the model sees.
        out: The store to write; its name ends in .zarr.
        genome: FASTA file, plain or bgzip, for regions and variants.
        input_format: "fasta", "bed", "narrowpeak", "broadpeak", "gappedpeak" or "vcf", where the name does not say it.
        weights: Weights to load, one file for each model.
        options: Keyword arguments of ``build``.
        method: A key of METHODS.
        target: "every", "sum" or "mean" of the outputs; the name of a head, "sum:NAME" or "mean:NAME" of one; names or
            numbers of outputs; several of these, with commas or as a sequence; or Target objects.
        labels: File with a name for each output.
        reduction: A key of REDUCTIONS.
        window: Central positions to score; the others are NaN.
        rc: Average over both strands.
        rc_outputs: How outputs lie on the other strand, such as "profile=turn+swap,counts=swap": positions run
            backwards, strands change places. Needed where it is not plain.
        shifts: Average over inputs that are moved by so many positions; one number or several.
        dtype: Of the stored scores.
        batch: The method's batch size; by default it chooses.
        max_memory: Bytes that the largest tensors of the fast engine may take.
        length: Positions of the input, for a model that takes any.
        compare: For variants, more ways to compare alleles: "log2fc:HEAD" of counts, "log2fc_of_logs:HEAD" of logs of
            counts, "jsd:HEAD", the Jensen-Shannon distance of profiles given as logits; several with commas. They are
            the variable ``comparisons``.
        chunk: Records of a chunk of the store, which is also a task.
        on_error: "skip" keeps broken records as NaN with a reason.
        workers: Processes of a local Dask cluster; 0 works in this process.
        threads: Threads of each of them.
        scheduler: Address of a Dask scheduler to use instead.
        slurm: YAML file with the settings of dask-jobqueue's SLURMCluster.
        unsafe_models: Let a saved model run code of its own.
        imports: Modules by name, and Python files, that are imported before a model is opened, by workers too.
        custom_objects: Classes and functions of your own that a model's file names, by name; for this process alone.
        progress: Called with the records that are done and all records.

    Returns:
        The dataset, read lazily: ``scores`` (sequence, position, base, output) and what belongs to it; for
        variants ``effects`` (variant, output).

    Raises:
        InputError: For whatever breaks a rule; the message names it, and nothing is left half-written.
    """
    if on_error not in ("stop", "skip"):
        raise InputError(f"on_error is 'stop' or 'skip'. Received: {on_error!r}")
    spec = ScoreSpec(
        models=_models(
            model, weights, options=options or {}, unsafe=unsafe_models, imports=user_imports(imports),
            custom_objects=custom_objects or {},
        ),
        method=method, target=_target(target), labels=_path(labels), reduction=reduction, window=window,
        rc=_flag("rc", rc), rc_outputs=rc_outputs, shifts=_shifts(shifts), dtype=dtype, batch=batch,
        max_memory=max_memory, length=length, compare=compare, chunk=chunk,
    )  # fmt: skip
    words = [str(inputs)] if isinstance(inputs, (str, Path)) else [str(word) for word in inputs]
    execution = Execution(on_error == "skip", workers, threads, scheduler, _path(slurm))
    path = Path(out)
    source = find_source(words, _path(genome), input_format)
    run(spec, source, path, execution=execution, progress=progress)
    return store.open_dataset(path)


def _target(target: Any) -> str | tuple[str | Target, ...]:
    if isinstance(target, str):
        return target
    found = list(target) if isinstance(target, Iterable) else [target]
    for item in found:
        if not isinstance(item, (str, Target)) and not is_whole(item):
            raise InputError(
                "A target is a word, a number of an output, a Target, or a sequence of these. Received:"
                f" {item!r} of type {type(item).__name__}"
            )
    return tuple(item if isinstance(item, (str, Target)) else str(item) for item in found)


def _shifts(shifts: Any) -> tuple[Any, ...]:
    """As the spec takes them, which checks each."""
    if isinstance(shifts, str) or not isinstance(shifts, Iterable):
        return (shifts,)
    return tuple(shifts)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise InputError(f"{name} is True or False. Received: {value!r}")
    return bool(value)


def _path(value: str | Path | None) -> Path | None:
    return None if value is None else Path(value)


def _models(model: Any, weights: Any, **opening: Any) -> tuple[ModelSource, ...]:
    models = list(model) if isinstance(model, (list, tuple)) else [model]
    files = [] if weights is None else [weights] if isinstance(weights, (str, Path)) else list(weights)
    if files and len(files) != len(models):
        raise InputError(
            f"Every model of an ensemble needs weights, or none. Received: {len(models)} models, {len(files)} files"
        )
    return tuple(
        ModelSource(Path(m), _path(w), **opening)
        if isinstance(m, (str, Path))
        else ModelSource(live=m, imports=opening["imports"])
        for m, w in zip(models, files or [None] * len(models), strict=True)
    )
