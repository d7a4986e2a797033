"""What is to be scored and how; and where the work is done, which decides no number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ismbench.engine.target import Target
from ismbench.errors import InputError
from ismbench.methods import METHODS, Method
from ismbench.model_forms import check_form, check_weights_file
from ismbench.scores import REDUCTIONS
from ismbench.user_imports import UserImport

if TYPE_CHECKING:
    import keras

__all__ = ["Execution", "ModelSource", "ScoreSpec", "is_whole", "window", "words"]


@dataclass(frozen=True)
class ModelSource:
    """A model of the ensemble: on disk, or in memory.

    Attributes:
        path: A model's file, of a form that ``load_model`` opens; None for one in memory.
        weights: File to take the weights from instead.
        options: Keyword arguments of ``build``.
        unsafe: Let a saved model run code of its own.
        imports: Code of the user's that is imported before it is opened.
        custom_objects: Classes and functions of the user's own that it names, by name; for this process alone.
        live: The model itself, if it is in memory.

    Raises:
        InputError: A file does not exist, or is of another kind.
    """

    path: Path | None = None
    weights: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    unsafe: bool = False
    imports: tuple[UserImport, ...] = ()
    custom_objects: Mapping[str, Any] = field(default_factory=dict, repr=False)
    live: "keras.Model | None" = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.path is not None:
            check_form(self.path, self.weights)
        if self.weights is not None:
            check_weights_file(self.weights)

    @property
    def name(self) -> str:
        """What records call it."""
        if self.path is None:
            return str(getattr(self.live, "name", "model"))
        return self.path.name if self.weights is None else f"{self.path.name} with {self.weights.name}"


@dataclass(frozen=True)
class ScoreSpec:
    """How to score.

    Attributes:
        models: One, or an ensemble.
        method: A key of METHODS.
        target: Words separated by commas, or a sequence of words and targets; see outputs.choose_outputs.
        labels: Names of the outputs: the first words of the lines of a file.
        reduction: A key of REDUCTIONS; for a method that is not ISM "delta" (its values as they are) or
            "contribution".
        window: Central positions to score; all by default.
        rc: Average over both strands.
        rc_outputs: How the heads lie on the other strand; see outputs.strands.
        shifts: Average over inputs moved by so many positions.
        dtype: Of the stored scores.
        batch: The method's batch size; None lets it choose. It decides no number.
        max_memory: Bytes that the largest tensors of the fast engine may take. They decide no number.
        length: Positions of the input, for a model that takes any.
        compare: Comparisons of variants' alleles, in words; see comparisons.read_comparisons.
        chunk: Sequences of a chunk of the store, which is also a task; None chooses.
    """

    models: tuple[ModelSource, ...]
    method: str = "fast_ism"
    target: str | Sequence[str | Target] = "every"
    labels: Path | None = None
    reduction: str = "delta"
    window: int | None = None
    rc: bool = False
    rc_outputs: str | None = None
    shifts: tuple[int, ...] = (0,)
    dtype: Literal["float32", "float16"] = "float32"
    batch: int | None = None
    max_memory: int | None = None
    length: int | None = None
    compare: str | None = None
    chunk: int | None = None

    def __post_init__(self) -> None:
        _check(self)

    @property
    def flank(self) -> int:
        """Letters that are needed beyond the input on both sides."""
        return max(abs(s) for s in self.shifts)

    @property
    def about_method(self) -> type[Method]:
        """What the table says of the method."""
        return METHODS[self.method]


@dataclass(frozen=True)
class Execution:
    """Where the work is done, and what becomes of records that cannot be scored; it decides no number.

    Attributes:
        skip: Leave out what cannot be scored, as NaN with a reason, instead of ending the run.
        workers: Processes on this machine; 0 works in this one.
        threads: Threads of each worker process.
        scheduler: Address of a Dask scheduler, instead of processes on this machine.
        slurm: YAML file with the settings of dask-jobqueue's SLURMCluster.
    """

    skip: bool = False
    workers: int = 0
    threads: int = 1
    scheduler: str | None = None
    slurm: Path | None = None

    @property
    def distributed(self) -> bool:
        """Whether other processes do the work."""
        return self.workers > 0 or self.scheduler is not None or self.slurm is not None


def words(target: str | Sequence[str | Target]) -> str:
    """A target in words, for people to read."""
    return target if isinstance(target, str) else ",".join(map(str, target))


def _check(spec: ScoreSpec) -> None:
    from ismbench.bench.experiment.refusals import hint

    if not spec.models:
        raise InputError("At least one model is needed. Received: none")
    if spec.method not in METHODS:
        raise InputError(
            f"A method must be one of the table. Received: {spec.method!r}{hint(spec.method, METHODS)}"
        )
    missing = METHODS[spec.method].missing()
    if missing is not None:
        raise InputError(f"The method {spec.method} needs its packages. Received: none; {missing}")
    if spec.reduction not in REDUCTIONS:
        raise InputError(
            f"A reduction must be one of the table. Received: {spec.reduction!r}{hint(spec.reduction, REDUCTIONS)}"
        )
    if METHODS[spec.method].kind != "delta" and spec.reduction not in ("delta", "contribution"):
        raise InputError(
            f"{spec.method} gives no change for each base; its values can be kept (delta) or read as contribution."
            f" Received: the reduction {spec.reduction!r}"
        )
    if spec.dtype not in ("float32", "float16"):
        raise InputError(f"Scores are stored as float32 or float16. Received: {spec.dtype!r}")
    _check_numbers(spec)
    if spec.rc_outputs is not None and not spec.rc:
        raise InputError("--rc-outputs says how outputs lie on the other strand. Received: it without --rc")


def _check_numbers(spec: ScoreSpec) -> None:
    if not spec.shifts or not all(is_whole(shift) for shift in spec.shifts):
        raise InputError(
            f"Shifts are whole numbers; 0 is the input itself. Received: {list(spec.shifts) or 'none'}"
        )
    for name in ("window", "batch", "max_memory", "length", "chunk"):
        value = getattr(spec, name)
        if value is not None and (not is_whole(value) or value < 1):
            raise InputError(f"{name.replace('_', ' ')} must be a whole number from 1. Received: {value!r}")


def is_whole(value: object) -> bool:
    """Whether a value is a whole number, of Python or NumPy; True and False are none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def window(length: int, size: int | None) -> tuple[int, int]:
    """First position and end of the central positions.

    Regions lie with their summit, middle or variant at position ``length // 2``; it is in the middle of the window too.
    """
    if size is None:
        return 0, length
    first = length // 2 - size // 2
    return first, first + size
