"""What a method raised, as the status of its cell."""

from ismbench.bench.measure.prepare import OverBudgetError
from ismbench.bench.process.out_of_memory import says_out_of_memory
from ismbench.errors import UnsupportedError, in_one_line

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
    return "error", reason
