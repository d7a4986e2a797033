"""Published run times beside ours: the data of Fig 2 and S3 in the authors' repository."""

import re

import pandas as pd

from ismbench.papers.core.paper import ComparisonRow
from ismbench.papers.core.published import PublishedNumber, PublishedNumbers, published_value
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.tism.tables.read import times

__all__ = ["over_lengths", "over_numbers", "precomputation"]

_OURS_AT = {250: 251}
"""The authors timed AI-TAC at 250 bp, ours takes 251."""


def over_lengths(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    """Fig 2A and S3: run time over lengths."""
    return _run_times(records, published, "run time over lengths")


def over_numbers(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    """Fig 2B and S3: run time over numbers of sequences."""
    return _run_times(records, published, "run time over numbers of sequences")


def precomputation(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    """What Yuzu needs before its first sequence."""
    ours, machine = _times(records, "yuzu"), _machine(records, "yuzu")
    rows = []
    for p in published.select(quantity="precomputation"):
        device = _device(p.setting)
        found = _find(ours, p, p.method, "precompute", device)
        rows.append(_row(p, p.method, f"{p.length:,} bp, {device}", found, machine))
    return rows


def _run_times(records: PaperRecords, published: PublishedNumbers, quantity: str) -> list[ComparisonRow]:
    """A row a published number, and one of our engine beside naive ISM."""
    studies = {"peer_yuzu": "yuzu", "taylor_ism": "times", "naive_ism": "times"}
    tables = {
        (s, smallest): _times(records, s, smallest=smallest)
        for s in ("times", "yuzu")
        for smallest in (True, False)
    }
    if all(table.empty for table in tables.values()):
        raise MissingRecordsError("nothing was timed")
    machine, rows = _machine(records, "times"), []
    for number in published.select(quantity=quantity):
        count, device = _setting(number)
        words = f"{number.length:,} bp, {count} sequence{'' if count == 1 else 's'}, {device}"
        for method in (number.method, "fast_ism") if number.method == "naive_ism" else (number.method,):
            one, remark = _find(tables[studies[number.method], count == 1], number, method, "seconds", device)
            if one is not None or method == number.method:
                total = None if one is None else one * count
                rows.append(_row(number, method, words, (total, remark), machine))
    return rows


def _setting(number: PublishedNumber) -> tuple[int, str]:
    found = re.fullmatch(r"n_sequences=(\d+) device=\w+", number.setting)
    assert found is not None, number.setting
    return int(found[1]), _device(number.setting)


def _device(setting: str) -> str:
    return "cpu" if setting.endswith("device=cpu") else "gpu"


def _find(
    table: pd.DataFrame, number: PublishedNumber, method: str, column: str, device: str
) -> tuple[float | None, str]:
    """Our number, and what must be known of it."""
    if table.empty:
        return None, "the study has not run"
    assert number.length is not None
    length = _OURS_AT.get(number.length, number.length)
    rows = table[(table["model"] == number.model) & (table["length"] == length) & (table["method"] == method)]
    rows = rows[rows["device"].isna() | (rows["device"] == device)]
    if rows.empty:
        other = set(table["device"].dropna()) and device not in set(table["device"].dropna())
        return None, f"we did not run on a {device}" if other else "not part of this scale"
    row = rows.iloc[0]
    if pd.isna(row[column]):
        return None, str(row["status"]).replace("_", " ")
    at = f"ours at {length} bp" if length != number.length else ""
    scaled = "a subset of positions was timed" if row["extrapolated"] else ""
    return float(row[column]), "; ".join(filter(None, (at, scaled)))


def _row(
    number: PublishedNumber,
    method: str,
    setting: str,
    ours: tuple[float | None, str],
    machine: str,
) -> ComparisonRow:
    """Their number and ours; no number of theirs where the method is another one."""
    known = number if method == number.method else None
    return ComparisonRow(
        model=number.model,
        setting=setting,
        method=method,
        quantity=number.quantity,
        unit=number.unit,
        ours=ours[0],
        ours_machine=machine,
        remark=ours[1],
        **published_value(known),
    )


def _times(records: PaperRecords, study: str, *, smallest: bool = False) -> pd.DataFrame:
    try:
        return times(records, study, smallest=smallest)
    except MissingRecordsError:
        return pd.DataFrame()


def _machine(records: PaperRecords, study: str) -> str:
    try:
        return records.machine(study)
    except MissingRecordsError:
        return ""
