import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ismbench.report import write_report
from ismbench.report.figures import FIGURES
from tests.report.synthetic import HOSTILE, run_rows, write_tables


@pytest.fixture(scope="module")
def page(results: Path) -> str:
    assert results / "report.html" in write_report(results)
    return (results / "report.html").read_text(encoding="utf-8")


class Outline(HTMLParser):
    """Tags, text and attributes, as a browser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_one_file(page: str) -> None:
    outline = Outline(page)
    assert all(link.startswith("data:image/svg+xml;base64,") for link in outline.links)
    drawn = [spec.name for spec in FIGURES if spec.title in outline.text]
    assert {"time_vs_batch", "agreement", "randomisation"} <= set(drawn)
    assert len(outline.links) == 2 * len(drawn), "each for a light and a dark page"
    assert "link" not in outline.tags
    assert "url(" not in page


def test_hostile_text_is_shown_not_run(page: str) -> None:
    outline = Outline(page)
    assert outline.tags.count("script") == 1
    assert "<script>alert" not in page
    assert " ".join(HOSTILE.split()) in outline.text


def test_every_planned_cell_has_a_row(page: str) -> None:
    cells = page[page.index('<table class="sortable filterable">') :]
    assert len(re.findall(r"<tr>", cells)) == 54 + 1


def test_sorting_has_a_number_in_every_numeric_cell(page: str) -> None:
    cells = re.findall(r'<td class="number[^"]*"( data-sort="([^"]*)")?', page)
    assert cells
    for attribute, value in cells:
        assert attribute
        assert value == "" or float(value) is not None


def test_no_number_is_written_as_nan(page: str) -> None:
    assert not re.search(r">\s*(nan|None|inf|<NA>)\b", page)


def test_a_model_named_like_a_tag_is_text(tmp_path: Path) -> None:
    folder = write_tables(tmp_path, run_rows(models=["<b>m</b>"], lengths=[1000], methods=["gradient"]))
    write_report(folder)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<b>m</b>" not in page
    assert "&lt;b&gt;m&lt;/b&gt;" in page


def test_a_run_where_everything_failed_still_has_a_report(tmp_path: Path) -> None:
    failures = {("gradient", b): "error" for b in (16, 64, 256)}
    write_tables(tmp_path, run_rows(lengths=[1000], methods=["gradient"], failures=failures))
    assert [p.name for p in write_report(tmp_path)] == [
        *(f"{table}.{form}" for table in ("standings", "table") for form in ("md", "csv", "tex")),
        "report.html",
    ]
