"""A comparison as JUnit XML: a test case for each cell, so that a CI server shows what is worse."""

import re
from xml.etree import ElementTree

from ismbench.compare.comparison import Comparison, Row
from ismbench.compare.verdicts import Verdict

__all__ = ["as_junit"]

_UNDECIDED = frozenset({Verdict.AMBIGUOUS, Verdict.NEW, Verdict.MISSING})
# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(comparison: Comparison) -> str:
    """The comparison as XML; regressions are failures, what was not decided is skipped."""
    rows = comparison.rows
    skipped = sum(not row.regression and row.verdict in _UNDECIDED for row in rows)
    suite = ElementTree.Element(
        "testsuite",
        name="ismbench compare",
        tests=str(len(rows) + bool(comparison.problem)),
        failures=str(len(comparison.regressions)),
        errors=str(int(bool(comparison.problem))),
        skipped=str(skipped),
    )
    if comparison.problem:
        case = ElementTree.SubElement(suite, "testcase", classname="ismbench", name="comparable")
        ElementTree.SubElement(case, "error", message=_clean(comparison.problem))
    for row in rows:
        _case(suite, row)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, row: Row) -> None:
    where = ".".join(part for part in ("ismbench", row.key.model, row.key.length) if part)
    seconds = row.head.seconds if row.head is not None else None
    case = ElementTree.SubElement(
        suite, "testcase", classname=_clean(where), name=_clean(row.key.words), time=f"{seconds or 0:.6f}"
    )
    message = _clean(f"{row.verdict.value}: {row.reason or _ratio(row)}")
    if row.regression:
        ElementTree.SubElement(case, "failure", message=message, type=row.verdict.value).text = _clean(
            _ratio(row)
        )
    elif row.verdict in _UNDECIDED:
        ElementTree.SubElement(case, "skipped", message=message)


def _ratio(row: Row) -> str:
    if row.speed is None or row.speed.ratio is None:
        return ""
    p = "" if row.speed.p is None else f", p = {row.speed.p:.2g}"
    return f"{row.speed.ratio:.3g} times the time of the base{p}"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
