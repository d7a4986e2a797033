"""Training: reproducible, cached by content, stopped in time; a run trains before its lanes."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ismbench import digest
from ismbench.bench import load_spec
from ismbench.bench.experiment.data import load_data
from ismbench.bench.experiment.model_files import find_models
from ismbench.bench.experiment.train_job import TrainJob
from ismbench.bench.experiment.trained_weights import find_trained, weights_file
from ismbench.bench.experiment.training import DataEntry, TrainEntry
from ismbench.bench.process.jobs import TrainingJob
from ismbench.bench.training.epoch_batches import Batches, windows
from ismbench.bench.training.loss import mse_and_correlation
from ismbench.bench.training.quality import performance_of
from ismbench.bench.training.schedule import Schedule
from ismbench.bench.training.train import Splits, ready, train_models
from ismbench.errors import InputError
from ismbench.sequence import SequenceSet, SignalSet, random_dna

MODEL = """
import keras
from keras import layers
from ismbench.weights import initialise

def build(length=60, n_outputs=1, seed=0, weights=None, filters=4):
    x = inputs = keras.Input((length, 4), name="sequence")
    x = layers.Conv1D(filters, 5, activation="gelu", name="conv")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(x))
    return initialise(keras.Model(inputs, layers.Dense(n_outputs, name="out")(x)), seed, weights)
"""
SPEC = """
name: tiny
data: {source: simulated, n: 60, options: {n_outputs: 3, most_motifs: 2, n_pairs: 2}}
training: {epochs: 2, batch: 16, learning_rate: 0.05}
models:
  - {name: first, file: tiny.py, train: {}}
  - {name: second, file: tiny.py, train: {seed: 1}}
lengths: [60]
sequences: {source: held_out, n: 4}
targets: [{index: 0}]
methods: [naive_ism, taylor_ism]
budget: {cell: 20ms}
concordance: {sequences: 2, min_sequences: 1, budget: 1s}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tiny.py").write_text(MODEL)
    (tmp_path / "tiny.yaml").write_text(SPEC)
    return tmp_path


def make_job(folder: Path, **train: Any) -> TrainJob:
    data = DataEntry(n=60, options={"n_outputs": 3, "most_motifs": 2, "n_pairs": 2})
    settings = TrainEntry.model_validate({"epochs": 2, "batch": 16, "learning_rate": 0.05, **train})
    return ready(TrainJob("tiny", folder / "tiny.py", 60, {}, settings, data, folder), Splits())


def weights(folder: Path, job: TrainJob, epoch: int | None = None) -> list[np.ndarray]:
    from ismbench.bench.training.fit import build_for

    return build_for(job, 3, weights_file(folder, job.identity, epoch)).get_weights()


def test_the_same_job_gives_the_same_weights_and_is_found_the_second_time(folder: Path) -> None:
    job, told = make_job(folder, shift=3), []
    first = train_models([job], folder / "a", lambda *words: told.append(words))
    assert len(told) == 2
    again = train_models([job], folder / "b", lambda *words: None)
    for a, b in zip(weights(folder / "a", job), weights(folder / "b", job), strict=True):
        np.testing.assert_array_equal(a, b)
    told.clear()
    known = train_models([job], folder / "a", lambda *words: told.append(words))
    assert not told
    assert known == first
    assert again["tiny"].history == first["tiny"].history
    assert first["tiny"].kept.test is not None
    assert first["tiny"].kept.train is not None


def test_checkpoints_are_the_weights_of_their_epoch(folder: Path) -> None:
    job = make_job(folder, epochs=3, patience=None, checkpoints=[1, 3])
    (record,) = train_models([job], folder, lambda *words: None).values()
    assert set(record.checkpoints) == {1, 3}
    assert record.kept_epoch == 3
    kept, last, first = weights(folder, job), weights(folder, job, 3), weights(folder, job, 1)
    assert all((a == b).all() for a, b in zip(kept, last, strict=True))
    assert any((a != b).any() for a, b in zip(kept, first, strict=True))
    assert record.checkpoints[3] == record.kept


def test_little_data_gets_more_epochs_of_which_some_are_judged(folder: Path) -> None:
    job, told = make_job(folder, fraction=0.3, least_steps=8), []
    (record,) = train_models([job], folder, lambda *words: told.append(words)).values()
    assert record.n_train == 14  # one batch
    assert [e.epoch for e in record.history] == [4, 8]
    assert [words[1:] for words in told] == [(4, 8), (8, 8)]


