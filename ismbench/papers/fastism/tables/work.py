"""Fig 1 and the text around it: what is computed for one mutation in Basset, and in which layers."""

from collections.abc import Iterator
from dataclasses import replace

from ismbench.papers.core.paper import ComparisonRow
from ismbench.papers.core.published import PublishedNumbers, published_value
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.fastism.tables.basset_work import CONVOLUTIONS, DENSE, POOLS, BassetWork, basset_work
from ismbench.papers.fastism.tables.numbers import share_of_convolutions

__all__ = ["parts", "work"]

_PLACE = "1,000 bp, position 500"
_COUNT = "multiply-adds per mutant"
_CHANGED = "changed positions of a mutation at 500"


def work(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    """Multiply-adds of a full pass, of windows and of differences, and how far a mutation reaches."""
    counted = basset_work(records)
    case = records.table("plan", "case").iloc[0]
    rows = [_row(published, "full", "full pass", counted.total)]
    rows += _windows(published, "windowed", counted.total_as_paper, counted.total_of_every)
    rows.append(_row(published, "", "differences (ours)", float(case["difference"])))
    rows += [_row(published, name, f"{name}, full pass", counted.full[name]) for name in CONVOLUTIONS]
    rows += [_row(published, name, f"{name}, full pass", counted.full[key]) for name, key in DENSE.items()]
    rows[-1] = replace(rows[-1], remark="10 outputs there, one here", comparable=False)
    for name in CONVOLUTIONS:
        rows += _windows(
            published, f"{name} windowed", counted.as_paper[name], counted.every[name], counted.outputs[name]
        )
    return rows + list(_reach(published, counted))


def _windows(
    published: PublishedNumbers, setting: str, as_paper: float, every: float, outputs: int | None = None
) -> list[ComparisonRow]:
    words = "as the paper counts" if outputs is None else f"as the paper counts, {outputs} outputs"
    row = _row(published, setting, f"{setting}, {words}", as_paper)
    return [row, replace(row, setting=f"{_PLACE}, {setting}, every changed output", ours=float(every))]


def _reach(published: PublishedNumbers, counted: BassetWork) -> Iterator[ComparisonRow]:
    for name in ("conv1", *POOLS):
        yield _row(published, name, name, counted.changed[name], _CHANGED)


def _row(
    published: PublishedNumbers, setting: str, words: str, ours: float, quantity: str = _COUNT
) -> ComparisonRow:
    known = published.find(table="Fig 1", model="basset", setting=setting, quantity=quantity)
    return ComparisonRow(
        model="basset",
        setting=f"{_PLACE}, {words}",
        method="",
        quantity=quantity,
        unit="",
        ours=float(ours),
        **published_value(known),
    )


def parts(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    """Convolutions over dense layers: by count, by time, and the share of the time in the repository's notebook."""
    seconds = records.table("basset_parts", "parts").set_index("part")["seconds"]
    machine = records.machines["basset_parts"]
    timed = _over_dense(published, "timed", float(seconds["convolutional"] / seconds["dense"]), machine)
    one, dense = (
        published.find(table="parts", model="basset", setting=part) for part in ("convolutional", "dense")
    )
    share = replace(
        timed,
        setting="1,000 bp, notebook TimeBassetParts",
        quantity="share of the convolutional part in the time of both parts",
        ours=share_of_convolutions(seconds),
    )
    if one is not None and dense is not None:
        value = one.value / (one.value + dense.value)
        share = replace(share, **{**published_value(one), "published": value})
    return [*_counted(records, published), timed, share]


def _counted(records: PaperRecords, published: PublishedNumbers) -> Iterator[ComparisonRow]:
    try:
        counted = basset_work(records)
    except MissingRecordsError:
        return
    ours = sum(counted.full[name] for name in CONVOLUTIONS) / counted.dense
    yield _over_dense(published, "counted", ours, "")


def _over_dense(published: PublishedNumbers, setting: str, ours: float, machine: str) -> ComparisonRow:
    known = published.find(quantity="convolutions over dense layers", setting=setting)
    return ComparisonRow(
        model="basset",
        setting=f"1,000 bp, {setting}",
        method="",
        quantity="convolutions over dense layers",
        unit="",
        ours=ours,
        ours_machine=machine,
        **published_value(known),
    )
