"""Markdown that means what was given, whatever is in it."""

import pytest

from ismbench.text.markdown import escaped, table


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("plain", "plain"),
        ("a|b", r"a\|b"),
        ("*bold* _it_", r"\*bold\* \_it\_"),
        ("<b>&", r"\<b\>&"),
        ("a\n  b\tc", "a b c"),
        (r"\[x]($y$)`", r"\\\[x](\$y\$)\`"),
        ("", ""),
    ],
)
def test_no_letter_has_a_meaning(text: str, want: str) -> None:
    assert escaped(text) == want


def test_a_table_has_its_rule_below_its_heads() -> None:
    assert table(["a", "b"], [["1", "2"], ["3", "4"]], right=[1]).splitlines() == [
        "| a | b |",
        "| --- | ---: |",
        "| 1 | 2 |",
        "| 3 | 4 |",
    ]
