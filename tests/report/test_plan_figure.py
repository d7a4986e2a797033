"""Fig. 1: every layer has its line, changed positions lie within needed ones, and what is drawn is also written."""

import csv
import io
from pathlib import Path

from matplotlib.colors import to_hex

from ismbench.report.figures import LIGHT, save
from ismbench.report.plan_figure import CHANGED, NEEDED, DrawnLayer, Extent, as_csv, draw_plan

LAYERS = [
    DrawnLayer(
        "conv1",
        True,
        Extent(491, 510, 1000, 491, 510),
        Extent(482, 519, 1000, 482, 519),
        22_800_000,
        433_000,
        23_000,
    ),
    DrawnLayer("pool1", True, Extent(163, 170, 333, 489, 510), Extent(489, 510, 1000, 489, 510), 0, 0, 0),
    DrawnLayer("alone", False, None, None, 5_000, 0, 0),
    DrawnLayer("dense", True, None, Extent(0, 4000, 4000, 0, 960), 4_000_000, 4_000_000, 800_000),
]


def bars(axis: object, color: str) -> dict[int, tuple[float, float]]:
    found = {}
    for patch in axis.patches:  # type: ignore[attr-defined]
        if to_hex(patch.get_facecolor()) == color:
            row = round(patch.get_y() + patch.get_height() / 2)
            found[row] = (patch.get_x(), patch.get_x() + patch.get_width())
    return found


def test_positions_are_drawn_in_the_coordinates_of_the_input() -> None:
    left, right = draw_plan("basset", 1000, 500, LAYERS).axes
    changed, needed = bars(left, CHANGED), bars(left, NEEDED)
    assert changed[0] == (491, 510)
    assert needed[0] == (482, 519)
    assert changed[1] == needed[1] == (489, 510)
    assert 2 not in changed
    assert changed[3] == needed[3] == (0, 1000)
    low, high = left.get_xlim()
    assert 0 < low < 482
    assert 519 < high < 1000
    assert [t.get_text() for t in left.get_yticklabels()] == [
        "conv1  19/1,000", "pool1  7/333", "alone  none", "dense  all", "total",
    ]  # fmt: skip
    assert left.get_xlabel()
    assert right.get_xlabel()
    assert right.get_xscale() == "log"


def test_a_wide_model_shows_the_whole_input() -> None:
    wide = [DrawnLayer("conv", True, Extent(10, 900, 1000, 10, 900), Extent(0, 990, 1000, 0, 990), 10, 9, 8)]
    assert draw_plan("wide", 1000, 500, wide).axes[0].get_xlim() == (0, 1000)


def test_what_is_drawn_is_written_as_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(LAYERS))))
    assert [row["layer"] for row in rows] == [layer.name for layer in LAYERS]
    assert (rows[0]["changed_start"], rows[0]["needed_stop"], rows[0]["difference"]) == (
        "491",
        "519",
        "23000",
    )
    assert rows[2]["changed_start"] == ""


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        save(draw_plan("basset", 1000, 500, LAYERS), tmp_path / name, "svg", LIGHT)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
