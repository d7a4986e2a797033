"""How a cell can end."""

__all__ = ["EXPECTED", "FAILURES", "STATUSES"]

STATUSES = (
    "ok",
    "unsupported",
    "over_budget",
    "oom",
    "oom_implied",
    "timeout",
    "error",
    "nonequivalent",
    "interrupted",
)
"""Every status but ``ok`` comes with ``status_reason``."""

FAILURES = frozenset({"oom", "oom_implied", "timeout", "error", "nonequivalent"})
"""Statuses that make a run end with exit code 4. The others are known limits, stated before the cell ran."""

EXPECTED = frozenset({"ok", "unsupported", "over_budget"})
"""Statuses whose reason says all; the others come with the tail of standard error too."""
