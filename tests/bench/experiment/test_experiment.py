from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ismbench.bench import Experiment, load_spec
from ismbench.bench.experiment.fields import seconds
from ismbench.errors import InputError
from ismbench.methods import METHODS

GOOD = """name: good
models: [basset]
lengths: [200]
methods:
  naive_ism: {mutants_per_forward: {cpu: [64, 128], gpu: 4096}}
  gradient:
budget:
  cell: 2s
  repetitions: {min: 9}
"""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD)
    return path


def test_a_good_file(good: Path) -> None:
    experiment = load_spec(good)
    assert experiment.budget.cell == 2.0
    assert experiment.budget.repetitions.min == 9
    assert experiment.methods["naive_ism"].sizes("mutants_per_forward", "cpu") == [64, 128]
    assert experiment.methods["naive_ism"].sizes("mutants_per_forward", "gpu") == [4096]
    assert experiment.methods["gradient"].sizes("sequences_per_call", "cpu") == [None]
    assert experiment.root == good.parent


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("budget:", "buget:", ":7: unknown key 'buget'; did you mean 'budget'?"),
        ("cell: 2s", "cel: 2s", ":8: unknown key 'cel'; did you mean 'cell'?"),
        ("min: 9", "mim: 9", ":9: unknown key 'mim'; did you mean 'min'?"),
        ("gradient:", "graident:", "unknown method 'graident'; did you mean 'gradient'?"),
        ("cell: 2s", "cell: soon", ":8: budget.cell: must be a duration above zero"),
        ("cell: 2s", "cell: -2", ":8: budget.cell: must be a duration above zero"),
        ("min: 9", "min: nine", ":9: budget.repetitions.min: must be a valid integer. Received: 'nine'"),
        ("min: 9", "min: 99", ":9: budget.repetitions: max must not be below min"),
        ("[200]", "200", ":3: lengths: must be a valid"),
        ("[200]", "[200, -1]", ":3: lengths.1: must be greater than 0. Received: -1"),
        ("[200]", "[true]", ":3: lengths.0: must be a valid integer"),
        ("name: good", "name: ../up", ":1: name: must be 1 to 64 letters"),
        ("name: good", "name: con", ":1: name: must be 1 to 64 letters"),
        ("name: good", f"name: {'x' * 65}", ":1: name: must be 1 to 64 letters"),
        ("name: good\n", "", ":1: the experiment must have the key 'name'"),
        ("[64, 128]", "[64, x]", ":5: methods.naive_ism.mutants_per_forward: must be a number above zero"),
        (
            "gpu: 4096",
            "tpu: 4096",
            ":5: methods.naive_ism.mutants_per_forward: must have no keys but cpu and gpu",
        ),
        ("[basset]", "[]", ":2: models: "),
        ("[200]", "[16777217]", ":3: lengths.0: must be less than or equal to 16777216"),
        ("[64, 128]", f"[{2**40}]", ":5: methods.naive_ism.mutants_per_forward: must be a number above zero"),
        ("name: good", "name: good.", ":1: name: must be 1 to 64 letters"),
        ("[basset]", "[{name: x, file: '" + "y" * 300 + ".py'}]", ":2: models.0.file: must be a file name"),
        ("[basset]", '[{name: x, file: "a\\0b.py"}]', ":2: models.0.file: must be a file name"),
        ("name: good", 'name: "\\ud800"', ":1: half a character"),
        ("budget:", f"{'k' * 1000}:", "unknown key 'kkk"),
        ("[basset]", "[{file: x.py}]", ":2: models.0 must have the key 'name'"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(good: Path, old: str, new: str, message: str) -> None:
    good.write_text(GOOD.replace(old, new))
    with pytest.raises(InputError) as caught:
        load_spec(good)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_method_of_the_table_may_be_named(good: Path) -> None:
    good.write_text(f"name: all\nmodels: [basset]\nlengths: [100]\nmethods: [{', '.join(METHODS)}]\n")
    assert list(load_spec(good).methods) == list(METHODS)


def test_overrides(good: Path) -> None:
    changed = load_spec(good, ["budget.cell=500ms", "lengths=[100, 300]", "concordance.sequences=3"])
    assert changed.budget.cell == 0.5
    assert changed.lengths == (100, 300)
    assert changed.concordance.sequences == 3
    assert (
        load_spec(good, ["methods.gradient.sequences_per_call=4"]).methods["gradient"].sequences_per_call == 4
    )


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("budget.cel=2", "--set budget.cel=2: unknown key 'cel'; did you mean 'cell'?"),
        ("budget.cell=abc", "--set budget.cell=abc: budget.cell: must be a duration"),
        ("budget.cell", "--set takes key=value"),
        ("lengths.first=3", "--set can only go into mappings"),
        ("path=/etc", "unknown key 'path'"),
        ("name=!!python/name:os.system", "tags are not allowed"),
    ],
)
def test_bad_overrides(good: Path, override: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec(good, [override])
    assert message in str(caught.value)


def test_targets_in_words(make_experiment: Callable[..., Experiment]) -> None:
    targets = [{"index": 1}, {"output": "profile", "reduce": "sum"}, "every", {"output": 0, "index": [0, 2]}]
    entries = make_experiment(targets=targets).targets
    assert [(t.mode, t.words) for t in entries] == [
        ("scalar", "every output[1]"),
        ("scalar", "sum of output profile"),
        ("every", "every output"),
        ("every", "output 0[0, 2]"),
    ]


def test_sequences_path_goes_with_fasta(make_experiment: Callable[..., Experiment]) -> None:
    with pytest.raises(InputError, match="path must be given for sources fasta and satmut"):
        make_experiment(sequences={"source": "fasta"})
    with pytest.raises(InputError, match="path must be given for sources fasta and satmut"):
        make_experiment(sequences={"source": "random", "path": "x.fa"})


@pytest.mark.parametrize(
    ("text", "value"),
    [("8s", 8), ("1.5m", 90), ("2 min", 120), ("2h", 7200), ("250ms", 0.25), (3, 3), (0.5, 0.5)],
)
def test_durations(text: object, value: float) -> None:
    assert seconds(text) == pytest.approx(value)


@given(st.text() | st.floats() | st.booleans() | st.none() | st.integers())
def test_a_duration_is_positive_or_refused(value: object) -> None:
    with suppress(ValueError):
        assert 0 < seconds(value) < 1e9


def test_an_unknown_model_is_named_with_its_line(
    project: Path, make_experiment: Callable[..., Experiment]
) -> None:
    from ismbench.bench.experiment.model_files import find_models

    with pytest.raises(InputError, match=r"tiny.yaml:\d+: No model 'tinny'.*did you mean 'tiny'\?"):
        find_models(make_experiment(models=["tiny", "tinny"]))


def test_a_misspelt_key_is_called_so_and_not_missing(project: Path) -> None:
    file = project / "experiments" / "e.yaml"
    file.write_text("name: e\nmodels: [tiny]\nlenghts: [60]\nmethods: [gradient]\n")
    with pytest.raises(InputError, match=r"e.yaml:3: unknown key 'lenghts'; did you mean 'lengths'"):
        load_spec(file)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[200]", "[200, 300, 200]", ":3: lengths must have different values. Received: 200 twice"),
        ("[200]", "\n  - 200\n  - 200", ":5: lengths must have different values. Received: 200 twice"),
        ("name: good", "name: good\nbackends: [jax, jax]", ":2: backends must have .* Received: jax twice"),
        ("name: good", "name: good\ntargets: [{index: 1}, {index: 1}]", r':2: .* \{"index": 1\} twice'),
        ("name: good", "name: good\ntargets: [every, {}]", ":2: targets must have .* Received: every twice"),
        ("[64, 128]", "[64, 128, 64]", ":5: methods.naive_ism.mutants_per_forward.cpu must .* 64 twice"),
        ("gradient:", "gradient: {sequences_per_call: [auto, null]}", ":6: .* Received: auto twice"),
        ("gradient:", "gradient: {sequences_per_call: [8, 8]}", ":6: .* Received: 8 twice"),
    ],
)
def test_what_comes_twice_is_refused(good: Path, old: str, new: str, message: str) -> None:
    good.write_text(GOOD.replace(old, new))
    with pytest.raises(InputError, match=message):
        load_spec(good)


def test_what_comes_twice_on_the_command_line_is_refused(good: Path) -> None:
    with pytest.raises(InputError, match=r"^--set lengths=.*: lengths must .* Received: 60 twice"):
        load_spec(good, ["lengths=[60, 60]"])
