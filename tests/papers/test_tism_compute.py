"""What the Taylor ISM paper computes: agreement of maps by hand, and the whole study on a tiny scale."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ismbench.papers.core.study import ComputeJob
from ismbench.papers.tism.studies.agreement import centered, map_pearson, motif_effects
from ismbench.scores import first_order
from ismbench.sequence import random_dna

YAML = """
name: models
data: {source: simulated, n: 80, options: {n_outputs: 3, most_motifs: 2, n_pairs: 3}}
training: {epochs: 2, batch: 32, learning_rate: 0.02, options: {kernels: 4}}
models:
  - {name: seed0, file: ../../models/tism_baseline.py, train: {seed: 0}}
  - {name: course, file: ../../models/tism_baseline.py, train: {patience: null, checkpoints: [1, 2]}}
  - {name: seed1, file: ../../models/tism_baseline.py, train: {seed: 1}}
  - {name: cnn0, file: ../../models/cnn0.py, train: {}}
lengths: [64]
sequences: {source: held_out, n: 3}
targets: [every]
methods: [fast_ism]
"""


def test_correlation_of_maps_is_numpys() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 3, 5, 4, 2))
    found = map_pearson(a, b)
    assert found.shape == (3, 2)
    assert found[1, 1] == pytest.approx(np.corrcoef(a[1, ..., 1].ravel(), b[1, ..., 1].ravel())[0, 1])


def test_taylor_is_the_gradient_minus_that_at_the_reference() -> None:
    x = random_dna(2, 6, 0)
    gradient = np.random.default_rng(0).normal(size=(2, 6, 4, 3))
    found = first_order(gradient, x)
    assert np.allclose(found[x.astype(bool)], 0)
    base = int(x[0, 2].argmax())
    np.testing.assert_allclose(found[0, 2], gradient[0, 2] - gradient[0, 2, base])
    np.testing.assert_allclose(centered(found, x).mean(axis=2), 0, atol=1e-12)


def test_effects_inside_and_outside_of_motifs_by_hand() -> None:
    x = random_dna(1, 4, 0)
    ism = np.where(x[..., None] > 0, 0.0, -1.0) * np.array([1.0, 2.0, 3.0, 4.0])[None, :, None, None]
    truth = np.array([[[True], [True], [False], [False]]])
    inside, outside = motif_effects(ism, ism, x, truth)
    assert inside == pytest.approx(0.75 * 1.5)  # a contribution is a quarter of minus the three deltas
    assert outside == pytest.approx(0.75 * 0.5)
    none, _ = motif_effects(ism, ism, x, np.zeros_like(truth))
    assert np.isnan(none).all()


class Clock:
    """Tells what the calls of a model cost: a second for each mutant, and for each sequence of TISM."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def made_up_methods(monkeypatch: pytest.MonkeyPatch, clock: Clock, calls: list[tuple[str, int, int]]) -> None:
    from ismbench.papers.tism.studies import run_times

    def load(name: str) -> Any:
        def build(model: Any, target: Any, batch: Any, positions: Any = None) -> Any:
            def explain(x: Any) -> None:
                count = x.shape[1] if positions is None else len(set(positions))
                clock.now += len(x) * (3 * count if name == "naive_ism" else 1)
                calls.append((name, len(x), count))

            return explain

        return build

    monkeypatch.setattr(run_times, "load", load)


@pytest.mark.parametrize(
    ("allowance", "timed"),
    [
        (3000.0, (10, 100, 3000.0)),  # at N itself
        (2999.0, (9, 100, 2700.0)),  # as many as there is time for
        (299.0, (1, 20, 60.0)),  # some positions of one
    ],
)
def test_ism_is_timed_at_its_number_or_on_a_part_that_is_said(
    monkeypatch: pytest.MonkeyPatch, allowance: float, timed: tuple[int, int, float]
) -> None:
    from ismbench.papers.tism.studies.run_times import time_ism

    clock = Clock()
    made_up_methods(monkeypatch, clock, [])
    x = np.zeros((50, 100, 4), np.float32)
    found = time_ism(None, None, 20, x, (10, 50), allowance, clock)  # type: ignore[arg-type]
    assert (found.n_timed, found.positions_timed, found.seconds) == timed


def test_tism_is_timed_on_all_sequences(monkeypatch: pytest.MonkeyPatch) -> None:
    from ismbench.papers.tism.studies.run_times import time_tism

    clock, calls = Clock(), []
    made_up_methods(monkeypatch, clock, calls)
    found = time_tism(None, None, 20, np.zeros((50, 30, 4), np.float32), clock)  # type: ignore[arg-type]
    assert (found.n_timed, found.seconds) == (50, 50.0)
    assert calls == 2 * [("taylor_ism", 50, 30)], "the first compiles"


@pytest.mark.nightly
def test_the_study_from_training_to_tables(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ismbench.papers.tism.studies import models as compute

    (tmp_path / "experiments" / "tism").mkdir(parents=True)
    (tmp_path / "experiments" / "tism" / "models.yaml").write_text(YAML)
    (tmp_path / "models").symlink_to(root / "models")
    monkeypatch.setattr(
        "ismbench.papers.tism.studies.completeness.METHODS_ASKED", ("integrated_gradients", "gradient")
    )
    told: list[str] = []
    cache = tmp_path / "cache"
    cache.mkdir()
    job = ComputeJob("shipped", 0, "cpu", tmp_path, cache, lambda words, done=0, total=0: told.append(words))
    tables = compute.compute(job)
    from ismbench.papers.tism.paper import PAPER

    (study,) = (s for s in PAPER.studies if s.name == "models")
    assert set(tables) == set(study.tables)  # type: ignore[union-attr]
    assert len(tables["models"]) == 4 + 2
    assert len(tables["concordance"]) == 6 * 3 * 3
    assert set(tables["pairs"]["other"]) == {"seed1"}
    assert tables["concordance"]["tism_ism"].between(-1, 1).all()
    assert tables["concordance"]["ism_truth"].between(-1, 1).all()
    assert 0 < tables["data"]["noise_ceiling"].iloc[0] <= 1
    # The last checkpoint has the kept weights or others, but the same model explained the same sequences.
    assert tables["concordance"].groupby(["model", "epoch"], dropna=False).size().eq(9).all()
    trainings = sum("training" in words for words in told)
    told.clear()
    again = compute.compute(job)
    assert trainings
    assert not any("training" in words for words in told)
    np.testing.assert_array_equal(again["concordance"]["tism_ism"], tables["concordance"]["tism_ism"])
