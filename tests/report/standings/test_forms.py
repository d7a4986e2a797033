"""The standings in every form: the same numbers, bold only where it is sure, and no text that does something."""

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ismbench.report import write_report
from ismbench.report.run_records import Records, load_records
from ismbench.report.standings.cells import entry
from ismbench.report.standings.forms import as_csv, as_latex, as_lines, as_markdown
from ismbench.report.standings.ranking import Measure
from ismbench.report.standings.setting import setting_of
from ismbench.report.standings.standings import Standing, Standings, standings
from tests.report.synthetic import HOSTILE, run_rows, write_tables


@pytest.fixture(scope="module")
def tables(records: Records) -> list[Standings]:
    return standings(records)


def test_a_group_a_table_with_every_planned_method(records: Records, tables: list[Standings]) -> None:
    assert [one.group.title for one in tables] == [group.title for group in records.groups]
    for one in tables:
        assert [row.method for row in one.rows] == one.group.methods
        for row in one.rows:
            assert bool(row.measures) != bool(row.reason), row.method


def test_numbers_are_those_of_the_records(records: Records, tables: list[Standings]) -> None:
    one = tables[0]
    (taylor,) = (row for row in one.rows if row.method == "taylor_ism")
    cells = records.cells[
        (records.cells["method"] == "taylor_ism") & (records.cells["length"] == one.group.length)
    ]
    assert taylor.measures["Time"].value == pytest.approx(cells["seconds_per_100_sequences"].min())
    best = cells.loc[cells["seconds_per_100_sequences"].idxmin(), "cell_id"]
    rows = records.metrics[
        (records.metrics["cell_id"] == best)
        & (records.metrics["metric"] == "pearson_track")
        & (records.metrics["versus"] == "naive_ism")
    ]
    assert taylor.measures["Agreement with ISM"].value == pytest.approx(rows["value"].mean())
    assert taylor.measures["Agreement with ISM"].n == len(rows)
    for row in one.rows:
        if row.exact:
            assert row.measures.get("Agreement with ISM", Measure(1.0)).rank is None
            assert entry(row, "Agreement with ISM").number == "exact"
    assert {row.method for row in one.rows if row.exact} == {"naive_ism", "fast_ism"}


def test_markdown_has_advice_and_setting_before_the_table(records: Records, tables: list[Standings]) -> None:
    text = as_markdown(records, tables)
    for one in tables:
        head = text.index(one.advice.sentences[0].replace("|", "\\|")[:40])
        table = text.index("| Method |", head)
        assert head < text.index("- Explained: output 0 of basset", head) < table
    assert "What the numbers mean" in text
    assert "rank 1" in text
    assert "nan" not in text.lower().replace("explanation", "")
    assert "<script>" not in text


def test_csv_reads_back_as_the_same_numbers(tables: list[Standings]) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(tables))))
    assert len(rows) == sum(len(one.rows) for one in tables)
    for one in tables:
        for row in one.rows:
            (found,) = (r for r in rows if (r["row"], r["method"]) == (one.group.title, row.method))
            measure = row.measures.get("Agreement with ISM")
            value = found["agreement_with_ism_value"]
            assert (value == "") == (measure is None)
            if measure is not None:
                assert float(value) == pytest.approx(measure.value)
                assert found["agreement_with_ism_best"] == str(measure.best)
            assert found["advice"] == ("use" if row.method == one.advice.method else "")


def test_latex_balances_and_escapes(records: Records, tables: list[Standings]) -> None:
    text = as_latex(records, tables)
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == len(tables)
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")
    for line in text.splitlines():
        if line.endswith(r" \\"):
            assert line.count(" & ") == 2 + len(tables[0].tracks)
    assert "100%" not in text.replace(r"100\%", "")


