"""What a worker is told: one typed record for each kind of worker, written by the parent and read as a whole."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ismbench.bench.experiment.blocks import TargetEntry
from ismbench.bench.experiment.budget import Budget, Concordance
from ismbench.bench.experiment.judging import Judging
from ismbench.bench.experiment.model_files import ModelFile
from ismbench.bench.experiment.train_job import TrainJob
from ismbench.bench.records.cell import Cell

__all__ = ["BuildJob", "BuildRequest", "ComputationJob", "Job", "LaneJob", "TrainingJob"]


class Job(BaseModel):
    """What every job has in common.

    Attributes:
        kind: Of worker; one that gets another's job refuses it.
        token: Goes into every message of the worker, so that none is mistaken for another's; the process fills it in.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, protected_namespaces=(), ser_json_inf_nan="constants"
    )

    kind: str
    token: str = ""


class LaneJob(Job):
    """Measure the cells of a lane.

    Attributes:
        cells: What to measure; all of one model, length, target, backend and device.
        model: The lane's model; trained, if it had to be.
        unsafe_models: A saved model may run the code that it holds.
        target: The numbers of the model's outputs that are explained.
        sequences: File with what `ismbench.bench.records.sequence_file` writes.
        seed: Chooses positions and sequences, and shuffles.
        budget: Seconds and repetitions that a cell may take.
        concordance: What naive ISM scores for the others to be compared with.
        judging: What else is asked of scores.
        judge: What scores are worth is asked; otherwise only exact methods are compared with naive ISM.
        cache: Folder of the naive reference and the contribution tracks.
        reference_file: Where the naive reference is kept.
        expected: Hashes of the model and the sequences that the cells' ids stand for, by the names of columns; null
            where that is not known.
        no_reference: Why there is none; None while none has failed.
    """

    kind: Literal["lane"] = "lane"
    cells: tuple[Cell, ...]
    model: ModelFile
    unsafe_models: bool
    target: TargetEntry
    sequences: Path
    seed: int
    budget: Budget
    concordance: Concordance
    judging: Judging = Judging()
    judge: bool = True
    cache: Path
    reference_file: Path
    expected: dict[str, str | None] = {}
    no_reference: str | None = None


class BuildRequest(BaseModel):
    """One model as the lanes of one length and backend use it.

    Attributes:
        key: Hash of what the worker is told, see ``identify_build``.
        words: A name for messages.
        model: The model; with its training, where it is built only to know what that starts from.
        length: Positions of a sequence.
        dtype: Floating-point type of the model.
        seed: Seed of whatever building draws at random.
        unsafe_models: A saved model may run the code that it holds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    key: str
    words: str
    model: ModelFile
    length: int
    dtype: str
    seed: int
    unsafe_models: bool


class BuildJob(Job):
    """Build models, to know what they are.

    Attributes:
        requests: The models to build.
    """

    kind: Literal["build"] = "build"
    requests: tuple[BuildRequest, ...]


class TrainingJob(Job):
    """Train models.

    Attributes:
        models: The models to train, each with its data and settings.
        folder: Where trained models are kept.
    """

    kind: Literal["training"] = "training"
    models: tuple[TrainJob, ...]
    folder: Path


class ComputationJob(Job):
    """Compute the tables of a paper's study.

    Attributes:
        compute: The function that computes, as "module:function".
        tables: Names of the tables that it must return.
        out: Folder that they are left in.
        scale: quick, shipped or full.
        seed: Of everything random.
        device: cpu or gpu.
        root: The folder that holds ``models/`` and ``experiments/``.
        cache: A folder that outlives the computation.
        identity: Hash of what its tables depend on.
        given: What the user has set of the study's options, by name.
    """

    kind: Literal["computation"] = "computation"
    compute: str
    tables: tuple[str, ...]
    out: Path
    scale: Literal["quick", "shipped", "full"]
    seed: int
    device: str
    root: Path
    cache: Path
    identity: str
    given: dict[str, str] = {}
