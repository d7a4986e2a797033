"""Edges: of windows and shifts, of short models and small chunks, of numbers that no type holds."""

import keras
import numpy as np
import pytest

import ismbench
from ismbench.errors import InputError
from ismbench.scoring.chunk_worker import Worker
from ismbench.scoring.export import ExportOptions, export
from ismbench.scoring.opened import open_scores
from ismbench.scoring.plot import plot
from ismbench.sequence import one_hot
from tests.scoring.conftest import LENGTH, bed_lines, make_model, vcf_text


def test_a_window_of_one_is_the_summit(model, genome, chromosomes, tmp_path):
    """The models' length is even: the summit is the right one of its two middle positions."""
    bed = tmp_path / "one.bed"
    bed.write_text("chr1\t500\t501\n")
    data = ismbench.score(model, bed, tmp_path / "out.zarr", genome=genome, window=1, target="0")
    export(tmp_path / "out.zarr", "tsv", tmp_path / "a.tsv")
    _, row = (tmp_path / "a.tsv").read_text().splitlines()
    assert row.split("\t")[1:4] == ["chr1", "500", chromosomes["chr1"][500]]
    letters = chromosomes["chr1"][480:520]
    mutants = one_hot([letters[:20] + b + letters[21:] for b in "ACGT"])
    change = model.predict(mutants, verbose=0)[:, 0] - model.predict(one_hot([letters]), verbose=0)[0, 0]
    np.testing.assert_allclose(data.scores.values[0, 20, :, 0], change, atol=1e-5)


@pytest.mark.parametrize("shifts", [(1,), (2, 3), (-1,), (-30, 30)])
def test_shifts_that_leave_positions_out_are_refused(shifts, model, bed, genome, tmp_path):
    with pytest.raises(InputError, match="reach every position"):
        ismbench.score(model, bed, tmp_path / "out.zarr", genome=genome, shifts=shifts, method="gradient")


@pytest.mark.parametrize("shifts", [(-1, 1), (0,), (-3, 2, 5)])
def test_shifts_that_reach_every_position_score_it(shifts, model, bed, genome, tmp_path):
    data = ismbench.score(model, bed, tmp_path / "out.zarr", genome=genome, shifts=shifts, method="gradient")
    assert not np.isnan(data.scores.values).any()


def test_a_shift_alone_scores_a_window_that_it_reaches(model, bed, genome, tmp_path):
    data = ismbench.score(
        model, bed, tmp_path / "out.zarr", genome=genome, shifts=(5,), window=10, method="gradient"
    )
    assert not (data.reason.values != "").any()


def test_variants_of_a_model_that_is_shorter_than_a_wide_block(genome, chromosomes, tmp_path):
    keras.utils.set_random_seed(0)
    x = y = keras.Input((20, 4))
    y = keras.layers.Flatten()(keras.layers.Conv1D(3, 3, activation="relu", padding="same")(y))
    model = keras.Model(x, keras.layers.Dense(1)(y))
    chrom = chromosomes["chr1"]
    ref = chrom[190:208]
    alt = "".join({"A": "C", "C": "G", "G": "T", "T": "A"}[b] for b in ref)
    path = tmp_path / "in.vcf"
    path.write_text(vcf_text([("chr1", 191, "ins", chrom[190], chrom[190] + "ACGTACGTACGT"),
                              ("chr1", 191, "block", ref, alt)]))  # fmt: skip
    data = ismbench.score(model, path, tmp_path / "out.zarr", genome=genome)
    a = chrom[180:200]
    others = [(chrom[180:191] + "ACGTACGTACGT")[:20], chrom[180:190] + alt[:10]]
    expected = model.predict(one_hot(others), verbose=0) - model.predict(one_hot([a]), verbose=0)
    np.testing.assert_allclose(data.effects.values, expected, atol=1e-5)


