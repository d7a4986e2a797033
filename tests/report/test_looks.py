"""How methods of the user's and settings of one method appear."""

import json

import pytest

from ismbench.report.labels import look
from ismbench.report.looks import read_looks
from ismbench.report.palette import PALETTE

IG = {
    "method": "integrated_gradients",
    "label": "IG",
    "place": 70,
    "colour": "green",
    "marker": "D",
    "line": "-",
}
RUN = {
    "naive_ism": {"method": "naive_ism", "label": "Naive ISM", "place": 10, "colour": "ink", "marker": "s"},
    "mine": {"method": "mine.py", "label": "My method", "place": 1000, "colour": "plum", "marker": "*"},
    "integrated_gradients": IG,
    "ig_20": {**IG, "label": "IG (n_steps=20)"},
    "ig_5": {**IG, "label": "IG (n_steps=5)"},
}


def test_labels_and_order_are_those_of_the_run() -> None:
    looks = read_looks([None, json.dumps({"mine": {"label": "old"}}), json.dumps(RUN)])
    assert [looks[m].label for m in RUN] == [entry["label"] for entry in RUN.values()]
    assert looks.order(["mine", "zebra", "ig_20", "naive_ism", "integrated_gradients", "ant"]) == [
        "naive_ism", "integrated_gradients", "ig_20", "mine", "ant", "zebra",
    ]  # fmt: skip
    assert looks["ig_20, 5 references"].label == "IG (n_steps=20), 5 references"


def test_settings_of_one_method_are_told_apart_by_every_means() -> None:
    looks = read_looks([json.dumps(RUN)])
    three = [looks[m] for m in ("integrated_gradients", "ig_20", "ig_5")]
    assert (three[0].light, three[0].dark) == PALETTE["green"]
    for means in ("light", "dark", "marker", "line"):
        assert len({getattr(found, means) for found in three}) == 3, means


@pytest.mark.parametrize("text", [None, "", "no json", "[]", '{"gradient": 3}', "[" * 100_000])
def test_what_the_runs_do_not_say_is_looked_up_in_the_table(text: object) -> None:
    looks = read_looks([text])
    assert looks["gradient"] == look("gradient")
    assert looks["zebra"].label == "zebra"
    assert looks.order(["zebra", "gradient", "naive_ism"]) == ["naive_ism", "gradient", "zebra"]


def test_hostile_entries_become_harmless() -> None:
    entry = {"label": "<b>\n" * 99, "place": "1", "colour": "red;}", "marker": "$\\frac$", "line": "drop"}
    looks = read_looks([json.dumps({"m": entry, "n": {"label": 3, "place": True}})])
    assert len(looks["m"].label) <= 80
    assert "\n" not in looks["m"].label
    assert (looks["m"].light, looks["m"].dark) == PALETTE["grey"]
    assert (looks["m"].marker, looks["m"].line) == ("*", "-")
    assert looks["n"].label == "3"
