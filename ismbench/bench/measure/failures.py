"""What a method raised, as the status of its cell."""

import traceback
from pathlib import Path

from ismbench.bench.measure.prepare import OverBudgetError
from ismbench.bench.process.out_of_memory import says_out_of_memory
from ismbench.errors import UnsupportedError, in_one_line
from ismbench.installed import is_installed

__all__ = ["status_of"]


def status_of(error: Exception) -> tuple[str, str]:
    """Status and reason of a cell whose method raised this."""
    if isinstance(error, UnsupportedError):
        return "unsupported", str(error)
    if isinstance(error, OverBudgetError):
        return "over_budget", str(error)
    reason = in_one_line(error)
    if says_out_of_memory(reason):
        return "oom", reason
    return "error", reason + _place(error)


def _place(error: Exception) -> str:
    """Where it was raised: the innermost line that is not of an installed package; empty where there is none."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if not f.filename.startswith("<") and not is_installed(f.filename)]
    return f" ({Path(own[-1].filename).name}:{own[-1].lineno})" if own else ""
