"""Puts the main table of a run between two comments of a Markdown file, so that no number there is typed."""

import json
import re
from pathlib import Path

from ismbench.errors import InputError
from ismbench.files import write_text
from ismbench.report.main_table import main_table
from ismbench.report.run_records import Records, load_records
from ismbench.report.score_settings import apart_by_settings
from ismbench.report.standings.forms import group_markdown
from ismbench.report.standings.standings import standings
from ismbench.report.standings.tracks import AGREEMENT
from ismbench.report.tables import as_markdown

__all__ = ["fill_readme", "results_text"]

PACKAGES = ("tensorflow", "keras", "alibi", "shap")
_BETWEEN = re.compile(r"(<!-- results: begin[^>]*-->\n).*?(<!-- results: end -->)", flags=re.DOTALL)


def results_text(records: Records) -> str:
    """The main table in Markdown, the standings of what was judged, and where they were measured."""
    run = records.runs.sort_values("started").iloc[-1]
    versions = json.loads(run["versions"])
    known = ", ".join(f"{name} {versions[name]}" for name in PACKAGES if name in versions)
    memory = f"{int(run['memory_bytes']) / 2**30:.0f} GiB"
    where = (
        f"{run['device_name']}, {int(run['usable_cores'])} cores, {memory}; {known}; {run['started'][:10]}"
    )
    judged = [one for one in standings(records) if AGREEMENT in one.tracks]
    parts = [as_markdown(main_table(records)), *(group_markdown(records, one, 3) + "\n" for one in judged)]
    return "\n".join([*parts, f"Measured on: {where}.\n"])


def fill_readme(folder: Path, file: Path) -> None:
    """Replaces what stands between the two comments.

    Args:
        folder: The results folder of one experiment.
        file: A Markdown file with a line ``<!-- results: begin -->`` and a line ``<!-- results: end -->``.

    Raises:
        InputError: The file is missing or does not have both lines, or the folder has no records.
    """
    if not file.is_file():
        raise InputError(f"--readme must name a Markdown file. Received: {file}")
    text = file.read_text(encoding="utf-8")
    if not _BETWEEN.search(text):
        raise InputError(
            f"{file} must have the lines '<!-- results: begin -->' and '<!-- results: end -->'. "
            "Received: no such pair"
        )
    table = results_text(apart_by_settings(load_records(folder)))
    write_text(file, _BETWEEN.sub(lambda match: match[1] + table + match[2], text))
