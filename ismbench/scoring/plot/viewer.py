"""One HTML file to browse regions: search, zoom, values under the pointer; it needs no other file and no network."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

from ismbench.errors import InputError
from ismbench.scoring.opened import Opened, Passage
from ismbench.scoring.plot.look import BASE_COLORS
from ismbench.scoring.store_layout import BASES

__all__ = ["MOST_REGIONS", "write_viewer"]

MOST_REGIONS = 1000
"""Regions of a page; of more, the first."""
_TEMPLATE = Path(__file__).parent / "templates" / "viewer.html"
_STEPS = 32767


def write_viewer(opened: Opened, output: int, path: Path) -> None:
    """Writes the page.

    Args:
        opened: The store.
        output: Which.
        path: The file.
    """
    records = [
        _record(block, i)
        for block in opened.blocks(output, range(min(opened.count, MOST_REGIONS)))
        for i in range(len(block.names))
    ]
    if not records:
        raise InputError(f"A page needs scored records. Received: {opened.path}, which has none")
    data = {
        "title": opened.attributes["title"],
        "command": opened.attributes["command"],
        "output": opened.labels[output],
        "total": opened.count,
        "width": opened.width,
        "bases": list(BASES),
        "aboutBases": opened.bases,
        "colors": [BASE_COLORS[base] for base in BASES],
        "records": records,
    }
    # "<" is escaped so that no name of a record can end the script element.
    text = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    page = _TEMPLATE.read_text(encoding="utf-8").replace("/*DATA*/null", text)
    path.write_text(page, encoding="utf-8")


def _record(block: Passage, i: int) -> dict[str, Any]:
    """A region; values are whole numbers of 1/32767 of the largest one."""
    per_base = block.hypothetical is not None
    values = block.hypothetical[i] if block.hypothetical is not None else block.contribution[i]
    # The page draws no value where the letter is N.
    values = np.nan_to_num(values)
    largest = float(np.abs(values).max()) or 1.0
    steps = np.round(values / largest * _STEPS).astype("<i2")
    letters = np.where(block.x[i].any(axis=1), block.x[i].argmax(axis=1), len(BASES))
    return {
        "name": block.names[i],
        "chrom": block.chrom[i],
        "start": max(int(block.start[i]), 0),
        "letters": "".join((*BASES, "N")[k] for k in letters),
        "scale": largest / _STEPS,
        "perBase": per_base,
        "values": base64.b64encode(steps.tobytes()).decode(),
    }
