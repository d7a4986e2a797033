"""One model to be trained: everything that its weights depend on, as one identity."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ismbench import digest
from ismbench.bench.experiment.training import DataEntry, TrainEntry
from ismbench.bench.machine.machine import versions
from ismbench.user_imports import UserImport

__all__ = ["TrainJob"]

# What makes the weights: else every change of the harness would train all again.
_TRAINING = ("bench.training.fit", "weights", "layers")
_FILES = {"sequences", "signals", "names"}
_PASSED_ON = (
    "ismbench.bench.experiment*",
    "ismbench.bench.machine*",
    "ismbench.bench.records*",
    "ismbench.engine*",
    # A model that is trained is built by a file of Python: no front end opens it.
    "ismbench.frontends*",
    "ismbench.model_forms",
    "ismbench.saved_models",
)


@dataclass(frozen=True)
class TrainJob:
    """A model to be trained.

    Attributes:
        name: Of the model, for reports.
        path: Python file with ``build(...)``.
        length: Positions of its input.
        options: Keyword arguments of ``build``; ``n_outputs`` comes from the data where it is not given.
        train: How.
        data: On what.
        root: The folder that the data's file names are relative to.
        backend: Of Keras.
        start: Identity of the model as it was built to be trained, and of the data as arrays; see
            ``ismbench.bench.records.built``. "" where that is not known yet.
        known_identity: What whoever asked calls it; None where the identity is found from all of the above.
        imports: Code of the user's that is imported before the model is built; what the model then is, is in ``start``.
    """

    name: str
    path: Path
    length: int
    options: dict[str, Any]
    train: TrainEntry
    data: DataEntry
    root: Path
    backend: str = "tensorflow"
    start: str = ""
    known_identity: str | None = None
    imports: tuple[UserImport, ...] = ()

    @cached_property
    def identity(self) -> str:
        """Hash of model and data as they are before the training, the settings, our own code and versions."""
        if self.known_identity is not None:
            return self.known_identity
        return digest.of_value(
            {
                "start": self.start,
                "settings": [self.length, self.options, self.data.model_dump(exclude=_FILES)],
                "train": self.train.model_dump(),
                "code": [digest.of_module(f"ismbench.{name}", _PASSED_ON) for name in _TRAINING],
                "versions": {p: versions().get(p) for p in ("python", "numpy", "keras", self.backend)},
            }
        )

    def settled(self) -> "TrainJob":
        """The same for another process, which calls it by this identity even if a source has changed since."""
        return replace(self, known_identity=self.identity)
