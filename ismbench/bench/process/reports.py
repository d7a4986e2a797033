"""What a worker says: one typed record for each kind of message. The parent leaves alone what is none of them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ismbench.bench.process.messages import Message

__all__ = [
    "Advance",
    "BadInput",
    "CellDone",
    "Failed",
    "Finished",
    "Machine",
    "ModelBuilt",
    "NoReference",
    "Note",
    "Phase",
    "WorkerReport",
    "read_report",
]


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class Phase(_Report):
    """A lane's worker enters a phase.

    Attributes:
        cell: Identity of the cell that it is busy with; None where no single one is meant.
        phase: In words.
    """

    kind: Literal["phase"] = "phase"
    cell: str | None
    phase: str


class Machine(_Report):
    """What a worker measured of the machine.

    Attributes:
        record: By the columns of the table runs.
    """

    kind: Literal["machine"] = "machine"
    record: dict[str, Any]


class NoReference(_Report):
    """Naive ISM failed; exact methods cannot be compared.

    Attributes:
        reason: Why.
    """

    kind: Literal["no_reference"] = "no_reference"
    reason: str


class CellDone(_Report):
    """A cell has been measured, or failed.

    Attributes:
        cell: Its identity.
        record: By the columns of the table cells.
        samples: Rows of the table samples.
        metrics: Rows of the table metrics.
    """

    kind: Literal["cell"] = "cell"
    cell: str
    record: Any
    samples: Any
    metrics: Any


class ModelBuilt(_Report):
    """What a model is as it was built.

    Attributes:
        key: Of the request.
        built: See ``ismbench.bench.records.built.Built.plain``.
    """

    kind: Literal["built"] = "built"
    key: str
    built: dict[str, Any]


class Note(_Report):
    """Anything else that the user should see.

    Attributes:
        message: In words.
    """

    kind: Literal["note"] = "note"
    message: str


class Advance(_Report):
    """How far a training or a computation is.

    Attributes:
        words: What is done now.
        done: Steps that are finished.
        total: Steps in all; 0 where that is not known.
    """

    kind: Literal["advance"] = "advance"
    words: str
    done: int
    total: int


class BadInput(_Report):
    """The user's input breaks a rule: nothing else can be done.

    Attributes:
        message: The rule, what was received, and what to do.
    """

    kind: Literal["bad_input"] = "bad_input"
    message: str


class Failed(_Report):
    """A computation raised.

    Attributes:
        reason: Its type and words.
    """

    kind: Literal["failed"] = "failed"
    reason: str


class Finished(_Report):
    """The last message of a job that was done to its end."""

    kind: Literal["finished"] = "finished"


WorkerReport = (
    Phase | Machine | ModelBuilt | NoReference | Note | CellDone | Advance | BadInput | Failed | Finished
)
_ADAPTER: TypeAdapter[WorkerReport] = TypeAdapter(Annotated[WorkerReport, Field(discriminator="kind")])


def read_report(message: Message) -> WorkerReport | None:
    """A message as a record; None where it is none that a worker may send."""
    try:
        return _ADAPTER.validate_python(message)
    except ValidationError:
        return None