def test_a_call_is_no_larger_than_a_chunk(model, fasta, tmp_path, monkeypatch):
    """A chunk of two records does not cost what 32 cost."""
    from ismbench.engine.fast import FastEngine

    rows = []
    deltas = FastEngine.deltas
    monkeypatch.setattr(FastEngine, "deltas", lambda self, x, e: rows.append(len(x[0])) or deltas(self, x, e))
    ismbench.score(model, fasta, tmp_path / "out.zarr", chunk=2)
    assert set(rows) == {2}


@pytest.mark.parametrize("kind", ["sequences", "variants"])
def test_log_ratios_that_are_not_defined_can_be_skipped(kind, genome, chromosomes, tmp_path):
    """One output that is not positive is no reason to lose the others."""
    model = make_model(outputs=1)
    chrom = chromosomes["chr1"]
    if kind == "sequences":
        path = tmp_path / "in.bed"
        path.write_text(bed_lines(20))
    else:
        path = tmp_path / "in.vcf"
        path.write_text(
            vcf_text(
                [
                    ("chr1", p, f"v{p}", chrom[p - 1], "A" if chrom[p - 1] != "A" else "C")
                    for p in range(100, 900, 25)
                ]
            )
        )
    plain = ismbench.score(model, path, tmp_path / "plain.zarr", genome=genome)
    middle = float(np.median(plain.prediction.values))
    weights = model.get_weights()
    weights[-1] = weights[-1] - middle + (np.ptp(plain.prediction.values) / 4)
    model.set_weights(weights)
    options = {"genome": genome, "reduction": "log2fc"}
    with pytest.raises(InputError, match="positive"):
        ismbench.score(model, path, tmp_path / "stop.zarr", **options)
    data = ismbench.score(model, path, tmp_path / "skip.zarr", **options, on_error="skip")
    main = data.scores if kind == "sequences" else data.effects
    lost = np.isnan(main.values).any(axis=tuple(range(1, main.ndim)))
    assert 0 < lost.sum() < len(lost) or kind == "sequences"
    assert [bool(str(r)) for r in data.reason.values] == lost.tolist()
    assert all("positive" in str(r) for r in data.reason.values[lost])


def test_a_name_that_two_outputs_have_is_not_guessed(model, fasta, tmp_path):
    labels = tmp_path / "labels"
    labels.write_text("CTCF\nCTCF\n")
    with pytest.raises(InputError, match="2 outputs have; give the number"):
        ismbench.score(model, fasta, tmp_path / "out.zarr", labels=labels, target="CTCF")
    ismbench.score(model, fasta, tmp_path / "out.zarr", labels=labels, method="gradient")
    with pytest.raises(InputError, match="give the number"):
        export(tmp_path / "out.zarr", "modisco", tmp_path / "m", ExportOptions(output="CTCF"))
    assert export(tmp_path / "out.zarr", "modisco", tmp_path / "m", ExportOptions(output="1"))


def test_labels_that_changed_make_another_run(model, fasta, tmp_path):
    labels = tmp_path / "labels"
    labels.write_text("a\nb\n")
    ismbench.score(model, fasta, tmp_path / "out.zarr", labels=labels, method="gradient")
    labels.write_text("b\na\n")
    with pytest.raises(InputError, match="same run"):
        ismbench.score(model, fasta, tmp_path / "out.zarr", labels=labels, method="gradient")


@pytest.mark.parametrize(
    "word", ["chr1:,-5", "chr1:1-,", "chr1:1-" + "9" * 5000], ids=["comma", "end", "long"]
)
def test_words_that_are_no_regions(word, ismbench, saved, genome, model, bed, tmp_path):
    import ismbench as package

    done = ismbench("score", saved, word, "--genome", genome, "-o", tmp_path / "out.zarr")
    assert done.code == 2
    assert "Traceback" not in done.err
    package.score(model, bed, tmp_path / "out.zarr", genome=genome, method="gradient")
    with pytest.raises(InputError):
        plot(tmp_path / "out.zarr", "region", tmp_path / "a.png", region=word)


def test_coordinates_that_no_array_holds(model, genome, tmp_path):
    bed = tmp_path / "far.bed"
    bed.write_text(bed_lines(1) + f"chr1\t{10**20}\t{10**20 + 50}\tfar\n")
    data = ismbench.score(
        model, bed, tmp_path / "out.zarr", genome=genome, method="gradient", on_error="skip"
    )
    assert "0 <= start < end" in str(data.reason.values[1])


