"""One model to be trained: everything that its weights depend on, as one identity."""

from dataclasses import dataclass
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
    """

    name: str
    path: Path
    length: int
    options: dict[str, Any]
    train: TrainEntry
    data: DataEntry
    root: Path
    backend: str = "tensorflow"

    @cached_property
    def identity(self) -> str:
        """Hash of the data, the model's source and options, the settings, our own sources and versions."""
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

    def plain(self) -> dict[str, Any]:
        """The same as values that JSON can hold; ``TrainJob.from_plain`` turns them back."""
        return {
            **vars(self),
            "identity": self.identity,
            "path": str(self.path),
            "root": str(self.root),
            "train": self.train.model_dump(mode="json"),
            "data": self.data.model_dump(mode="json"),
        }

    @classmethod
    def from_plain(cls, values: dict[str, Any]) -> "TrainJob":
        """The job of these values."""
        fields = {k: values[k] for k in ("name", "length", "options", "backend")}
        job = cls(
            **fields,
            path=Path(values["path"]),
            root=Path(values["root"]),
            train=TrainEntry.model_validate(values["train"]),
            data=DataEntry.model_validate(values["data"]),
        )
        # Whoever asked looks for the weights by this name, even if a source has changed since.
        job.__dict__["identity"] = values["identity"]
        return job


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
