"""The page of regions in a real browser: it draws, searches, and 1,000 regions open quickly enough to be counted."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from ismbench.scoring.opened import Opened, Passage
from ismbench.scoring.plot.viewer import write_viewer

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


class Fake:
    """A store of 1,000 regions of 1,000 positions that was never scored."""

    attributes = {"title": "made up", "command": "none"}  # noqa: RUF012
    labels = ("one",)
    count = 1000
    width = 1000
    bases = "each base"

    def blocks(self, output: int, rows: range):
        rng = np.random.default_rng(0)
        for first in range(0, len(rows), 100):
            x = np.eye(4, dtype=np.int8)[rng.integers(4, size=(100, self.width))]
            values = rng.normal(size=x.shape).astype(np.float32)
            rows = np.arange(first, first + 100)
            names = [f"gene:{row}" if row == 5 else f"region{row}" for row in rows]
            starts = np.arange(100, dtype=np.int64) * 5000 + first * 500_000
            yield Passage(
                rows, names, ["chr1"] * 100, ["."] * 100, starts, x, values, (values * x).sum(axis=2)
            )


def dumped(page: Path, script: str) -> str:
    """The document after a script ran in it."""
    text = page.read_text().replace("</body>", f"<script>{script}</script></body>")
    page.write_text(text)
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
def test_a_page_of_1000_regions_is_searched_zoomed_and_hovered(tmp_path):
    page = tmp_path / "page.html"
    opened: Opened = Fake()  # type: ignore[assignment]
    write_viewer(opened, 0, page)
    found = dumped(
        page,
        """
        const box = $("search");
        box.value = "region77"; search(); const byName = $("count").textContent;
        box.value = "gene:5"; search(); const byPlaceLike = $("count").textContent;
        box.value = "chr1:5,001-5,400"; const hit = search(); show(hit);
        setView(100, 140);
        const c = $("logo").getBoundingClientRect();
        $("logo").dispatchEvent(new PointerEvent("pointermove", {clientX: c.left + c.width / 2, clientY: c.top + 5}));
        const ink = new Set($("logo").getContext("2d").getImageData(60, 0, 400, 150).data).size;
        const texts = [byName, byPlaceLike, $("where").textContent, $("tip").textContent];
        document.body.dataset.result = [...texts, view, ink].join("|");
        """,
    )
    result = re.search(r'data-result="([^"]*)"', found)
    assert result is not None
    by_name, by_name_with_colon, where, tip, view, ink = result[1].split("|")
    assert by_name == "11 regions"  # region77 and region770 to region779
    assert by_name_with_colon == "1 region"
    assert "region1 " in where
    assert "chr1:5,001-6,000" in where
    # The letters begin right of the axis, so the middle of the canvas is a little left of position 5,121.
    assert re.match(r"chr1:5,1[12]\d [ACGT]\ncontribution -?\d", tip)
    assert view == "100,140"
    assert int(ink) > 10
