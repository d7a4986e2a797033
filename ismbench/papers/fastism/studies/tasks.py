"""Names of a model's outputs, from the table that comes with it, and the one that a user asks for."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from ismbench.errors import InputError

__all__ = ["chosen_task", "read_tasks"]

_PARTS = ("Cell type", "Assay", "Treatment")
"""Columns of the table of DeepSEA Beluga's outputs that together name one."""


def read_tasks(path: Path, count: int) -> list[str]:
    """Names of outputs, in their order.

    Args:
        path: The table of Beluga's outputs as its authors publish it (tab-separated, with cell type, assay and
            treatment), or a text with a name a line.
        count: Outputs of the model.

    Raises:
        InputError: It is no such file, or of another number of outputs.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The names of tasks must be readable text. Received: {path}; {error}") from None
    names = _of_table(path) if lines and "Assay" in lines[0].split("\t") else [line.strip() for line in lines]
    if len(names) != count:
        raise InputError(
            f"There must be a name for each of {count} outputs. Received: {path} with {len(names)}"
        )
    return names


def _of_table(path: Path) -> list[str]:
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    parts = [table[name] for name in _PARTS if name in table]
    rows = zip(*parts, strict=True)
    return [" ".join(part for part in row if part and part not in ("None", "NA", "nan")) for row in rows]


def chosen_task(task: str | None, names: Sequence[str], best: int) -> int:
    """Number of the output to look at.

    Args:
        task: Its name, or its number from 0; None for the one with the largest prediction.
        names: Of all outputs.
        best: The output with the largest prediction.

    Raises:
        InputError: There is no such output, or several of that name.
    """
    if task is None:
        return best
    if task.isdecimal() and int(task) < len(names):
        return int(task)
    found = [i for i, name in enumerate(names) if name == task]
    if len(found) == 1:
        return found[0]
    near = get_close_matches(task, names, 3) or names[:3]
    why = f"{len(found)} outputs of that name, {found[:5]}; give a number" if found else f"near it are {near}"
    raise InputError(f"beluga.task must be the name of one output, or its number. Received: {task!r}; {why}")
