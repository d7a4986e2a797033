"""Settings that change a method's scores make methods of their own: the fastest batch is never sought among them.

DeepSHAP with 5 references is faster than with 100, and says something else. Batch sizes proper leave the scores alone.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pandas as pd

from ismbench.methods import METHODS
from ismbench.methods.options import defaults
from ismbench.report.run_records import Records

__all__ = ["apart_by_settings"]

_REFERENCES: Final = "references_per_example"


def apart_by_settings(records: Records) -> Records:
    """The same records, with cells of one method called by their settings where these differ and change the scores.

    Args:
        records: Of an experiment.

    Returns:
        Records in which such methods are called like ``deepshap, 20 references``; the others keep their names.
    """
    names: dict[str, str] = {}
    for method, rows in records.cells.groupby("method"):
        own = {str(cell["cell_id"]): _settings(cell) for _, cell in rows.iterrows()}
        differing = [key for key in _keys(own) if len({repr(s.get(key)) for s in own.values()}) > 1]
        for cell_id, of_cell in own.items():
            words = [_words(key, of_cell.get(key)) for key in differing]
            names[cell_id] = ", ".join([str(method), *words])
    return replace(
        records,
        cells=_named(records.cells, names),
        samples=_named(records.samples, names),
        metrics=_named(records.metrics, names),
    )


def _settings(cell: pd.Series) -> dict[str, object]:
    """References and options of a cell, those of the method where nothing was given."""
    method, references, options = (
        METHODS.get(str(cell["method"])),
        cell["references_per_example"],
        cell["options"],
    )
    own = {} if method is None else {_REFERENCES: method.batch.get(_REFERENCES), **defaults(method)}
    given = json.loads(options) if isinstance(options, str) else {}
    found = {**own, **(given if isinstance(given, dict) else {})}
    return found if pd.isna(references) else {**found, _REFERENCES: int(references)}


def _keys(settings: Mapping[str, Mapping[str, object]]) -> list[str]:
    return list(dict.fromkeys(key for each in settings.values() for key in each))


def _words(key: str, value: object) -> str:
    shown = "default" if value is None else value if isinstance(value, str) else json.dumps(value)
    return f"{shown} references" if key == _REFERENCES else f"{key}={shown}"


def _named(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    method = table["cell_id"].map(names).fillna(table["method"]).astype(object)
    return table.assign(method=method)
