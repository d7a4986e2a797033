"""A picture on disk: PNG, SVG and PDF, the plotted data as CSV, and JSON that says where all of it comes from."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from ismbench.bench.machine.machine import versions
from ismbench.files import whole_file, write_text
from ismbench.papers.core.paper import Drawn, Picture
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.core.table_files import write_frame
from ismbench.report.figures import FORMATS, LIGHT, save

__all__ = ["remove_others", "remove_picture", "write_picture"]


def write_picture(picture: Picture, records: PaperRecords, drawn: Drawn, folder: Path) -> list[Path]:
    """Writes a picture with its sidecars, each file as a whole.

    Args:
        picture: What it is.
        records: What it was drawn from.
        drawn: The figure.
        folder: Where to; made if it is not there.

    Returns:
        The files: NAME.png, .svg, .pdf, .csv and .json.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = [_save(drawn.figure, folder / f"{picture.name}.{kind}", kind) for kind in FORMATS]
    written.append(write_frame(drawn.data, folder / f"{picture.name}.csv"))
    text = json.dumps(_about(picture, records, drawn), indent=1, sort_keys=True)
    return [*written, write_text(folder / f"{picture.name}.json", text + "\n")]


def remove_picture(name: str, folder: Path) -> None:
    """Removes the files of a picture that cannot be drawn any more, so that none is left from another run."""
    for ending in (*FORMATS, "csv", "json"):
        (folder / f"{name}.{ending}").unlink(missing_ok=True)


def remove_others(pictures: Iterable[Picture], folder: Path) -> None:
    """Removes the files of pictures that a paper had under other names; each left a file of its records."""
    known = {picture.name for picture in pictures}
    for file in sorted(folder.glob("*.json")):
        if file.stem not in known:
            remove_picture(file.stem, folder)


def _about(picture: Picture, records: PaperRecords, drawn: Drawn) -> dict[str, Any]:
    known = versions()
    return {
        "picture": picture.name,
        "caption": picture.caption,
        "data": f"{picture.name}.csv",
        "record_ids": list(drawn.ids),
        "studies": {
            study: {"machine": records.machines[study], "versions": of_study}
            for study, of_study in records.versions(picture.studies).items()
        },
        "drawn_with": {
            name: known[name] for name in ("ismbench", "python", "numpy", "pandas") if name in known
        }
        | {"matplotlib": _matplotlib()},
    }


def _matplotlib() -> str:
    import matplotlib as mpl

    return str(mpl.__version__)


def _save(figure: Figure, path: Path, kind: str) -> Path:
    with whole_file(path) as temporary:
        save(figure, temporary, kind, LIGHT)
    return path
