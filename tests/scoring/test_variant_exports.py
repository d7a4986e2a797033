"""Variants as files: lines of a VCF keep what they said, tables and AnnData hold the same; scores to rank by."""

import keras
import numpy as np
import pysam
import pysam.bcftools
import pytest
from scipy.spatial.distance import jensenshannon

import ismbench as package
from ismbench.errors import InputError
from ismbench.scoring.allele_comparisons import jensen_shannon, log2_fold_change, log2_fold_change_of_logs
from ismbench.scoring.export import ExportOptions, export
from ismbench.sequence import one_hot, reverse_complement
from tests.scoring.conftest import LENGTH, vcf_text

HEAD = """##fileformat=VCFv4.2
##FILTER=<ID=LowQ,Description="low, or lower">
##INFO=<ID=AF,Number=A,Type=Float,Description="frequency">
##INFO=<ID=END,Number=1,Type=Integer,Description="end">
##FORMAT=<ID=GT,Number=1,Type=String,Description="genotype">
##contig=<ID=chr1,length=1500>
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts1\ts2
"""


def others(base: str) -> list[str]:
    return [b for b in "ACGT" if b != base]


@pytest.fixture
def vcf(chromosomes, tmp_path):
    """A plain variant, three alleles of which one is symbolic, a block of a gVCF, one at the edge, an insertion."""
    c = chromosomes["chr1"]
    (a, b, _), d = others(c[299]), others(c[4])[0]
    lines = [
        f"chr1\t200\trs1;x\t{c[199]}\t{others(c[199])[0]}\t50\tLowQ\tAF=0.25\tGT\t0/1\t1/1",
        f"chr1\t300\t.\t{c[299]}\t{a},<DEL>,{b}\t.\tPASS\tAF=0.1,0.2,0.3\tGT\t0/1\t2/3",
        f"chr1\t400\t.\t{c[399]}\t<NON_REF>\t.\t.\tEND=450\tGT\t0/0\t0/0",
        f"chr1\t5\tedge\t{c[4]}\t{d}\t.\t.\t.\tGT\t0/1\t0/0",
        f"chr2\t300\tins\t{chromosomes['chr2'][299]}\t{chromosomes['chr2'][299]}ACG\t.\t.\t.\tGT\t0/1\t0/0",
    ]
    path = tmp_path / "in.vcf"
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return path


@pytest.fixture
def store(model, vcf, genome, tmp_path):
    out = tmp_path / "v.zarr"
    package.score(model, vcf, out, genome=genome, target="0", on_error="skip")
    return out


@pytest.mark.parametrize("name", ["a.vcf", "a.vcf.gz", "a.bcf"])
def test_what_the_input_said_stays(name, store, vcf, tmp_path):
    export(store, "vcf", tmp_path / name)
    with pysam.VariantFile(str(tmp_path / name)) as file:
        kind = {"a.vcf": ("VCF", "NONE"), "a.vcf.gz": ("VCF", "BGZF"), "a.bcf": ("BCF", "BGZF")}[name]
        assert (file.format, file.compression) == kind
        assert dict(file.header.contigs.items())["chr1"].length == 1500
    before, after = (
        pysam.bcftools.query("-f", "%CHROM %POS %ID %REF %ALT %QUAL %FILTER %AF %END[ %GT]\n", str(path))
        for path in (vcf, tmp_path / name)
    )
    assert before == after
    assert len(before.splitlines()) == 5


def test_values_and_reasons_are_one_for_each_allele(store, tmp_path):
    export(store, "vcf", tmp_path / "a.vcf")
    query = "%POS\t%ISM_EFFECT\t%ISM_NOT_SCORED\n"
    rows = [
        line.split("\t") for line in pysam.bcftools.query("-f", query, str(tmp_path / "a.vcf")).splitlines()
    ]
    effects = [row[1].split(",") for row in rows]
    assert [len(e) for e in effects] == [1, 3, 1, 1, 1]
    assert effects[1][1] == "."
    assert "." not in (effects[1][0], effects[1][2], effects[4][0])
    reasons = [row[2].split(",") for row in rows]
    assert [len(r) for r in reasons] == [1, 3, 1, 1, 1]
    assert reasons[1][0] == reasons[1][2] == "."
    # Commas and semicolons of a reason do not make several values of it.
    assert "A%2C_C%2C_G%2C_T." in reasons[1][1]
    assert "%3B_leave_it_out" in reasons[3][0]


