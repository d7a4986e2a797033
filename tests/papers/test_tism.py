"""The Taylor ISM paper from made-up records: every picture and table, and every finding both ways."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ismbench.measured.satmut_windows import nearest_windows
from ismbench.papers.core.figure_look import printed
from ismbench.papers.core.paper import Finding, Ruling
from ismbench.papers.core.published import read_published
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.core.table_files import Provenance, write_tables
from ismbench.papers.tism.figures import pareto
from ismbench.papers.tism.panels import ABLATIONS, BASELINE, COURSE, INITIALISATIONS, SIZES
from ismbench.papers.tism.paper import PAPER
from ismbench.papers.tism.studies.satmut import LENGTH
from ismbench.papers.tism.tables import comparisons, read
from ismbench.papers.tism.tables.agreements import agreements
from ismbench.papers.tism.tables.reached import reached
from ismbench.papers.tism.tables.run_times import ratios, table_1, table_2
from tests.report import synthetic

pytest.importorskip("logomaker")

N, K = 6, 3
MODELS = list(dict.fromkeys(s.model for s in [*INITIALISATIONS, *SIZES, *ABLATIONS]))
LEVELS = {"data_1": 0.95, "data_5": 0.9, "data_10": 0.85, "data_20": 0.8, "data_50": 0.78, "relu": 0.4}
"""Median agreement of TISM with ISM by model; the others have 0.75."""


def concordance(
    levels: dict[str, float], gradient: float, epochs: tuple[float, ...], inside: dict[str, float]
) -> pd.DataFrame:
    rng, frames = np.random.default_rng(0), []
    sets = [(m, None) for m in (*MODELS, COURSE)] + [(COURSE, e) for e in (1, 2, 3)]
    sequence, output = (a.ravel() for a in np.indices((N, K)))
    for model, epoch in sets:
        noise = rng.uniform(-0.02, 0.02, N * K)
        tism = (levels.get(model, 0.75) if epoch is None else epochs[epoch - 1]) + noise
        prediction = 4 + rng.normal(size=N * K)
        frames.append(
            pd.DataFrame(
                {
                    "model": model, "epoch": epoch, "sequence": sequence, "output": output,
                    "tism_ism": tism, "gradient_ism": gradient + noise,
                    "tism_ism_centered": tism, "gradient_ism_centered": gradient + noise,
                    "ism_truth": 0.7 + noise, "tism_truth": 0.6 + noise,
                    "inside": inside.get(model, 1.0) + noise, "outside": inside.get(model, 1.0) + noise,
                    "prediction": prediction, "measured": prediction + rng.normal(size=N * K),
                }
            ).astype({"epoch": "Int64"})
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def model_tables(
    levels: dict[str, float],
    gradient: float,
    between: float,
    epochs: tuple[float, ...] = (0.75, 0.75, 0.75),
    course: tuple[tuple[float, float], ...] = ((0.1, 0.1), (0.2, 0.2), (0.3, 0.3)),
    inside: dict[str, float] | None = None,
) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(1)
    shown = [(m, None) for m in (*MODELS, COURSE)] + [(COURSE, e) for e in (1, 2, 3)]
    models = pd.DataFrame(
        {
            "model": m,
            "epoch": e,
            "n_train": 100,
            "train_pearson": 0.65 if e is None else course[e - 1][0],
            "test_pearson": 0.6 if e is None else course[e - 1][1],
            "identity": "x",
        }
        for m, e in shown
    ).astype({"epoch": "Int64"})  # fmt: skip
    pairs = pd.DataFrame(
        {"model": f"seed{a}", "other": f"seed{b}", "ism_ism": between, "tism_tism": between, "sequence": i}
        for a in range(4) for b in range(a + 1, 4) for i in range(N)
    )  # fmt: skip
    attributions = pd.DataFrame(
        {
            "model": m, "sequence": 2, "output": f"cell_type_{k}", "position": p, "base": "ACGTN"[p % 5],
            "ism": rng.normal(), "tism": rng.normal(),
        }
        for m in (BASELINE, "data_5", "adamw") for k in range(2) for p in range(130)
    )  # fmt: skip
    effects = pd.DataFrame(
        rng.normal(size=(40, 3)), columns=["ism_mean_effect", "tism_mean_effect", "gradient_x_input"]
    ).assign(sequence=np.arange(40) % 4)
    complete = pd.DataFrame(
        {"method": m, "sequence": i, "output": 0, "gap": gap * (-1) ** i, "change": float(i)}
        for m, gap in (("fast_ism", 0.7), ("integrated_gradients", 0.07))
        for i in range(8)
    )
    return {
        "models": models,
        "history": pd.DataFrame(
            {"model": ["seed0"], "epoch": [1], "loss": [1.0], "validation_pearson": [0.5]}
        ),
        "concordance": concordance(levels, gradient, epochs, inside or {}),
        "pairs": pairs,
        "attributions": attributions,
        "sites": pd.DataFrame(
            {"sequence": [2], "name": ["CTCF"], "start": [40], "end": [55], "strand": ["+"]}
        ),
        "base_effects": effects,
        "completeness": complete,
        "data": pd.DataFrame({"n_train": [100], "noise_ceiling": [0.75]}),
    }


def run_times(tism: float = 1.0) -> pd.DataFrame:
    """ISM takes 10 s for 251 bp, in batches of 20, and as the square of the length; TISM grows by the length alone."""
    rows = []
    for length in (251, 1000, 5000, 20000):
        for n in (10, 100) if length == 1000 else (10,):
            times = length / 251
            base = {"length": length, "n_sequences": n, "n_timed": min(n, 10), "positions_timed": length}
            if length == 20000:
                base |= {"n_timed": 1, "positions_timed": 70}
            for batch, factor in ((20, 1.0), (128, 0.5)):
                rows.append({"method": "naive_ism", "batch": batch, **base, "seconds": factor * n * times**2})
            whole = {"n_timed": n, "positions_timed": length}
            rows.append(
                {"method": "taylor_ism", "batch": 20, **base, **whole, "seconds": 0.01 * n * times**tism}
            )
    return pd.DataFrame(rows)


def write_ctcf(folder: Path) -> None:
    """The records that the experiment on a network of measured data left beside the paper's."""
    rows = synthetic.run_rows(
        models=("ctcf",), lengths=(1000,), methods=("naive_ism", "gradient", "taylor_ism")
    )
    synthetic.write_tables(folder, rows)


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
    epochs: tuple[float, ...] = (0.75, 0.75, 0.75),
    course: tuple[tuple[float, float], ...] = ((0.1, 0.1), (0.2, 0.2), (0.3, 0.3)),
    inside: dict[str, float] | None = None,
) -> PaperRecords:
    folder = folder / "tism"
    write(folder, "models", model_tables(levels, gradient, between, epochs, course, inside))
    write(folder, "tables", {"times": run_times(faster)})
    write_ctcf(folder.parent / "taylor_ism")
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
    for cell in rows["cells"]:
        if cell["method"] == "taylor_ism" and cell["seconds_per_100_sequences"]:
            faster_by = 10 * (cell["length"] / 251) ** 2 / cell["seconds_per_100_sequences"]
            for end, factor in (("", 1.0), ("_low", 0.9), ("_high", 1.1)):
                cell[f"speedup_over_naive{end}"] = factor * faster_by
    synthetic.write_tables(folder / "times", rows)
    synthetic.write_tables(folder / "methods", synthetic.run_rows(models=("tism_baseline",), lengths=(251,)))
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
        picture.draw(PaperRecords(PAPER.studies, tmp_path / "none" / "tism"))


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