def test_bold_is_what_is_surely_best_in_every_form(tmp_path: Path) -> None:
    tables = _clear(tmp_path)
    records = load_records(tmp_path)
    judged = {row.method: found for row in tables[0].rows if (found := _agreement(row)) is not None}
    assert [method for method, found in judged.items() if found.best] == ["deepshap"]
    (line,) = (x for x in as_markdown(records, tables).splitlines() if x.startswith("| DeepSHAP"))
    assert line.count("**") == 2
    (line,) = (x for x in as_latex(records, tables).splitlines() if x.startswith("DeepSHAP"))
    assert line.count(r"\textbf") == 1
    heads, rows = as_lines(tables[0])
    assert [row[0] for row in rows if "best: " in row[heads.index("Agreement with ISM")]] == ["DeepSHAP"]
    write_report(tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    standing = page[page.index('class="standing"') : page.index("What the numbers mean")]
    assert standing.count("<b>") == sum(m.best for row in tables[0].rows for m in row.measures.values())


def _agreement(row: Standing) -> Measure | None:
    return row.measures.get("Agreement with ISM")


def _clear(folder: Path) -> list[Standings]:
    """DeepSHAP is better on every sequence, by as much."""
    methods = ("naive_ism", "fast_ism", "gradient", "deepshap")
    rows = run_rows(lengths=(1000,), methods=methods)
    for metric in rows["metrics"]:
        if metric["versus"] == "naive_ism" and metric["method"] in ("gradient", "deepshap"):
            hard = 0.01 * sum(map(ord, metric["sequence"])) % 0.1
            metric["value"] = (0.5 if metric["method"] == "gradient" else 0.8) + hard
    write_tables(folder, rows)
    return standings(load_records(folder))


def test_the_page_begins_with_the_answer(tmp_path: Path) -> None:
    tables = _clear(tmp_path)
    write_report(tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    first = page[: page.index("<table")]
    assert tables[0].advice.sentences[0].split(" (")[0] in first
    for question in ("Explained", "Sequences", "Machine"):
        assert f"<dt>{question}</dt>" in first


def test_a_hostile_name_is_text_in_every_form(tmp_path: Path) -> None:
    rows = run_rows(lengths=(1000,), methods=("fast_ism", "gradient"), models=(HOSTILE[:60],))
    rows["runs"][0]["methods"] = json.dumps({"gradient": {"label": HOSTILE[:60], "exact": False}})
    write_tables(tmp_path, rows)
    records = load_records(tmp_path)
    tables = standings(records)
    assert "<script>" not in as_markdown(records, tables)
    write_report(tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<script") == 1


def test_where_everything_failed_every_reason_is_told(tmp_path: Path) -> None:
    failures = {(m, b): "oom" for m in ("naive_ism", "gradient") for b in (16, 64, 256)}
    write_tables(tmp_path, run_rows(lengths=(1000,), methods=("naive_ism", "gradient"), failures=failures))
    records = load_records(tmp_path)
    (one,) = standings(records)
    assert one.advice.verdict == "undecided"
    assert all(row.reason and not row.measures for row in one.rows)
    assert as_markdown(records, [one]).count("- Gradient: oom") == 1


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ({"name": "basset", "file": None, "weights": None, "train": None}, "random ones, never trained"),
        ({"name": "basset", "file": None, "weights": "../w/a.h5", "train": None}, "trained, from a.h5"),
        ({"name": "basset", "file": "m.py", "weights": None, "train": {}}, "trained for this experiment"),
        ({"name": "basset", "file": "my.keras", "weights": None, "train": None}, "those in my.keras"),
    ],
)
def test_weights_are_told_and_random_ones_are_a_warning(
    tmp_path: Path, model: dict[str, Any], words: str
) -> None:
    rows = run_rows(lengths=(1000,))
    spec = {"models": [model], "sequences": {"source": "fasta", "path": "../peaks.fa"}}
    rows["runs"][0]["spec"] = json.dumps(spec)
    write_tables(tmp_path, rows)
    records = load_records(tmp_path)
    (one,) = standings(records)
    setting = dict(setting_of(records, one.group))
    assert setting["Weights"] == words
    assert setting["Sequences"] == "records of peaks.fa; 8 at most in a timed call; 8 compared with exact ISM"
    assert ("The weights are random" in one.advice.text) == (words.startswith("random"))


@pytest.mark.parametrize("text", [None, "", "no json", "[]", '{"models": 3, "sequences": []}', "[" * 9999])
def test_a_spec_that_cannot_be_read_leaves_its_lines_out(tmp_path: Path, text: object) -> None:
    rows = run_rows(lengths=(1000,))
    rows["runs"][0]["spec"] = text
    write_tables(tmp_path, rows)
    records = load_records(tmp_path)
    (one,) = standings(records)
    assert "Weights" not in dict(setting_of(records, one.group))


def test_no_measure_is_infinite(tables: list[Standings]) -> None:
    ends = [
        end
        for one in tables
        for row in one.rows
        for measure in row.measures.values()
        for end in (measure.value, measure.low, measure.high)
        if end is not None
    ]
    assert ends
    assert all(map(math.isfinite, ends))
    assert isinstance(pd.DataFrame(ends).sum().iloc[0], float)


def test_what_can_be_reached_at_most_stands_in_the_heading(tmp_path: Path) -> None:
    rows = run_rows(lengths=(1000,), methods=("fast_ism", "gradient"))
    more = []
    for metric in rows["metrics"]:
        if metric["metric"] == "pearson_track":
            for name, value in (("auroc", 0.8), ("auroc_attainable", 0.93)):
                more.append({**metric, "metric": name, "versus": "truth", "value": value})
    rows["metrics"] += more
    write_tables(tmp_path, rows)
    records = load_records(tmp_path)
    (one,) = standings(records)
    assert one.ceilings == {"Truth: positions": pytest.approx(0.93)}
    assert "Truth: positions (at most 0.93)" in as_markdown(records, [one])
    assert "Truth: positions (at most 0.93)" in as_latex(records, [one])
    write_report(tmp_path)
    assert "Truth: positions (at most 0.93)" in (tmp_path / "report.html").read_text(encoding="utf-8")
