"""Reports: from the records of a run to tables, figures and one HTML page. Never runs a model."""

from pathlib import Path

__all__ = ["write_report"]


def write_report(folder: Path, limit: float | None = None) -> list[Path]:
    """Writes everything that can be read off the record tables beside them.

    Args:
        folder: The results folder of one experiment, with its four Parquet tables.
        limit: Seconds per 100 sequences that are affordable, for the recommendation.

    Returns:
        The files written: `standings` and `table` as .md, .csv and .tex, the figures and `report.html`.

    Raises:
        InputError: The tables are missing, unreadable or of another schema version, or the folder cannot be
            written.
    """
    from ismbench.bench.records.folder import writing
    from ismbench.report.figures import DARK, LIGHT, draw_figures, write_figures
    from ismbench.report.html import write_html
    from ismbench.report.run_records import load_records
    from ismbench.report.score_settings import apart_by_settings
    from ismbench.report.standings.forms import write_standings
    from ismbench.report.tables import write_tables

    records = apart_by_settings(load_records(folder))
    light, dark = (draw_figures(records, theme) for theme in (LIGHT, DARK))
    with writing(folder):
        return [
            *write_standings(records, folder, limit),
            *write_tables(records, folder),
            *write_figures(light, folder),
            write_html(records, light, dark, folder, limit),
        ]
