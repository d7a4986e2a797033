"""The report as one self-contained HTML file: tables that sort, figures for light and dark pages."""

import base64
import io
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from ismbench.files import write_text
from ismbench.report.figures import DARK, FIGURES, LIGHT, FigureSpec, Theme, save
from ismbench.report.html_rows import cell_rows, concordance_table, run_facts, status_counts
from ismbench.report.main_table import CAPTION, main_table, notes, table_looks
from ismbench.report.run_records import Records
from ismbench.report.standings.advice import rules
from ismbench.report.standings.cells import entry, heading, heads
from ismbench.report.standings.cells import notes as meanings
from ismbench.report.standings.setting import setting_of
from ismbench.report.standings.standings import standings
from ismbench.text import numbers

__all__ = ["write_html"]

_PIXELS = 112
"""Pixels of an inch of a figure, so that its text is as large as the page's."""


@dataclass(frozen=True)
class EmbeddedPicture:
    """A figure as the page shows it: its words, its width in pixels, and a data URI for each theme."""

    spec: FigureSpec
    width: int
    light: str
    dark: str


def write_html(
    records: Records,
    light: dict[str, Figure],
    dark: dict[str, Figure],
    folder: Path,
    limit: float | None = None,
) -> Path:
    """Writes `report.html`; it needs no other file and no network.

    Args:
        records: What the run left.
        light: Its figures for a light page, by name.
        dark: The same for a dark page.
        folder: Where to write; it must exist.
        limit: Seconds per 100 sequences that are affordable, for the recommendation.

    Returns:
        The file.
    """
    # Autoescape is on for everything: names of sequences and messages of errors come from outside.
    environment = Environment(
        loader=PackageLoader("ismbench.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["look"] = records.looks.__getitem__
    environment.filters["setting"] = partial(setting_of, records)
    environment.filters |= {"heads": heads, "heading": heading, "entry": entry}
    context = {**_context(records, limit), "pictures": _pictures(light, dark)}
    # Our own style sheet and script, not data: they go in as they are.
    ours = {
        "style": Markup(_source(environment, "report.css")),
        "script": Markup(_source(environment, "report.js")),
    }
    page = environment.get_template("report.html").render(context | ours)
    return write_text(folder / "report.html", page)


def _context(records: Records, limit: float | None) -> dict[str, Any]:
    rows = main_table(records)
    tables = standings(records, limit)
    return {
        "standings": tables,
        "meanings": meanings(tables),
        "rules": rules(limit),
        "experiment": records.experiment,
        "statuses": status_counts(records),
        "facts": run_facts(records),
        "caption": CAPTION,
        "methods": [*table_looks(rows)],
        "rows": rows,
        "notes": notes(rows),
        "cells": cell_rows(records),
        "concordance": concordance_table(records),
        "numbers": numbers,
    }


def _source(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _pictures(light: dict[str, Figure], dark: dict[str, Figure]) -> list[EmbeddedPicture]:
    return [
        EmbeddedPicture(
            spec,
            round(_PIXELS * light[spec.name].get_figwidth()),
            _svg(light[spec.name], LIGHT),
            _svg(dark[spec.name], DARK),
        )
        for spec in FIGURES
        if spec.name in light
    ]


def _svg(figure: Figure, theme: Theme) -> str:
    """A figure as a data URI. Scripts inside an image never run, whatever a label says."""
    out = io.BytesIO()
    save(figure, out, "svg", theme)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode("ascii")
