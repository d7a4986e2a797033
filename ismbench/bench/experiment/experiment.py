"""An experiment: what its YAML file may say."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from ismbench.bench.experiment.blocks import MethodEntry, ModelEntry, Sequences, TargetEntry
from ismbench.bench.experiment.budget import Budget, Concordance
from ismbench.bench.experiment.fields import Length, Name, Positive, Seed
from ismbench.bench.experiment.judging import Judging
from ismbench.bench.experiment.located_yaml import Located, parse_value, read_yaml
from ismbench.bench.experiment.refusals import explain, hint
from ismbench.bench.experiment.repeats import refuse_repeats
from ismbench.bench.experiment.training import DataEntry, TrainEntry, TrainingEntry
from ismbench.errors import InputError
from ismbench.methods import METHODS

__all__ = ["Experiment", "load_spec"]


Backend = Literal["tensorflow", "jax", "torch"]


class Experiment(Judging):
    """A whole experiment; each key is explained in docs/how-to/experiments.md.

    Attributes:
        name: Name of the experiment and of its results folder.
        path: The file it came from.
        places: File and line of each model, for messages.
        document: What it was read from, for messages.
    """

    name: Name
    description: str = ""
    models: Annotated[tuple[ModelEntry, ...], Field(min_length=1)]
    lengths: Annotated[tuple[Length, ...], Field(min_length=1)]
    sequences: Sequences = Sequences()
    targets: Annotated[tuple[TargetEntry, ...], Field(min_length=1)] = (TargetEntry(output=0, index=0),)
    methods: Annotated[dict[Name, MethodEntry], Field(min_length=1)]
    backends: Annotated[tuple[Backend, ...], Field(min_length=1)] = ("tensorflow",)
    dtype: Literal["float32", "float64"] = "float32"
    threads: Positive | None = None
    seed: Seed = 0
    budget: Budget = Budget()
    concordance: Concordance = Concordance()
    data: DataEntry | None = None
    training: TrainingEntry = TrainingEntry()
    path: Path | None = Field(default=None, exclude=True)
    places: tuple[str, ...] = Field(default=(), exclude=True)
    document: Located | None = Field(default=None, exclude=True)

    @field_validator("methods", mode="before")
    @classmethod
    def _methods(cls, value: object) -> object:
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            value = {v: {} for v in value}
        if not isinstance(value, dict):
            return value
        return {k: {} if v is None else v for k, v in value.items()}

    @model_validator(mode="after")
    def _training_is_complete(self) -> Self:
        trained = [m for m in self.models if self.training_of(m) is not None]
        held_out = any(self.sequences_of(m.name).source == "held_out" for m in self.models)
        if (trained or held_out) and self.data is None:
            raise ValueError("data must be given where models are trained, or sequences are held_out")
        if any(len(self.lengths_of(m.name)) != 1 for m in trained):
            raise ValueError("a model is trained at one length; give one length")
        return self

    def entry(self, model: str) -> ModelEntry:
        """The entry of a model by its name."""
        return next(entry for entry in self.models if entry.name == model)

    def lengths_of(self, model: str) -> tuple[int, ...]:
        """Positions of a model's input."""
        return self.entry(model).lengths or self.lengths

    def sequences_of(self, model: str) -> Sequences:
        """What a model is asked to explain."""
        return self.entry(model).sequences or self.sequences

    def concordance_of(self, model: str) -> Concordance:
        """How much of a model's scores naive ISM judges."""
        return self.entry(model).concordance or self.concordance

    @property
    def judging(self) -> Judging:
        """What else is asked of scores."""
        return Judging(**{name: getattr(self, name) for name in Judging.model_fields})

    def training_of(self, model: ModelEntry) -> TrainEntry | None:
        """How a model is trained; None where it is not.

        Raises:
            ValueError: Its settings, put over those of the experiment, are out of their ranges.
        """
        if model.train is None:
            return None
        try:
            common = self.training.model_dump(exclude_unset=True, exclude={"options"})
            return TrainEntry.model_validate({**common, **model.train})
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, first["loc"]))
            raise ValueError(
                f"train of the model {model.name!r}: {key} {first['msg']}".replace(":  ", ": ")
            ) from None

    @property
    def root(self) -> Path:
        """The folder that file names in the experiment are relative to."""
        return self.path.parent if self.path is not None else Path.cwd()

    @property
    def located(self) -> Located:
        """What it was read from; one without lines where it was not read from a file."""
        known = Located(self.model_dump(exclude_unset=True), {}, "the experiment")
        return known if self.document is None else self.document

    def where(self, *path: str | int) -> str:
        """``file:line: `` of a key, the beginning of a message; "" where it was not read from a file."""
        return "" if self.document is None else f"{self.document.where(path)}: "


