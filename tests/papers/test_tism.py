"""The Taylor ISM paper from made-up records: every picture and table, and every finding both ways."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ismbench.papers.core.figure_look import printed
from ismbench.papers.core.paper import Verdict
from ismbench.papers.core.published import read_published
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.core.table_files import Provenance, write_tables
from ismbench.papers.tism import findings
from ismbench.papers.tism.figures import pareto
from ismbench.papers.tism.panels import ABLATIONS, BASELINE, INITIALISATIONS, SIZES
from ismbench.papers.tism.paper import PAPER
from ismbench.papers.tism.studies.satmut import LENGTH, windows
from ismbench.papers.tism.tables import comparisons, read
from ismbench.papers.tism.tables.agreements import agreements
from tests.report import synthetic

pytest.importorskip("logomaker")

N, K = 6, 3
MODELS = list(dict.fromkeys(s.model for s in [*INITIALISATIONS, *SIZES, *ABLATIONS]))
LEVELS = {"data_1": 0.95, "data_5": 0.9, "data_10": 0.85, "data_20": 0.8, "data_50": 0.78, "relu": 0.4}
"""Median agreement of TISM with ISM by model; the others have 0.75."""


def concordance(levels: dict[str, float], gradient: float) -> pd.DataFrame:
    rng, frames = np.random.default_rng(0), []
    sets = [(m, None) for m in MODELS] + [(BASELINE, e) for e in (1, 2, 3)]
    sequence, output = (a.ravel() for a in np.indices((N, K)))
    for model, epoch in sets:
        noise = rng.uniform(-0.02, 0.02, N * K)
        tism = levels.get(model, 0.75) + noise
        frames.append(
            pd.DataFrame(
                {
                    "model": model, "epoch": epoch, "sequence": sequence, "output": output,
                    "tism_ism": tism, "gradient_ism": gradient + noise,
                    "tism_ism_centered": tism, "gradient_ism_centered": gradient + noise,
                    "prediction": rng.normal(size=N * K), "expected": 0.0,
                }
            ).astype({"epoch": "Int64"})
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def model_tables(levels: dict[str, float], gradient: float, between: float) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(1)
    shown = [(m, None) for m in MODELS] + [(BASELINE, e) for e in (1, 2, 3)]
    models = pd.DataFrame(
        {"model": m, "epoch": e, "n_train": 100, "test_pearson": 0.6, "identity": "x"} for m, e in shown
    ).astype({"epoch": "Int64"})
    pairs = pd.DataFrame(
        {"model": "seed0", "other": "seed1", "ism_ism": between, "tism_tism": between}, index=[0]
    )
    attributions = pd.DataFrame(
        {
            "sequence": 2, "output": f"cell_type_{k}", "position": p, "base": "ACGTN"[p % 5],
            "ism": rng.normal(), "tism": rng.normal(),
        }
        for k in range(2) for p in range(130)
    )  # fmt: skip
    effects = pd.DataFrame(
        rng.normal(size=(40, 3)), columns=["ism_mean_effect", "tism_mean_effect", "gradient_x_input"]
    )
    complete = pd.DataFrame(
        {"method": m, "sequence": i, "output": 0, "sum": i + rng.normal(), "change": float(i)}
        for m in ("fast_ism", "taylor_ism")
        for i in range(8)
    )
    return {
        "models": models,
        "history": pd.DataFrame(
            {"model": ["seed0"], "epoch": [1], "loss": [1.0], "validation_pearson": [0.5]}
        ),
        "concordance": concordance(levels, gradient),
        "pairs": pairs,
        "attributions": attributions,
        "sites": pd.DataFrame(
            {"sequence": [2], "name": ["CTCF"], "start": [40], "end": [55], "strand": ["+"]}
        ),
        "base_effects": effects,
        "completeness": complete,
    }


def write(folder: Path, study: str, tables: dict[str, pd.DataFrame]) -> None:
    machine = {"machine": "made up", "usable_cores": 2, "versions": {"numpy": "1"}}
    write_tables(
        folder / study, tables, Provenance(study, "id-1", "quick", tuple(tables), 1.0, "now", machine)
    )


def make_records(
    folder: Path,
    *,
    levels: dict[str, float] = LEVELS,
    gradient: float = 0.5,
    between: float = 0.3,
    faster: float = 1.0,
) -> PaperRecords:
    write(folder, "models", model_tables(levels, gradient, between))
    write(
        folder,
        "satmut",
        {
            "elements": pd.DataFrame(
                {"element": ["E"], "method": ["taylor_ism"], "n_variants": [100], "pearson": [0.4]}
            )
        },
    )
    rows = synthetic.run_rows(
        models=("ai_tac", "ai_tac_deep"),
        lengths=(251, 500, 1000),
        methods=("naive_ism", "fast_ism", "taylor_ism"),
    )
    for cell in rows["cells"]:
        if cell["method"] == "taylor_ism" and cell["seconds_per_100_sequences"]:
            cell["seconds_per_100_sequences"] = 0.1 * (cell["length"] / 251) ** faster
            if cell["sequences_per_call"] == 16:  # the smallest batch
                cell["seconds_per_100_sequences"] *= 2
        if cell["method"] == "naive_ism" and cell["seconds_per_100_sequences"]:
            cell["seconds_per_100_sequences"] = 10 * (cell["length"] / 251) ** 2
    synthetic.write_tables(folder / "times", rows)
    synthetic.write_tables(folder / "methods", synthetic.run_rows(models=("tism_baseline",), lengths=(250,)))
    return PaperRecords(PAPER.studies, folder)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> PaperRecords:
    return make_records(tmp_path_factory.mktemp("tism"))


@pytest.mark.parametrize("picture", PAPER.pictures, ids=lambda p: p.name)
def test_every_picture_is_drawn_from_records(records: PaperRecords, picture: Any) -> None:
    with printed():
        drawn = picture.draw(records)
        drawn.figure.canvas.draw()
    assert len(drawn.data)
    assert drawn.ids
    labelled = [a for a in drawn.figure.axes if a.get_ylabel()]
    assert labelled
    uses_models = "models" in picture.studies
    assert uses_models == ("Simulated" in (drawn.figure.get_suptitle() or ""))


@pytest.mark.parametrize("picture", PAPER.pictures, ids=lambda p: p.name)
def test_without_records_a_picture_is_a_gap(tmp_path: Path, picture: Any) -> None:
    with pytest.raises(MissingRecordsError):
        picture.draw(PaperRecords(PAPER.studies, tmp_path))


def test_a_model_that_is_missing_leaves_a_gap(tmp_path: Path) -> None:
    from ismbench.papers.tism.figures import fig3

    tables = model_tables(LEVELS, 0.5, 0.3)
    for name in ("models", "concordance"):
        tables[name] = tables[name][tables[name]["model"] != "relu"]
    write(tmp_path, "models", tables)
    with printed():
        drawn = fig3.ablations(PaperRecords(PAPER.studies, tmp_path))
    row = drawn.data.set_index("shown").loc["ReLU"]
    assert row["n"] == 0
    assert np.isnan(row["median"])
    assert any("not" in t.get_text() for t in drawn.figure.axes[0].texts)


def test_findings_hold_on_records_that_say_so(records: PaperRecords) -> None:
    for finding in PAPER.findings:
        verdict = finding.check(records)
        assert verdict.holds is True, finding.statement
        assert verdict.figures


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"gradient": 0.9}, findings.tism_beats_gradient),
        ({"between": 0.9}, findings.within_beats_between),
        ({"levels": {**LEVELS, "relu": 0.8}}, findings.relu_lowers_it),
        ({"levels": {"data_1": 0.5, "data_5": 0.6}}, findings.fewer_data_raise_it),
        ({"faster": 3.0}, findings.speedup_grows),
    ],
)
def test_findings_fail_on_records_that_say_otherwise(
    tmp_path: Path, change: dict[str, Any], check: Any
) -> None:
    verdict: Verdict = check(make_records(tmp_path, **change))
    assert verdict.holds is False


def test_published_numbers_stand_beside_ours(records: PaperRecords) -> None:
    rows = comparisons.over_lengths(records, read_published(["tism"]))
    found = {(r.model, r.setting, r.method): r for r in rows}
    row = found["ai_tac", "500 bp, 1 sequence, cpu", "naive_ism"]
    assert row.published == pytest.approx(0.7865, abs=1e-4)
    assert row.ours == pytest.approx(10 * (500 / 251) ** 2 / 100)
    ours = found["ai_tac", "500 bp, 1 sequence, cpu", "fast_ism"]
    assert ours.ours is not None
    assert ours.published is None
    assert ("ai_tac", "500 bp, 10 sequences, gpu", "fast_ism") not in found
    at_250 = found["ai_tac", "250 bp, 1 sequence, cpu", "taylor_ism"]
    assert "251" in at_250.remark
    assert at_250.ours == pytest.approx(0.2 / 100)  # one sequence, at the smallest batch
    on_gpu = found["ai_tac", "500 bp, 10 sequences, gpu", "taylor_ism"]
    assert on_gpu.ours is None
    assert "gpu" in on_gpu.remark
    (twenty,) = [
        r for r in comparisons.over_numbers(records, read_published(["tism"]))
        if (r.model, r.setting, r.method) == ("ai_tac", "250 bp, 20 sequences, cpu", "naive_ism")
    ]  # fmt: skip
    assert twenty.ours == pytest.approx(2.0)


def test_the_table_of_all_methods(records: PaperRecords) -> None:
    table = pareto.table(records).set_index("method")
    assert table.loc["naive_ism", "agreement_with_ism"] == 1
    assert table.loc["taylor_ism", "experiment"] == pytest.approx(0.4)
    assert np.isnan(table.loc["gradient", "experiment"])
    assert table.loc["naive_ism", "completeness"] == table.loc["fast_ism", "completeness"]


def test_methods_are_asked_about_the_same_sequences(tmp_path: Path) -> None:
    made = make_records(tmp_path)
    whole = pareto.table(PaperRecords(PAPER.studies, made.folder)).set_index("method")
    path = made.folder / "methods" / "metrics.parquet"
    metrics = pd.read_parquet(path)
    cells = pd.read_parquet(path.with_name("cells.parquet")).set_index("method")["cell_id"]
    first = metrics["sequence"].dropna().iloc[0]
    of_fast = metrics["cell_id"].isin(cells.loc[["fast_ism"]])
    metrics[~of_fast | metrics["sequence"].isna() | (metrics["sequence"] == first)].to_parquet(path)
    table = pareto.table(PaperRecords(PAPER.studies, made.folder)).set_index("method")
    assert set(table["n_sequences"]) == {1} != set(whole["n_sequences"])
    assert table.loc["taylor_ism", "agreement_with_ism"] != whole.loc["taylor_ism", "agreement_with_ism"]


def test_without_measured_data_the_other_questions_stay(tmp_path: Path) -> None:
    made = make_records(tmp_path)
    write(
        tmp_path, "satmut", {"elements": pd.DataFrame(columns=["element", "method", "n_variants", "pearson"])}
    )
    with printed():
        drawn = pareto.draw(PaperRecords(PAPER.studies, made.folder))
    assert drawn.data["experiment"].isna().all()
    assert drawn.data["agreement_with_ism"].notna().any()


def test_seconds_of_a_sequence(records: PaperRecords) -> None:
    table = read.times(records).set_index(["model", "length", "method"])
    assert table.loc[("ai_tac", 500, "naive_ism"), "seconds"] == pytest.approx(0.1 * (500 / 251) ** 2)


@pytest.mark.parametrize(("length", "step"), [(145, 12), (146, 12), (600, 48), (303, 1)])
def test_windows_share_all_positions_out(length: int, step: int) -> None:
    owned = []
    for start, positions in windows(length, step):
        assert 0 <= start <= length - LENGTH
        assert ((positions >= start) & (positions < start + LENGTH)).all()
        owned += positions.tolist()
    assert sorted(owned) == list(range(length))


def test_the_papers_tables_are_the_papers(records: PaperRecords) -> None:
    numbers = read_published(["tism"])
    one = {(r.setting, r.method): r.published for r in comparisons.table_1(records, numbers)}
    assert one["10 sequences".join(("1,000 bp, ", ", batches of 20")), "naive_ism"] == 22.41
    assert len(one) == 8
    two = [r.published for r in comparisons.table_2(records, numbers)]
    assert two == [3.29, 0.13, 22.41, 0.15, 238.41, 0.23, 6126.65, 0.75]


def test_published_correlations_stand_beside_ours(records: PaperRecords) -> None:
    rows = {(r.setting, r.quantity): r for r in agreements(records, read_published(["tism"]))}
    relu = rows["Fig 3D, ablation=relu", "correlation with ISM"]
    assert relu.published == 0.61
    assert relu.ours == pytest.approx(0.4, abs=0.02)
    assert relu.ratio is None, "other data"
    assert rows["Fig 3C, epoch=400", "correlation with ISM"].ours is None
    assert rows["Fig 3A, ISM between initialisations", "correlation"].ours == pytest.approx(0.3)
    assert rows["Fig 1A, at least 0.6", "share of profiles"].ours == 1
