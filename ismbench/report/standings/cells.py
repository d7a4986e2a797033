"""The entries of the standings in words, alike in every form of the table."""

import math
from dataclasses import dataclass

from ismbench.report.standings.ranking import Measure
from ismbench.report.standings.standings import MEMORY, TIME, Standing, Standings
from ismbench.report.standings.tracks import AGREEMENT
from ismbench.text import numbers

__all__ = ["Text", "entry", "heading", "heads", "notes"]

_BASICS = {
    TIME: "Seconds per 100 sequences at the best batch size of each method, and the middle 80% of the samples.",
    MEMORY: "What one call needs beyond what was held before.",
}
RANKS = (
    "Mean over sequences, with its 95% interval and their number. Ranks are over the sequences that all ranked methods"
    " have; a method with less than half of the sequences has none. In parentheses, ranks that other sequences might"
    " give. Bold: surely better than every other method, paired over sequences."
)
_UNITS = {TIME: "Time (s)"}


@dataclass(frozen=True)
class Text:
    """One entry: the number, what stands below it, and whether it is in bold."""

    number: str
    small: str = ""
    best: bool = False
    sort: float | None = None


def heads(table: Standings) -> list[str]:
    """Headings of the columns behind the method's name, by which measures are found."""
    return [TIME, *(track.head for track in table.tracks), MEMORY]


def heading(table: Standings, head: str) -> str:
    """A heading in print, with its direction where that is not the usual one, and what can be reached."""
    track = next((t for t in table.tracks if t.head == head), None)
    most, own = table.ceilings.get(head), table.own.get(head)
    parts = ["lower is better"] if track is not None and track.lower else []
    parts += [] if track is None or most is None else [f"{track.ceiling_words} {most:.2f}"]
    parts += [] if own is None else [f"exact ISM {own:.2f}"]
    return _UNITS.get(head, head) + (f" ({', '.join(parts)})" if parts else "")


def entry(row: Standing, head: str) -> Text:
    """One entry; a dash where nothing was measured."""
    if head == AGREEMENT.head and row.exact and row.measures:
        return Text("exact", sort=1.0)
    measure = row.measures.get(head)
    if measure is None or not math.isfinite(measure.value):
        return Text(numbers.MISSING)
    if head == MEMORY:
        return Text(numbers.byte_size(measure.value), sort=measure.value)
    if head == TIME:
        star = "*" if row.extrapolated else ""
        return Text(numbers.seconds(measure.value) + star, _small(measure), measure.best, measure.value)
    return Text(f"{measure.value:.2f}", _small(measure), measure.best, measure.value)


def _small(measure: Measure) -> str:
    parts = []
    if measure.low is not None and measure.high is not None:
        between = (
            numbers.interval(measure.low, measure.high)
            if measure.n is None
            else f"{max(measure.low, -1.0):.2f} to {min(measure.high, 1.0):.2f}"
        )
        parts.append(between)
    if measure.n is not None:
        parts.append(f"n {measure.n}")
    if measure.rank is not None:
        sure = measure.rank_low == measure.rank_high
        parts.append(f"rank {measure.rank}" + ("" if sure else f" ({measure.rank_low}–{measure.rank_high})"))
    return ", ".join(parts)


def notes(tables: list[Standings]) -> list[tuple[str, str]]:
    """What each column's number means, by its heading, and what else must be known."""
    tracks = dict.fromkeys(track for table in tables for track in table.tracks)
    lines = [(_UNITS.get(head, head), words) for head, words in _BASICS.items()]
    lines += [(track.head, track.words) for track in tracks]
    if any(table.tracks for table in tables):
        lines.append(("Intervals and ranks", RANKS))
    if any(row.extrapolated for table in tables for row in table.rows):
        lines.append(("*", "A subset of the positions was timed and scaled to all of them."))
    return lines