def load_spec(path: Path | str, overrides: Sequence[str] = ()) -> Experiment:
    """Reads and checks an experiment.

    Args:
        path: The YAML file.
        overrides: ``key=value`` with dots for nested keys and YAML values, such as ``budget.cell=2s``.

    Raises:
        InputError: Anything is wrong with it; the message names the file, the line and the key.
    """
    path = Path(path)
    document = read_yaml(path)
    if not isinstance(document.value, dict):
        raise InputError(f"{document.where(())}: an experiment must be a mapping of keys to values")
    changed: dict[tuple[str | int, ...], str] = {
        _override(document.value, text): f"--set {text}" for text in overrides
    }
    document = replace(document, changed=changed)
    for name in {
        "path",
        "places",
        "document",
    } & document.value.keys():  # fields of Experiment, but no keys of the file
        raise InputError(f"{document.where((name,))}: unknown key {name!r}{hint(name, document.value)}")
    try:
        experiment = Experiment.model_validate(document.value)
    except ValidationError as error:
        # A key that is misspelt is also missing; the spelling is what helps.
        first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        raise InputError(explain(document, first, Experiment)) from None
    refuse_repeats(experiment, document)
    places = tuple(document.where(("models", i)) for i in range(len(experiment.models)))
    experiment = experiment.model_copy(update={"path": path, "places": places, "document": document})
    _refuse_unknown_methods(experiment)
    return experiment


def _refuse_unknown_methods(experiment: Experiment) -> None:
    """A name of the table means that method; any other name must say which method it means."""
    for name, entry in experiment.methods.items():
        place, method = experiment.where("methods", name), entry.method or name
        if entry.file is None and method not in METHODS:
            raise InputError(f"{place}unknown method {method!r}{hint(method, [*METHODS])}")
        if name in METHODS and (entry.file is not None or method != name):
            raise InputError(
                f"{place}a setting of a method must have a name of its own. Received: {name!r}, a method's"
            )


def _override(spec: dict[str, Any], text: str) -> tuple[str, ...]:
    key, equals, value = text.partition("=")
    *parents, last = key.split(".")
    if not equals or not all((*parents, last)):
        raise InputError(f"--set takes key=value, with dots for nested keys. Received: {text!r}")
    here: Any = spec
    for parent in parents:
        here = _within(here, parent)
        if not isinstance(here, dict | list):
            raise InputError(f"--set can only go into mappings. Received: {text!r}, where {parent!r} is none")
    if not isinstance(here, dict):
        raise InputError(
            f"--set can only go into mappings. Received: {text!r}, where {parents[-1]!r} is none"
        )
    here[last] = parse_value(value)
    return (*parents, last)


def _within(here: Any, key: str) -> Any:
    """What a key names: a value of a mapping, which is made where it is missing, or the item of that name of a list."""
    if isinstance(here, list):
        return next((item for item in here if isinstance(item, dict) and item.get("name") == key), None)
    child = here.get(key)
    if child is None:
        child = here[key] = {}
    elif isinstance(child, list) and all(isinstance(v, str) for v in child):  # a list of method names
        child = here[key] = {v: {} for v in child}
    return child
