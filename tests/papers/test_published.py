"""Each published number that has a text stands in it, in some written form."""

import re
from pathlib import Path

import pytest

from ismbench.papers.core.published import PublishedNumber, read_published

NUMBERS = read_published(["fastism", "tism"]).rows
QUOTED = [row for row in NUMBERS if row.text]
WORDS = {3: "three", 5: "five", 7: "seven", 10: "ten"}


def written_forms(value: float) -> list[str]:
    """How a text may write a value, as regular expressions."""
    plain = {str(value), f"{value:g}", f"{value:.2f}", f"{value:,.2f}", f"{value:.1f}"}
    plain |= {f"{value:,.0f}", f"{value:.0f}"} if float(value).is_integer() else set()
    forms = [re.escape(form) for form in sorted(plain)]
    forms.append(re.escape(f"{100 * value:g}") + r"\\?%")
    forms.append(re.escape(f"{value / 1e6:g}") + r"(?=.*M)")
    return [rf"(?<![\d.,]){form}(?![.,]?\d)" for form in forms] + [rf"\b{WORDS.get(int(value), '(?!)')}\b"]


def holds(quote: str, value: float) -> bool:
    return any(re.search(form, quote) for form in written_forms(value))


def named(row: PublishedNumber) -> str:
    return f"{row.table}-{row.model}-{row.length}-{row.setting}-{row.method}-{row.value:g}".replace(" ", "_")


@pytest.mark.parametrize("row", QUOTED, ids=named)
def test_a_quote_holds_its_value(row: PublishedNumber) -> None:
    assert holds(row.quote, row.value)


@pytest.mark.parametrize("row", QUOTED, ids=named)
def test_a_quote_stands_in_its_text(row: PublishedNumber, root: Path) -> None:
    file = root.parent / "shared" / "seeds" / f"{row.text}.txt"
    if not file.parent.is_dir():
        pytest.skip("the texts of the publications are not part of the project: ../shared/seeds is absent")
    assert row.quote in file.read_text(encoding="utf-8")


def test_every_number_of_a_publication_is_quoted() -> None:
    assert [named(row) for row in NUMBERS if "doi:" in row.source and not row.text] == []


def test_the_tables_are_whole() -> None:
    """Five times, and one speed-up, in each of six rows; four numbers of sequences and four lengths, twice."""
    table = [row for row in QUOTED if row.table == "Table 1" and row.paper == "fastism"]
    assert sum(row.unit == "s" for row in table) == 30
    assert [r.value for r in table if r.unit == "1"] == [10.1, 15.4, 12.6, 14.5, 1.6, 2.1]
    for name in ("Table 1", "Table 2"):
        assert len([row for row in QUOTED if row.table == name and row.paper != "fastism"]) == 8


@pytest.mark.parametrize(
    ("quote", "value", "there"),
    [
        ("500\t1,483.57\t8.83", 1483.57, True),
        ("500\t1,483.57\t8.83", 483.57, False),
        ("0.5 + 8 + 2 + 4 + 1 \\text{ M}", 5e5, True),
        ("= 271\\text{M}$", 271e6, True),
        ("271 computations", 271e6, False),
        ("87% of them", 0.87, True),
        ("187% of them", 0.87, False),
        ("by 10x", 10, True),
        ("by 100x", 10, False),
        ("only five times", 5, True),
    ],
)
def test_written_forms(quote: str, value: float, there: bool) -> None:
    assert holds(quote, value) is there