YES, NO, OPEN, OTHER = Ruling.REPRODUCED, Ruling.NOT_REPRODUCED, Ruling.UNDECIDED, Ruling.NOT_COMPARABLE


def finding(claim: str, source: str = "Sasse") -> Finding:
    (found,) = [one for one in PAPER.findings if claim in one.claim and source in one.source]
    return found


def flat(**levels: float) -> dict[str, Any]:
    """Records where every model agrees alike but those that are given."""
    return {"levels": levels}


CASES = [
    ("average correlation value of 0.7", flat(), YES),
    ("average correlation value of 0.7", flat(**{f"seed{i}": 0.5 for i in range(4)}), NO),
    ("87% of TISM", flat(), YES),
    ("87% of TISM", flat(**{f"seed{i}": 0.5 for i in range(4)}), NO),
    ("than those of the gradient itself", {}, YES),
    ("than those of the gradient itself", {"gradient": 0.9}, NO),
    ("ISM profiles from two separate model runs", {"between": 0.58}, YES),
    ("ISM profiles from two separate model runs", {"between": 0.3}, NO),
    ("TISM profiles behave similarly", {"between": 0.52}, YES),
    ("TISM is more concordant", {"between": 0.3}, YES),
    ("TISM is more concordant", {"between": 0.9}, NO),
    ("The majority of TISM", {"between": 0.3}, YES),
    ("The majority of TISM", {"between": 0.9}, NO),
    ("trained on a subset", {}, YES),
    ("trained on a subset", flat(data_5=0.5), NO),
    ("trained on a subset", flat(), OPEN),
    ("at 5% of the data", flat(data_5=0.95), YES),
    ("at 5% of the data", flat(data_1=0.95), NO),
    ("reaches its optimum (0.85", {"epochs": (0.6, 0.9, 0.7)}, YES),
    ("reaches its optimum (0.85", {"epochs": (0.6, 0.7, 0.9)}, NO),
    ("has decreased back", {"epochs": (0.6, 0.9, 0.7)}, YES),
    ("At the beginning of model training", {"epochs": (0.5, 0.9, 0.75)}, NO),
    ("increasing until epoch 11", {"epochs": (0.5, 0.9, 0.75)}, OPEN),
    ("increasing until epoch 11", {"course": ((0.1, 0.1), (0.4, 0.4), (0.5, 0.3))}, YES),
    ("At the beginning of model training", {"course": ((0.0, 0.0), (0.4, 0.4), (0.5, 0.5))}, YES),
    ("Additional overfitting", {}, OTHER),
    ("Additional overfitting", {"course": ((0.1, 0.1), (0.4, 0.4), (0.5, 0.3))}, YES),
    (
        "Additional overfitting",
        {"course": ((0.1, 0.1), (0.4, 0.4), (0.5, 0.3)), "epochs": (0.5, 0.9, 0.5)},
        NO,
    ),
    ("worst concordance", {}, YES),
    ("worst concordance", flat(relu=0.8), NO),
    ("ReLU activations across", flat(relu=0.4), YES),
    ("ReLU activations across", flat(relu=0.8), NO),
    ("Max pooling slightly", flat(max_pooling=0.6), YES),
    ("Removing batch norm slightly", flat(no_batch_norm=0.9), NO),
    ("shallow CNN0 has the same", flat(), YES),
    ("shallow CNN0 has the same", flat(cnn0=0.9), NO),
    ("Exponential activation", flat(exponential=0.6), NO),
    ("Exponential activation", flat(exponential=0.65, seed0=0.65, seed1=0.85), OPEN),  # as one seed from another
    ("AdamW: higher", flat(adamw=0.9), YES),
    ("AdamW: higher", flat(adamw=0.5), NO),
    ("smaller motif effects", {"inside": {"adamw": 0.5}}, YES),
    ("smaller motif effects", {"inside": {"adamw": 1.5}}, NO),
    ("less varying gradients", {}, OPEN),
    ("missing regulatory motifs", {"inside": {"data_1": 0.1, "data_5": 0.2, "data_10": 0.3}}, YES),
    ("missing regulatory motifs", {"inside": {"data_1": 0.1, "data_5": 2.0}}, NO),
    ("missing regulatory motifs", {"inside": {"data_1": 0.1}}, OPEN),
    ("No sequence shifting: higher", flat(no_shift=0.9), YES),
    ("MSE loss: higher", flat(mse=0.5), NO),
    ("No residual connections", flat(), OTHER),
    ("Max pooling did not result", {}, YES),
    ("speedup improves for long", {}, YES),
    ("speedup improves for long", {"faster": 3.0}, NO),
    ("~160 times", {}, OTHER),
    ("while the training performance", {}, OPEN),
    ("while the training performance", {"course": ((0.1, 0.1), (0.4, 0.4), (0.5, 0.3))}, YES),
    ("while the training performance", {"course": ((0.1, 0.1), (0.4, 0.4), (0.35, 0.3))}, NO),
    ("worse predictive performance", {}, OPEN),
    ("also hold true for computations on the CPU", {}, YES),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "options", "ruling"), CASES)
