"""What a run left: how many records and positions were scored, and why others were not."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ismbench.scoring import store

__all__ = ["ScoringSummary", "summarize"]

_MOST_REASONS = 20


@dataclass(frozen=True)
class ScoringSummary:
    """What a run left.

    Attributes:
        out: The store.
        records: In the store.
        scored: How many of them have scores.
        unknown: Positions of these that are not scored, because their letter is not known (N).
        reasons: (name, reason) of the first records that have none.
        earlier: Records that an earlier run had scored.
    """

    out: Path
    records: int
    scored: int
    unknown: int
    reasons: tuple[tuple[str, str], ...]
    earlier: int


def summarize(out: Path, record: str, earlier: int | None = None) -> ScoringSummary:
    """Counts what is in a store.

    Args:
        out: The store.
        record: Name of its axis of records.
        earlier: Records that an earlier run had scored; all by default.
    """
    group = store.open_group(out, "r")
    count, step = store.rows(group, record), group["reason"].chunks[0]
    scored = unknown = 0
    reasons = list[tuple[str, str]]()
    for first in range(0, count, step):
        part = slice(first, first + step)
        texts = group["reason"][part]
        bad = [i for i, text in enumerate(texts) if text]
        scored += len(texts) - len(bad)
        if "unknown" in group:
            unknown += int(np.delete(group["unknown"][part], bad).sum())
        for i in bad[: max(0, _MOST_REASONS - len(reasons))]:
            reasons.append((str(group[record][first + i]), str(texts[i])))
    return ScoringSummary(out, count, scored, unknown, tuple(reasons), count if earlier is None else earlier)
