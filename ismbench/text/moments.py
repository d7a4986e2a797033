"""Moments as text: UTC, ISO 8601, whole seconds, such as 2026-11-25T13:20:00Z."""

from datetime import UTC, datetime

__all__ = ["utc_now"]


def utc_now() -> str:
    """This moment."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