def test_a_finding_is_ruled_by_the_records(
    tmp_path: Path, claim: str, options: dict[str, Any], ruling: Ruling
) -> None:
    found = finding(claim).check(make_records(tmp_path, **options))
    assert found.ruling is ruling, found
    assert found.figures


def test_without_records_nothing_is_ruled(tmp_path: Path) -> None:
    for one in PAPER.findings:
        with pytest.raises(MissingRecordsError):
            one.check(PaperRecords(PAPER.studies, tmp_path / "none" / "tism"))


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
    assert table.loc["fast_ism", "completeness_error"] == pytest.approx(8 * 0.7 / 28)
    assert np.isnan(table.loc["taylor_ism", "completeness_error"]), "it promises no sum"


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
        made.folder,
        "satmut",
        {"elements": pd.DataFrame(columns=["element", "method", "n_variants", "pearson"])},
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
    for start, positions in nearest_windows(length, LENGTH, step):
        assert 0 <= start <= length - LENGTH
        assert ((positions >= start) & (positions < start + LENGTH)).all()
        owned += positions.tolist()
    assert sorted(owned) == list(range(length))


def test_the_papers_tables_stand_beside_ours(records: PaperRecords) -> None:
    numbers = read_published(["tism"])
    one = {(r.setting, r.method): r for r in table_1(records, numbers)}
    assert len([r for r in one.values() if r.published is not None]) == 8
    row = one["1,000 bp, 10 sequences, batches of 20", "naive_ism"]
    assert (row.published, row.remark) == (22.41, "")
    assert row.ours == pytest.approx(10 * (1000 / 251) ** 2)
    more = one["1,000 bp, 100 sequences, batches of 20", "naive_ism"]
    assert more.remark == "10 of the sequences were timed"
    best = one["1,000 bp, 10 sequences, batches of 128", "naive_ism"]
    assert best.published is None
    assert best.ours == pytest.approx((row.ours or 0) / 2)
    assert one["1,000 bp, 500 sequences, batches of 20", "naive_ism"].ours is None
    two = table_2(records, numbers)
    assert [r.published for r in two if r.published] == [3.29, 0.13, 22.41, 0.15, 238.41, 0.23, 6126.65, 0.75]
    assert "70 positions of one sequence were timed" in [r.remark for r in two]


