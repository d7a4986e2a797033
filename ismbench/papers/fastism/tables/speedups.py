"""Speed-up over naive ISM: of the original fastISM and of our engine, published and on this machine."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ismbench.papers.core.paper import ComparisonRow
from ismbench.papers.core.published import PublishedNumbers, published_value
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.fastism.tables.known import SPEEDUP, documented_ratio, published_ratio
from ismbench.papers.fastism.tables.numbers import Found, best_batch, best_cell
from ismbench.papers.fastism.tables.table1 import TABLE_1, Place

__all__ = ["speedups"]


def speedups(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    """Naive ISM over fastISM: a ratio of two times of one machine, so machines may be compared."""
    rows = []
    for model, length, mode in TABLE_1:
        naive = best_cell(records, model, "naive_ism", length, mode)
        fast = best_cell(records, model, "fast_ism", length, mode)
        # The original and naive ISM in the same study; our engine and naive ISM in the same run.
        base = best_batch(records, model, length, "naive_ism")
        original = best_batch(records, model, length, "peer_fastism")
        place = (model, length, mode)
        paper = published.find(model=model, length=length, quantity=SPEEDUP, table="Table 1")
        row = _speedup(records, published_value(paper), place, "peer_fastism", original, base)
        in_notebook = published_ratio(published, model, length, "")
        setting = f"{row.setting}; notebook ISMBenchmark, one substitution a position"
        rows += [row, replace(row, setting=setting, **in_notebook)]
        if place == TABLE_1[0]:
            words = f"{row.setting}; documentation, 1,024 sequences, one substitution a position"
            rows.append(replace(row, setting=words, **documented_ratio(published)))
        rows.append(_speedup(records, {"published": None}, place, "fast_ism", fast, naive))
    rows += _beluga(records, published)
    return rows


def _speedup(
    records: PaperRecords, known: dict[str, Any], place: Place, method: str, found: Found, naive: Found
) -> ComparisonRow:
    model, length, _ = place
    value = None if found.seconds is None or naive.seconds is None else naive.seconds / found.seconds
    return ComparisonRow(
        model=model,
        setting=f"{length:,} bp",
        method=method,
        quantity=SPEEDUP,
        unit="",
        ours=value,
        ours_machine=records.machines.get("fastism_batches" if method == "peer_fastism" else model, ""),
        remark=naive.remark if found.seconds is not None and naive.seconds is None else found.remark,
        **known,
    )


def _beluga(records: PaperRecords, published: PublishedNumbers) -> Iterator[ComparisonRow]:
    value: float | None
    try:
        times = records.table("beluga", "times").set_index("method")["seconds_per_sequence"]
    except MissingRecordsError as gap:
        value, remark = None, str(gap)
    else:
        value = float(times["naive_ism"] / times["fast_ism"])
        remark = "published: the original in the tutorial; ours: fast ISM, random weights"
    yield ComparisonRow(
        "deepsea_beluga", "2,000 bp", "fast_ism", SPEEDUP, "", ours=value,
        ours_machine=records.machines.get("beluga", ""), remark=remark,
        **published_ratio(published, "deepsea_beluga", 2000, ""),
    )  # fmt: skip