def test_weights_that_are_gone_are_trained_again(folder: Path) -> None:
    job = make_job(folder, epochs=1)
    train_models([job], folder, lambda *words: None)
    assert find_trained(folder, job.identity) is not None
    weights_file(folder, job.identity).unlink()
    assert find_trained(folder, job.identity) is None


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"epochs": 3},
        {"fraction": 0.5},
        {"loss": "mse"},
        {"optimizer": "adamw"},
        {"shift": 1},
        {"warm_up": 1},
        {"fine_tuning": 1},
    ],
)
def test_every_setting_is_part_of_the_identity(folder: Path, change: dict[str, Any]) -> None:
    assert make_job(folder).identity == make_job(folder).identity
    assert make_job(folder, **change).identity != make_job(folder).identity


def test_model_and_data_are_part_of_the_identity(folder: Path) -> None:
    job = make_job(folder)

    def identity(**change: Any) -> str:
        return ready(replace(job, **change), Splits()).identity

    assert identity() == job.identity
    assert identity(options={"filters": 5}) != job.identity
    assert identity(data=job.data.model_copy(update={"seed": 1})) != job.identity
    other = folder / "other.py"
    changes = [("", "# said\n", True), ("gelu", "relu", False), ("\n\n", "\nUNUSED = 1\n\n", True)]
    for old, new, same in changes:
        other.write_text(MODEL.replace(old, new, 1))
        assert (identity(path=other) == job.identity) is same, new


@pytest.mark.parametrize(
    ("module", "same"),
    [
        ("frontends.torch.convert", True),
        ("saved_models", True),
        ("bench.training.loss", False),
        ("weights", False),
    ],
)
def test_code_that_makes_weights_is_part_of_the_identity_and_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, same: bool
) -> None:
    before, read = make_job(folder).identity, digest._source
    changed = folder / "changed.py"
    path = read(f"ismbench.{module}")
    assert path is not None
    changed.write_text(path.read_text() + "\nCHANGED = 1\n")
    monkeypatch.setattr(
        digest, "_source", lambda name, *a: changed if name == f"ismbench.{module}" else read(name, *a)
    )
    assert (make_job(folder).identity == before) is same


def test_data_are_known_as_arrays_not_as_files(folder: Path) -> None:
    rng = np.random.default_rng(0)
    letters = ["".join(rng.choice(list("ACGT"), 60)) for _ in range(40)]

    def identity(name: str, header: str, last: str) -> str:
        (folder / f"{name}.fa").write_text(
            "".join(f">{header}{i}\n{s}\n" for i, s in enumerate([*letters, last]))
        )
        signals = "\n".join(f"{header}{i}\t{i / 7}\t{i % 3}" for i in range(41))
        (folder / f"{name}.tsv").write_text(f"name\ta\tb\n{signals}\n")
        data = DataEntry(source="immgen", sequences=f"{name}.fa", signals=f"{name}.tsv")
        return ready(replace(make_job(folder), data=data), Splits()).identity

    assert identity("one", "peak", "A" * 60) == identity("other", "peak", "A" * 60)
    assert identity("one", "peak", "A" * 60) != identity("one", "peak", "A" * 59 + "C")


def test_a_job_has_the_same_identity_on_the_other_side_even_if_a_source_has_changed(folder: Path) -> None:
    job = make_job(folder)
    told = TrainingJob(models=(job.settled(),), folder=folder).model_dump_json()
    (folder / "tiny.py").write_text(MODEL + "\n# changed\n")
    (read,) = TrainingJob.model_validate_json(told).models
    assert read.identity == job.identity
    assert replace(read, known_identity=None) == job


def test_a_loss_that_is_no_number_ends_it(folder: Path) -> None:
    with pytest.raises(InputError, match="must stay finite"):
        train_models([make_job(folder, learning_rate=1e38, loss="mse")], folder, lambda *words: None)


def test_splits_share_nothing_and_do_not_change(folder: Path) -> None:
    entry = make_job(folder).data
    split, again = (load_data(entry, 60, folder) for _ in range(2))
    names = [set(part.sequences.names) for part in (split.train, split.validation, split.test)]
    assert [len(n) for n in names] == [48, 6, 6]
    assert len(set.union(*names)) == 60
    assert split.test.sequences.names == again.test.sequences.names
    assert split.response is not None
    noise = split.test.signals - split.response(split.test.sequences.x)
    assert 0 < np.abs(noise).mean() < 2


