"""How each study of a paper ended: one small file beside their folders, rewritten as a whole."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from ismbench.errors import InputError
from ismbench.files import write_text
from ismbench.papers.core.study import Scale

__all__ = ["StudyState", "read_states", "write_state"]

_FILE = "studies.json"
Status = Literal["done", "failed"]


@dataclass(frozen=True)
class StudyState:
    """How a study ended the last time.

    Attributes:
        scale: quick, shipped or full.
        status: done; or failed, which an experiment is where some of its cells failed.
        reason: Why it failed.
        seconds: What it took; of an experiment, the parts of interrupted runs included.
        finished: UTC, ISO 8601.
    """

    scale: Scale
    status: Status
    reason: str
    seconds: float
    finished: str


def read_states(folder: Path) -> dict[str, StudyState]:
    """The states of a paper's folder by study; none where nothing ran.

    Raises:
        InputError: The file is broken.
    """
    path = folder / _FILE
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: StudyState(**values) for name, values in found.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InputError(
            f"The states of studies must be readable; delete the file to start over. Received: {path}: {error}"
        ) from None


def write_state(folder: Path, name: str, state: StudyState) -> None:
    """Sets the state of one study."""
    states = {**read_states(folder), name: replace(state, seconds=round(state.seconds, 1))}
    text = json.dumps({key: asdict(value) for key, value in states.items()}, indent=1)
    write_text(folder / _FILE, text + "\n")
