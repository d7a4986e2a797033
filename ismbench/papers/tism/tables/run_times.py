"""Tables 1 and 2: run times of ISM and TISM on the paper's baseline, beside ours."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ismbench.papers.core.paper import ComparisonRow
from ismbench.papers.core.published import PublishedNumber, PublishedNumbers, published_value
from ismbench.papers.core.study_records import PaperRecords

__all__ = ["TABLES", "ratios", "table_1", "table_2"]

TABLES = "tables"
"""The study that timed them."""
BATCH = 20
"""Of the paper."""


def table_1(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    """Table 1: run time over numbers of sequences."""
    return _rows(records, published.select(table="Table 1"))


def table_2(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    """Table 2: run time over lengths."""
    return _rows(records, published.select(table="Table 2"))


def ratios(records: PaperRecords, n_sequences: int | None = None) -> pd.DataFrame:
    """How many times faster TISM is than ISM.

    Args:
        records: Of the paper.
        n_sequences: Only of so many sequences.

    Returns:
        Columns length, n_sequences, batch (of ISM), ratio, whole (all sequences and positions of ISM were timed).
    """
    table = records.table(TABLES, "times")
    keys = ["length", "n_sequences"]
    ism, tism = (table[table["method"] == method] for method in ("naive_ism", "taylor_ism"))
    both = ism.merge(tism[[*keys, "seconds"]], on=keys, suffixes=("", "_tism"))
    both = both if n_sequences is None else both[both["n_sequences"] == n_sequences]
    whole = (both["n_timed"] == both["n_sequences"]) & (both["positions_timed"] == both["length"])
    found = both.assign(ratio=both["seconds"] / both["seconds_tism"], whole=whole)
    return found[[*keys, "batch", "ratio", "whole"]].reset_index(drop=True)


def _rows(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    """A row a published number, and one of ISM in our best batches beside each of ISM."""
    table, machine = records.table(TABLES, "times"), records.machine(TABLES)
    rows = []
    for number in published:
        n = int(number.setting.partition(" ")[0].removeprefix("n_sequences="))
        chosen = table[
            (table["method"] == number.method)
            & (table["length"] == number.length)
            & (table["n_sequences"] == n)
        ]
        if chosen.empty:
            words = f"{number.length:,} bp, {n:,} sequences, batches of {BATCH}"
            rows.append(_row(number, words, None, "not part of this scale", machine))
        for one in chosen.to_dict("records"):
            same = number.method != "naive_ism" or one["batch"] == BATCH
            words = f"{number.length:,} bp, {n:,} sequences, batches of {one['batch']}"
            rows.append(_row(number, words, one["seconds"], _remark(one), machine, published=same))
    return rows


def _row(
    number: PublishedNumber,
    setting: str,
    ours: float | None,
    remark: str,
    machine: str,
    *,
    published: bool = True,
) -> ComparisonRow:
    return ComparisonRow(
        model=number.model,
        setting=setting,
        method=number.method,
        quantity=number.quantity,
        unit=number.unit,
        ours=ours,
        ours_machine=machine,
        remark=remark,
        **published_value(number if published else None),
    )


def _remark(one: Mapping[Any, Any]) -> str:
    """Which part was timed, if not all."""
    if one["positions_timed"] != one["length"]:
        return f"{one['positions_timed']:,} positions of one sequence were timed"
    if one["n_timed"] != one["n_sequences"]:
        return f"{one['n_timed']:,} of the sequences were timed"
    return ""