def test_how_many_times_faster(records: PaperRecords) -> None:
    table = ratios(records, 10).set_index(["length", "batch"])
    assert table.loc[(1000, 20), "ratio"] == pytest.approx(100 * 1000 / 251)
    assert table.loc[(1000, 128), "ratio"] == pytest.approx(50 * 1000 / 251)
    assert table["whole"].to_dict()[20000, 20] is False
    assert table["whole"].to_dict()[251, 20] is True


def test_what_the_models_reach(records: PaperRecords) -> None:
    rows = {(r.model, r.setting): r.ours for r in reached(records, read_published(["tism"]))}
    assert rows["seed0", "share of the ceiling"] == pytest.approx(0.6 / 0.75)
    assert rows["seed0", "with ISM of the generating function"] == pytest.approx(0.7, abs=0.01)
    assert rows["seed0", "between initialisations"] == pytest.approx(0.3)
    assert rows["data_5", "5% of the training data"] == pytest.approx(0.6)


def test_records_of_an_earlier_version_are_gaps_and_no_failure(tmp_path: Path) -> None:
    made = make_records(tmp_path)
    path = made.folder / "models" / "concordance.parquet"
    pd.read_parquet(path).drop(columns=["measured", "inside"]).to_parquet(path)
    old = PaperRecords(PAPER.studies, made.folder)
    with pytest.raises(MissingRecordsError, match="left no column measured in concordance; run it again"):
        read.regions(old)
    with pytest.raises(MissingRecordsError, match="no column inside"):
        finding("smaller motif effects").check(old)


def test_the_matrix_of_initialisations(tmp_path: Path) -> None:
    from ismbench.papers.tism.figures import matrix

    made = make_records(tmp_path, between=0.3)
    path = made.folder / "models" / "pairs.parquet"
    pairs = pd.read_parquet(path)
    pairs.assign(tism_tism=0.2).to_parquet(path)
    with printed():
        data = matrix.initialisations(PaperRecords(PAPER.studies, made.folder)).data
    cells = data.set_index(["row", "column"])["mean"]
    assert len(cells) == 16
    assert cells["seed 0", "seed 1"] == pytest.approx(0.3)
    assert cells["seed 1", "seed 0"] == pytest.approx(0.2)
    assert cells["seed 2", "seed 2"] == pytest.approx(0.75, abs=0.02)


def test_a_point_is_a_region(records: PaperRecords) -> None:
    table = records.table("models", "concordance")
    own = table[(table["model"] == BASELINE) & table["epoch"].isna()]
    found, first = read.regions(records), own[own["sequence"] == 0]
    assert len(found) == N
    cuts = 2 ** first["prediction"] - 2
    assert found.loc[0, "variation"] == pytest.approx(cuts.std() / cuts.mean())
    assert found.loc[0, "performance"] == pytest.approx(
        np.corrcoef(first["prediction"], first["measured"])[0, 1]
    )


def test_published_correlations_stand_beside_ours(records: PaperRecords) -> None:
    rows = {(r.setting, r.quantity): r for r in agreements(records, read_published(["tism"]))}
    relu = rows["Fig 3D, ablation=relu", "correlation with ISM"]
    assert relu.published == 0.61
    assert relu.ours == pytest.approx(0.4, abs=0.02)
    assert relu.ratio is None, "other data"
    assert rows["Fig 3C, epoch=400", "correlation with ISM"].ours is None
    assert rows["Fig 3A, ISM between initialisations", "correlation"].ours == pytest.approx(0.3)
    assert rows["Fig 1A, at least 0.6", "share of profiles"].ours == 1
