"""`ismbench recommend`: a table and a sentence for a model of the user's own; anything wrong in one line."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest

from ismbench import bench
from ismbench.bench.experiment.trial import METHODS, Trial, trial_experiment
from ismbench.errors import InputError
from tests.methods.own_method import __file__ as own_method
from tests.report.synthetic import run_rows, write_tables

Call = Callable[..., Any]


@pytest.fixture
def fasta(tmp_path: Path) -> Path:
    """Six records of 60 letters."""
    from ismbench.sequence import random_dna

    letters = random_dna(6, 60, 0).argmax(axis=2)
    file = tmp_path / "peaks.fa"
    file.write_text("".join(f">p{i}\n{''.join('ACGT'[c] for c in row)}\n" for i, row in enumerate(letters)))
    return file


@pytest.mark.slow
def test_a_saved_model_and_a_method_of_ones_own(ismbench: Call, project: Path, fasta: Path) -> None:
    model = project / "my model.keras"
    layers = [keras.layers.Conv1D(4, 5, activation="relu"), keras.layers.Flatten(), keras.layers.Dense(2)]
    keras.Sequential([keras.Input((50, 4)), *layers]).save(model)
    results = project / "results"
    words = (
        "--minutes",
        0.1,
        "--method",
        own_method,
        "--method",
        "smoothgrad",
        "--results",
        results,
        "--index",
        1,
    )
    found = ismbench("recommend", model, fasta, *words, "--device", "cpu")
    assert found.code == 0, found.err + found.out
    assert "my model.keras, 50 bp, 6 sequences of peaks.fa" in found.out
    assert "Explained: value 1 of output 0 of my_model, 50 bp" in found.out
    assert "Weights: those in my model.keras" in found.out
    assert re.search("[Uu]se (it|exact ISM)", found.out), found.out
    for label in ("Fast ISM", "Corrected gradient", "SmoothGrad", "Occlusion"):
        assert any(line.startswith(label) for line in found.out.splitlines()), label
    page = results / "recommend-my_model" / "report.html"
    assert re.search("[Uu]se (it|exact ISM)", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "none.keras"}, "none.keras"),
        ({"sequences": "none.fa"}, "A FASTA file must exist"),
        ({"--output": "counts"}, "counts"),
        ({"--index": 7}, "index must lie in the 1 values.*index=7"),
        ({"--reduce": "max"}, "--reduce is sum or mean. Received: 'max'"),
        ({"--method": "zzz"}, "A method must be one of the table"),
        ({"--method": "none.py"}, "A method's file must exist"),
        ({"--length": 70}, "p0.* 60"),
        ({"--option": "n_outputs"}, "--option takes key=value"),
    ],
)
def test_bad_input_is_told_in_one_line(
    ismbench: Call, project: Path, fasta: Path, change: dict[str, Any], words: str
) -> None:
    model = change.pop("model", project / "models" / "tiny.py")
    found = ismbench(
        "recommend", model, change.pop("sequences", fasta), *(x for pair in change.items() for x in pair)
    )
    assert found.code == 2, found.out
    assert len(found.err.strip().splitlines()) == 1
    assert re.search(words, found.err), found.err


def test_a_model_that_takes_no_dna_is_refused(ismbench: Call, project: Path, fasta: Path) -> None:
    found = ismbench("recommend", project / "models" / "tiny.py", fasta, "--option", "alphabet_size=5")
    assert found.code == 2
    assert "must have one input of one-hot sequences (50, 4). Received: tiny.py with (50, 5)" in found.err


def test_two_records_alike_are_refused(ismbench: Call, project: Path, fasta: Path) -> None:
    fasta.write_text(fasta.read_text() + ">again\n" + fasta.read_text().splitlines()[1] + "\n")
    found = ismbench("recommend", project / "models" / "tiny.py", fasta)
    assert found.code == 2
    assert "'again', which is 'p0' again" in found.err


@pytest.mark.parametrize("finished", [True, False])
def test_an_interruption_shows_what_is_finished(
    ismbench: Call, project: Path, fasta: Path, monkeypatch: pytest.MonkeyPatch, finished: bool
) -> None:
    folder = project / "results" / "recommend-tiny"

    def run(*_: object, **__: object) -> bench.RunSummary:
        if finished:
            late = {("deepshap", b): "interrupted" for b in (16, 64, 256)}
            write_tables(folder, run_rows(lengths=(1000,), failures=late))
        return bench.RunSummary(folder, {}, 130, 0)

    monkeypatch.setattr(bench, "run", run)
    found = ismbench("recommend", project / "models" / "tiny.py", fasta, "--limit", 1)
    assert found.code == 130
    if not finished:
        assert "Interrupted before anything was finished" in found.out
        return
    assert "Fast ISM" in found.out
    assert "DeepSHAP: interrupted" in found.out
    assert "Interrupted: this is what was finished. The same command goes on from here." in found.out


def test_the_minutes_are_shared_out(tmp_path: Path) -> None:
    trial = Trial(tmp_path / "m.keras", tmp_path / "a.fa", 100, 16, {"output": 0, "index": 0}, 5.0)
    (tmp_path / "m.keras").touch()
    made = trial_experiment(trial)
    assert tuple(made.methods) == METHODS
    assert made.budget.cell * len(METHODS) + made.concordance.budget == pytest.approx(0.6 * 300)
    assert made.concordance.sequences == made.sequences.n == 16


def test_one_name_for_two_methods_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "deepshap.py"
    file.write_text(Path(own_method).read_text())
    trial = Trial(tmp_path / "m.keras", tmp_path / "a.fa", 100, 16, {"output": 0}, 5.0, [str(file)])
    with pytest.raises(InputError, match="there is a deepshap already"):
        trial_experiment(trial)
