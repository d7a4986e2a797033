"""The fastISM paper on made-up records: every picture, every table, every finding true and false."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure

from ismbench.papers.core.figure_look import COLUMN, printed
from ismbench.papers.core.outputs import write_outputs
from ismbench.papers.core.paper import ComparisonRow, Finding, Picture
from ismbench.papers.core.published import read_published
from ismbench.papers.core.study import ExperimentStudy
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.fastism import PAPER
from ismbench.papers.fastism import findings as f
from ismbench.papers.fastism.studies.timing import extrapolated, seconds_of
from ismbench.papers.fastism.tables.numbers import gap_words
from tests.papers.fastism_records import records_of, sweep, times, write_records


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> PaperRecords:
    return records_of(tmp_path_factory.mktemp("fastism"))


@pytest.fixture
def unsaved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are drawn and not written, which takes most of the time; test_reproduce.py writes one."""
    monkeypatch.setattr("ismbench.papers.core.outputs.write_picture", lambda *arguments: None)


def words(figure: Figure) -> str:
    return "\n".join(t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text")))


def ids(things: tuple[Picture, ...]) -> list[str]:
    return [thing.name for thing in things]


@pytest.mark.parametrize("picture", PAPER.pictures, ids=ids(PAPER.pictures))
def test_a_picture_is_as_wide_as_a_column_labelled_and_names_its_records(
    picture: Picture, records: PaperRecords
) -> None:
    with printed():
        drawn = picture.draw(records)
    assert drawn.figure.get_figwidth() == pytest.approx(COLUMN, abs=0.01)
    assert drawn.ids
    assert len(drawn.data)
    labels = [axis.get_xlabel() for axis in drawn.figure.axes]
    assert any(labels), "no axis says what it shows"
    sizes = {
        t.get_fontsize() for t in drawn.figure.findobj(lambda a: hasattr(a, "get_fontsize")) if t.get_text()
    }
    assert min(sizes) >= 5.5


def test_gaps_are_drawn_as_gaps(records: PaperRecords) -> None:
    drawn = {p.name: p for p in PAPER.pictures}
    with printed():
        assert "over budget" in words(drawn["table1"].draw(records).figure)
        assert "× 1,024: out of memory" in words(drawn["batches"].draw(records).figure)
        axis = drawn["batches"].draw(records).figure.axes[0]
        line = next(line for line in axis.lines if len(line.get_xdata()) == 4)
        assert [y != y for y in line.get_ydata()] == [False, False, False, True]


@pytest.mark.parametrize("name", ["beluga_clusters", "beluga_bases", "beluga_zoom"])
def test_random_weights_are_named_on_the_figure(name: str, records: PaperRecords) -> None:
    picture = next(p for p in PAPER.pictures if p.name == name)
    with printed():
        assert "random weights" in words(picture.draw(records).figure)
    assert "random weights" in picture.caption


@pytest.mark.usefixtures("unsaved")
def test_the_page_is_whole_and_names_machines(records: PaperRecords) -> None:
    page, gaps = write_outputs(PAPER, records, lambda line: None)
    assert gaps == {}
    text = page.read_text()
    assert text.count("](figures/") == 5 * len(PAPER.pictures)
    assert "nan" not in text.lower().replace("nanc", "")
    assert "A processor, 2 cores, 8 GiB" in text
    table = pd.read_csv(page.with_name("table1.csv"))
    basset = table[(table["model"] == "basset") & (table["setting"] == "1,000 bp, one number")].set_index(
        "method"
    )
    assert basset.loc["peer_fastism", "published"] == 2.70
    assert basset.loc["peer_fastism", "ours"] == pytest.approx(100 * (40 / 256 + 0.3))
    assert basset.loc["peer_fastism", "ratio"] == pytest.approx(100 * (40 / 256 + 0.3) / 2.70)
    assert basset.loc["naive_ism", "published"] == 27.36
    assert basset.loc["gradient_x_input", "published"] == 0.04
    notebook = table[table["setting"] == "1,000 bp, one number; notebook GradxInputBenchmark"]
    assert list(notebook["published"]) == [0.07, 0.15]
    bpnet = table[(table["model"] == "bpnet") & (table["setting"] == "1,000 bp, every output")].set_index(
        "method"
    )
    assert bpnet.loc["peer_fastism", "published"] == 28.97
    assert pd.isna(bpnet.loc["integrated_gradients_alibi", "ours"])
    assert "over budget" in bpnet.loc["integrated_gradients_alibi", "remark"]
    speedups = pd.read_csv(page.with_name("speedups.csv"))
    assert list(speedups["published"].iloc[:2]) == pytest.approx([10.1, 16.42 / 1.28])
    for words in ("not found", "not at hand"):
        assert words not in text


def test_without_records_everything_is_a_gap_with_a_reason(tmp_path: Path) -> None:
    page, gaps = write_outputs(PAPER, PaperRecords(PAPER.studies, tmp_path), lambda line: None)
    assert {p.title for p in PAPER.pictures} <= set(gaps)
    assert "has not run" in gaps["Fig 1: one mutation in Basset"]
    text = page.read_text()
    assert "**true**" not in text
    assert "**false**" not in text
    assert text.count("| not measured |") >= len(PAPER.findings)


@pytest.mark.usefixtures("unsaved")
def test_a_study_that_is_missing_takes_only_its_own_with_it(tmp_path: Path) -> None:
    folder = write_records(tmp_path, without=("sweeps", "peers"))
    _, gaps = write_outputs(PAPER, PaperRecords(PAPER.studies, folder), lambda line: None)
    assert set(gaps) == {
        "One parameter at a time", "Side by side on Basset", "Sweeps of one parameter: speed-up over naive ISM"
    } or set(gaps) == {"One parameter at a time", "Sweeps of one parameter: speed-up over naive ISM"}  # fmt: skip


def finding(text: str) -> Finding:
    return next(one for one in PAPER.findings if text in one.statement)


MOSTLY_DENSE = pd.DataFrame({"part": ["convolutional", "dense", "whole"], "seconds": [1.0, 9.0, 10.0]})
CASES = [
    ("fewer than 256", {"times": times(original=100.0)}, {"times": times(original=1.0)}),
    ("model of that notebook", {"times": times(original=100.0)}, {"times": times(original=1.0)}),
    ("however few", {}, {"times": times(ours=20.0)}),
    ("fastISM speeds up Basset", {"times": times(original=1.0)}, {"times": times(original=9000.0)}),
    ("Our engine speeds up Basset", {}, {"times": times(ours=1.0)}),
    ("in the convolutions", {}, {"parts": MOSTLY_DENSE}),
    ("fastISM reduces the gap", {"times": times(original=1.0)}, {"times": times(original=90000.0)}),
    ("engine reduces the gap", {}, {"fast": 1000.0}),
    ("many outputs, fastISM", {"times": times(original=1.0)}, {"times": times(original=90000.0)}),
    ("many outputs, our engine", {}, {"fast": 10000.0}),
    ("engine grows with the length", {}, {"sweeps": sweep(length=-0.1)}),
    ("engine falls with the width", {}, {"sweeps": sweep(width=0.1)}),
    ("grows with the number of channels", {}, {"sweeps": sweep(channels=-0.1)}),
    ("grows with the number of convolutions", {}, {"sweeps": sweep(depth=-0.1)}),
]  # fmt: skip


NEEDED = {
    "times": ("fastism_batches", "basset", "factorized_basset", "bpnet"),
    "sweeps": ("sweeps",),
    "parts": ("basset_parts",),
    "fast": ("basset", "factorized_basset", "bpnet"),
}
"""The studies that a finding looks at, by what its case changes."""


@pytest.mark.parametrize(("text", "true", "false"), CASES, ids=[text for text, *_ in CASES])
def test_a_finding_is_true_or_false_by_the_records(
    tmp_path: Path, text: str, true: dict[str, object], false: dict[str, object]
) -> None:
    needed = NEEDED[next(iter({**true, **false}))]
    others = tuple(study.name for study in PAPER.studies if study.name not in needed)
    for name, options, expected in (("true", true, True), ("false", false, False)):
        verdict = finding(text).check(records_of(tmp_path / name, without=others, **options))
        assert verdict.holds is expected
        assert any(c.isdigit() for c in verdict.figures)


def test_every_finding_has_a_case() -> None:
    assert len(PAPER.findings) == len(CASES)


def test_what_was_not_measured_is_neither(tmp_path: Path) -> None:
    with pytest.raises(MissingRecordsError, match="has not run"):
        f.convolutions_dominate(PaperRecords(PAPER.studies, tmp_path))
    assert f.surpasses_backpropagation("fast_ism")(PaperRecords(PAPER.studies, tmp_path)).holds is None
    assert f.reduces_the_gap("fast_ism")(PaperRecords(PAPER.studies, tmp_path)).holds is None


def test_the_experiments_of_the_paper_can_be_planned_at_both_scales(root: Path) -> None:
    from ismbench.bench import load_spec, make_plan

    for study in PAPER.studies:
        if not isinstance(study, ExperimentStudy):
            continue
        for changes in ((), study.quick):
            plan = make_plan(load_spec(root / study.file, changes), device="cpu")
            assert plan.experiment.name == study.name
    sizes = [p for p in PAPER.studies if isinstance(p, ExperimentStudy)]
    quick = sum(len(make_plan(load_spec(root / s.file, s.quick), device="cpu").cells) for s in sizes)
    full = sum(len(make_plan(load_spec(root / s.file), device="cpu").cells) for s in sizes)
    assert quick < full


def test_published_sweeps_are_those_that_are_computed() -> None:
    from ismbench.papers.fastism.studies.sweeps import VALUES

    rows = read_published(["fastism"]).select(table="sweeps")
    assert {row.setting for row in rows} == {f"{p}={v}" for p, values in VALUES.items() for v in values}


def test_numbers_that_were_measured_otherwise_have_no_ratio() -> None:
    row = ComparisonRow("basset", "", "fast_ism", "largest batch that fits", "", published=2.0, ours=1.0)
    assert row.ratio == 0.5
    assert replace(row, comparable=False).ratio is None


def test_a_straight_line_counts_what_does_not_grow_once() -> None:
    assert extrapolated((4, 5.0), (12, 7.0), 1000) == pytest.approx(4.0 + 0.25 * 1000)
    assert extrapolated((4, 5.0), (12, 4.0), 1000) == pytest.approx(4.0 * 1000 / 12), (
        "noise never makes a scan fast"
    )
    assert extrapolated((4, 5.0), (12, 7.0), 12) == 7.0


def test_a_call_is_timed_after_one_that_does_not_count() -> None:
    calls: list[int] = []
    assert seconds_of(lambda: calls.append(1), 3) >= 0
    assert len(calls) == 4


@pytest.mark.parametrize(
    ("remark", "words"),
    [
        ("the study bpnet has not run", "not run"),
        ("the study bpnet failed: no room", "failed"),
        ("not part of the study peers at this scale", "not in this run"),
        ("over budget: one repetition takes hours", "over budget"),
    ],
)
def test_a_gap_on_a_figure_is_told_in_few_words(remark: str, words: str) -> None:
    assert gap_words(remark) == words
