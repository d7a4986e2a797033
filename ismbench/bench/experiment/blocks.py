"""The parts of an experiment: one frozen record for each block of the YAML file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    Field,
    JsonValue,
    field_validator,
    model_validator,
)

from ismbench.bench.experiment.budget import Concordance
from ismbench.bench.experiment.fields import DEVICES, Block, FileName, Length, Name, Positive, Seed
from ismbench.bench.records.schema import BATCH_COLUMNS
from ismbench.model_forms import FORMS

if TYPE_CHECKING:
    from ismbench.engine.target import Target

__all__ = ["MethodEntry", "ModelEntry", "Sequences", "TargetEntry"]


class Sequences(Block):
    """Where the sequences come from.

    Attributes:
        source: dm3 (100 fly promoters, shipped), fasta, random, simulated (planted motifs), held_out (the test
            split of the experiment's data), satmut (windows over elements whose substitutions were measured), or rules
            (groups of sequences that show what a rule of two motifs does, for models/rules.py).
        n: How many are loaded at most; one number, or one for each device.
        path: Relative to the experiment's folder: the FASTA file of source fasta; the table of source satmut; of source
            simulated, the response that a model was trained on, for new sequences of the kind, whose truth is known.
        seed: Seed of random and simulated sequences, and of shuffles.
        fill: With shuffle, dinucleotide shuffles of the records make up for missing ones.
        options: Keyword arguments of the simulation.
    """

    source: Literal["dm3", "fasta", "random", "simulated", "held_out", "satmut", "rules"] = "dm3"
    n: Positive | dict[Literal["cpu", "gpu"], Positive] = 32
    path: FileName | None = None
    seed: Seed = 0
    fill: Literal["shuffle"] | None = None
    options: dict[str, Any] = Field(default={})

    @model_validator(mode="after")
    def _path_goes_with_its_source(self) -> Self:
        needs, takes = self.source in ("fasta", "satmut"), self.source in ("fasta", "satmut", "simulated")
        if (needs and self.path is None) or (not takes and self.path is not None):
            raise ValueError(
                "path must be given for sources fasta and satmut, may be for simulated, and for no other"
            )
        return self

    def count(self, device: str) -> int:
        """Number of sequences that a device gets."""
        return self.n if isinstance(self.n, int) else dict(self.n).get(_device(device), 32)


class ModelEntry(Block):
    """A model: a name among ``models/*.py`` beside the experiment's folder, or a file.

    Attributes:
        name: What records and figures call it.
        file: A Python file with ``build(...)``, or a saved Keras model; relative to the experiment's folder.
        weights: Weights to load, relative to the experiment's folder.
        members: Weights of the same architecture from other trainings: how far scores depend on the training is asked
            of them (see ``stability``).
        options: Keyword arguments of ``build``.
        imports: Modules by name, and Python files relative to the experiment's folder, that are imported before the
            model is opened: what they define may be named by its file, and what they register holds.
        train: It is trained first: what differs from the experiment's block ``training``; {} where nothing does.
        lengths: Positions of its input, instead of the experiment's.
        sequences: What it is asked to explain, instead of the experiment's.
        concordance: How much of its scores naive ISM judges, instead of what the experiment says.
        sweep: All batch sizes are run with it; otherwise the first of each method.
        judge: What its scores are worth is asked; otherwise only exact methods are compared with naive ISM, such as
            where weights are random.
        optional: Its cells are skipped, with the reason, where its weights or its FASTA file are not there.
    """

    name: Name
    file: FileName | None = None
    weights: FileName | None = None
    members: tuple[FileName, ...] = ()
    options: dict[str, JsonValue] = Field(default={})
    imports: tuple[FileName, ...] = ()
    train: dict[str, Any] | None = None
    lengths: Annotated[tuple[Length, ...], Field(min_length=1)] | None = None
    sequences: Sequences | None = None
    concordance: Concordance | None = None
    sweep: bool = True
    judge: bool = True
    optional: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if Path(value).suffix in FORMS:
            return {"name": Path(value).stem, "file": value}
        return {"name": value}

    @model_validator(mode="after")
    def _trained_or_loaded(self) -> Self:
        if self.train is not None and self.weights is not None:
            raise ValueError("a model is either trained or has weights")
        return self


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
        """The target as the engine takes it."""
        from ismbench.engine.target import Target

        index = tuple(self.index) if isinstance(self.index, list) else self.index
        return Target(self.output, index, self.reduce)

    @property
    def mode(self) -> str:
        """The column output_mode: scalar, or every."""
        return "scalar" if isinstance(self.index, int) or self.reduce else "every"

    @property
    def words(self) -> str:
        """The target in words: the column ``target``."""
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
    options: dict[str, Any] = Field(default={})

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
