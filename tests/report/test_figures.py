from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from ismbench.report.figures import DARK, FIGURES, FORMATS, LIGHT, Theme, draw_figures, write_figures
from ismbench.report.figures.pareto import Point, front
from ismbench.report.figures.time_vs_batch import tick_labels
from ismbench.report.run_records import Records, load_records
from tests.report.conftest import FAILURES
from tests.report.synthetic import judged_rows, run_rows, write_tables


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Records:
    """Records that have something for every figure."""
    tables = run_rows(failures=FAILURES)
    tables["metrics"] += judged_rows(tables["cells"])
    return load_records(write_tables(tmp_path_factory.mktemp("judged"), tables))


@pytest.fixture(scope="module")
def figures(judged: Records) -> dict[str, Figure]:
    return draw_figures(judged, LIGHT)


def words(figure: Figure) -> str:
    return "\n".join(t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text")))


def test_every_figure_is_written_in_every_format(figures: dict[str, Figure], tmp_path: Path) -> None:
    written = write_figures(figures, tmp_path)
    assert {p.name for p in written} == {f"{spec.name}.{kind}" for spec in FIGURES for kind in FORMATS}
    heads = {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml"}
    assert all(p.read_bytes().startswith(heads[p.suffix[1:]]) for p in written)


def test_rules_have_a_row_for_each_method_and_for_what_pairs_reach(figures: dict[str, Figure]) -> None:
    axis = figures["rules"].axes[0]
    assert [text.get_text() for text in axis.get_xticklabels()] == ["and", "or"]
    rows = [text.get_text() for text in axis.get_yticklabels()]
    assert rows[-1] == "ISM of pairs"
    numbers = [text.get_text() for text in axis.texts]
    assert numbers == [*["0.50", "0.80"] * (len(rows) - 1), "0.90", "0.90"]


def test_discordance_is_shown_of_a_first_order_method_with_its_bound(figures: dict[str, Figure]) -> None:
    (line,) = figures["discordance"].axes[0].lines
    assert len(line.get_xdata()) == 4
    text = words(figures["discordance"])
    assert "rank correlation 1.00, n 4" in text
    assert "AUROC 0.75 (0.71 to 0.79), n 4" in text
    assert "at most 0.95, by chance 0.50" in text


def test_without_rules_and_pairs_there_are_no_such_figures(records: Records) -> None:
    assert not {"rules", "discordance"} & draw_figures(records, LIGHT).keys()


def test_the_same_records_give_the_same_svg(records: Records, tmp_path: Path) -> None:
    twice = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_figures({"speedup": draw_figures(records, LIGHT)["speedup"]}, tmp_path / name)
        twice.append((tmp_path / name / "speedup.svg").read_bytes())
    assert twice[0] == twice[1]


def test_a_figure_that_is_not_drawn_any_more_goes_away(tmp_path: Path) -> None:
    (tmp_path / "pareto.png").write_bytes(b"old")
    assert write_figures({}, tmp_path) == []
    assert not (tmp_path / "pareto.png").exists()


def test_failures_are_named_on_the_time_figure(figures: dict[str, Figure]) -> None:
    text = words(figures["time_vs_batch"])
    for word in ("timeout", "oom", "error", "unsupported"):
        assert word in text


def test_a_failed_cell_leaves_a_gap(figures: dict[str, Figure]) -> None:
    axis = figures["time_vs_batch"].axes[0]
    line = next(line for line in axis.lines if line.get_marker() == "^")
    missing = [y != y for y in line.get_ydata()]
    assert missing == [False, True, False]


def test_a_size_that_the_method_chose_is_no_point_of_the_sweep(tmp_path: Path) -> None:
    tables = run_rows(methods=["naive_ism"], lengths=[1000])
    tables["cells"][0]["mutants_per_forward"] = None
    axis = draw_figures(load_records(write_tables(tmp_path, tables)), LIGHT)["time_vs_batch"].axes[0]
    assert sorted(len(line.get_xdata()) for line in axis.lines) == [1, 2]


@pytest.mark.parametrize("name", [spec.name for spec in FIGURES if spec.name != "agreement"])
def test_axes_have_labels_and_titles(figures: dict[str, Figure], name: str) -> None:
    for axis in figures[name].axes:
        assert axis.get_xlabel()
        assert axis.get_title(loc="left")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
def test_markers_tell_methods_apart_without_colour(records: Records, theme: Theme) -> None:
    axis = draw_figures(records, theme)["pareto"].axes[0]
    markers = [line.get_marker() for line in axis.lines if line.get_marker() not in ("", "None", None)]
    assert len(markers) == len(set(markers)) == 8


def test_nothing_is_drawn_of_nothing(records: Records) -> None:
    nothing = replace(
        records, metrics=records.metrics.iloc[:0], cells=records.cells[records.cells["status"] != "ok"]
    )
    assert draw_figures(nothing, LIGHT) == {}


def test_methods_without_batch_size_and_unknown_ones_are_drawn(tmp_path: Path) -> None:
    tables = run_rows(methods=["naive_ism", "my_$x_1$_method"], lengths=[1000])
    for cell in tables["cells"]:
        cell["mutants_per_forward"] = cell["sequences_per_call"] = None
    figures = draw_figures(load_records(write_tables(tmp_path, tables)), LIGHT)
    assert "my_$x_1$_method" in words(figures["time_vs_batch"])
    assert "auto" in words(figures["time_vs_batch"])


POINTS = st.lists(
    st.builds(
        lambda s, m: Point("m", s, m, m, m), st.floats(0.1, 1e3), st.floats(-1, 1).map(lambda m: round(m, 3))
    ),
    max_size=20,
)


@given(POINTS)
def test_the_front_is_what_nothing_dominates(points: list[Point]) -> None:
    def beats(a: Point, b: Point) -> bool:
        return (
            a.seconds <= b.seconds and a.median >= b.median and (a.seconds, a.median) != (b.seconds, b.median)
        )

    best = {(p.seconds, p.median) for p in points if not any(beats(q, p) for q in points)}
    assert {(p.seconds, p.median) for p in front(points)} == best


def test_rounding_is_no_reason_to_be_slower() -> None:
    fast, naive = Point("fast_ism", 1.0, 1 - 1e-9, 1.0, 1.0), Point("naive_ism", 9.0, 1.0, 1.0, 1.0)
    assert front([fast, naive]) == [fast]


def test_labels_of_close_batch_sizes_are_staggered() -> None:
    labels = tick_labels([0.5, 1, 8, 50, 64, 100, 128], 0.5)
    assert labels == ["auto", "1", "8", "50", "\n64", "100", "\n128"]
