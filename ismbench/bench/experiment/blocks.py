"""The parts of an experiment: one frozen record for each block of the YAML file."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    field_validator,
    model_validator,
)

from ismbench.bench.records.schema import BATCH_COLUMNS

if TYPE_CHECKING:
    from ismbench.engine.target import Target

__all__ = [
    "Block",
    "Length",
    "MethodEntry",
    "ModelEntry",
    "Name",
    "Positive",
    "Seconds",
    "Seed",
    "Sequences",
    "TargetEntry",
    "seconds",
]

_UNITS = {"ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_PATH, _PART = 1000, 255
DEVICES = ("cpu", "gpu")


def seconds(value: object) -> float:
    """Converts a duration (``8s``, ``1.5m``, ``2h``, ``500ms``, or a number of seconds) to seconds.

    Raises:
        ValueError: It is none, or not above zero and finite.
    """
    if isinstance(value, str):
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|min|m|h)", value.strip())
        result = float(match[1]) * _UNITS[match[2]] if match else 0.0
    else:
        result = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
    if not 0.0 < result < 1e9:
        raise ValueError("must be a duration above zero such as 8s, 1.5m or 2h")
    return result


def _name(value: object) -> object:
    bad = isinstance(value, str) and (not _NAME.fullmatch(value) or _RESERVED.fullmatch(value))
    if bad or (isinstance(value, str) and value.endswith(".")):  # Windows drops dots at the end
        raise ValueError(
            "must be 1 to 64 letters, digits, '_', '.' or '-', and no name that a system reserves"
        )
    return value


def _file_name(value: object) -> object:
    if isinstance(value, str):
        parts = value.replace("\\", "/").split("/")
        if not value.isprintable() or len(value) > _PATH or any(len(p.encode()) > _PART for p in parts):
            raise ValueError(
                f"must be a file name: printable, below {_PATH} letters, each part below {_PART}"
            )
    return value


Seconds = Annotated[float, BeforeValidator(seconds)]
Name = Annotated[str, BeforeValidator(_name)]
FileName = Annotated[str, BeforeValidator(_file_name)]
Positive = Annotated[int, Field(gt=0, le=2**31, strict=True)]
Length = Annotated[int, Field(gt=0, le=2**24, strict=True)]
Seed = Annotated[int, Field(ge=0, lt=2**32, strict=True)]
BatchSize = Positive | Literal["auto"]


class Block(BaseModel):
    """A block that refuses unknown keys and never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelEntry(Block):
    """A model: a name among ``models/*.py`` beside the experiment's folder, or a file.

    Attributes:
        name: What records and figures call it.
        file: A Python file with ``build(...)``, or a saved Keras model; relative to the experiment's folder.
        weights: Weights to load, relative to the experiment's folder.
        options: Keyword arguments of ``build``.
        train: It is trained first: what differs from the experiment's block ``training``; {} where nothing does.
    """

    name: Name
    file: FileName | None = None
    weights: FileName | None = None
    options: dict[str, JsonValue] = {}
    train: dict[str, Any] | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if Path(value).suffix in (".py", ".keras", ".h5"):
            return {"name": Path(value).stem, "file": value}
        return {"name": value}

    @model_validator(mode="after")
    def _trained_or_loaded(self) -> Self:
        if self.train is not None and self.weights is not None:
            raise ValueError("a model is either trained or has weights")
        return self


class Sequences(Block):
    """Where the sequences come from.

    Attributes:
        source: dm3 (100 fly promoters, shipped), fasta, random, simulated (planted motifs), or held_out (the test
            split of the experiment's data).
        n: How many are loaded at most; one number, or one for each device.
        path: The FASTA file of source fasta, relative to the experiment's folder.
        seed: Seed of random and simulated sequences, and of shuffles.
        fill: With shuffle, dinucleotide shuffles of the records make up for missing ones.
        options: Keyword arguments of the simulation.
    """

    source: Literal["dm3", "fasta", "random", "simulated", "held_out"] = "dm3"
    n: Positive | dict[Literal["cpu", "gpu"], Positive] = 32
    path: FileName | None = None
    seed: Seed = 0
    fill: Literal["shuffle"] | None = None
    options: dict[str, Any] = {}

    @model_validator(mode="after")
    def _path_goes_with_fasta(self) -> Self:
        if (self.source == "fasta") != (self.path is not None):
            raise ValueError("path must be given for source fasta, and for no other")
        return self

    def count(self, device: str) -> int:
        """How many sequences this device gets."""
        return self.n if isinstance(self.n, int) else dict(self.n).get(_device(device), 32)


class TargetEntry(Block):
    """What is explained: see ismbench.engine.target.Target; ``every`` takes all outputs."""

    output: int | str | None = None
    index: int | Annotated[list[int], Field(min_length=1)] | None = None
    reduce: Literal["sum", "mean"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        if isinstance(value, str):
            if value != "every":
                raise ValueError("must be 'every', or some of output, index and reduce")
            return {}
        return value

    def target(self) -> "Target":
        """The target itself."""
        from ismbench.engine.target import Target

        index = tuple(self.index) if isinstance(self.index, list) else self.index
        return Target(self.output, index, self.reduce)

    @property
    def mode(self) -> str:
        """The column output_mode: scalar, or every."""
        return "scalar" if isinstance(self.index, int) or self.reduce else "every"

    @property
    def words(self) -> str:
        """The column target."""
        which = "every output" if self.output is None else f"output {self.output}"
        if self.index is not None:
            which += f"[{', '.join(map(str, [self.index] if isinstance(self.index, int) else self.index))}]"
        return f"{self.reduce} of {which}" if self.reduce else which


class MethodEntry(Block):
    """A method, its options, and its batch sizes: a number, ``auto``, a list, or one of these for each device.

    Attributes:
        method: A method of the table, where the entry's name is another one.
        file: A Python file that defines the method, relative to the experiment's folder.
        label: Its name in print; the method's own, with the options that are given, by default.
        options: Arguments of its constructor.
    """

    method: str | None = None
    file: FileName | None = None
    label: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    sequences_per_call: Any = None
    mutants_per_forward: Any = None
    steps_per_forward: Any = None
    references_per_example: Any = None
    options: dict[str, Any] = {}

    @field_validator(*BATCH_COLUMNS, mode="before")
    @classmethod
    def _batch(cls, value: object) -> object:
        if value in ([], {}) or (isinstance(value, dict) and [] in value.values()):
            raise ValueError("must not be empty; leave it out, and the method chooses")
        for item in value.values() if isinstance(value, dict) else [value]:
            for size in item if isinstance(item, list) else [item]:
                good = isinstance(size, int) and not isinstance(size, bool) and 0 < size <= 2**31
                if size is not None and size != "auto" and not good:
                    raise ValueError("must be a number above zero, 'auto', or a list of them")
        if isinstance(value, dict) and not set(value) <= set(DEVICES):
            raise ValueError("must have no keys but cpu and gpu")
        return value

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if self.method is not None and self.file is not None:
            raise ValueError("must have either method (of the table) or file (of your own)")
        return self

    def sizes(self, column: str, device: str) -> list[int | None]:
        """The values of one batch column on a device, in the order given; None lets the method choose."""
        value = getattr(self, column)
        if isinstance(value, dict):
            value = value.get(_device(device))
        return [None if v == "auto" else v for v in (value if isinstance(value, list) else [value])]


def _device(device: str) -> Literal["cpu", "gpu"]:
    return "gpu" if device.startswith("gpu") else "cpu"
