"""How a command ends, for shells and workflows."""

from enum import IntEnum

__all__ = ["ExitCode"]


class ExitCode(IntEnum):
    """Exit codes of every command."""

    FINE = 0
    INTERNAL = 1
    """An error of ours."""
    USAGE = 2
    """The command, a file or an experiment breaks a rule."""
    REGRESSION = 3
    """Something got worse."""
    SOME_FAILED = 4
    """Some cells, studies or records have no result."""
    NOTHING_COMPARABLE = 5
    """No verdict is possible."""
    INTERRUPTED = 130
    """Ended by Ctrl-C or SIGTERM; what was finished is kept."""
