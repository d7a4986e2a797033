"""What the studies of the fastISM paper compute, on small models; the whole of it runs at night."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ismbench.cli import main
from ismbench.errors import InputError
from ismbench.papers.core.study import ComputeJob
from ismbench.papers.fastism.studies import (
    batch_case,
    batches,
    beluga,
    fitting,
    gradients,
    parts,
    plan,
    sweeps,
    tasks,
)
from ismbench.papers.fastism.studies.batch_case import Case
from ismbench.sequence import random_dna, shipped_dm3


@pytest.fixture
def job(root: Path, tmp_path: Path) -> ComputeJob:
    return ComputeJob("quick", 0, "cpu", root, tmp_path, lambda words, done=0, total=0: None)


def build(root: Path, name: str, length: int, **options: Any) -> Any:
    from ismbench.model_loading import build_from_file

    return build_from_file(root / "models" / f"{name}.py", length, options, None)


def test_the_plain_network_is_that_of_the_notebook(root: Path) -> None:
    model = build(root, "plain_cnn", 1000)
    assert model.count_params() == 18_864_441
    assert "18,864,441 parameters" in (root / "models" / "plain_cnn.py").read_text()
    convolutions = [layer for layer in model.layers if type(layer).__name__ == "Conv1D"]
    assert [(c.filters, c.kernel_size) for c in convolutions] == [(256, (10,))] * 4
    assert build(root, "plain_cnn", 64, width=1, channels=32, depth=6).output_shape == (None, 1)


def test_the_plan_of_basset_has_its_multiply_adds(job: ComputeJob) -> None:
    tables = plan.compute(job)
    case = tables["case"].iloc[0]
    assert 270e6 < case["full"] < 272e6  # the paper says 271 M
    # Each changed position once: 19, 17 and 11 of the convolutions, and all of the dense layers.
    convolutions = 19 * 19 * 4 * 300 + 17 * 11 * 300 * 200 + 11 * 7 * 200 * 200
    assert case["windowed"] == convolutions + 4000 * 1000 + 1000 * 1000 + 1000
    assert case["difference"] < case["windowed"]
    conv1 = tables["layers"].set_index("layer").loc["conv1"]
    assert conv1["changed_stop"] - conv1["changed_start"] == 19
    assert conv1["needed_stop"] - conv1["needed_start"] == 37
    assert list(tables["totals"]["model"]) == [m for m in plan.MODELS for _ in plan.LENGTHS]
    reach = tables["reach"].set_index(["model", "length", "layer"])["changed"]
    assert reach["basset", 2000, "conv1"] == reach["basset", 1000, "conv1"] == 19
    assert reach["bpnet", 1000, "dilated9"] == 1000


def test_a_sweep_measures_both_and_checks_that_they_agree(job: ComputeJob) -> None:
    (row,) = sweeps._measured(job, {"length": 64, "width": 3, "channels": 8, "depth": 2})
    assert row["speedup"] == row["naive_seconds_per_sequence"] / row["fast_seconds_per_sequence"] > 0
    assert row["max_abs_deviation"] < 1e-4


def case(job: ComputeJob) -> Case:
    found = Case(job, "plain_cnn", 60, 2)
    found.__dict__["model"] = build(job.root, "plain_cnn", 60, width=3, channels=8, depth=2)
    return found


def test_our_engine_is_timed_for_several_sequences_and_compared_with_naive(job: ComputeJob) -> None:
    row = batches._measured(case(job), "fast_ism", 2)
    assert (row["status"], row["sequences"], row["positions"]) == ("ok", 2, 60)
    assert row["seconds_per_sequence"] > 0
    assert row["max_abs_deviation"] < 1e-4


@pytest.mark.parametrize(
    ("free", "rate", "status"),
    [(1e12, 1e18, None), (1e12, 1.0, "over_budget"), (1e3, 1e18, "oom")],
)
def test_what_the_original_cannot_do_here_is_not_tried(
    job: ComputeJob, monkeypatch: pytest.MonkeyPatch, free: float, rate: float, status: str | None
) -> None:
    monkeypatch.setattr(batch_case, "_free_bytes", lambda: free)
    monkeypatch.setattr(batch_case, "_rate", lambda device: rate)
    found = case(job).too_much(256)
    assert (found and found[0]) == status
    if status is not None:
        row = batches._measured(case(job), "peer_fastism", 256)
        assert (row["status"], np.isnan(row["seconds_per_sequence"])) == (status, True)
        assert any(c.isdigit() for c in row["reason"])


def test_gradients_are_timed_for_some_outputs_and_scaled_up(
    job: ComputeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seconds that grow by one an output, and three of them for the call."""
    monkeypatch.setattr(gradients, "_seconds", lambda model, x, method, count, repetitions: 3.0 + count)
    (row,) = gradients._rows(job, 1000, "deepshap")
    assert (row["outputs"], row["timed_outputs"]) == (1001, 24)
    assert row["seconds_per_sequence"] == pytest.approx(3 + 1001)
    assert row["line_over_checked"] == pytest.approx(1.0)