def test_an_export_can_be_scored_and_exported_again(store, model, genome, tmp_path):
    export(store, "vcf", tmp_path / "a.vcf")
    package.score(
        model, tmp_path / "a.vcf", tmp_path / "again.zarr", genome=genome, target="0", on_error="skip"
    )
    export(tmp_path / "again.zarr", "vcf", tmp_path / "b.vcf")
    texts = [(tmp_path / f"{name}.vcf").read_text().replace("a.vcf", "in.vcf") for name in "ab"]
    assert texts[0] == texts[1]


def test_a_bcf_is_read_as_its_vcf(store, model, vcf, genome, tmp_path):
    export(store, "vcf", tmp_path / "a.bcf")
    data = package.score(
        model, tmp_path / "a.bcf", tmp_path / "b.zarr", genome=genome, target="0", on_error="skip"
    )
    first = package.score(model, vcf, store, genome=genome, target="0", on_error="skip")
    np.testing.assert_array_equal(data.effects.values, first.effects.values)


def test_contigs_that_the_header_does_not_name_are_added(store, tmp_path):
    export(store, "vcf", tmp_path / "a.vcf")
    assert "##contig=<ID=chr2>" in (tmp_path / "a.vcf").read_text().splitlines()


def test_ann_data_holds_variants_by_outputs(model, vcf, genome, tmp_path):
    anndata = pytest.importorskip("anndata")
    out = tmp_path / "v.zarr"
    data = package.score(model, vcf, out, genome=genome, on_error="skip")
    export(out, "anndata", tmp_path / "a.h5ad")
    table = anndata.read_h5ad(tmp_path / "a.h5ad")
    np.testing.assert_array_equal(np.asarray(table.X), data.effects.values)
    assert table.var_names.tolist() == data.output.values.tolist()
    assert table.obs["alt"].tolist() == data.alt.values.tolist()
    np.testing.assert_array_equal(table.layers["prediction"], data.prediction.values)
    with pytest.raises(InputError, match=r"ends in \.h5ad"):
        export(out, "anndata", tmp_path / "a.x")


def test_effects_are_ranked_among_a_background(model, vcf, genome, chromosomes, tmp_path):
    c = chromosomes["chr1"]
    common = tmp_path / "common.vcf"
    common.write_text(
        HEAD.replace("\tFORMAT\ts1\ts2", "")
        + "".join(f"chr1\t{p}\t.\t{c[p - 1]}\t{others(c[p - 1])[0]}\t.\t.\t.\n" for p in range(50, 900, 50))
    )
    data = package.score(model, vcf, tmp_path / "v.zarr", genome=genome, on_error="skip")
    background = package.score(model, common, tmp_path / "b.zarr", genome=genome)
    options = ExportOptions(background=tmp_path / "b.zarr")
    export(tmp_path / "v.zarr", "tsv", tmp_path / "a.tsv", options)
    head, *rows = [line.split("\t") for line in (tmp_path / "a.tsv").read_text().splitlines()]
    found = [row[head.index("quantile")] for row in rows]
    sizes = np.abs(background.effects.values)
    expected = [[(sizes[:, k] <= abs(e)).mean() for k, e in enumerate(row)] for row in data.effects.values]
    for word, value, effect in zip(found, np.ravel(expected), data.effects.values.ravel(), strict=True):
        assert word == "" if np.isnan(effect) else float(word) == pytest.approx(value, rel=1e-5)
    export(tmp_path / "v.zarr", "vcf", tmp_path / "a.vcf", options)
    assert "ISM_QUANTILE=" in (tmp_path / "a.vcf").read_text()
    package.score(model, common, tmp_path / "other.zarr", genome=genome, rc=True)
    with pytest.raises(InputError, match="differs in: settings"):
        export(
            tmp_path / "v.zarr", "tsv", tmp_path / "x.tsv", ExportOptions(background=tmp_path / "other.zarr")
        )


