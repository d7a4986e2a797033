"""Compares the first pattern of `modisco motifs` with JASPAR's CTCF, and draws both.

python -m tests.scoring.ctcf_motif MODISCO.h5 FOLDER
"""

import json
import sys
from pathlib import Path
from typing import Any

import h5py
import logomaker
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench.report.figures import LIGHT, save
from ismbench.report.figures.style import panels, themed
from ismbench.scoring.plot.look import BASE_COLORS
from ismbench.simulate import read_motifs

Array = NDArray[Any]


def align(pattern: Array, motif: Array) -> tuple[float, int, bool]:
    """Best Pearson correlation of frequencies, where in the pattern it is, and whether the motif is turned around."""
    found = []
    for turned in (False, True):
        other = motif[::-1, ::-1] if turned else motif
        for i in range(len(pattern) - len(motif) + 1):
            r = np.corrcoef(pattern[i : i + len(motif)].ravel(), other.ravel())[0, 1]
            found.append((float(r), i, turned))
    return max(found)


def patterns(path: Path) -> list[dict[str, Array | int]]:
    """Frequencies, contributions and number of seqlets of every positive pattern."""
    with h5py.File(path) as file:
        groups = file.get("pos_patterns", {})
        names = sorted(groups, key=lambda name: int(name.split("_")[1]))
        return [
            {
                "frequencies": groups[n]["sequence"][:],
                "contributions": groups[n]["contrib_scores"][:],
                "seqlets": int(groups[n]["seqlets/n_seqlets"][0]),
            }
            for n in names
        ]


def main(modisco: Path, folder: Path) -> dict[str, Any]:
    counts = read_motifs()["CTCF"].counts
    motif = counts / counts.sum(axis=1, keepdims=True)
    found = patterns(modisco)
    r, at, turned = align(found[0]["frequencies"], motif)
    contributions = found[0]["contributions"][at : at + len(motif)]
    if turned:
        contributions = contributions[::-1, ::-1]
    information = motif * (2 + (motif * np.log2(np.maximum(motif, 1e-9))).sum(axis=1, keepdims=True))
    folder.mkdir(parents=True, exist_ok=True)
    with themed(LIGHT):
        figure, axes = panels(2, width=8, height=2, columns=1)
        titles = (f"TF-MoDISco, {found[0]['seqlets']:,} seqlets: contribution", "JASPAR's CTCF: bits")
        for axis, title, values in zip(axes, titles, (contributions, information), strict=True):
            frame = pd.DataFrame(values, columns=list("ACGT"))
            logomaker.Logo(
                frame, ax=axis, color_scheme=BASE_COLORS, font_name="DejaVu Sans", show_spines=None
            )
            axis.set_title(title)
            axis.grid(False)
        save(figure, folder / "motif.png", "png", LIGHT)
    summary = {
        "patterns": len(found),
        "seqlets": [p["seqlets"] for p in found],
        "correlation_with_jaspar_ctcf": round(r, 4),
        "reverse_complement": turned,
    }
    (folder / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    return summary


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))) + "\n")