def test_symbolic_alleles_keep_their_case_and_broken_variants_their_place(
    model, genome, chromosomes, tmp_path
):
    chrom = chromosomes["chr1"]
    path = tmp_path / "in.vcf"
    path.write_text(vcf_text([("chr1", 100, "b", chrom[99], f"{chrom[99]}[chr2:20[")]))
    data = ismbench.score(model, path, tmp_path / "out.zarr", genome=genome, on_error="skip")
    assert str(data.alt.values[0]) == f"{chrom[99]}[chr2:20["
    odd = tmp_path / "odd.fa"
    odd.write_text(">chr1\n" + chrom[:90] + "*" + chrom[91:] + "\n")
    path.write_text(vcf_text([("chr1", 100, "b", chrom[99].lower(), "A" if chrom[99] != "A" else "C")]))
    data = ismbench.score(model, path, tmp_path / "odd.zarr", genome=odd, on_error="skip")
    assert "'*'" in str(data.reason.values[0])
    assert (int(data.pos[0]), str(data.ref.values[0])) == (100, chrom[99])


def killed_after_one_chunk(monkeypatch, *arguments, **options):
    class Killed(BaseException):
        pass

    run = Worker.run

    def killed(self, number):
        if number:
            raise Killed
        return run(self, number)

    monkeypatch.setattr(Worker, "run", killed)
    with pytest.raises(Killed):
        ismbench.score(*arguments, **options)
    monkeypatch.setattr(Worker, "run", run)


def test_what_a_killed_run_left_is_exported_as_far_as_it_came(
    model, bed, genome, tmp_path, monkeypatch, ismbench
):
    out = tmp_path / "out.zarr"
    killed_after_one_chunk(monkeypatch, model, bed, out, genome=genome, method="gradient", chunk=4)
    done = ismbench("export", out, "--to", "tsv", "-o", tmp_path / "a.tsv", "--output", 0)
    assert done.code == 0
    assert "not finished" in done.err
    assert len((tmp_path / "a.tsv").read_text().splitlines()) == 1 + 4 * LENGTH
    done = ismbench("plot", out, "-o", tmp_path / "a.png", "--region", "chr1:500-520")
    assert done.code == 2
    assert "overlap a scored region" in done.err
    assert ismbench("plot", out, "-o", tmp_path / "a.png", "--region", "chr1:110-130").code == 0
    assert ismbench("plot", out, "-o", tmp_path / "b.png", "--region", "chr1:130-110").code == 2


def test_what_a_killed_run_left_has_no_effects_in_the_vcf(model, genome, chromosomes, tmp_path, monkeypatch):
    chrom = chromosomes["chr1"]
    path = tmp_path / "in.vcf"
    path.write_text(
        vcf_text(
            [("chr1", p, f"v{p}", chrom[p - 1], "A" if chrom[p - 1] != "A" else "C") for p in (100, 200)]
        )
    )
    out = tmp_path / "out.zarr"
    killed_after_one_chunk(monkeypatch, model, path, out, genome=genome, chunk=1)
    export(out, "vcf", tmp_path / "a.vcf")
    first, second = (tmp_path / "a.vcf").read_text().splitlines()[-2:]
    assert "ISM_EFFECT" in first
    assert "nan" not in second
    assert "ISM_NOT_SCORED=" in second