def test_comparisons_are_those_of_their_definitions():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 3, 11, 2))
    p, q = (np.exp(v) / np.exp(v).sum(axis=1, keepdims=True) for v in (a, b))
    np.testing.assert_allclose(jensen_shannon(a, b), jensenshannon(p, q, base=2, axis=1), atol=1e-9)
    np.testing.assert_array_equal(jensen_shannon(a, a), 0)
    far = np.where(np.arange(11)[None, :, None] < 5, 500.0, -500.0) * np.ones((1, 11, 2))
    np.testing.assert_allclose(jensen_shannon(far, -far), 1)
    counts = np.array([[1.0, 8.0, 0.0]]), np.array([[4.0, 2.0, 1.0]])
    np.testing.assert_array_equal(log2_fold_change(*counts), [[2, -2, np.nan]])
    np.testing.assert_allclose(
        log2_fold_change_of_logs(np.log([[1.0, 8.0]]), np.log([[4.0, 2.0]])), [[2, -2]]
    )


@pytest.fixture(scope="module")
def stranded() -> keras.Model:
    keras.utils.set_random_seed(4)
    x = keras.Input((LENGTH, 4))
    h = keras.layers.Conv1D(5, 7, padding="same", activation="relu")(x)
    profile = keras.layers.Conv1D(2, 3, padding="same", name="profile")(h)
    counts = keras.layers.Dense(2, name="counts")(keras.layers.GlobalAveragePooling1D()(h))
    return keras.Model(x, [profile, counts])


def expected_scores(model, x):
    """log2 fold change of counts and distance of profiles, of pairs of sequences that differ in an allele."""
    (p, c), (q, d) = (model.predict(side, verbose=0) for side in x)
    p, q = (np.exp(v) / np.exp(v).sum(axis=1, keepdims=True) for v in (p, q))
    return (d - c) / np.log(2), jensenshannon(p, q, base=2, axis=1)


@pytest.mark.parametrize("rc", [False, True])
def test_scores_to_rank_by_in_both_orientations(rc, stranded, genome, chromosomes, tmp_path):
    """A substitution, a deletion and an insertion: the first base stays at the middle, the right end moves."""
    c, middle = chromosomes["chr1"], LENGTH // 2
    changes = [(300, c[299], others(c[299])[0]), (400, c[399:404], c[399]), (500, c[499], c[499] + "ACGT")]
    path = tmp_path / "in.vcf"
    path.write_text(
        HEAD.replace("\tFORMAT\ts1\ts2", "")
        + "".join(f"chr1\t{p}\t.\t{ref}\t{alt}\t.\t.\t.\n" for p, ref, alt in changes)
    )
    letters = []
    for p, ref, alt in changes:
        start = p - 1 - middle
        other = c[start : p - 1] + alt + c[p - 1 + len(ref) :]
        letters.append((c[start : start + LENGTH], other[:LENGTH]))
    sides = [one_hot([pair[i] for pair in letters]) for i in (0, 1)]
    change, distance = expected_scores(stranded, sides)
    options = {}
    if rc:
        options = {"rc": True, "rc_outputs": "profile=turn+swap,counts=swap"}
        other, apart = expected_scores(stranded, [reverse_complement(side) for side in sides])
        change, distance = (change + other[:, ::-1]) / 2, (distance + apart[:, ::-1]) / 2
    data = package.score(
        stranded, path, tmp_path / "v.zarr", genome=genome, target="sum:counts",
        compare="log2fc_of_logs:counts,jsd:profile", **options,
    )  # fmt: skip
    assert data.comparison.values.tolist() == [
        "log2fc_of_logs:counts.0", "log2fc_of_logs:counts.1", "jsd:profile.0", "jsd:profile.1"
    ]  # fmt: skip
    np.testing.assert_allclose(data.comparisons.values, np.c_[change, distance], atol=1e-4)
    assert data.effects.attrs["long_name"].endswith("left of an insertion or deletion nothing moves, the first base"
                                                    " is at length // 2")  # fmt: skip
    export(tmp_path / "v.zarr", "tsv", tmp_path / "a.tsv")
    assert "jsd:profile.1" in (tmp_path / "a.tsv").read_text().splitlines()[0].split("\t")
    export(tmp_path / "v.zarr", "vcf", tmp_path / "a.vcf")
    assert "ISM_COMPARE=" in (tmp_path / "a.vcf").read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [("jsd:counts.0", "names a head"), ("js:profile", "did you mean"), ("log2fc:nobody", "names a head")],
)
def test_comparisons_that_are_not_there(words, told, stranded, vcf, genome, tmp_path):
    with pytest.raises(InputError, match=told):
        package.score(stranded, vcf, tmp_path / "v.zarr", genome=genome, compare=words, on_error="skip")


