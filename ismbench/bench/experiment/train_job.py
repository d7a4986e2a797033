"""One model to be trained: everything that its weights depend on, as one identity."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ismbench import digest
from ismbench.bench.experiment.training import DataEntry, TrainEntry
from ismbench.bench.machine.machine import versions

__all__ = ["TrainJob", "identify_data"]

# What makes the weights, and not all that it imports: else every change of the harness would train all again.
_HERE = Path(__file__).parent
_TRAINING = _HERE.parent / "training"


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
        known_identity: What whoever asked calls it; None where the identity is found from all of the above.
    """

    name: str
    path: Path
    length: int
    options: dict[str, Any]
    train: TrainEntry
    data: DataEntry
    root: Path
    backend: str = "tensorflow"
    known_identity: str | None = None

    @cached_property
    def identity(self) -> str:
        """Hash of the data, the model's source and options, the settings, our own sources and versions."""
        if self.known_identity is not None:
            return self.known_identity
        return digest.of_value(
            {
                "data": identify_data(self.data, self.root),
                "model": [digest.of_file(self.path), self.length, self.options],
                "train": self.train.model_dump(),
                "source": [
                    *(digest.of_file(_TRAINING / f"{name}.py") for name in ("fit", "batches", "loss")),
                    *(digest.of_module(f"ismbench.{name}") for name in ("weights", "layers")),
                ],
                "versions": {p: versions().get(p) for p in ("python", "numpy", "keras", self.backend)},
            }
        )

    def settled(self) -> "TrainJob":
        """The same for another process, which calls it by this identity even if a source has changed since."""
        return replace(self, known_identity=self.identity)


def identify_data(data: DataEntry, root: Path) -> str:
    """Hash of settings, sources and the contents of files."""
    files = (data.sequences, data.signals, data.names)
    module = "ismbench.simulate" if data.source == "simulated" else "ismbench.measured"
    return digest.of_value(
        {
            "entry": data.model_dump(exclude={"sequences", "signals", "names"}),
            "files": [None if file is None else digest.of_file((root / file).resolve()) for file in files],
            "source": [digest.of_file(_HERE / "data.py"), digest.of_module(module)],
        }
    )