def test_an_epoch_has_every_sequence_once_and_no_batch_of_one() -> None:
    x = random_dna(33, 10, 0)
    signals = np.arange(33, dtype=np.float32)[:, None]
    batches = Batches(
        SignalSet(SequenceSet(tuple(map(str, range(33))), x, "test"), signals, ("k",)), 10, 16, 0, 0
    )
    sizes = [len(batches[i][1]) for i in range(len(batches))]
    assert sizes == [16, 17]
    first = np.concatenate([batches[i][1] for i in range(len(batches))]).ravel()
    assert sorted(first.tolist()) == list(range(33))
    batches.on_epoch_end()
    assert (np.concatenate([batches[i][1] for i in range(len(batches))]).ravel() != first).any()


def test_a_shift_moves_the_window_over_what_stands_beside_it() -> None:
    x = random_dna(4, 10, 0)
    moved = windows(x, 6, np.array([2, -1, 0, -4]))
    for row, start in enumerate((4, 1, 2)):
        np.testing.assert_array_equal(moved[row], x[row, start : start + 6])
    assert not moved[3, :2].any(), "nothing stands there"
    np.testing.assert_array_equal(moved[3, 2:], x[3, :4])


def test_validation_and_test_are_the_centre_of_what_training_moves_over(folder: Path) -> None:
    entry = make_job(folder).data
    bare, wide = (load_data(entry.model_copy(update={"flank": flank}), 60, folder) for flank in (0, 5))
    assert wide.train.sequences.length == 70
    assert wide.length == wide.test.sequences.length == 60
    np.testing.assert_array_equal(wide.centred(wide.train).sequences.x, bare.train.sequences.x)
    np.testing.assert_array_equal(wide.test.sequences.x, bare.test.sequences.x)
    assert wide.test.sequences.motifs == bare.test.sequences.motifs
    outside = np.delete(wide.train.sequences.x, np.arange(5, 65), axis=1)
    assert (outside.sum(axis=2) == 1).all(), "real bases, no zeros"


def test_the_rate_warms_up_stays_and_falls_by_rounds() -> None:
    train = TrainEntry(epochs=4, warm_up=2, fine_tuning=2, fine_tuning_epochs=2, learning_rate=1.0)
    schedule = Schedule.of(train, steps_an_epoch=10)
    rates = [schedule.rate(epoch) for epoch in range(schedule.epochs)]
    np.testing.assert_allclose(rates, [0.25, 0.5, 1, 1, 0.2, 0.2, 0.04, 0.04])
    longer = Schedule.of(train.model_copy(update={"least_steps": 80}), steps_an_epoch=10)
    assert (longer.stretch, longer.main.end) == (2, 8)
    assert longer.rate(1) == 0.25 == schedule.rate(0)


def test_a_round_of_fine_tuning_begins_with_the_best_weights(folder: Path) -> None:
    job = make_job(folder, epochs=2, fine_tuning=2, learning_rate=0.05)
    split, seen = Splits().of(job), []
    import keras

    from ismbench.bench.training.epoch_watch import EpochWatch
    from ismbench.bench.training.fit import build_for

    model = build_for(job, 3)
    model.compile(optimizer=keras.optimizers.SGD(0.1, momentum=0.9), loss="mse")
    watch = EpochWatch(job, Schedule.of(job.train, 3), split.validation, lambda *words: seen.append(words))
    best = [w + 1 for w in model.get_weights()]
    watch.best = 0.9, best
    model.fit(split.test.sequences.x, split.test.signals, verbose=0)
    watch.begin_round(model)
    for got, want in zip(model.get_weights(), best, strict=True):
        np.testing.assert_array_equal(got, want)
    assert all(not np.any(v) for v in model.optimizer.variables if v.name != "learning_rate"), (
        "momentum is forgotten"
    )


def test_performance_is_over_outputs_and_selects_the_epoch(folder: Path) -> None:
    """A model that knows only how high a sequence is in all outputs alike knows nothing along this axis."""
    rng = np.random.default_rng(0)
    pattern, height = rng.normal(size=(50, 6)), 10 * rng.normal(size=(50, 1))
    signals = pattern + height
    heights = np.repeat(height, 6, axis=1) + 1e-3 * rng.normal(size=(50, 6))
    assert performance_of(pattern, signals) == pytest.approx(1)
    assert abs(performance_of(heights, signals) or 0.0) < 0.3
    assert performance_of(signals[:, :2], signals[:, :2] * 2) == pytest.approx(1), "over sequences"
    record = train_models([make_job(folder, epochs=3)], folder, lambda *words: None)["tiny"]
    best = max(record.history, key=lambda e: e.validation)
    assert record.kept_epoch == best.epoch