@pytest.mark.parametrize("alt", ["<DEL>", "<NON_REF>", "*", "C[chr2:300["])
def test_symbolic_alleles_without_an_end_stay_as_they_are_in_bcf(alt, model, genome, chromosomes, tmp_path):
    """A header without END has no place for one that a library would add."""
    c = chromosomes["chr1"]
    lines = [("chr1", 200, "a", c[199], others(c[199])[0]), ("chr1", 300, "b", c[299], alt)]
    (tmp_path / "in.vcf").write_text(vcf_text(lines))
    package.score(model, tmp_path / "in.vcf", tmp_path / "v.zarr", genome=genome, on_error="skip")
    files = [export(tmp_path / "v.zarr", "vcf", tmp_path / name)[0] for name in ("a.vcf", "a.bcf")]
    texts = [pysam.bcftools.view("--no-version", "-H", str(file)) for file in files]
    assert texts[0] == texts[1]
    assert "END=" not in texts[0]
    package.score(model, files[1], tmp_path / "again.zarr", genome=genome, on_error="skip")
    (again,) = export(tmp_path / "again.zarr", "vcf", tmp_path / "again.vcf")
    assert pysam.bcftools.view("--no-version", "-H", str(again)) == texts[0]


def test_a_bcf_whose_header_lacks_what_records_say_is_refused(model, genome, chromosomes, tmp_path):
    c = chromosomes["chr1"]
    text = vcf_text([("chr1", 200, "a", c[199], others(c[199])[0])]).replace(
        "\t.\t.\t.\n", "\t.\tLowQ\tXX=1\n"
    )
    (tmp_path / "in.vcf").write_text(text)
    package.score(model, tmp_path / "in.vcf", tmp_path / "v.zarr", genome=genome)
    with pytest.raises(InputError, match="only what its header names"):
        export(tmp_path / "v.zarr", "vcf", tmp_path / "a.bcf")
    assert not list(tmp_path.glob("a.bcf*"))
    assert "LowQ\tXX=1;ISM_EFFECT=" in export(tmp_path / "v.zarr", "vcf", tmp_path / "a.vcf")[0].read_text()


@pytest.mark.parametrize("name", ["a.bcf", "a.vcf.gz"])
@pytest.mark.parametrize("cut", [28, 60])
def test_a_file_that_was_cut_is_refused(cut, name, store, model, genome, tmp_path):
    """Also where a block ends, after which readers take the rest for complete."""
    (whole,) = export(store, "vcf", tmp_path / name)
    whole.write_bytes(whole.read_bytes()[:-cut])
    with pytest.raises(InputError, match=r"it is cut; a bgzip file ends"):
        package.score(model, whole, tmp_path / "c.zarr", genome=genome, on_error="skip")
