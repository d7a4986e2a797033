"""Pictures hold what they should: the right letters at the right coordinates, and a page that is whole."""

import base64
import json
import re

import numpy as np
import pytest

import ismbench
from ismbench.errors import InputError
from ismbench.scoring import passages
from ismbench.scoring.opened import open_scores
from ismbench.scoring.plot import plot
from ismbench.scoring.plot.look import BASE_COLORS
from ismbench.scoring.plot.pick import pick
from ismbench.scoring.plot.region import draw_region
from ismbench.sequence import decode

pytest.importorskip("logomaker")


@pytest.fixture
def regions(model, bed, genome, tmp_path):
    out = tmp_path / "r.zarr"
    return out, ismbench.score(model, bed, out, genome=genome, method="taylor_ism", window=30)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("region", "a.png"), ("region", "a.svg"), ("clusters", "a.pdf"), ("average", "a.png")],
)
def test_every_picture_is_written(kind, name, regions, tmp_path):
    assert plot(regions[0], kind, tmp_path / name).stat().st_size > 2000
    assert not list(tmp_path.glob(".tmp-*"))


def test_a_logo_stands_at_the_coordinates_of_the_genome(regions):
    path, data = regions
    opened = open_scores(path)
    figure = draw_region(opened, pick(opened, "peak3", 0), [0, 1])
    assert len(figure.axes) == 6 + 2  # track, logo and heat map of each output, and two colour bars
    low, high = figure.axes[1].get_xlim()
    first = int(data.start[3]) + 5 + 1  # the window leaves 5 positions out; counted from 1
    assert (low, high) == (first - 0.5, first + 29.5)
    assert "position on chr1" in figure.axes[5].get_xlabel()


def test_a_place_finds_the_region_whose_centre_is_nearest(regions):
    opened = open_scores(regions[0])
    start = int(regions[1].start[4]) + 5
    picked = pick(opened, f"chr1:{start + 3}-{start + 12}", 0)
    assert picked == (4, 2, 12)


def test_what_is_not_there_is_told(regions, tmp_path):
    for options, words in [
        ({"region": "nobody"}, "'nobody'"),
        ({"region": "chr7:1-5"}, "overlap a scored region"),
        ({"outputs": "nothing"}, "'nothing'"),
    ]:
        with pytest.raises(InputError, match=words):
            plot(regions[0], "region", tmp_path / "a.png", **options)
    with pytest.raises(InputError, match=r"\.html"):
        plot(regions[0], "viewer", tmp_path / "a.png")


def test_the_page_holds_every_region_and_no_name_can_break_it(model, genome, tmp_path):
    bed = tmp_path / "n.bed"
    bed.write_text("chr1\t100\t140\t</script><b>x\nchr1\t200\t240\tplain\n")
    data = ismbench.score(model, bed, tmp_path / "n.zarr", genome=genome, method="taylor_ism", target="0")
    text = plot(tmp_path / "n.zarr", "viewer", tmp_path / "n.html").read_text()
    assert text.count("</script>") == 1
    assert "http" not in text
    page = json.loads(re.search(r"const data = (.*);\n", text)[1])
    assert [r["name"] for r in page["records"]] == ["</script><b>x", "plain"]
    assert page["records"][1]["letters"] == decode(data.one_hot.values.astype("f4"))[1]
    steps = np.frombuffer(base64.b64decode(page["records"][1]["values"]), "<i2").reshape(-1, 4)
    values = data.scores.values[1, ..., 0]
    expected = values - values.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(
        steps * page["records"][1]["scale"], expected, atol=np.abs(expected).max() / 3e4
    )


def test_the_colours_are_okabe_and_ito():
    assert set(BASE_COLORS.values()) <= {
        "#E69F00",
        "#56B4E9",
        "#009E73",
        "#F0E442",
        "#0072B2",
        "#D55E00",
        "#CC79A7",
    }


@pytest.mark.parametrize("kind", ["region", "clusters", "average"])
def test_every_kind_draws_the_outputs_that_were_asked_for(kind, regions, tmp_path):
    pictures = []
    for outputs in (None, "head.1", "1", "head.0"):
        pictures.append(plot(regions[0], kind, tmp_path / "a.png", outputs=outputs).read_bytes())
    assert pictures[1] == pictures[2]
    assert len(set(pictures)) == 3
    with pytest.raises(InputError, match="'nobody'"):
        plot(regions[0], kind, tmp_path / "a.png", outputs="nobody")


@pytest.mark.parametrize("kind", ["clusters", "average", "region"])
def test_a_picture_reads_the_store_once(kind, model, bed, genome, tmp_path, monkeypatch):
    ismbench.score(model, bed, tmp_path / "s.zarr", genome=genome, method="taylor_ism", chunk=4)
    read = []
    once = passages._read
    monkeypatch.setattr(passages, "_read", lambda *a: read.append(a[-1].start) or once(*a))
    plot(tmp_path / "s.zarr", kind, tmp_path / "a.png", region=None if kind != "region" else "peak5")
    assert read == sorted(set(read)) or kind == "region"
    assert len(read) == (2 if kind == "region" else 3)