def test_the_loss_is_the_same_axis() -> None:
    rng = np.random.default_rng(0)
    y, p = rng.normal(size=(2, 8, 5)).astype("float32")
    each = [np.corrcoef(a, b)[0, 1] for a, b in zip(y, p, strict=True)]
    want = 0.95 * ((y - p) ** 2).mean() + 0.05 * (1 - np.mean(each))
    assert float(mse_and_correlation(y, p)) == pytest.approx(want, rel=1e-4)


def test_a_loss_over_outputs_needs_some(folder: Path) -> None:
    data = DataEntry(n=60, options={"n_outputs": 2, "most_motifs": 2, "n_pairs": 2})
    with pytest.raises(InputError, match="needs 3 or more; use loss: mse"):
        train_models([ready(replace(make_job(folder), data=data), Splits())], folder, lambda *words: None)


def test_a_models_block_goes_over_that_of_the_experiment(folder: Path) -> None:
    experiment = load_spec(
        folder / "tiny.yaml", ["training.options.filters=6", "models.second.train.epochs=5"]
    )
    first, second = (find_models(experiment)[name].training for name in ("first", "second"))
    assert first is not None
    assert second is not None
    assert (first.train.epochs, first.train.seed, first.options) == (2, 0, {"filters": 6})
    assert (second.train.epochs, second.train.seed, second.train.batch) == (5, 1, 16)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("models.first.train.epochs=0", "train of the model 'first': epochs"),
        ("models.first.train.epoch=3", "train of the model 'first': epoch"),
        ("models.none.train.epochs=3", "--set can only go into mappings"),
        ("models.first=3", "--set can only go into mappings"),
        ("data=null", "data must be given"),
        ("lengths=[60, 70]", "give one length"),
        ("training.optimizer=adam", "must be 'sgd' or 'adamw'"),
        ("training.epoch=1", "did you mean 'epochs'"),
        ("data.source=immgen", "sequences and signals must be given"),
        ("data.validation=[chr8]", "regions must be given where validation and test are chromosomes"),
        ("models.first.weights=w.h5", "either trained or has weights"),
    ],
)
def test_settings_that_break_a_rule(folder: Path, change: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        load_spec(folder / "tiny.yaml", [change])
    assert "\n" not in str(caught.value)


OWN = """import keras


@keras.saving.register_keras_serializable("mine")
def halved(x):
    return x / 2
"""


def test_what_a_model_imports_is_there_when_it_is_built_to_be_trained(folder: Path) -> None:
    known = 'keras.saving.get_registered_object("mine>halved")'
    (folder / "own.py").write_text(OWN)
    (folder / "tiny.py").write_text(
        MODEL.replace("    x = inputs", f"    assert {known} is not None\n    x = inputs", 1)
    )
    (folder / "tiny.yaml").write_text(SPEC.replace("train: {}", "train: {}, imports: [own.py]", 1))
    job = find_models(load_spec(folder / "tiny.yaml"))["first"].training
    assert job is not None
    with pytest.raises(InputError, match="build failed: AssertionError"):
        ready(replace(job, imports=()), Splits())
    assert ready(job, Splits()).start


@pytest.mark.slow
def test_a_run_trains_first_and_only_once(folder: Path) -> None:
    from ismbench.bench import Event, make_plan, run

    events: list[Event] = []
    plan = make_plan(load_spec(folder / "tiny.yaml"), only=["model=first"])
    summary = run(plan, folder / "results", progress=events.append)
    assert summary.counts == {"ok": 2}
    assert sum("training first" in e.message for e in events) == 2
    events.clear()
    trained = summary.folder / "cache" / "trained"
    (record,) = trained.glob("*.json")
    assert find_trained(trained, record.stem) is not None
    again = run(plan, folder / "results", retry=["ok"], progress=events.append)
    assert again.counts == {"ok": 2}
    assert not any("training" in e.message for e in events)
    shutil.rmtree(trained)
    unchanged = run(plan, folder / "results", progress=events.append)
    assert unchanged.reused == 2
    assert not any("training" in e.message or "building first" in e.message for e in events)