def test_gradients_are_timed_on_outputs_of_the_profile(job: ComputeJob) -> None:
    pytest.importorskip("alibi", reason="needs ismbench[explainers]")
    model = build(job.root, "bpnet", 64)
    for method in gradients.METHODS:
        assert gradients._seconds(model, random_dna(1, 64, 0), method, 2, 1) > 0


TABLE = "\tCell type\tAssay\tTreatment\tAssay type\n1\t8988T\tDNase\tNone\tDNase\n2\tA549\tp300\tEtOH\tTF\n"


def test_tasks_have_the_names_of_the_published_table_or_of_a_list(tmp_path: Path) -> None:
    (tmp_path / "table.tsv").write_text(TABLE)
    (tmp_path / "list.txt").write_text("one\ntwo\n")
    assert tasks.read_tasks(tmp_path / "table.tsv", 2) == ["8988T DNase", "A549 p300 EtOH"]
    assert tasks.read_tasks(tmp_path / "list.txt", 2) == ["one", "two"]
    with pytest.raises(InputError, match="a name for each of 3 outputs"):
        tasks.read_tasks(tmp_path / "list.txt", 3)


@pytest.mark.parametrize(("task", "number"), [(None, 1), ("a", 0), ("2", 2)])
def test_a_task_is_chosen_by_name_or_number(task: str | None, number: int) -> None:
    assert tasks.chosen_task(task, ["a", "b", "c", "c"], 1) == number


@pytest.mark.parametrize(
    ("task", "message"), [("d", "near it"), ("c", "2 outputs of that name"), ("9", "near it")]
)
def test_a_task_that_is_not_one_is_refused(task: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        tasks.chosen_task(task, ["a", "b", "c", "c"], 1)


def test_wrong_scores_give_no_time(job: ComputeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        batches, "_naive_scores", lambda case, x, positions: np.ones((len(x), len(positions), 4, 1))
    )
    row = batches._measured(case(job), "fast_ism", 2)
    assert row["status"] == "nonequivalent"
    assert np.isnan(row["seconds_per_sequence"])
    assert "largest deviation" in row["reason"]


def test_what_a_package_cannot_do_is_a_row_with_a_reason(job: ComputeJob) -> None:
    # Keras 3 is in use here, which the original fastISM does not take; or the package is not there at all.
    row = batches._measured(case(job), "peer_fastism", 2)
    assert row["status"] == "unsupported"
    assert any(words in row["reason"] for words in ("TF_USE_LEGACY_KERAS", "install ismbench[peers]"))


def test_memory_is_measured_up_to_the_bound(
    job: ComputeJob, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    peaks = iter([100, 200, 5000])
    monkeypatch.setattr(fitting, "_BOUND", {"quick": 1000})
    monkeypatch.setattr(
        "ismbench.bench.measure.peak_memory.peak_memory", lambda call, device, backend: next(peaks)
    )
    monkeypatch.setattr(fitting, "_call", lambda *arguments: lambda: None)
    rows = list(fitting._sweep(job, "basset", "naive_ism"))
    assert [(row["batch"], row["fits"]) for row in rows] == [(16, True), (64, True), (256, False)]


def test_the_heat_map_holds_the_largest_effects_of_the_largest_outputs() -> None:
    record = shipped_dm3(beluga.LENGTH, limit=1)
    reference = np.array([0.1, 0.9, 0.5], np.float32)
    delta = np.zeros((1, beluga.LENGTH, 4, 3), np.float32)
    delta[0, 100, :, 1] = [3.0, 0.0, 0.0, 0.0]
    heat = beluga._heat(record.x, reference, delta)
    assert list(heat["output"]) == [1, 2, 0]
    assert heat.drop(columns="output").to_numpy().argmax() == 100 // beluga.BIN
    assert heat[f"p{100 // beluga.BIN * beluga.BIN}"].iloc[0] == pytest.approx(np.sqrt(9 / 3))
    bases = beluga._bases(record, delta[0, :, :, 1])
    assert len(bases) == beluga.LENGTH
    assert bases["delta_A"].iloc[100] == 3.0
    assert bases["importance"].iloc[100] == pytest.approx(np.sqrt(9 / 3))
    assert "".join(bases["base"]) == "".join("ACGT"[i] for i in record.x[0].argmax(axis=1))


def test_the_parts_of_basset_make_the_whole(job: ComputeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    from ismbench.model_loading import build_from_file

    model = build_from_file(job.root / "models" / "basset.py", 64, {}, None)
    x = random_dna(2, 64, 0)
    found = {name: np.asarray(function(given)) for name, function, given in parts._parts(keras, model, x)}
    np.testing.assert_allclose(found["dense"], found["whole"], rtol=1e-4, atol=1e-5)
    assert found["convolutional"].shape == (2,)


@pytest.mark.nightly
def test_the_whole_paper_at_the_quick_scale(root: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["reproduce", "fastism", "--quick", "--results", str(tmp_path), "--folder", str(root)])
    assert ended.value.code == 0
    text = (tmp_path / "fastism" / "README.md").read_text()
    assert "Not drawn" not in text
    assert "has not run" not in text
