"""From a paper's records to its tables, pictures and page. Nothing here runs a model."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pandas as pd

from ismbench.bench.records.folder import writing
from ismbench.files import write_text
from ismbench.papers.core.figure_look import finish, printed
from ismbench.papers.core.page import Checked, Compared, Made, page
from ismbench.papers.core.paper import Comparison, Finding, Judgement, Paper, Picture, Ruling
from ismbench.papers.core.picture_files import remove_others, remove_picture, write_picture
from ismbench.papers.core.published import PublishedNumbers, read_published
from ismbench.papers.core.study import ExperimentStudy
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.core.table_files import write_frame

__all__ = ["write_outputs"]

_Value = TypeVar("_Value")


def write_outputs(
    paper: Paper, records: PaperRecords, say: Callable[[str], None]
) -> tuple[Path, dict[str, str]]:
    """Writes everything that can be read off the records.

    Args:
        paper: Which.
        records: What its studies left.
        say: Takes a line a thing that is written or missing.

    Returns:
        The page, and what is missing and why, by name.
    """
    folder = records.folder
    numbers = read_published([paper.name])
    with writing(folder):
        for study in paper.studies:
            _write_main_table(study.name, records, isinstance(study, ExperimentStudy))
        compared = [_compare(one, records, numbers, folder) for one in paper.comparisons]
        remove_others(paper.pictures, folder / "figures")
        made = [_draw(one, records, folder / "figures", say) for one in paper.pictures]
        checked = [_check(one, records) for one in paper.findings]
        path = write_text(folder / "README.md", page(paper, records, compared, made, checked))
    gaps = {name: state.reason for name, state in records.states.items() if state.status == "failed"}
    gaps |= {one.comparison.title: one.gap for one in compared if one.gap}
    gaps |= {one.picture.title: one.gap for one in made if one.gap}
    return path, gaps


def _write_main_table(study: str, records: PaperRecords, is_experiment: bool) -> None:
    from ismbench.report.tables import write_tables

    if is_experiment and (records.folder / study / "cells.parquet").is_file():
        write_tables(records.run(study), records.folder / study)


def _compare(one: Comparison, records: PaperRecords, numbers: PublishedNumbers, folder: Path) -> Compared:
    try:
        rows = one.rows(records, numbers)
    except MissingRecordsError as gap:
        (folder / f"{one.name}.csv").unlink(missing_ok=True)
        return Compared(one, (), str(gap))
    table = pd.DataFrame([{**vars(row), "ratio": row.ratio} for row in rows])
    write_frame(table, folder / f"{one.name}.csv")
    return Compared(one, tuple(rows))


def _draw(one: Picture, records: PaperRecords, folder: Path, say: Callable[[str], None]) -> Made:
    try:
        with printed():
            drawn = one.draw(records)
            finish(drawn.figure)
    except MissingRecordsError as gap:
        remove_picture(one.name, folder)
        say(f"no picture {one.name}: {gap}")
        return Made(one, gap=str(gap))
    write_picture(one, records, drawn, folder)
    say(f"picture {one.name}")
    return Made(one)


def _check(one: Finding, records: PaperRecords) -> Checked:
    try:
        return Checked(one, one.check(records))
    except MissingRecordsError as gap:
        return Checked(one, Judgement(Ruling.UNDECIDED, f"not measured: {gap}"))
