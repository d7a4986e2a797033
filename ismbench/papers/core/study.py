"""The studies of a paper: experiments for the harness and computations of our own, which leave records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

__all__ = ["ComputeJob", "ComputeStudy", "ExperimentStudy", "Scale", "Study", "StudyOption", "Tell"]

Scale = Literal["quick", "shipped", "full"]
"""Minutes on two cores; what the records that ship were made with, an hour or two there; towards the papers' sizes."""


class Tell(Protocol):
    """Reports how far a computation is; silence for longer than the study's timeout ends it."""

    def __call__(self, words: str, done: int = 0, total: int = 0) -> None:
        """Says what is done now, and how many of how many steps are finished, where that is known."""


@dataclass(frozen=True)
class ComputeJob:
    """What a computation is told.

    Attributes:
        scale: quick, shipped or full.
        seed: Of everything random.
        device: cpu or gpu.
        root: The folder that holds ``models/`` and ``experiments/``.
        cache: A folder that outlives the computation, for what it looks up by content, such as trained weights.
        tell: Takes reports of progress.
        identity: Hash of what its tables depend on.
        given: What the user has set of the study's options, by name.
    """

    scale: Scale
    seed: int
    device: str
    root: Path
    cache: Path
    tell: Tell
    identity: str = ""
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ExperimentStudy:
    """An experiment file, run by the harness; its records are the four tables of a run.

    Attributes:
        name: Of the study, of the experiment in the file, and of the folder of its records.
        title: What it is, in words.
        file: The experiment, relative to the folder that holds ``experiments/``.
        quick: Changes for the quick scale, as for ``ismbench run --set``; the file is the shipped one.
        full: Changes for the full scale.
        scaled_down: What is smaller than in the paper, and why, by scale.
    """

    name: str
    title: str
    file: str
    quick: tuple[str, ...] = ()
    scaled_down: Mapping[Scale, str] = field(default_factory=dict)
    full: tuple[str, ...] = ()

    def changes(self, scale: Scale) -> tuple[str, ...]:
        """Changes for a scale."""
        return {"quick": self.quick, "shipped": (), "full": self.full}[scale]


@dataclass(frozen=True)
class StudyOption:
    """Something that a user may set of a computation.

    Attributes:
        words: What it is.
        is_file: Its value names a file, whose content counts.
    """

    words: str
    is_file: bool = False


@dataclass(frozen=True)
class ComputeStudy:
    """A function that computes tables in a process of its own.

    Attributes:
        name: Of the study and of the folder of its records.
        title: What it is, in words.
        compute: "module:function"; the function takes a ComputeJob and returns data frames by name.
        tables: The names of these.
        inputs: Files that it reads, relative to the folder that holds ``models/``; they are part of its identity.
        libraries: Packages whose versions are part of it, too, beside NumPy and Keras's.
        sources: Modules of this package that it finds by name, such as methods; what it imports is known.
        seed: Of everything random.
        timeout: Seconds of silence after which it is given up.
        environment: Variables of its process.
        scaled_down: What is smaller than in the paper, and why, by scale.
        options: What a user may set, by name.
        given: What the user has set.
    """

    name: str
    title: str
    compute: str
    tables: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    seed: int = 0
    timeout: float = 900.0
    environment: Mapping[str, str] = field(default_factory=dict)
    scaled_down: Mapping[Scale, str] = field(default_factory=dict)
    options: Mapping[str, StudyOption] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)


Study = ExperimentStudy | ComputeStudy
