"""What a model is as it was built, and what it was built from: kept, so that nothing is built only to be recognised."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any, Self

from ismbench import digest

__all__ = ["Built"]

_SEEN = ("files", "folders", "variables", "packages")
"""What was seen while it was built, each by name."""


@dataclass(frozen=True)
class Built:
    """A model as a worker built it.

    Attributes:
        structure: Hash of its layers, their wiring and their code; "" where it could not be built.
        weights: Hash of the values of its weights; likewise.
        data: Hash of the data that it will be trained on; "" where it is not trained, or has been.
        failure: Why it could not be built; "" where it could.
        files: Hash of every file that its building read or imported, by its path; "missing" for one that was looked
            for and not there.
        folders: Hash of the names in every folder that its own code listed, by its path; likewise.
        variables: Hash of every variable of the environment that its own code asked for, by its name; likewise.
        packages: Version of every installed package that was imported only for it.
    """

    structure: str = ""
    weights: str = ""
    data: str = ""
    failure: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """What the model's cells are known by; where it could not be built, what it would have been built from."""
        if self.failure:
            return digest.of_value([self.failure, *(dict(getattr(self, name)) for name in _SEEN)])
        return digest.of_value([self.structure, self.weights, self.data])

    def is_current(self) -> bool:
        """Whether building it again would give the same: nothing that it was built from has changed."""
        return not self.failure and (
            all(digest.of_file(Path(name)) == known for name, known in self.files.items())
            and all(digest.of_folder(Path(name)) == known for name, known in self.folders.items())
            and all(digest.of_variable(name) == known for name, known in self.variables.items())
            and all(map(_has, self.packages, self.packages.values()))
        )

    def without(self, folder: Path) -> Self:
        """The same without what the run itself makes: the files of a folder, variables that it sets for a worker."""
        start = str(folder.resolve()) + os.sep
        kept = {name: known for name, known in self.files.items() if not name.startswith(start)}
        given = {name: known for name, known in self.variables.items() if digest.of_variable(name) == known}
        return replace(self, files=kept, variables=given)

    def plain(self) -> dict[str, Any]:
        """The same as values that JSON can hold."""
        return {**vars(self), **{name: dict(getattr(self, name)) for name in _SEEN}}

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> Self | None:
        """What ``plain`` gave; None where the values are something else."""
        texts = [values.get(name) for name in ("structure", "weights", "data", "failure")]
        maps = [values.get(name) for name in _SEEN]
        if not all(isinstance(text, str) for text in texts) or not all(map(_is_texts, maps)):
            return None
        return cls(*texts, *maps)  # type: ignore[arg-type]


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for pair in value.items() for text in pair)


def _has(package: str, version: str) -> bool:
    try:
        return metadata.version(package) == version
    except metadata.PackageNotFoundError:
        return False
