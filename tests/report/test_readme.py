"""The results table of a Markdown file comes from records, and the rest of the file stays."""

from pathlib import Path

import pytest

from ismbench.errors import InputError
from ismbench.report.readme import fill_readme

MARKS = "<!-- results: begin (note) -->\nold\n<!-- results: end -->"


def test_only_what_stands_between_the_marks_is_replaced(results: Path, tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text(f"above\n{MARKS}\nbelow \\1 \\g<0>\n", encoding="utf-8")
    for _ in range(2):
        fill_readme(results, file)
        text = file.read_text(encoding="utf-8")
        assert text.startswith("above\n<!-- results: begin (note) -->\nSeconds per 100 sequences")
        assert text.endswith("<!-- results: end -->\nbelow \\1 \\g<0>\n")
        assert "old" not in text
        assert "\nMeasured on: " in text
    assert [p.name for p in tmp_path.iterdir()] == ["README.md"]


def test_a_file_without_the_marks_is_refused_and_kept(results: Path, tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("nothing here\n", encoding="utf-8")
    with pytest.raises(InputError, match="must have the lines '<!-- results: begin -->'"):
        fill_readme(results, file)
    assert file.read_text(encoding="utf-8") == "nothing here\n"
    with pytest.raises(InputError, match="must name a Markdown file"):
        fill_readme(results, tmp_path / "absent.md")
