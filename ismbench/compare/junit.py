"""A comparison as JUnit XML: a test case for each cell, so that a CI server shows what is worse."""

import re
from xml.etree import ElementTree

from ismbench.compare.compared_cell import ComparedCell
from ismbench.compare.comparison import Comparison
from ismbench.compare.verdicts import Verdict

__all__ = ["as_junit"]

_UNDECIDED = frozenset({Verdict.AMBIGUOUS, Verdict.NEW, Verdict.MISSING})
# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(comparison: Comparison) -> str:
    """The comparison as XML; regressions are failures, what was not decided is skipped."""
    cells = comparison.cells
    skipped = sum(not cell.regression and cell.verdict in _UNDECIDED for cell in cells)
    suite = ElementTree.Element(
        "testsuite",
        name="ismbench compare",
        tests=str(len(cells) + bool(comparison.problem)),
        failures=str(len(comparison.regressions)),
        errors=str(int(bool(comparison.problem))),
        skipped=str(skipped),
    )
    if comparison.differences:
        properties = ElementTree.SubElement(suite, "properties")
        for line in comparison.differences:
            ElementTree.SubElement(properties, "property", name="difference", value=_clean(line))
    if comparison.problem:
        case = ElementTree.SubElement(suite, "testcase", classname="ismbench", name="comparable")
        ElementTree.SubElement(case, "error", message=_clean(comparison.problem))
    for cell in cells:
        _case(suite, cell)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, cell: ComparedCell) -> None:
    where = ".".join(part for part in ("ismbench", cell.key.model, cell.key.length) if part)
    seconds = cell.head.seconds if cell.head is not None else None
    case = ElementTree.SubElement(
        suite, "testcase", classname=_clean(where), name=_clean(cell.key.words), time=f"{seconds or 0:.6f}"
    )
    message = _clean(f"{cell.verdict.value}: {cell.reason or _ratio(cell)}")
    if cell.regression:
        ElementTree.SubElement(case, "failure", message=message, type=cell.verdict.value).text = _clean(
            _ratio(cell)
        )
    elif cell.verdict in _UNDECIDED:
        ElementTree.SubElement(case, "skipped", message=message)


def _ratio(cell: ComparedCell) -> str:
    if cell.speed is None or cell.speed.ratio is None:
        return ""
    return (
        f"{cell.speed.ratio:.3g} times the time of the base ({cell.speed.low:.3g} to {cell.speed.high:.3g})"
    )


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
