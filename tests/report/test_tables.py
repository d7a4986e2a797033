import csv
import io
import re

import pytest

from ismbench.report.main_table import TableRow, main_table
from ismbench.report.run_records import Records
from ismbench.report.tables import as_csv, as_latex, as_markdown


@pytest.fixture(scope="module")
def rows(records: Records) -> list[TableRow]:
    return main_table(records)


def test_markdown_has_a_row_a_length_and_a_column_a_method(rows: list[TableRow]) -> None:
    lines = [line for line in as_markdown(rows).splitlines() if line.startswith("|")]
    assert len(lines) == 4
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {12}
    assert lines[2].startswith("| basset | 1,000 | 1,070 (57.7×) \\[64] |")


def test_markdown_runs_nothing_that_a_message_says(rows: list[TableRow]) -> None:
    text = as_markdown(rows)
    assert "\\<script\\>" in text
    assert not re.search(r"(?<!\\)<script", text)


def test_csv_reads_back(rows: list[TableRow]) -> None:
    table = list(csv.DictReader(io.StringIO(as_csv(rows))))
    assert [r["length"] for r in table] == ["1000", "2000"]
    assert float(table[0]["fast_ism_relative"]) == 1
    assert table[0]["naive_ism_batch_size"] == "64"
    assert table[0]["integrated_gradients_alibi"] == ""


def test_latex_escapes_and_balances(rows: list[TableRow]) -> None:
    text = as_latex(rows)
    body = text.split("\n", 1)[1]
    assert not re.search(r"(?<!\\)[&%$#_](?=[^&\n]*Received)", body)
    assert r"\textbackslash{}textbf\{y\}" in text
    assert r"\$x\_1\$" in text
    assert body.count(r"\begin{") == body.count(r"\end{")
    table = [line for line in body.splitlines() if line.endswith(r"\\")]
    assert {len(re.findall(r"(?<!\\)&", line)) for line in table} == {10}
