"""Columns of standings on small written records: measured effects, what is better lower, pooled numbers, warnings."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ismbench.report import write_report
from ismbench.report.run_records import load_records
from ismbench.report.standings.baselines import distant_baselines
from ismbench.report.standings.cells import entry, heading
from ismbench.report.standings.forms import as_csv, as_latex, as_markdown
from ismbench.report.standings.ranking import rank_by_sequence
from ismbench.report.standings.setting import setting_of
from ismbench.report.standings.standings import Standings, standings
from tests.report.synthetic import run_rows, write_tables

METHODS = ("naive_ism", "fast_ism", "gradient", "integrated_gradients", "deepshap")
ELEMENTS = ("IRF4", "SORT1", "F9", "HBB")


def records_with(
    folder: Path, added: dict[tuple[str, str | None], dict[str, list[float]]], names: Any = ELEMENTS
) -> Any:
    """Records in which methods have further values, one for each name, by metric and what they are compared with."""
    rows = run_rows(lengths=(1000,), methods=METHODS)
    cells = {row["cell_id"] for row in rows["metrics"] if row["cell_id"].endswith("-256")}
    one = {row["method"]: row for row in rows["metrics"] if row["cell_id"] in cells}
    for (metric, versus), by_method in added.items():
        for method, values in by_method.items():
            for name, value in zip(names, values, strict=True):
                changed = {
                    "metric": metric,
                    "versus": versus,
                    "sequence": name,
                    "value": value,
                    "scope": "sequence",
                }
                rows["metrics"].append({**one[method], **changed})
    return load_records(write_tables(folder, rows))


def only(records: Any) -> Standings:
    (found,) = standings(records)
    return found


def measured(folder: Path) -> Any:
    values = {
        m: [v, v + 0.1, v, v + 0.1] for m, v in (("naive_ism", 0.4), ("fast_ism", 0.4), ("gradient", 0.2))
    }
    nan = float("nan")
    return records_with(
        folder,
        {
            ("pearson_delta", "experiment"): values,
            ("pearson_position", "experiment"): {**values, "deepshap": [0.3, 0.3, 0.3, 0.4]},
            ("pearson_replicates", "experiment"): {m: [0.9, nan, 0.8, nan] for m in METHODS},
        },
    )


def test_measured_effects_stand_beside_what_the_model_and_a_second_measurement_reach(tmp_path: Path) -> None:
    records = measured(tmp_path)
    one = only(records)
    assert [track.head for track in one.tracks][1:] == ["Truth: experiment", "Truth: experiment, positions"]
    rows = {row.method: row for row in one.rows}
    assert entry(rows["gradient"], "Truth: experiment").number == "0.25"
    assert rows["gradient"].measures["Truth: experiment"].n == len(ELEMENTS)
    assert "Truth: experiment" not in rows["deepshap"].measures, "it cannot tell substitutions apart"
    assert rows["deepshap"].measures["Truth: experiment, positions"].rank is not None
    whole = "Truth: experiment (a second measurement 0.85, exact ISM 0.45)"
    assert heading(one, "Truth: experiment") == whole
    assert heading(one, "Truth: experiment, positions") == "Truth: experiment, positions (exact ISM 0.45)"
    assert whole in as_markdown(records, [one])
    assert whole in as_latex(records, [one])
    assert "truth_experiment_positions_value" in as_csv([one]).splitlines()[0]
    write_report(tmp_path)
    assert whole in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_what_the_model_reaches_is_told_where_exact_methods_were_timed_in_part(tmp_path: Path) -> None:
    added = {
        ("pearson_delta", "experiment"): {"gradient": [0.2, 0.3, 0.2, 0.3]},
        ("pearson_delta_of_exact_ism", "experiment"): {"gradient": [0.6, 0.7, 0.6, 0.7]},
    }
    one = only(records_with(tmp_path, added))
    assert heading(one, "Truth: experiment") == "Truth: experiment (exact ISM 0.65)"


def test_where_lower_is_better_the_lowest_is_first_and_the_heading_says_so(tmp_path: Path) -> None:
    records = records_with(
        tmp_path,
        {
            ("unchanged_by_randomisation", "random weights"): {
                "fast_ism": [0.1, 0.12, 0.1, 0.11],
                "gradient": [0.3, 0.32, 0.3, 0.31],
                "deepshap": [1.0, 1.0, 1.0, 1.0],
            }
        },
    )
    one = only(records)
    found = {
        row.method: row.measures["Random weights"] for row in one.rows if "Random weights" in row.measures
    }
    assert {method: measure.rank for method, measure in found.items()} == {
        "fast_ism": 1,
        "gradient": 2,
        "deepshap": 3,
    }
    assert [method for method, measure in found.items() if measure.best] == ["fast_ism"]
    assert heading(one, "Random weights") == "Random weights (lower is better, exact ISM 0.11)"
    assert "Lower is better: a method near 1" in as_markdown(records, [one])


def test_ranks_where_lower_is_better_are_those_of_the_values_turned_around() -> None:
    rng = np.random.default_rng(0)
    values = {
        m: pd.Series(level + rng.normal(0, 0.05, 9)) for m, level in (("a", 0.2), ("b", 0.25), ("c", 0.6))
    }
    lower = rank_by_sequence(values, lower=True)
    turned = rank_by_sequence({m: 1 - v for m, v in values.items()})
    for m in values:
        assert (lower[m].rank, lower[m].rank_low, lower[m].rank_high) == (
            turned[m].rank,
            turned[m].rank_low,
            turned[m].rank_high,
        )
        assert lower[m].value == pytest.approx(values[m].mean()), "the mean itself stays as it is"


def test_a_pooled_number_has_its_n_and_no_rank(tmp_path: Path) -> None:
    rows = run_rows(lengths=(1000,), methods=METHODS)
    one = next(row for row in rows["metrics"] if row["cell_id"] == "basset-1000-gradient-256")
    pooled = {"metric": "motif_precision", "versus": "planted", "scope": "pooled", "sequence": None, "n": 7}
    rows["metrics"].append({**one, **pooled, "value": 0.714})
    found = only(load_records(write_tables(tmp_path, rows)))
    row = next(row for row in found.rows if row.method == "gradient")
    assert (entry(row, "Motifs: true").number, entry(row, "Motifs: true").small) == ("0.71", "n 7")
    assert row.measures["Motifs: true"].rank is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            [610.0, 612.0, 615.0, 611.0],
            "is 612 below theirs, which differ among themselves by 5.0 only",
        ),
        ([-610.0, -612.0, -615.0, -611.0], "is 612 above theirs"),
        ([3.0, -2.0, 5.0, 1.0], None),
        ([3.0, 2.0, 5.0, 1.0], None),
        ([float("nan"), 612.0, 615.0, float("nan")], None),
    ],
)
def test_a_baseline_far_from_all_sequences_is_told(
    tmp_path: Path, changes: list[float], told: str | None
) -> None:
    added = {
        ("completeness_change", None): {"integrated_gradients": changes, "deepshap": [0.5, -0.2, 0.3, 0.1]}
    }
    records = records_with(tmp_path, added)
    one = only(records)
    assert len(one.warnings) == (told is not None)
    if told is not None:
        assert told in one.warnings[0]
        assert one.warnings[0].startswith("The baseline of Integrated Gradients is far from all sequences")
        assert one.warnings[0][:40] in as_markdown(records, [one])
        write_report(tmp_path)
        assert "is far from all sequences" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(list(distant_baselines(records, one.group))) == len(one.warnings)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("every output[0]", "value 0 of the output"),
        ("output 0[0]", "value 0 of output 0"),
        ("output profile[3, 5]", "values 3, 5 of output profile"),
        ("mean of output 0", "the mean of output 0"),
        ("mean of every output", "the mean of all outputs"),
        ("sum of every output[1, 2]", "the sum of values 1, 2 of the output"),
        ("every output", "all outputs"),
        ("something else", "something else"),
    ],
)
def test_what_is_explained_is_told_in_words(tmp_path: Path, target: str, words: str) -> None:
    rows = run_rows(lengths=(1000,), methods=METHODS)
    for cell in rows["cells"]:
        cell["target"] = target
    records = load_records(write_tables(tmp_path, rows))
    explained = dict(setting_of(records, only(records).group))["Explained"]
    assert explained == f"{words} of basset, 1,000 bp"


def test_methods_that_start_from_one_place_share_a_sentence(tmp_path: Path) -> None:
    far, near = [610.0, 612.0, 615.0, 611.0], [50.0, 50.1, 50.2, 50.3]
    added = {("completeness_change", None): {"integrated_gradients": far, "gradient": far, "deepshap": near}}
    found = only(records_with(tmp_path, added)).warnings
    assert len(found) == 2
    assert "The baseline of Gradient and Integrated Gradients is far" in found[0]
    assert "The baseline of DeepSHAP is far" in found[1]
