"""Effects of variants are those of scoring both alleles, whatever way they were computed."""

import numpy as np
import pytest

import ismbench
from ismbench.sequence import one_hot, reverse_complement
from tests.scoring.conftest import LENGTH, make_model, vcf_text


def change(letters: str) -> str:
    return "".join({"A": "C", "C": "G", "G": "T", "T": "A"}[base] for base in letters)


@pytest.fixture
def lines(chromosomes):
    chrom = chromosomes["chr1"]
    snvs = [("chr1", p + 1, f"rs{p}", chrom[p], change(chrom[p])) for p in range(100, 900, 8)]
    blocks = [
        ("chr1", p + 1, f"b{w}", chrom[p : p + w], change(chrom[p : p + w]))
        for p, w in [(300, 2), (310, 3), (320, 7), (330, 19)]
    ]
    indels = [
        ("chr1", 401, "del", chrom[400:405], chrom[400]),
        ("chr1", 421, "ins", chrom[420], chrom[420] + "ACGTTT"),
        ("chr1", 441, "long", chrom[440:480], chrom[440]),
    ]
    return [*snvs, *blocks, *indels]


@pytest.fixture
def vcf(lines, tmp_path):
    path = tmp_path / "in.vcf"
    path.write_text(vcf_text(lines))
    return path


def alleles(lines, chromosomes):
    pairs = []
    for chrom, pos, _, ref, alt in lines:
        letters, place = chromosomes[chrom], pos - 1
        start = place - LENGTH // 2
        other = letters[start:place] + alt + letters[place + len(ref) :]
        pairs.append((letters[start : start + LENGTH], other[:LENGTH]))
    return tuple(one_hot(list(side)) for side in zip(*pairs, strict=True))


def test_100_snvs_equal_saturation_scores(model, vcf, lines, genome, chromosomes, tmp_path):
    data = ismbench.score(model, vcf, tmp_path / "out.zarr", genome=genome)
    reference, other = alleles(lines, chromosomes)
    full = ismbench.saturation_mutagenesis(model, reference[:100]).delta
    middle = LENGTH // 2
    expected = full[np.arange(100), middle, other[:100, middle].argmax(axis=1)]
    np.testing.assert_allclose(data.effects.values[:100], expected, atol=1e-6)


@pytest.mark.parametrize("method", ["fast_ism", "naive_ism"])
def test_every_kind_of_variant_equals_two_forward_passes(
    method, model, vcf, lines, genome, chromosomes, tmp_path
):
    data = ismbench.score(model, vcf, tmp_path / "out.zarr", genome=genome, method=method)
    reference, other = alleles(lines, chromosomes)
    a, b = model.predict(reference, verbose=0), model.predict(other, verbose=0)
    assert data.effects.dims == ("variant", "output")
    np.testing.assert_allclose(data.prediction.values, a, atol=1e-5)
    np.testing.assert_allclose(data.alternate_prediction.values, b, atol=1e-5)
    np.testing.assert_allclose(data.effects.values, b - a, atol=1e-5)


def test_both_orientations(model, vcf, lines, genome, chromosomes, tmp_path):
    data = ismbench.score(model, vcf, tmp_path / "out.zarr", genome=genome, rc=True)
    sides = [
        [model.predict(f(x), verbose=0) for f in (np.asarray, reverse_complement)]
        for x in alleles(lines, chromosomes)
    ]
    reference, other = (np.mean(side, axis=0) for side in sides)
    np.testing.assert_allclose(data.effects.values, other - reference, atol=1e-5)


def test_log_ratios_of_positive_outputs(vcf, lines, genome, chromosomes, tmp_path):
    model = make_model(activation="sigmoid")
    data = ismbench.score(model, vcf, tmp_path / "out.zarr", genome=genome, reduction="log2fc")
    a, b = (model.predict(x, verbose=0) for x in alleles(lines, chromosomes))
    np.testing.assert_allclose(data.effects.values, np.log2(b / a), atol=1e-4)


def test_several_alternatives_and_what_cannot_be_scored(model, genome, chromosomes, tmp_path):
    ref = chromosomes["chr2"][299]
    others = [b for b in "ACGT" if b != ref]
    path = tmp_path / "in.vcf"
    path.write_text(vcf_text([("chr2", 300, "m", ref, ",".join(others)), ("chr2", 300, "s", ref, "<DEL>")]))
    data = ismbench.score(model, path, tmp_path / "out.zarr", genome=genome, on_error="skip")
    assert data.alt.values.tolist() == [*others, "<DEL>"]
    assert np.isnan(data.effects.values).all(axis=1).tolist() == [False, False, False, True]
    assert "letters A, C, G, T." in str(data.reason.values[3])
