from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from ismbench.bench import Experiment
from ismbench.bench.experiment.blocks import Sequences
from ismbench.bench.experiment.sequences import find_rules, load_sequences
from ismbench.bench.records.sequence_file import LaneSequences
from ismbench.errors import InputError
from ismbench.model_loading import load_for_length

Make = Callable[..., Experiment]


def test_shipped_sequences(make_experiment: Make) -> None:
    experiment = make_experiment(sequences={"source": "dm3", "n": 5})
    records = load_sequences(experiment, 300, 5)
    assert records.x.shape == (5, 300, 4)


def test_fasta_beside_the_experiment(make_experiment: Make, project: Path) -> None:
    (project / "experiments" / "some.fa").write_text(">one\nACGTAC\n>two\nTTTTGGGG\n")
    experiment = make_experiment(sequences={"source": "fasta", "path": "some.fa", "n": 2})
    assert load_sequences(experiment, 4, 2).names == ("one", "two")
    with pytest.raises(InputError, match=r"must not be above the 2 records .* sequences.fill"):
        load_sequences(experiment, 4, 3)
    with pytest.raises(InputError, match=r"two, which has 8|one, which has 6"):
        load_sequences(experiment, 8, 2)


def test_shuffles_fill_up(make_experiment: Make, project: Path) -> None:
    (project / "experiments" / "some.fa").write_text(">one\nACGTACGATT\n>two\nTTGTGGTGCA\n")
    spec = {"source": "fasta", "path": "some.fa", "n": 2, "fill": "shuffle"}
    records = load_sequences(make_experiment(sequences=spec), 10, 5)
    assert records.names == ("one", "two", "one_shuffle1", "two_shuffle1", "one_shuffle2")
    np.testing.assert_array_equal(records.x[2].sum(axis=0), records.x[0].sum(axis=0))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (">one\nACGTAC\n>two\nACGTAC\n", "Received: 'two', which is 'one' again; leave one out"),
        (">one\nTACGTT\n>two\nACGT\n", "must differ, here in their 4 central letters"),
        (">one\nACGTAC\n>one\nTTTTGG\n", "must have different names. Received: 'one' twice"),
    ],
)
def test_a_record_that_comes_twice(make_experiment: Make, project: Path, text: str, message: str) -> None:
    (project / "experiments" / "some.fa").write_text(text)
    experiment = make_experiment(sequences={"source": "fasta", "path": "some.fa", "n": 2})
    with pytest.raises(InputError, match=message):
        load_sequences(experiment, 4, 2)


def test_random_sequences_follow_the_seed(make_experiment: Make) -> None:
    one, same, other = (
        load_sequences(make_experiment(sequences={"source": "random", "seed": seed}), 50, 3).x
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_simulated_sequences_know_their_motifs(make_experiment: Make) -> None:
    spec = {"source": "simulated", "options": {"per_sequence": 2}}
    mask = load_sequences(make_experiment(sequences=spec), 200, 3).motif_mask()
    assert mask is not None
    assert mask.any(axis=1).all()
    bad = make_experiment(sequences={"source": "simulated", "options": {"per_seqence": 2}})
    with pytest.raises(InputError, match=r"sequences\.options must fit"):
        load_sequences(bad, 200, 3)


def test_a_model_file(project: Path) -> None:
    model = load_for_length(project / "models" / "tiny.py", 30, {"seed": 3}, None)
    assert model.input_shape == (None, 30, 4)
    saved = project / "saved.keras"
    model.save(saved)
    again = load_for_length(saved, 30, {}, None)
    x = np.eye(4, dtype=np.float32)[np.zeros((1, 30), int)]
    np.testing.assert_array_equal(again(x), model(x))
    weighted = load_for_length(project / "models" / "tiny.py", 30, {}, saved)
    np.testing.assert_array_equal(weighted(x), model(x))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1", r"must define build\(...\)"),
        ("def build(size): return 1", "takes size. Received: length"),
        ("def build(length): return 1", "Received: int"),
        (
            "import keras\nclass M(keras.Model):\n  call = lambda self, x: x\ndef build(length): return M()",
            "must be Functional or Sequential",
        ),
        (
            "import keras\ndef build(length):\n  i = keras.Input((length, 5))\n  return keras.Model(i, i)",
            r"must have one input of one-hot sequences \(20, 4\)",
        ),
        (
            "import keras\ndef build(length):\n  i = keras.Input((7, 4))\n  return keras.Model(i, i)",
            r"must have one input of one-hot sequences \(20, 4\). Received: .* \(7, 4\)",
        ),
    ],
)
def test_model_files_that_are_none(tmp_path: Path, source: str, message: str) -> None:
    path = tmp_path / "bad.py"
    path.write_text(source)
    with pytest.raises(InputError, match=message):
        load_for_length(path, 20, {}, None)


def test_a_saved_lambda_is_not_run(tmp_path: Path) -> None:
    inputs = keras.Input((20, 4))
    path = tmp_path / "lambda.keras"
    keras.Model(inputs, keras.layers.Lambda(lambda x: x * 2)(inputs)).save(path)
    with pytest.raises(InputError, match="must load in safe mode"):
        load_for_length(path, 20, {}, None)


def test_a_broken_saved_model(tmp_path: Path) -> None:
    path = tmp_path / "broken.keras"
    path.write_bytes(b"PK\x03\x04 not a model")
    with pytest.raises(InputError, match=r"^The file is cut short"):
        load_for_length(path, 20, {}, None)


def test_sequences_that_show_rules_come_with_what_is_known_of_them(make_experiment: Make) -> None:
    experiment = make_experiment(sequences={"source": "rules", "n": 8, "seed": 2})
    found = find_rules(experiment, 160, 8, experiment.sequences)
    assert found is not None
    records = load_sequences(experiment, 160, 8)
    np.testing.assert_array_equal(records.x, found.sequences.x)
    known = LaneSequences.of(records, 0).with_rules(found)
    assert known.places is not None
    assert known.backgrounds is not None
    for n, name in enumerate(known.names):
        row = found.sequences.names.index(str(name))
        np.testing.assert_array_equal(known.places[n], found.places[row])
        np.testing.assert_array_equal(known.backgrounds[n], found.backgrounds[row])
    assert find_rules(experiment, 160, 8, Sequences(source="random")) is None


@pytest.mark.parametrize(
    ("given", "n", "message"),
    [({}, 6, "come in groups of 4"), ({"options": {"gap": 3}}, 8, "options must be empty for source rules")],
)
def test_sequences_of_rules_that_cannot_be(
    make_experiment: Make, given: dict[str, object], n: int, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        load_sequences(make_experiment(sequences={"source": "rules", "n": n, **given}), 160, n)
