"""The records of a paper's studies, read when something asks for them."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from ismbench.papers.core.state import StudyState, read_states
from ismbench.papers.core.study import ExperimentStudy, Study
from ismbench.papers.core.table_files import Provenance, read_provenance, read_tables
from ismbench.report.run_records import Records, load_records
from ismbench.report.states import REMARK

__all__ = ["MissingRecordsError", "PaperRecords", "machine_words"]


class MissingRecordsError(Exception):
    """Something was not measured; the message says what and why. Becomes a gap in the page."""


class PaperRecords:
    """What the studies of a paper left.

    Args:
        studies: Of the paper.
        folder: Its folder of results.

    Attributes:
        folder: Likewise.
        states: How each study ended.
    """

    def __init__(self, studies: Sequence[Study], folder: Path) -> None:
        self.folder = folder
        self.states: Mapping[str, StudyState] = read_states(folder)
        self._studies: dict[str, Study] = {study.name: study for study in studies}
        self._runs: dict[str, Records] = {}
        self._tables: dict[str, dict[str, pd.DataFrame]] = {}

    def run(self, study: str) -> Records:
        """The four tables of an experiment.

        Raises:
            MissingRecordsError: It has not run.
            InputError: They are broken.
        """
        if study not in self._runs:
            if not (self.folder / study / "cells.parquet").is_file():
                raise self._missing(study)
            self._runs[study] = load_records(self.folder / study)
        run = self._runs[study]
        if len(states := list(dict.fromkeys(group.state for group in run.groups))) > 1:
            raise MissingRecordsError(f"the study {study}: {REMARK.format(states='; '.join(states))}")
        return run

    def table(self, study: str, name: str, *columns: str) -> pd.DataFrame:
        """A table of a computation.

        Args:
            study: Which.
            name: Of the table.
            *columns: That it must have; an earlier version may have left others.

        Raises:
            MissingRecordsError: It has not run, or left no such table or column.
            InputError: It is broken.
        """
        if study not in self._tables:
            self._tables[study] = read_tables(self.folder / study, self.provenance(study).tables)
        if name not in self._tables[study]:
            raise MissingRecordsError(f"the study {study} left no table {name}; run it again")
        found = self._tables[study][name]
        if missing := sorted({*columns} - {*found.columns}):
            raise MissingRecordsError(
                f"the study {study} left no column {missing[0]} in {name}; run it again"
            )
        return found.copy()

    def provenance(self, study: str) -> Provenance:
        """Where the tables of a computation come from.

        Raises:
            MissingRecordsError: It has not run.
        """
        found = read_provenance(self.folder / study)
        if found is None:
            raise self._missing(study)
        return found

    def ids(self, study: str, rows: pd.DataFrame | None = None) -> tuple[str, ...]:
        """Ids of records: the cells of an experiment (or of some of its rows), the identity of a computation."""
        if isinstance(self._studies[study], ExperimentStudy):
            cells = self.run(study).cells if rows is None else rows
            return tuple(map(str, cells["cell_id"].unique()))
        return (self.provenance(study).identity,)

    def machine(self, study: str) -> str:
        """The machine of a study's last run, in words.

        Raises:
            MissingRecordsError: It has not run.
        """
        if isinstance(self._studies[study], ExperimentStudy):
            last = self.run(study).runs.iloc[-1]
            return machine_words({str(name): value for name, value in last.items()})
        return machine_words(self.provenance(study).machine)

    def versions(self, studies: Sequence[str]) -> dict[str, dict[str, str]]:
        """Versions of the libraries by study, of those that have run."""
        found = {}
        for study in studies:
            try:
                found[study] = self._versions(study)
            except MissingRecordsError:
                continue
        return found

    @cached_property
    def machines(self) -> dict[str, str]:
        """The machine of every study that has run."""
        found = {}
        for study in self._studies:
            try:
                found[study] = self.machine(study)
            except MissingRecordsError:
                continue
        return found

    def _versions(self, study: str) -> dict[str, str]:
        if isinstance(self._studies[study], ExperimentStudy):
            text = self.run(study).runs["versions"].iloc[-1]
            return dict(json.loads(text)) if isinstance(text, str) else {}
        return dict(self.provenance(study).machine.get("versions", {}))

    def _missing(self, study: str) -> MissingRecordsError:
        state = self.states.get(study)
        if state is not None and state.reason:
            return MissingRecordsError(f"the study {study} failed: {state.reason}")
        return MissingRecordsError(f"the study {study} has not run")


def machine_words(record: Mapping[str, Any]) -> str:
    """A machine in words, such as "AMD EPYC, 2 cores, 24 GiB"."""
    parts = [str(record.get("machine") or "unknown processor")]
    cores, memory = record.get("usable_cores"), record.get("memory_bytes")
    if cores is not None and cores == cores:
        parts.append(f"{int(cores)} core{'' if cores == 1 else 's'}")
    if memory is not None and memory == memory:
        parts.append(f"{memory / 2**30:.0f} GiB")
    if record.get("device") == "gpu":
        parts.insert(0, str(record.get("device_name")))
    return ", ".join(parts)
