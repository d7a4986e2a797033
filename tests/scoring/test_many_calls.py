"""Hundreds of calls compile once, and a model that was trained between two of them is not mistaken for itself."""

import numpy as np
import pytest

import ismbench as package
from ismbench.scoring import kept, scorer, variants
from tests.scoring.conftest import make_model, vcf_text


@pytest.fixture
def built(monkeypatch):
    """Names of the methods that were built."""
    kept._entries.clear()
    names = []
    load = scorer.load
    monkeypatch.setattr(scorer, "load", lambda name: names.append(name) or load(name))
    return names


def test_the_same_model_is_made_ready_once(model, saved, fasta, built, tmp_path):
    for i, source in enumerate((model, model, saved, saved)):
        package.score(source, fasta, tmp_path / f"{i}.zarr", method="gradient")
    assert built == ["gradient"]
    package.score(model, fasta, tmp_path / "other.zarr", method="gradient", target="1")
    assert built == ["gradient"] * 2


def test_no_more_runs_are_kept_than_said(model, fasta, built, tmp_path):
    for i in range(5):
        package.score(
            model, fasta, tmp_path / f"{i}.zarr", method="gradient", target=["0", "1", "sum"][i % 3]
        )
    assert len(kept._entries) == kept.MOST


@pytest.mark.parametrize("method", ["gradient", "fast_ism"])
def test_a_model_that_was_trained_meanwhile_gives_its_new_scores(method, fasta, sequences, tmp_path):
    model = make_model(seed=8)
    package.score(model, fasta, tmp_path / "before.zarr", method=method)
    model.set_weights([1.5 * w for w in model.get_weights()])
    data = package.score(model, fasta, tmp_path / "after.zarr", method=method)
    np.testing.assert_allclose(data.prediction.values, model.predict(sequences, verbose=0), atol=1e-5)


def test_a_copy_of_the_model_as_it_was_is_not_given_the_trained_one(fasta, sequences, tmp_path):
    model, copy = make_model(seed=9), make_model(seed=9)
    package.score(model, fasta, tmp_path / "before.zarr", method="gradient")
    model.set_weights([1.5 * w for w in model.get_weights()])
    data = package.score(copy, fasta, tmp_path / "after.zarr", method="gradient")
    np.testing.assert_allclose(data.prediction.values, copy.predict(sequences, verbose=0), atol=1e-5)


def test_variants_are_made_ready_once(model, genome, chromosomes, monkeypatch, tmp_path):
    kept._entries.clear()
    made = []
    member = variants._Member
    monkeypatch.setattr(variants, "_Member", lambda *a, **k: made.append(1) or member(*a, **k))
    ref = chromosomes["chr1"][99]
    (tmp_path / "in.vcf").write_text(vcf_text([("chr1", 100, "v", ref, "A" if ref != "A" else "C")]))
    for i in range(3):
        package.score(model, tmp_path / "in.vcf", tmp_path / f"{i}.zarr", genome=genome)
    assert made == [1]
