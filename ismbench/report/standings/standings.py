"""From records to the table that decides: a row a method, a column for each cost and each truth."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from ismbench.report.agreement_rows import by_sequence, pooled
from ismbench.report.groups import Group, best_cells
from ismbench.report.labels import STATUS_SHORT, claims_to_be_exact
from ismbench.report.run_records import Records
from ismbench.report.standings.advice import Advice, Candidate, advise
from ismbench.report.standings.baselines import distant_baselines
from ismbench.report.standings.ranking import Measure, rank_by_sequence, rank_by_time
from ismbench.report.standings.setting import RANDOM_WEIGHTS, setting_of
from ismbench.report.standings.tracks import AGREEMENT, Track, tracks_of

__all__ = ["MEMORY", "TIME", "Standing", "Standings", "exact_methods", "standings"]

TIME, MEMORY = "Time", "Memory"
_UNTRAINED = "The weights are random, so these agreements are not those of a trained model."


@dataclass(frozen=True)
class Standing:
    """One method of a group.

    Attributes:
        method: Its name.
        label: Its name in print.
        exact: It equals naive ISM.
        reason: Why it has no numbers; "" where it has.
        measures: Its numbers, by heading; none where nothing was measured.
        extrapolated: Its time was scaled up from a part of the positions.
    """

    method: str
    label: str
    exact: bool
    reason: str = ""
    measures: Mapping[str, Measure] = field(default_factory=dict)
    extrapolated: bool = False


@dataclass(frozen=True)
class Standings:
    """One group of comparable methods.

    Attributes:
        group: Model, length and what else they share.
        tracks: The columns in which they are judged.
        rows: In the order of the tables.
        advice: What to use.
        ceilings: What can be reached, by heading; of the tracks whose ceiling was measured.
        own: What exact ISM reaches, by heading; of the tracks that show it.
        warnings: What must be known of some of the numbers.
    """

    group: Group
    tracks: tuple[Track, ...]
    rows: tuple[Standing, ...]
    advice: Advice
    ceilings: Mapping[str, float] = field(default_factory=dict)
    own: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def standings(records: Records, limit: float | None = None) -> list[Standings]:
    """The standings of every group of a run, sorted by model, then length.

    Args:
        records: What the run left.
        limit: Seconds per 100 sequences that are affordable; a common one by default.
    """
    exact = exact_methods(records)
    tracks = tracks_of(records.metrics)
    return [_of_group(records, group, tracks, exact, limit) for group in records.groups]


def exact_methods(records: Records) -> set[str]:
    """Names of the methods that claim to equal naive ISM, as the runs or the table of methods say."""
    described: dict[str, bool] = {}
    for text in records.runs["methods"]:
        entries = json.loads(text) if isinstance(text, str) else {}
        described |= {name: bool(e.get("exact")) for name, e in entries.items() if isinstance(e, dict)}
    found = set()
    for name in records.cells["method"].unique():
        plain = str(name).partition(", ")[0]
        if described.get(plain, claims_to_be_exact(plain)):
            found.add(str(name))
    return found


def _of_group(
    records: Records, group: Group, tracks: list[Track], exact: set[str], limit: float | None
) -> Standings:
    best = best_cells(group)
    timed = {m: cell for m, cell in best.items() if _is_timed(cell)}
    columns: dict[str, dict[str, Measure]] = {
        TIME: rank_by_time({m: _times(cell) for m, cell in timed.items()}),
        MEMORY: {m: Measure(value) for m, cell in timed.items() if (value := _memory(cell)) is not None},
    }
    values = {track: _values(records, group, track) for track in tracks if not track.pooled}
    for track in tracks:
        if track.pooled:
            columns[track.head] = _pooled(records, group, track)
            continue
        # Exact methods are what the others are compared with: there they have no rank.
        unranked = sorted(exact & values[track].keys()) if track == AGREEMENT else ()
        columns[track.head] = rank_by_sequence(values[track], unranked, lower=track.lower)
    rows = tuple(_standing(group, m, cell, columns, m in exact) for m, cell in best.items())
    agreement = values.get(AGREEMENT, {})
    candidates = [
        Candidate(m, group.looks[m].label, m in exact, _times(cell)[0], _plain(agreement.get(m)))
        for m, cell in timed.items()
    ]
    shown = tuple(track for track in tracks if columns[track.head])
    advice = advise(candidates, limit)
    if agreement and dict(setting_of(records, group)).get("Weights") == RANDOM_WEIGHTS:
        advice = replace(advice, sentences=(*advice.sentences, _UNTRAINED))
    own = {
        track.head: value
        for track in shown
        if track.of_model and (value := _own(records, group, track, columns[track.head], exact)) is not None
    }
    warnings = tuple(distant_baselines(records, group))
    return Standings(group, shown, rows, advice, _ceilings(records, group, shown), own, warnings)


def _own(
    records: Records, group: Group, track: Track, column: Mapping[str, Measure], exact: set[str]
) -> float | None:
    """What exact ISM reaches: an exact method, or naive ISM off the clock, whichever rests on most sequences."""
    found = {m.n or 0: m.value for method, m in column.items() if method in exact}
    for method in group.methods:
        values = by_sequence(records, group, method, f"{track.metric}_of_exact_ism", track.versus).dropna()
        if len(values):
            found.setdefault(len(values), float(values.mean()))
    return found[max(found)] if found else None


def _ceilings(records: Records, group: Group, tracks: tuple[Track, ...]) -> dict[str, float]:
    """Of signed scores; a method without signs may have another one."""
    found = {}
    for track in tracks:
        means = [
            float(values.mean())
            for method in (group.methods if track.ceiling else ())
            if len(values := by_sequence(records, group, method, track.ceiling, track.versus).dropna())
        ]
        if means:
            found[track.head] = max(means)
    return found


def _standing(
    group: Group, method: str, cell: pd.Series, columns: Mapping[str, Mapping[str, Measure]], exact: bool
) -> Standing:
    label = group.looks[method].label
    if not _is_timed(cell):
        reason = cell["status_reason"]
        words = " ".join(reason.split()) if isinstance(reason, str) and reason.strip() else ""
        return Standing(
            method, label, exact, words or STATUS_SHORT.get(str(cell["status"]), str(cell["status"]))
        )
    measures = {head: column[method] for head, column in columns.items() if method in column}
    scaled = pd.notna(cell["extrapolated"]) and bool(cell["extrapolated"])
    return Standing(method, label, exact, "", measures, scaled)


def _is_timed(cell: pd.Series) -> bool:
    return bool(cell["status"] == "ok" and pd.notna(cell["seconds_per_100_sequences"]))


def _times(cell: pd.Series) -> tuple[float, float, float]:
    value = float(cell["seconds_per_100_sequences"])
    ends = (float(cell[f"seconds_per_100_sequences_{end}"]) for end in ("low", "high"))
    low, high = (end if math.isfinite(end) else value for end in ends)
    return value, low, high


def _memory(cell: pd.Series) -> float | None:
    value = cell["peak_memory_bytes"]
    return None if pd.isna(value) else float(value)


def _values(records: Records, group: Group, track: Track) -> dict[str, "pd.Series[float]"]:
    found = {m: by_sequence(records, group, m, track.metric, track.versus) for m in group.methods}
    return {m: values for m, values in found.items() if len(values)}


def _pooled(records: Records, group: Group, track: Track) -> dict[str, Measure]:
    found = {m: pooled(records, group, m, track.metric, track.versus) for m in group.methods}
    return {m: Measure(pair[0], n=pair[1]) for m, pair in found.items() if pair is not None}


def _plain(values: "pd.Series[float] | None") -> dict[str, float]:
    return {} if values is None else {str(name): float(value) for name, value in values.items()}
