"""A store belongs to the letters that were read and the model as it was built; nothing else is asked for."""

import shutil
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

import ismbench as package
from ismbench.errors import InputError
from ismbench.scoring.chunk_worker import Worker
from ismbench.sequence import random_dna
from tests.scoring.conftest import LENGTH, make_model, vcf_text

MODEL = """
from pathlib import Path
import keras
def build(length=40):
    x = keras.Input((length, 4))
    y = keras.layers.Dense(1, kernel_initializer="ones")(keras.layers.Flatten()(x))
    model = keras.Model(x, y)
    factor = float(Path(__file__).with_name("factor.txt").read_text())
    model.set_weights([factor * w for w in model.get_weights()])
    return model
"""


@pytest.fixture
def own(tmp_path: Path) -> Callable[[float], Path]:
    """A model file whose weights are in a file of its own."""

    def write(factor: float) -> Path:
        (tmp_path / "factor.txt").write_text(str(factor))
        (tmp_path / "own.py").write_text(MODEL)
        return tmp_path / "own.py"

    return write


def scored(model, source, tmp_path, **options):
    return package.score(model, source, tmp_path / "out.zarr", **{"method": "gradient", **options})


def test_a_genome_of_the_same_layout_is_another_input(model, bed, genome, chromosomes, tmp_path):
    scored(model, bed, tmp_path, genome=genome)
    letters = chromosomes["chr1"][100:160]
    genome.write_text(genome.read_text().replace(letters[:20], letters[19::-1]))
    assert letters[:20] != letters[19::-1]
    with pytest.raises(InputError, match="differs in: input"):
        scored(model, bed, tmp_path, genome=genome)


@pytest.mark.parametrize("how", ["command", "python"])
def test_weights_that_a_model_file_reads_itself_count(how, own, fasta, ismbench, tmp_path):
    def again(path: Path) -> str:
        if how == "command":
            return ismbench(
                "score", path, fasta, "-o", tmp_path / "out.zarr", "--method", "gradient", "--length", LENGTH
            ).err
        scored(path, fasta, tmp_path, length=LENGTH)
        return ""

    assert again(own(1)) == again(own(1)) == ""
    try:
        message = again(own(2))
    except InputError as error:
        message = str(error)
    assert "differs in: model" in message


def test_a_model_that_was_trained_further_is_another(fasta, tmp_path):
    model = make_model(seed=3)
    scored(model, fasta, tmp_path)
    model.layers[-1].set_weights([2 * w for w in model.layers[-1].get_weights()])
    with pytest.raises(InputError, match="differs in: model"):
        scored(model, fasta, tmp_path)


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"method": "gradient_x_input"}, "settings"),
        ({"target": "1"}, "settings"),
        ({"window": 10}, "settings"),
        ({"rc": True}, "settings"),
        ({"dtype": "float16"}, "settings"),
        ({"reduction": "contribution"}, "settings"),
        ({"chunk": 7}, "settings"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_options_that_change_numbers_or_their_place_make_another_run(options, part, model, fasta, tmp_path):
    scored(model, fasta, tmp_path)
    with pytest.raises(InputError, match=f"differs in: {part}"):
        scored(model, fasta, tmp_path, **options)


@pytest.mark.parametrize(
    "options",
    [{"batch": 3}, {"max_memory": 10**8}, {"on_error": "skip"}, {"target": ("0", "1")}, {}],
    ids=str,
)
def test_what_changes_no_number_makes_no_other_run(options, model, fasta, tmp_path, monkeypatch):
    scored(model, fasta, tmp_path)
    monkeypatch.setattr(Worker, "run", lambda *_: pytest.fail("scored again"))
    scored(model, fasta, tmp_path, **options)


def test_files_may_be_moved_and_packed(model, saved, bed, genome, tmp_path, monkeypatch):
    scored(saved, bed, tmp_path, genome=genome)
    monkeypatch.setattr(Worker, "run", lambda *_: pytest.fail("scored again"))
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for file, name in ((saved, "m.keras"), (bed, "p.bed"), (genome, "g.fa")):
        shutil.copy(file, folder / name)
    scored(folder / "m.keras", folder / "p.bed", tmp_path, genome=folder / "g.fa")
    scored(keras.models.load_model(saved), bed, tmp_path, genome=genome)


def test_names_and_places_are_part_of_the_input(model, bed, genome, tmp_path):
    scored(model, bed, tmp_path, genome=genome)
    bed.write_text(bed.read_text().replace("peak3", "other"))
    with pytest.raises(InputError, match="differs in: input"):
        scored(model, bed, tmp_path, genome=genome)


def test_what_a_line_of_variants_says_is_part_of_the_input(model, genome, chromosomes, tmp_path):
    path, ref = tmp_path / "in.vcf", chromosomes["chr1"][99]
    path.write_text(vcf_text([("chr1", 100, "v", ref, "A" if ref != "A" else "C")]))
    scored(model, path, tmp_path, genome=genome, method="fast_ism")
    path.write_text(path.read_text().replace("\t.\t.\t.\n", "\t.\tPASS\t.\n"))
    with pytest.raises(InputError, match="differs in: input"):
        scored(model, path, tmp_path, genome=genome, method="fast_ism")


def test_a_run_that_failed_at_a_chunk_goes_on_and_leaves_out_what_failed(fasta, tmp_path):
    """Of a model with one sequence whose prediction is not positive, log2fc ends the run there."""
    model = make_model(outputs=1)
    x = random_dna(70, LENGTH, 3)  # the letters of the fixture
    worst = float(
        package.saturation_mutagenesis(model, x[:64]).delta.min() + model.predict(x, verbose=0).min()
    )
    weights = model.get_weights()
    weights[-1] = weights[-1] - worst + 0.01
    model.set_weights(weights)
    lows = (package.saturation_mutagenesis(model, x).delta + model.predict(x, verbose=0)[:, None, None]).min(
        axis=(1, 2, 3)
    )
    order = np.argsort(-lows)  # the lowest come last
    weights[-1] = weights[-1] - float(np.sort(lows)[:2].mean())
    model.set_weights(weights)
    (tmp_path / "sorted.fa").write_text(
        "".join(f">s{i}\n{''.join('ACGT'[k] for k in x[i].argmax(axis=1))}\n" for i in order)
    )
    options = {"method": "fast_ism", "reduction": "log2fc", "chunk": 8}
    with pytest.raises(InputError, match="positive"):
        scored(model, tmp_path / "sorted.fa", tmp_path, **options)
    done: list[int] = []
    data = scored(
        model,
        tmp_path / "sorted.fa",
        tmp_path,
        **options,
        on_error="skip",
        progress=lambda n, _: done.append(n),
    )
    assert done[0] == 64
    assert [bool(str(reason)) for reason in data.reason.values] == [False] * 69 + [True]
    assert "--on-error skip" in data.attrs["command"]