def test_every_kind_of_line_in_a_vcf_is_exported(model, genome, chromosomes, tmp_path):
    ref = chromosomes["chr1"][99]
    path = tmp_path / "in.vcf"
    path.write_text(
        vcf_text(
            [("chr1", 0, "telomere", "N", "A"), ("chr1", 100, "plain", ref, "A" if ref != "A" else "C")]
            + [("chr1", 100, n, ref, a) for n, a in (("star", "*"), ("none", "."), ("deletion", "<DEL>"))]
        )
    )
    ismbench.score(model, path, tmp_path / "out.zarr", genome=genome, on_error="skip")
    export(tmp_path / "out.zarr", "vcf", tmp_path / "a.vcf")
    rows = [line.split("\t") for line in (tmp_path / "a.vcf").read_text().splitlines() if line[0] != "#"]
    assert [row[1:5] for row in rows] == [
        ["0", "telomere", "N", "A"],
        ["100", "plain", ref, "A" if ref != "A" else "C"],
        ["100", "star", ref, "*"],
        ["100", "none", ref, "."],
        ["100", "deletion", ref, "<DEL>"],
    ]
    with pytest.raises(InputError, match="which is a folder"):
        export(tmp_path / "out.zarr", "vcf", tmp_path)


def test_a_sequential_model_that_was_saved(sequences, fasta, tmp_path):
    model = keras.Sequential([keras.Input((LENGTH, 4)), keras.layers.Flatten(), keras.layers.Dense(2)])
    model.save(tmp_path / "s.keras")
    data = ismbench.score(tmp_path / "s.keras", fasta, tmp_path / "out.zarr", method="gradient")
    np.testing.assert_allclose(data.prediction.values, model.predict(sequences, verbose=0), atol=1e-5)
    assert data.sizes["output"] == 2


def test_a_table_of_variants_can_be_of_one_output(model, genome, chromosomes, tmp_path):
    path = tmp_path / "in.vcf"
    ref = chromosomes["chr1"][99]
    path.write_text(vcf_text([("chr1", 100, "v", ref, "A" if ref != "A" else "C")]))
    ismbench.score(model, path, tmp_path / "out.zarr", genome=genome)
    export(tmp_path / "out.zarr", "tsv", tmp_path / "a.tsv", ExportOptions(output="head.1"))
    assert [line.split("\t")[5] for line in (tmp_path / "a.tsv").read_text().splitlines()[1:]] == ["head.1"]
    with pytest.raises(InputError, match="must be in the store"):
        export(tmp_path / "out.zarr", "tsv", tmp_path / "b.tsv", ExportOptions(output="nobody"))


@pytest.mark.parametrize("method", ["gradient", "gradient_x_input", "integrated_gradients", "deepshap"])
def test_contributions_are_those_of_the_methods_own_reading(method, model, fasta, tmp_path):
    from ismbench.methods import METHODS

    if METHODS[method].missing():
        pytest.skip(METHODS[method].missing())
    few = tmp_path / "few.fa"
    few.write_text("".join(fasta.read_text().splitlines(keepends=True)[:6]))
    ismbench.score(model, few, tmp_path / "whole.zarr", method=method, target="0")
    own = ismbench.score(
        model, few, tmp_path / "own.zarr", method=method, target="0", reduction="contribution"
    )
    (block,) = open_scores(tmp_path / "whole.zarr").blocks(0)
    np.testing.assert_allclose(block.contribution, own.scores.values[..., 0], atol=1e-5)
    np.testing.assert_allclose((block.hypothetical * block.x).sum(axis=2), block.contribution, atol=1e-5)


def test_norms_over_outputs_have_one_output(model, fasta, tmp_path):
    ismbench.score(model, fasta, tmp_path / "out.zarr", reduction="l2_outputs")
    opened = open_scores(tmp_path / "out.zarr")
    assert opened.output(None) == 0
    export(tmp_path / "out.zarr", "tsv", tmp_path / "a.tsv")


def test_a_plan_counts_what_grows_with_the_records(model, fasta, tmp_path):
    from ismbench.scoring.estimate import estimate
    from ismbench.scoring.inputs import find_source
    from ismbench.scoring.spec import ModelSource, ScoreSpec

    spec = ScoreSpec(models=(ModelSource(live=model),), method="gradient", dtype="float16")
    found = estimate(spec, find_source([str(fasta)], None), sample=1, records=10_000)
    # 40 positions x 4 bases: one byte of input, and two bytes for each of two outputs.
    assert found.stored_bytes < 10_000 * 2500
    assert found.plain_bytes < 10_000 * 1200
