"""The fastISM paper on made-up records: every picture, every table, every finding true and false."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure

from ismbench.papers.core.figure_look import COLUMN, printed
from ismbench.papers.core.outputs import write_outputs
from ismbench.papers.core.paper import ComparisonRow, Finding, Picture, Ruling
from ismbench.papers.core.published import read_published
from ismbench.papers.core.study import ExperimentStudy
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.fastism import PAPER
from ismbench.papers.fastism.findings.ratios import judged, ratio
from ismbench.papers.fastism.studies.timing import extrapolated, seconds_of
from ismbench.papers.fastism.tables.numbers import Found, gap_words
from tests.papers.fastism_records import beluga, layers_of, records_of, scaled, sweep, times, write_records


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
        assert "× 1,024: out of memory" in words(drawn["batches"].draw(records).figure)
        axis = drawn["batches"].draw(records).figure.axes[0]
        line = next(line for line in axis.lines if len(line.get_xdata()) == 4)
        assert [y != y for y in line.get_ydata()] == [False, False, False, True]


@pytest.mark.parametrize("name", ["beluga_clusters", "beluga_bases", "beluga_zoom"])
def test_the_weights_are_named_on_the_figure(name: str, records: PaperRecords, tmp_path: Path) -> None:
    picture = next(p for p in PAPER.pictures if p.name == name)
    with printed():
        assert "random weights" in words(picture.draw(records).figure)
        trained = records_of(tmp_path, beluga=beluga("deepsea.h5"))
        drawn = words(picture.draw(trained).figure)
    assert "weights: deepsea.h5" in drawn
    assert "random" not in drawn
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
    assert bpnet.loc["integrated_gradients_alibi", "ours"] == pytest.approx(100 * 500)
    assert "timed for 12 of 1,001 outputs" in bpnet.loc["integrated_gradients_alibi", "remark"]
    speedups = pd.read_csv(page.with_name("speedups.csv"))
    assert list(speedups["published"].iloc[:2]) == pytest.approx([10.1, 16.42 / 1.28])
    for words in ("not found", "not at hand"):
        assert words not in text


def test_without_records_everything_is_a_gap_with_a_reason(tmp_path: Path) -> None:
    page, gaps = write_outputs(PAPER, PaperRecords(PAPER.studies, tmp_path), lambda line: None)
    assert {p.title for p in PAPER.pictures} <= set(gaps)
    assert "has not run" in gaps["Fig 1: one mutation in Basset"]
    text = page.read_text()
    assert "reproduced**" not in text
    assert text.count("| **undecided** | not measured: ") == len(PAPER.findings)


@pytest.mark.usefixtures("unsaved")
def test_a_study_that_is_missing_takes_only_its_own_with_it(tmp_path: Path) -> None:
    folder = write_records(tmp_path, without=("sweeps", "peers"))
    _, gaps = write_outputs(PAPER, PaperRecords(PAPER.studies, folder), lambda line: None)
    assert set(gaps) == {
        "One parameter at a time", "Side by side on Basset", "Sweeps of one parameter: speed-up over naive ISM"
    } or set(gaps) == {"One parameter at a time", "Sweeps of one parameter: speed-up over naive ISM"}  # fmt: skip


def finding(claim: str, source: str = "Nair") -> Finding:
    (found,) = [one for one in PAPER.findings if claim in one.claim and source in one.source]
    return found


def grown(factor: float) -> pd.DataFrame:
    """Times where naive ISM takes so many times longer at 2,000 bp."""
    table = times()
    table.loc[(table["method"] == "naive_ism") & (table["length"] == 2000), "seconds_per_sequence"] *= factor
    return table


def few(original: float) -> pd.DataFrame:
    """Times of the original with 8 sequences at most."""
    table = times(original=original)
    return table[(table["method"] != "peer_fastism") | (table["sequences"] <= 8)]


OURS = "our engine"
YES, NO, OPEN = Ruling.REPRODUCED, Ruling.NOT_REPRODUCED, Ruling.UNDECIDED
MOSTLY_DENSE = pd.DataFrame(
    {"part": ["convolutional", "dense", "whole"], "batch": 64, "seconds": [1.0, 9.0, 10.0]}
)
AS_THERE = pd.DataFrame(
    {"part": ["convolutional", "dense", "whole"], "batch": 64, "seconds": [39.0, 1.0, 40.0]}
)
CASES = [
    ("10x: Basset", "Nair", {"times": times(original=1.0)}, YES),
    ("10x: Basset", "Nair", {"times": times(original=9000.0)}, NO),
    ("10x: Basset", "Nair", {"times": few(40.0)}, OPEN),
    ("10x: Factorized Basset", "Nair", {"times": times(original=1.0)}, YES),
    ("10x: Factorized Basset", "Nair", {"times": times(original=9000.0)}, NO),
    ("10x: Basset", OURS, {"fast": 0.001}, YES),
    ("10x: Factorized Basset", OURS, {"fast": 1000.0}, NO),
    ("increases with increasing input sequence length: Basset", "Nair", {"times": grown(4.0)}, YES),
    ("increases with increasing input sequence length: Factorized", "Nair", {"times": grown(0.5)}, NO),
    ("increases with increasing input sequence length: Basset", "Nair", {"times": grown(1.0)}, OPEN),
    ("for the BPNet architecture", "Nair", {"times": times(original=1.0)}, YES),
    ("for the BPNet architecture", "Nair", {"times": times(original=9000.0)}, NO),
    ("for the BPNet architecture", "Nair", {"times": few(400.0)}, OPEN),
    ("or more", OURS, {"fast": 0.001}, YES),
    ("slow for small batch", "supplement", {"times": times(original=40.0)}, YES),
    ("slow for small batch", "supplement", {"times": times(original=1.0)}, NO),
    ("however few", "ours", {"times": times(ours=0.1)}, YES),
    ("however few", "ours", {"times": times(ours=20.0)}, NO),
    ("majority of compute time", "Nair", {"parts": AS_THERE}, YES),
    ("majority of compute time", "Nair", {"parts": MOSTLY_DENSE}, NO),
    ("closer to 40x", "Nair", {"parts": AS_THERE}, YES),
    ("closer to 40x", "Nair", {"parts": MOSTLY_DENSE}, NO),
    ("factor of 50x", "Nair", {"parts": AS_THERE}, YES),
    ("factor of 17", "Nair", {"parts": AS_THERE}, YES),
    ("19 contiguous", "Nair", {"parts": AS_THERE}, YES),
    ("narrows the gap", "Nair", {"times": times(original=90000.0)}, NO),
    ("narrows the gap", OURS, {"fast": 1000.0}, NO),
    ("within 2x", "Nair", {"times": times(original=1e6)}, NO),
    ("within 2x", "Nair", {"times": few(1e6)}, OPEN),
    ("within 2x", OURS, {"fast": 0.001}, YES),
    ("within 4x", "Nair", {"times": times(original=1e6)}, NO),
    ("within 4x", OURS, {"fast": 0.001}, YES),
    ("slower than Gradient", "Nair", {"times": times(original=1e6)}, YES),
    ("slower than Gradient", OURS, {"fast": 1e-6}, NO),
    ("over 50x", "Nair", {"times": times(original=1e6)}, NO),
    ("over 50x", OURS, {"fast": 1e-6}, YES),
    ("separate backpropagation", "Introduction", {"scaled": scaled()}, YES),
    ("separate backpropagation", "Introduction", {"scaled": scaled(line=0.7)}, OPEN),
    ("every output task", OURS, {"fast": 1.0}, YES),
    ("about 6x", OURS, {"fast": 1.0}, YES),
    ("real DNA", "ours", {"real": 1.0}, YES),
    ("real DNA", "ours", {"real": 9.0}, OPEN),
    ("23M, 220M and 23M", "Nair", {}, YES),
    ("most computation redundant", "abstract", {}, YES),
    ("independent of input", "Nair", {}, YES),
    ("sizable fraction", "Nair", {"plan": layers_of(1.0)}, NO),
    ("sizable fraction", "Nair", {"plan": layers_of(1.9)}, YES),
    ("480-519", "supplement", {}, YES),
    ("far surpasses", "Nair", {"times": few(1e6)}, OPEN),
    ("engine grows with the length", "VaryParams", {"sweeps": sweep()}, YES),
    ("engine grows with the length", "VaryParams", {"sweeps": sweep(length=-0.1)}, NO),
    ("falls with the width", "VaryParams", {"sweeps": sweep(width=-0.1)}, YES),
    ("falls with the width", "VaryParams", {"sweeps": sweep(width=0.1)}, NO),
    ("number of channels", "VaryParams", {"sweeps": sweep(channels=-0.1)}, NO),
    ("number of convolutions", "VaryParams", {"sweeps": sweep(depth=-0.1)}, NO),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "source", "options", "ruling"), CASES)
def test_a_finding_is_ruled_by_the_records(
    tmp_path: Path, claim: str, source: str, options: dict[str, Any], ruling: Ruling
) -> None:
    judgement = finding(claim, source).check(records_of(tmp_path, **options))
    assert judgement.ruling is ruling, judgement
    assert any(c.isdigit() for c in judgement.figures)


def test_every_finding_has_figures_and_how_many(records: PaperRecords) -> None:
    for one in PAPER.findings:
        judgement = one.check(records)
        assert any(c.isdigit() for c in judgement.figures), one.claim
        assert judgement.n, one.claim


BEFORE, AFTER = Found(100.0, "", low=90.0, high=110.0), Found(10.0, "", low=9.0, high=11.0)
OVER = Found(None, "over budget", at_least=600.0)


@pytest.mark.parametrize(
    ("above", "bound", "ruling"),
    [
        (BEFORE, 5, YES),
        (BEFORE, 20, NO),
        (BEFORE, 10, OPEN),
        (OVER, 50, YES),
        (OVER, 60, OPEN),
        (OVER, 90, OPEN),
    ],
)
def test_a_lower_bound_is_evidence_for_more_and_never_against_it(
    above: Found, bound: float, ruling: Ruling
) -> None:
    assert judged([ratio("a place", above, AFTER)], bound).ruling is ruling


def test_a_claim_on_two_models_is_not_decided_on_one() -> None:
    one = ratio("a place", BEFORE, AFTER)
    assert judged([one, None], 5).ruling is OPEN
    assert judged([one, one], 5).ruling is YES
    assert judged([one, one], 5).n == "2 of 2 places"


def test_what_was_not_measured_is_not_ruled(tmp_path: Path) -> None:
    for one in PAPER.findings:
        with pytest.raises(MissingRecordsError):
            one.check(PaperRecords(PAPER.studies, tmp_path))


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


def test_the_quick_experiments_are_planned_for_minutes_on_two_cores(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By their work, at 0.2 T multiply-adds a second; the computations bound their own work."""
    from ismbench.bench import load_spec
    from ismbench.bench.plan import run_plan

    monkeypatch.setattr(run_plan, "_rate", lambda device: 2e11)
    studies = [study for study in PAPER.studies if isinstance(study, ExperimentStudy)]
    plans = [
        run_plan.make_plan(load_spec(root / study.file, study.changes("quick")), device="cpu")
        for study in studies
    ]
    assert 0 < sum(plan.predicted_seconds or 0.0 for plan in plans) < 8 * 60


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
