"""Markdown, JSON and JUnit XML: whole, parseable, and harmless whatever a name says."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from ismbench.compare import Comparison, Key, compare
from ismbench.compare.as_json import as_json
from ismbench.compare.junit import as_junit
from ismbench.compare.table import HEADS, as_markdown, lines
from tests.compare.made_up import cell, quiet, side

HOSTILE = "<img src=x> | `x` @someone #1 \x00\x1b[31m ]]> &amp; \udcff"


@pytest.fixture
def comparison() -> Comparison:
    """One of everything."""
    hostile = Key(HOSTILE, "200", "gradient", "", "")
    base = side(cell(), cell("deepshap"), cell("gone"), cell("slow"), replace(cell(), key=hostile))
    wrong = cell("deepshap", status="nonequivalent", samples=(), reason=HOSTILE)
    slow = cell("slow", 2.0, seed=1)
    few = replace(cell(n=1), key=hostile)
    return compare(base, side(cell(), wrong, cell("added"), slow, few), noise=quiet())


def test_what_blocks_comes_first(comparison: Comparison) -> None:
    assert comparison.counts == {
        "SAME": 1, "SLOWER": 1, "AMBIGUOUS": 1, "MISSING": 1, "NEW": 1, "NONEQUIVALENT": 1,
    }  # fmt: skip
    verdicts = [line[0] for line in lines(comparison)]
    assert sorted(verdicts[:3]) == ["MISSING", "NONEQUIVALENT", "SLOWER"]
    assert comparison.exit_code == 3


def test_markdown(comparison: Comparison) -> None:
    text = as_markdown(comparison)
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len(table) == 2 + len(comparison.cells)
    assert all(line.replace("\\|", "").count("|") == len(HEADS) + 1 for line in table)
    assert "<img" not in text.replace("\\<", "")
    assert "@" not in text
    assert "&#64;someone &#35;1" in text
    assert "🔴 SLOWER" in text
    assert "3 cells are worse." in text


def test_json(comparison: Comparison) -> None:
    document = json.loads(as_json(comparison), parse_constant=pytest.fail)
    assert document["exit_code"] == 3
    assert document["counts"] == comparison.counts
    by_method = {c["method"]: c for c in document["cells"]}
    assert by_method["slow"]["speed"]["ratio"] == pytest.approx(2, rel=0.1)
    assert by_method["slow"]["regression"] is True
    assert by_method["added"]["base"] is None


def test_json_holds_no_infinity() -> None:
    text = as_json(compare(side(cell(n=1)), side(cell()), noise=quiet()))
    assert json.loads(text, parse_constant=pytest.fail)["cells"][0]["speed"]["high"] is None


def test_junit(comparison: Comparison) -> None:
    root = ElementTree.fromstring(as_junit(comparison).encode())
    suite = root.find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    assert suite.attrib["tests"] == str(len(cases)) == str(len(comparison.cells))
    assert suite.attrib["failures"] == str(len(suite.findall("testcase/failure"))) == "3"
    assert suite.attrib["skipped"] == str(len(suite.findall("testcase/skipped"))) == "2"


def test_junit_of_nothing_is_an_error() -> None:
    root = ElementTree.fromstring(as_junit(compare(side(), side())))
    assert root.find("testsuite/testcase/error") is not None


def test_everything_can_be_written(comparison: Comparison) -> None:
    for text in (as_markdown(comparison), as_json(comparison), as_junit(comparison)):
        assert "\x1b" not in text
        text.encode()
